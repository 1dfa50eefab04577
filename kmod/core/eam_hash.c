// SPDX-License-Identifier: GPL-2.0
#include "eam_hash.h"

#define MIN_BUCKETS	16u
#define MAX_BUCKETS	0x4000000u

/* All writers are under the lock of the table's owner. */
#define held(p)	rcu_dereference_protected(p, 1)

static struct siit_buckets *buckets_new(u32 n, u8 gen)
{
	struct siit_buckets *b;

	b = siit_alloc(sizeof(*b) + n * sizeof(b->head[0]));
	if (!b)
		return NULL;
	b->shift = (u8)(65 - fls64(n));
	b->gen = gen;
	return b;
}

static u32 buckets_for(u32 rows)
{
	if (rows > MAX_BUCKETS)
		return MAX_BUCKETS;
	return (u32)roundup_pow_of_two(max_t(u32, rows, MIN_BUCKETS));
}

/**
 * siit_hash_init() - an empty hash table
 * @h: the table
 * @col: which column of its rows it is for
 * @rows_hint: how many will come
 *
 * Return: true, or false without memory.
 */
bool siit_hash_init(struct siit_hash *h, enum siit_column col, u32 rows_hint)
{
	u32 n = buckets_for(rows_hint);
	struct siit_buckets *b;
	unsigned int i;

	b = buckets_new(n, 0);
	if (!b)
		return false;
	for (i = 0; i < ARRAY_SIZE(h->mul); i++)
		h->mul[i] = siit_random64() | 1;
	h->col = col;
	h->n = 0;
	h->grow_at = n;
	h->grown = siit_gp_past();
	RCU_INIT_POINTER(h->buckets, b);
	return true;
}

/**
 * siit_hash_free() - free the buckets; rows are the caller's
 * @h: the table
 */
void siit_hash_free(struct siit_hash *h)
{
	siit_free(held(h->buckets));
}

/**
 * siit_hash_find4() - as siit_hash_lookup4(), for writers
 * @h: the table
 * @addr: the address
 *
 * Return: its host row, or NULL.
 */
const struct siit_row *siit_hash_find4(const struct siit_hash *h, __be32 addr)
{
	const struct siit_buckets *b = held(h->buckets);
	const struct siit_eamt_entry *e;

	e = held(b->head[siit_hash4(h, addr) >> b->shift]);
	while (e && e->row.addr4 != addr)
		e = held(e->in[SIIT_COL4].chain[b->gen]);
	return e ? &e->row : NULL;
}

/**
 * siit_hash_find6() - as siit_hash_lookup6(), for writers
 * @h: the table
 * @addr: the address
 *
 * Return: its host row, or NULL.
 */
const struct siit_row *siit_hash_find6(const struct siit_hash *h,
				       const struct in6_addr *addr)
{
	const struct siit_buckets *b = held(h->buckets);
	u64 first = siit_load64(&addr->s6_addr[0]);
	u64 last = siit_load64(&addr->s6_addr[8]);
	const struct siit_eamt_entry *e;

	e = held(b->head[siit_hash6(h, first, last) >> b->shift]);
	while (e && !siit_same6(&e->row.addr6, addr))
		e = held(e->in[SIIT_COL6].chain[b->gen]);
	return e ? &e->row : NULL;
}

static struct siit_eamt_entry __rcu **chain_of(const struct siit_hash *h,
					       struct siit_buckets *b,
					       const struct siit_row *row)
{
	u64 hash;

	if (h->col == SIIT_COL4)
		hash = siit_hash4(h, row->addr4);
	else
		hash = siit_hash6(h, siit_load64(&row->addr6.s6_addr[0]),
				  siit_load64(&row->addr6.s6_addr[8]));
	return &b->head[hash >> b->shift];
}

static void chain_insert(const struct siit_hash *h, struct siit_buckets *b,
			 struct siit_eamt_entry *e)
{
	struct siit_eamt_entry __rcu **head = chain_of(h, b, &e->row);

	RCU_INIT_POINTER(e->in[h->col].chain[b->gen], held(*head));
	rcu_assign_pointer(*head, e);
}

static void hash_grow(struct siit_hash *h)
{
	struct siit_buckets *new, *old = held(h->buckets);
	struct siit_eamt_entry *e, *next;
	u32 n = buckets_for(h->n);
	u64 i;

	/* Not again for every row if memory is short: longer chains will do. */
	h->grow_at = n == MAX_BUCKETS ? U32_MAX : n;
	new = buckets_new(n, !old->gen);
	if (!new)
		return;

	for (i = 0; i <= U64_MAX >> old->shift; i++) {
		for (e = held(old->head[i]); e; e = next) {
			next = held(e->in[h->col].chain[old->gen]);
			chain_insert(h, new, e);
		}
		if (!(i & 1023))
			siit_resched();
	}
	rcu_assign_pointer(h->buckets, new);
	h->grown = siit_gp_mark();
	siit_free_rcu(old, rcu);
}

/**
 * siit_hash_insert() - add a row that is not there yet
 * @h: the table
 * @e: the row
 */
void siit_hash_insert(struct siit_hash *h, struct siit_eamt_entry *e)
{
	h->n++;
	if (unlikely(h->n > h->grow_at) && siit_gp_over(h->grown))
		hash_grow(h);
	chain_insert(h, held(h->buckets), e);
}

/**
 * siit_hash_remove() - remove a row; readers may still be on it
 * @h: the table
 * @e: the row
 */
void siit_hash_remove(struct siit_hash *h, struct siit_eamt_entry *e)
{
	struct siit_buckets *b = held(h->buckets);
	struct siit_eamt_entry __rcu **link = chain_of(h, b, &e->row);
	struct siit_eamt_entry *pos;

	while ((pos = held(*link)) != e)
		link = &pos->in[h->col].chain[b->gen];
	rcu_assign_pointer(*link, held(e->in[h->col].chain[b->gen]));
	h->n--;
}
