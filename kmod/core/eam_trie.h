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

/*
 * A link to a node, an odd address if the way to it does not say all bits before
 * its own: where it jumps over some, and where the second word begins. Most
 * nodes of a deep trie then need no look at their keys.
 */
struct siit_link {
	struct siit_node __rcu *to;
};

/* Four bits of an address choose one of these. */
struct siit_branch {
	/* The longest prefix that ends in this node and has these bits. */
	struct siit_leaf __rcu *leaf;
	struct siit_link child;
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
	u8 shift;			/* to the right end of their word */
	struct siit_branch branch[1 << SIIT_NODE_BITS];
};

struct siit_trie {
	struct siit_link root;
};

/* Nodes that an insertion may need, so that it cannot fail half way. */
struct siit_pool {
	struct siit_node *first;
	unsigned int n;
};

#define SIIT_POOL_PER_INSERT	2

static inline bool siit_link_jumps(const struct siit_node *to)
{
	return (unsigned long)to & 1;
}

static inline struct siit_node *siit_link_node(const struct siit_node *to)
{
	return (struct siit_node *)((unsigned long)to & ~1UL);
}

/* Has an address all bits before the node's? */
static inline bool siit_node_holds(const struct siit_node *n, u64 hi, u64 lo)
{
	u64 diff = hi ^ n->hi;

	if (n->at >= 64) {
		if (diff)
			return false;
		diff = lo ^ n->lo;
	}
	return !(diff >> n->shift >> SIIT_NODE_BITS);
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
	const struct siit_node *n = rcu_dereference(t->root.to);
	const struct siit_leaf *leaf, *best = NULL;
	const struct siit_branch *b;
	u64 word = hi;

	for (; n; n = rcu_dereference(b->child.to)) {
		if (siit_link_jumps(n)) {
			n = siit_link_node(n);
			if (!siit_node_holds(n, hi, lo))
				break;
			word = n->at < 64 ? hi : lo;
		}
		b = &n->branch[word >> n->shift & (BIT(SIIT_NODE_BITS) - 1)];
		leaf = rcu_dereference(b->leaf);
		if (leaf)
			best = leaf;
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
