/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Longest match over the prefixes of one column of the table: a binary trie in
 * which every node has a row, two children or both. Host rows are not in here:
 * len is 0..31 for IPv4 and 0..127 for IPv6.
 *
 * Keys are in host order, left aligned in 128 bits; an IPv4 address is the
 * upper half of hi. Readers hold rcu_read_lock(), writers exclude each other.
 * Every change is published by one pointer.
 */
#ifndef SIIT_CORE_EAM_TRIE_H
#define SIIT_CORE_EAM_TRIE_H

#include "deps.h"

struct siit_row;

struct siit_node {
	u64 hi;
	u64 lo;
	struct siit_node __rcu *child[2];
	const struct siit_row __rcu *row;	/* NULL: only a fork */
	union {
		struct rcu_head rcu;
		struct siit_node *next;		/* in a pool */
	};
	u8 len;
};

struct siit_trie {
	struct siit_node __rcu *root;
};

/* Nodes that an insertion may need, so that it cannot fail half way. */
struct siit_pool {
	struct siit_node *first;
	unsigned int n;
};

#define SIIT_POOL_PER_INSERT	2

/* Below this bit of its word a node of this length says nothing. */
static inline unsigned int siit_node_shift(const struct siit_node *n)
{
	return ~n->len & 63;
}

static inline const struct siit_row *siit_trie_lookup(const struct siit_trie *t,
						      u64 hi, u64 lo)
{
	const struct siit_node *n = rcu_dereference(t->root);
	const struct siit_row *row, *best = NULL;
	unsigned int shift;
	u64 word, diff;

	while (n) {
		word = hi;
		diff = hi ^ n->hi;
		if (n->len >= 64) {
			if (diff)
				break;
			word = lo;
			diff = lo ^ n->lo;
		}
		shift = siit_node_shift(n);
		if (diff >> shift >> 1)
			break;
		row = rcu_dereference(n->row);
		if (row)
			best = row;
		n = rcu_dereference(n->child[word >> shift & 1]);
	}
	return best;
}

const struct siit_row *siit_trie_find(const struct siit_trie *t, u64 hi, u64 lo,
				      u8 len);
bool siit_pool_fill(struct siit_pool *pool, unsigned int n);
void siit_pool_empty(struct siit_pool *pool);
void siit_trie_insert(struct siit_trie *t, struct siit_pool *pool, u64 hi,
		      u64 lo, u8 len, const struct siit_row *row);
void siit_trie_remove(struct siit_trie *t, u64 hi, u64 lo, u8 len);
void siit_trie_empty(struct siit_trie *t);

#endif /* SIIT_CORE_EAM_TRIE_H */
