/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Longest match over the prefixes of one column of the table: a trie of four
 * bits a node, without the nodes that would have nothing but one child. Host
 * rows are not in here: len is 0..31 for IPv4 and 0..127 for IPv6.
 *
 * Keys are in host order, left aligned in 128 bits; an IPv4 address is the
 * upper half of hi. Readers hold rcu_read_lock(), writers exclude each other.
 * To a reader, a prefix is there for an address or is not: one pointer says so.
 */
#ifndef SIIT_CORE_EAM_TRIE_H
#define SIIT_CORE_EAM_TRIE_H

#include "deps.h"

/* A prefix in the node where it ends; part of what it leads to. */
struct siit_leaf {
	struct siit_leaf *next;		/* of this node, for writers */
	u8 first;			/* branch that it is on */
	u8 len;				/* of the prefix */
};

#define SIIT_NODE_BITS	4

/* Four bits of an address choose one of these. */
struct siit_branch {
	/* The longest prefix that ends in this node and has these bits. */
	struct siit_leaf __rcu *leaf;
	struct siit_node __rcu *child;
};

struct siit_node {
	u64 hi;				/* the bits before this node's */
	u64 lo;
	struct siit_leaf *leaves;	/* that end here, for writers */
	union {
		struct rcu_head rcu;
		struct siit_node *next;	/* in a pool */
	};
	u8 at;				/* which bits are its own: 0, 4, .. 124 */
	struct siit_branch branch[1 << SIIT_NODE_BITS];
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

/* How far a node's bits are from the right end of their word. */
static inline unsigned int siit_node_shift(unsigned int at)
{
	return 64 - SIIT_NODE_BITS - (at & 63);
}

/**
 * siit_trie_lookup() - the longest prefix that an address has
 * @t: the trie
 * @hi: the first 64 bits of the address
 * @lo: the others
 *
 * Return: the prefix, or NULL.
 */
static inline const struct siit_leaf *
siit_trie_lookup(const struct siit_trie *t, u64 hi, u64 lo)
{
	const struct siit_node *n = rcu_dereference(t->root);
	const struct siit_leaf *leaf, *best = NULL;
	const struct siit_branch *b;
	unsigned int shift;
	u64 word, diff;

	while (n) {
		word = hi;
		diff = hi ^ n->hi;
		if (n->at >= 64) {
			if (diff)
				break;
			word = lo;
			diff = lo ^ n->lo;
		}
		shift = siit_node_shift(n->at);
		if (diff >> shift >> SIIT_NODE_BITS)
			break;
		b = &n->branch[word >> shift & (BIT(SIIT_NODE_BITS) - 1)];
		leaf = rcu_dereference(b->leaf);
		if (leaf)
			best = leaf;
		n = rcu_dereference(b->child);
	}
	return best;
}

const struct siit_leaf *siit_trie_find(const struct siit_trie *t, u64 hi,
				       u64 lo, u8 len);
bool siit_pool_fill(struct siit_pool *pool, unsigned int n);
void siit_pool_empty(struct siit_pool *pool);
void siit_trie_insert(struct siit_trie *t, struct siit_pool *pool, u64 hi,
		      u64 lo, u8 len, struct siit_leaf *leaf);
void siit_trie_remove(struct siit_trie *t, u64 hi, u64 lo, u8 len);
void siit_trie_empty(struct siit_trie *t);

#endif /* SIIT_CORE_EAM_TRIE_H */
