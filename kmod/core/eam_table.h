/* SPDX-License-Identifier: GPL-2.0 */
/* The inside of the table, for those who look rows up for every packet. */
#ifndef SIIT_CORE_EAM_TABLE_H
#define SIIT_CORE_EAM_TABLE_H

#include "eam.h"
#include "eam_hash.h"
#include "eam_trie.h"

struct siit_eamt {
	struct siit_hash hash[SIIT_COLS];	/* host rows */
	struct siit_trie trie[SIIT_COLS];	/* all others */
	struct siit_pool pool;
	struct siit_eamt_entry *first;
	struct siit_eamt_entry *last;
	u64 seen6;		/* siit_hi_bit() of all rows there ever were */
	u32 rows;
	u32 max_rows;
	bool count_hits;
};

/* Longest match among the prefixes, without host rows. */
const struct siit_row *siit_eamt_prefix4(const struct siit_eamt *t,
					 __be32 addr);
const struct siit_row *siit_eamt_prefix6(const struct siit_eamt *t,
					 const struct in6_addr *addr);

/* siit_eamt_lookup4() without a call: no match is longer than a host row. */
static __always_inline const struct siit_row *
siit_eamt_get4(const struct siit_eamt *t, __be32 addr)
{
	const struct siit_row *row;

	row = siit_hash_lookup4(&t->hash[SIIT_COL4], addr);
	if (row || !rcu_access_pointer(t->trie[SIIT_COL4].root.to))
		return row;
	return siit_eamt_prefix4(t, addr);
}

static __always_inline const struct siit_row *
siit_eamt_get6(const struct siit_eamt *t, const struct in6_addr *addr)
{
	const struct siit_row *row;

	row = siit_hash_lookup6(&t->hash[SIIT_COL6], addr);
	if (row || !rcu_access_pointer(t->trie[SIIT_COL6].root.to))
		return row;
	return siit_eamt_prefix6(t, addr);
}

#endif /* SIIT_CORE_EAM_TABLE_H */
