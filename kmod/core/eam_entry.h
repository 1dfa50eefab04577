/* SPDX-License-Identifier: GPL-2.0 */
/* A row as the table keeps it. */
#ifndef SIIT_CORE_EAM_ENTRY_H
#define SIIT_CORE_EAM_ENTRY_H

#include "deps.h"
#include "eam.h"
#include "eam_trie.h"

enum siit_column {
	SIIT_COL4,
	SIIT_COL6,
	SIIT_COLS
};

/*
 * A row where readers find it, and what they like to remember of it: 0 at first,
 * no lock. A host row has a place in the hash table of each column, of a prefix
 * it is in the entry; each column's readers remember something else.
 */
struct siit_place {
	struct siit_row row;
	unsigned long memo;
} __aligned(32);

/* A row whose IPv6 column is a prefix. */
struct siit_eamt_entry {
	struct siit_place at;
	struct siit_leaf leaf[SIIT_COLS];
	unsigned long hits;		/* struct siit_hits, if its IPv4 column is a prefix, too */
	union {
		struct {
			struct siit_eamt_entry *prev;
			struct siit_eamt_entry *next;
		};
		struct rcu_head rcu;	/* when it has left the list */
	};
};

/* Of a row whose IPv6 column is a prefix, found by that. */
static inline struct siit_eamt_entry *siit_row_entry(const struct siit_row *row)
{
	return container_of((struct siit_row *)row, struct siit_eamt_entry,
			    at.row);
}

static inline const struct siit_row *siit_leaf_row(const struct siit_leaf *leaf,
						   enum siit_column col)
{
	if (!leaf)
		return NULL;
	if (col == SIIT_COL4)
		return &container_of(leaf, struct siit_eamt_entry,
				     leaf[SIIT_COL4])->at.row;
	return &container_of(leaf, struct siit_eamt_entry,
			     leaf[SIIT_COL6])->at.row;
}

static inline unsigned long *siit_row_memo(const struct siit_row *row)
{
	return &container_of((struct siit_row *)row, struct siit_place,
			     row)->memo;
}

#endif /* SIIT_CORE_EAM_ENTRY_H */
