// SPDX-License-Identifier: GPL-2.0
#include "eam_trie.h"

#define BRANCHES	BIT(SIIT_NODE_BITS)

/* All writers are under the lock of the table's owner. */
#define held(p)	rcu_dereference_protected(p, 1)

/* Where a link leads, for writers. */
static struct siit_node *node_of(const struct siit_link *link)
{
	return siit_link_node(held(link->to));
}

/* What a link to a node holds, from the node before or, with NULL, the root. */
static struct siit_node *link_to(const struct siit_node *from,
				 struct siit_node *n)
{
	if (!n || (from && n->at == from->at + SIIT_NODE_BITS && n->at != 64))
		return n;
	return (struct siit_node *)((unsigned long)n | 1);
}

static unsigned int node_shift(unsigned int at)
{
	return 64 - SIIT_NODE_BITS - (at & 63);
}

/* Where the node is in which a prefix of this length ends. */
static unsigned int node_at(unsigned int len)
{
	return len - len % SIIT_NODE_BITS;
}

/* The branch that a key takes at a node. */
static unsigned int branch_at(u64 hi, u64 lo, unsigned int at)
{
	return (at < 64 ? hi : lo) >> node_shift(at) & (BRANCHES - 1);
}

/* The first branch after those that are in the prefix. */
static unsigned int branch_end(const struct siit_leaf *leaf)
{
	return leaf->first + (BRANCHES >> leaf->len % SIIT_NODE_BITS);
}

/* How many bits do two keys have in common? */
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

static struct siit_leaf *leaf_of(const struct siit_node *n, unsigned int first,
				 u8 len)
{
	struct siit_leaf *leaf = n->leaves;

	while (leaf && (leaf->len != len || leaf->first != first))
		leaf = leaf->next;
	return leaf;
}

/**
 * siit_trie_find() - the leaf of exactly this prefix
 * @t: the trie
 * @hi: the first 64 bits of the prefix
 * @lo: the others
 * @len: its length
 *
 * Return: the leaf, or NULL.
 */
const struct siit_leaf *siit_trie_find(const struct siit_trie *t, u64 hi,
				       u64 lo, u8 len)
{
	const struct siit_node *n = node_of(&t->root);
	unsigned int at = node_at(len);

	while (n && n->at < at)
		n = node_of(&n->branch[branch_at(hi, lo, n->at)].child);
	if (!n || n->at != at || common_bits(n, hi, lo) < at)
		return NULL;
	return leaf_of(n, branch_at(hi, lo, at), len);
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
		node = siit_node_alloc();
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
		siit_node_free(pool_get(pool));
}

static struct siit_node *node_new(struct siit_pool *pool, u64 hi, u64 lo,
				  unsigned int at)
{
	struct siit_node *n = pool_get(pool);

	n->hi = upper_bits(hi, min_t(unsigned int, at, 64));
	n->lo = at > 64 ? upper_bits(lo, at - 64) : 0;
	n->at = (u8)at;
	n->shift = (u8)node_shift(at);
	return n;
}

static void free_late(struct rcu_head *rcu)
{
	siit_node_free(container_of(rcu, struct siit_node, rcu));
}

static void node_free(struct siit_node *n)
{
	siit_call_rcu(&n->rcu, free_late);
}

/* Of two leaves on a branch the longer one counts. */
static void leaf_insert(struct siit_node *n, struct siit_leaf *leaf)
{
	const struct siit_leaf *old;
	unsigned int i;

	leaf->next = n->leaves;
	n->leaves = leaf;
	for (i = leaf->first; i < branch_end(leaf); i++) {
		old = held(n->branch[i].leaf);
		if (!old || old->len < leaf->len)
			rcu_assign_pointer(n->branch[i].leaf, leaf);
	}
}

static struct siit_leaf *longest(const struct siit_node *n, unsigned int branch)
{
	struct siit_leaf *leaf, *best = NULL;

	for (leaf = n->leaves; leaf; leaf = leaf->next)
		if (branch >= leaf->first && branch < branch_end(leaf) &&
		    (!best || leaf->len > best->len))
			best = leaf;
	return best;
}

static void leaf_remove(struct siit_node *n, struct siit_leaf *leaf)
{
	struct siit_leaf **link = &n->leaves;
	unsigned int i;

	while (*link != leaf)
		link = &(*link)->next;
	*link = leaf->next;
	for (i = leaf->first; i < branch_end(leaf); i++)
		if (held(n->branch[i].leaf) == leaf)
			rcu_assign_pointer(n->branch[i].leaf, longest(n, i));
}

/* For a node that no reader has seen. */
static void adopt(struct siit_node *n, u64 hi, u64 lo, struct siit_node *child)
{
	struct siit_link *link = &n->branch[branch_at(hi, lo, n->at)].child;

	RCU_INIT_POINTER(link->to, link_to(n, child));
}

/**
 * siit_trie_insert() - add a prefix that is not there yet
 * @t: the trie
 * @pool: holds at least SIIT_POOL_PER_INSERT nodes
 * @hi: the first 64 bits of the prefix
 * @lo: the others
 * @len: its length
 * @leaf: for it, the caller's
 */
void siit_trie_insert(struct siit_trie *t, struct siit_pool *pool, u64 hi,
		      u64 lo, u8 len, struct siit_leaf *leaf)
{
	const unsigned int at = node_at(len);
	struct siit_node *n, *new, *fork, *from = NULL;
	struct siit_link *link = &t->root;
	unsigned int common = 0;

	leaf->len = len;
	leaf->first = (u8)branch_at(hi, lo, at);
	while ((n = node_of(link)) != NULL) {
		common = min_t(unsigned int, common_bits(n, hi, lo), at);
		if (common < n->at)
			break;
		if (n->at == at) {
			leaf_insert(n, leaf);
			return;
		}
		from = n;
		link = &n->branch[branch_at(hi, lo, n->at)].child;
	}

	/* Complete before a reader can see any of it. */
	new = node_new(pool, hi, lo, at);
	leaf_insert(new, leaf);
	if (n) {
		fork = new;
		common = node_at(common);
		if (common < at) {
			fork = node_new(pool, hi, lo, common);
			adopt(fork, hi, lo, new);
		}
		adopt(fork, n->hi, n->lo, n);
		new = fork;
	}
	rcu_assign_pointer(link->to, link_to(from, new));
}

/* The only child of a node; @many: there are others. */
static struct siit_node *only_child(const struct siit_node *n, bool *many)
{
	struct siit_node *child, *only = NULL;
	unsigned int i;

	*many = false;
	for (i = 0; i < BRANCHES; i++) {
		child = node_of(&n->branch[i].child);
		if (child && only)
			*many = true;
		else if (child)
			only = child;
	}
	return only;
}

/* A node without leaves is there to fork. Return: false if it stays. */
static bool give_way(struct siit_link *link, struct siit_node *n)
{
	struct siit_node *only;
	bool many;

	if (n->leaves)
		return false;
	only = only_child(n, &many);
	if (many)
		return false;
	/* Over the bits of the node that goes, if no others. */
	rcu_assign_pointer(link->to, link_to(NULL, only));
	node_free(n);
	return true;
}

/**
 * siit_trie_remove() - remove a prefix; readers may still use its leaf
 * @t: the trie
 * @hi: the first 64 bits of the prefix, which is there
 * @lo: the others
 * @len: its length
 */
void siit_trie_remove(struct siit_trie *t, u64 hi, u64 lo, u8 len)
{
	const unsigned int at = node_at(len);
	struct siit_link *link = &t->root, *parent_link = NULL;
	struct siit_node *n = node_of(link), *parent = NULL;

	while (n->at < at) {
		parent = n;
		parent_link = link;
		link = &n->branch[branch_at(hi, lo, n->at)].child;
		n = node_of(link);
	}
	leaf_remove(n, leaf_of(n, branch_at(hi, lo, at), len));
	if (give_way(link, n) && parent)
		give_way(parent_link, parent);
}

/**
 * siit_trie_empty() - free all nodes at once; no reader may be left
 * @t: the trie
 */
void siit_trie_empty(struct siit_trie *t)
{
	struct siit_node *n, *child, *todo = node_of(&t->root);
	unsigned int i, done = 0;

	RCU_INIT_POINTER(t->root.to, NULL);
	if (todo)
		todo->next = NULL;
	/* A trie may be 32 deep, too much for a recursion. */
	while ((n = todo) != NULL) {
		todo = n->next;
		for (i = 0; i < BRANCHES; i++) {
			child = node_of(&n->branch[i].child);
			if (!child)
				continue;
			child->next = todo;
			todo = child;
		}
		siit_node_free(n);
		if (!(++done & 1023))
			siit_resched();
	}
}
