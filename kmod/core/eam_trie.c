// SPDX-License-Identifier: GPL-2.0
#include "eam_trie.h"

/* All writers are under the lock of the table's owner. */
#define held(p)	rcu_dereference_protected(p, 1)

/* Bit number @at, 0 is the leftmost. */
static unsigned int key_bit(u64 hi, u64 lo, unsigned int at)
{
	return (at < 64 ? hi : lo) >> (~at & 63) & 1;
}

static unsigned int common_bits(const struct siit_node *n, u64 hi, u64 lo)
{
	if (n->hi != hi)
		return 64 - fls64(n->hi ^ hi);
	return 128 - fls64(n->lo ^ lo);
}

static u64 upper_bits(u64 word, unsigned int n)
{
	return n ? word >> (64 - n) << (64 - n) : 0;
}

/**
 * siit_trie_find() - the row with exactly this prefix
 * @t: the trie
 * @hi: the first 64 bits of the prefix
 * @lo: the others
 * @len: its length
 *
 * Return: the row, or NULL.
 */
const struct siit_row *siit_trie_find(const struct siit_trie *t, u64 hi, u64 lo,
				      u8 len)
{
	const struct siit_node *n = held(t->root);

	while (n && n->len < len)
		n = held(n->child[key_bit(hi, lo, n->len)]);
	if (!n || n->len != len || n->hi != hi || n->lo != lo)
		return NULL;
	return held(n->row);
}

/**
 * siit_pool_fill() - see to it that a pool holds enough nodes
 * @pool: the pool
 * @n: how many; SIIT_POOL_PER_INSERT for each insertion
 *
 * Return: true, or false without memory.
 */
bool siit_pool_fill(struct siit_pool *pool, unsigned int n)
{
	struct siit_node *node;

	while (pool->n < n) {
		node = siit_alloc(sizeof(*node));
		if (!node)
			return false;
		node->next = pool->first;
		pool->first = node;
		pool->n++;
	}
	return true;
}

static struct siit_node *pool_get(struct siit_pool *pool)
{
	struct siit_node *node = pool->first;

	pool->first = node->next;
	pool->n--;
	return node;
}

/**
 * siit_pool_empty() - free what is in a pool
 * @pool: the pool
 */
void siit_pool_empty(struct siit_pool *pool)
{
	while (pool->n)
		siit_free(pool_get(pool));
}

static struct siit_node *node_new(struct siit_pool *pool, u64 hi, u64 lo,
				  unsigned int len, const struct siit_row *row)
{
	struct siit_node *n = pool_get(pool);

	n->hi = upper_bits(hi, min_t(unsigned int, len, 64));
	n->lo = len > 64 ? upper_bits(lo, len - 64) : 0;
	n->len = (u8)len;
	RCU_INIT_POINTER(n->row, row);
	return n;
}

/**
 * siit_trie_insert() - add a prefix that is not there yet
 * @t: the trie
 * @pool: holds at least SIIT_POOL_PER_INSERT nodes
 * @hi: the first 64 bits of the prefix
 * @lo: the others
 * @len: its length
 * @row: what it leads to
 */
void siit_trie_insert(struct siit_trie *t, struct siit_pool *pool, u64 hi,
		      u64 lo, u8 len, const struct siit_row *row)
{
	struct siit_node __rcu **link = &t->root;
	struct siit_node *n, *new, *fork;
	unsigned int common = 0;

	while ((n = held(*link)) != NULL) {
		common = min_t(unsigned int, common_bits(n, hi, lo), len);
		if (common < n->len)
			break;
		if (n->len == len) {
			rcu_assign_pointer(n->row, row);
			return;
		}
		link = &n->child[key_bit(hi, lo, n->len)];
	}

	new = node_new(pool, hi, lo, len, row);
	if (n && common == len) {
		RCU_INIT_POINTER(new->child[key_bit(n->hi, n->lo, len)], n);
	} else if (n) {
		fork = node_new(pool, hi, lo, common, NULL);
		RCU_INIT_POINTER(fork->child[key_bit(hi, lo, common)], new);
		RCU_INIT_POINTER(fork->child[!key_bit(hi, lo, common)], n);
		new = fork;
	}
	rcu_assign_pointer(*link, new);
}

/**
 * siit_trie_remove() - remove a prefix
 * @t: the trie
 * @hi: the first 64 bits of the prefix
 * @lo: the others
 * @len: its length
 */
void siit_trie_remove(struct siit_trie *t, u64 hi, u64 lo, u8 len)
{
	struct siit_node __rcu **link = &t->root, **parent_link = NULL;
	struct siit_node *n, *only, *parent = NULL;
	unsigned int side = 0;

	while ((n = held(*link)) != NULL && n->len < len) {
		parent = n;
		parent_link = link;
		side = key_bit(hi, lo, n->len);
		link = &n->child[side];
	}
	if (!n || n->len != len || n->hi != hi || n->lo != lo)
		return;

	only = held(n->child[0]);
	if (only && held(n->child[1])) {
		RCU_INIT_POINTER(n->row, NULL);
		return;
	}
	if (!only)
		only = held(n->child[1]);

	if (only || !parent || held(parent->row)) {
		rcu_assign_pointer(*link, only);
	} else {
		/* A fork with one branch left: the branch takes its place. */
		only = held(parent->child[!side]);
		rcu_assign_pointer(*parent_link, only);
		siit_free_rcu(parent, rcu);
	}
	siit_free_rcu(n, rcu);
}

/**
 * siit_trie_empty() - free all nodes at once; no reader may be left
 * @t: the trie
 */
void siit_trie_empty(struct siit_trie *t)
{
	struct siit_node *n, *child, *todo = held(t->root);
	unsigned int i, done = 0;

	RCU_INIT_POINTER(t->root, NULL);
	if (todo)
		todo->next = NULL;
	/* A trie may be 128 deep, too much for a recursion. */
	while ((n = todo) != NULL) {
		todo = n->next;
		for (i = 0; i < 2; i++) {
			child = held(n->child[i]);
			if (!child)
				continue;
			child->next = todo;
			todo = child;
		}
		siit_free(n);
		if (!(++done & 1023))
			siit_resched();
	}
}
