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

/* Whatever readers like to remember of a row; 0 at first, no lock. */
struct siit_memo {
	unsigned long route;
	unsigned long source;
};

/* What a reader needs comes first. */
struct siit_eamt_entry {
	struct siit_row row;
	struct siit_memo memo;
	union {
		struct siit_eamt_entry __rcu *chain[2];	/* of hosts */
		struct siit_leaf leaf;			/* of a prefix */
	} in[SIIT_COLS];
	struct siit_hits *hits;		/* set before readers come; may be NULL */
	union {
		struct {
			struct siit_eamt_entry *prev;
			struct siit_eamt_entry *next;
		};
		struct rcu_head rcu;	/* when it has left the list */
	};
};

static inline struct siit_eamt_entry *siit_row_entry(const struct siit_row *row)
{
	return container_of((struct siit_row *)row, struct siit_eamt_entry, row);
}

static inline const struct siit_row *siit_leaf_row(const struct siit_leaf *leaf,
						   enum siit_column col)
{
	if (!leaf)
		return NULL;
	if (col == SIIT_COL4)
		return &container_of(leaf, struct siit_eamt_entry,
				     in[SIIT_COL4].leaf)->row;
	return &container_of(leaf, struct siit_eamt_entry,
			     in[SIIT_COL6].leaf)->row;
}

static inline struct siit_memo *siit_row_memo(const struct siit_row *row)
{
	return &siit_row_entry(row)->memo;
}

/* A packet of IPv4 (@dir 0) or IPv6 (1) was translated by the row. */
static inline void siit_row_hit(const struct siit_row *row, unsigned int dir)
{
	struct siit_hits *hits = siit_row_entry(row)->hits;

	if (hits)
		atomic64_inc(&hits->packets[dir]);
}

#endif /* SIIT_CORE_EAM_ENTRY_H */
