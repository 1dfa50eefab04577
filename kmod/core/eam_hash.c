// SPDX-License-Identifier: GPL-2.0
#include "eam_hash.h"

#define MIN_BUCKETS	8u
#define MOST_BUCKETS	0x40000000u
#define MOST_BELIEVED	4096u	/* rows, before any is there */

/* All writers are under the lock of the table's owner. */
#define held(p)	rcu_dereference_protected(p, 1)

static u32 places_in(const struct siit_places *places)
{
	return places->buckets * SIIT_BUCKET;
}

/* Five places of eight: one row in ten is in another pair than its own. */
static u32 most_used(const struct siit_places *places)
{
	return places_in(places) / 8 * 5;
}

/* Without memory for more of them: nearly all. */
static u32 most_crowded(const struct siit_places *places)
{
	return places_in(places) - places_in(places) / 16;
}

static struct siit_places *places_new(u64 rows)
{
	u64 buckets = rows * 8 / 5 / SIIT_BUCKET + 8;
	struct siit_places *places;

	buckets = max_t(u64, (buckets + 1) & ~1ULL, MIN_BUCKETS);
	if (buckets > MOST_BUCKETS)
		buckets = MOST_BUCKETS;
	places = siit_alloc_large(sizeof(*places), buckets * SIIT_BUCKET *
						   sizeof(places->at[0]));
	if (places)
		places->buckets = (u32)buckets;
	return places;
}

static struct siit_hits_at *hits_new(const struct siit_places *places)
{
	struct siit_hits_at *hits;

	return siit_alloc_large(sizeof(*hits), (u64)places_in(places) *
					       sizeof(hits->at[0]));
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
	struct siit_places *places;
	unsigned int i;

	places = places_new(min_t(u32, rows_hint, MOST_BELIEVED));
	if (!places)
		return false;
	for (i = 0; i < ARRAY_SIZE(h->mul); i++)
		h->mul[i] = siit_random64() | 1;
	h->col = col;
	h->live = 0;
	h->hint = rows_hint;
	h->again_at = 0;
	RCU_INIT_POINTER(h->places, places);
	return true;
}

/**
 * siit_hash_free() - free the table, of which no reader is left, and the hits
 * @h: the table
 */
void siit_hash_free(struct siit_hash *h)
{
	struct siit_places *places = held(h->places);
	struct siit_hits_at *hits = held(places->hits);
	u32 i;

	for (i = 0; hits && i < places_in(places); i++) {
		if (!(hits->at[i] & SIIT_HITS_LENT))
			siit_free((void *)hits->at[i]);
		if (!(i & 1023))
			siit_resched();
	}
	siit_free(hits);
	siit_free(places);
}

/**
 * siit_hash_more4() - the rest of siit_hash_lookup4()
 * @places: where it looks
 * @hash: of the address, whose own bucket has been looked through
 * @addr: the address
 *
 * Return: its host row, or NULL.
 */
const struct siit_row *siit_hash_more4(const struct siit_places *places,
				       u64 hash, __be32 addr)
{
	u32 bucket = siit_bucket_at(places, hash), n;
	const u8 bit = siit_more_bit(hash);
	const struct siit_place *p;

	for (n = 0; n < places->buckets + SIIT_JUMPS; n++) {
		bucket = siit_next_bucket(places, hash, bucket, n);
		p = &places->at[bucket * SIIT_BUCKET];
		if (siit_place_is4(p, addr))
			return &p->row;
		if (siit_place_is4(p + 1, addr))
			return &p[1].row;
		if (likely(!siit_bucket_has_more(p, bit)))
			break;
	}
	return NULL;
}

/**
 * siit_hash_more6() - the rest of siit_hash_lookup6()
 * @places: where it looks
 * @hash: of the address, whose own bucket has been looked through
 * @first: octets 0 to 7 of the address, as in memory
 * @last: octets 8 to 15
 *
 * Return: its host row, or NULL.
 */
const struct siit_row *siit_hash_more6(const struct siit_places *places,
				       u64 hash, u64 first, u64 last)
{
	u32 bucket = siit_bucket_at(places, hash), n;
	const u8 bit = siit_more_bit(hash);
	const struct siit_place *p;

	for (n = 0; n < places->buckets + SIIT_JUMPS; n++) {
		bucket = siit_next_bucket(places, hash, bucket, n);
		p = &places->at[bucket * SIIT_BUCKET];
		if (siit_place_is6(p, first, last))
			return &p->row;
		if (siit_place_is6(p + 1, first, last))
			return &p[1].row;
		if (likely(!siit_bucket_has_more(p, bit)))
			break;
	}
	return NULL;
}

static u64 hash_of(const struct siit_hash *h, const struct siit_row *row)
{
	if (h->col == SIIT_COL4)
		return siit_hash4(h, row->addr4);
	return siit_hash6(h, siit_load64(&row->addr6.s6_addr[0]),
			  siit_load64(&row->addr6.s6_addr[8]));
}

/* There is one. It is taken by use_place(). */
static struct siit_place *free_place(const struct siit_hash *h,
				     struct siit_places *places,
				     const struct siit_row *row)
{
	const u64 hash = hash_of(h, row);
	u32 bucket = siit_bucket_at(places, hash), n = 0;
	struct siit_place *p = &places->at[bucket * SIIT_BUCKET];
	struct siit_place *last = p + SIIT_BUCKET - 1;

	while (last->row.state) {
		WRITE_ONCE(last->row.state,
			   last->row.state | siit_more_bit(hash));
		bucket = siit_next_bucket(places, hash, bucket, n++);
		p = &places->at[bucket * SIIT_BUCKET];
		last = p + SIIT_BUCKET - 1;
	}
	while (p->row.state)
		p++;
	return p;
}

/* Readers see all of a row, with its hits, or none of it. */
static void use_place(struct siit_places *places, struct siit_hits_at *hits,
		      struct siit_place *p, const struct siit_row *row,
		      unsigned long row_hits)
{
	if (hits)
		WRITE_ONCE(hits->at[p - places->at], row_hits);
	p->row.addr4 = row->addr4;
	p->row.len4 = row->len4;
	p->row.len6 = row->len6;
	p->row.local = row->local;
	p->row.addr6 = row->addr6;
	/* siit_place_is4() */
	smp_store_release(&p->row.state, SIIT_PLACE_LIVE);
	places->used++;
}

/* By a quarter; who said how many, and brought a quarter of them, is believed. */
static u64 rows_to_come(const struct siit_hash *h)
{
	const u64 live = h->live, hint = h->hint;

	return max_t(u64, live + live / 4,
		     min_t(u64, hint + hint / 32, 4 * live));
}

/* Not kvfree_rcu(), which lets them pile up for seconds. */
static void free_places(struct rcu_head *rcu)
{
	siit_free(container_of(rcu, struct siit_places, rcu));
}

static void free_hits_at(struct rcu_head *rcu)
{
	siit_free(container_of(rcu, struct siit_hits_at, rcu));
}

/* All that is live, elsewhere. */
static bool build_anew(struct siit_hash *h, u64 rows)
{
	struct siit_places *new, *old = held(h->places);
	struct siit_hits_at *hits = NULL, *old_hits = held(old->hits);
	const u32 n = places_in(old);
	struct siit_place *p;
	u32 i;

	new = places_new(rows);
	if (!new)
		return false;
	if (h->live >= most_used(new))
		goto free_new;
	if (old_hits) {
		hits = hits_new(new);
		if (!hits)
			goto free_new;
		RCU_INIT_POINTER(new->hits, hits);
	}
	for (i = 0; i < n; i++) {
		if (!(i & 1023))
			siit_resched();
		if (!(old->at[i].row.state & SIIT_PLACE_LIVE))
			continue;
		p = free_place(h, new, &old->at[i].row);
		p->memo = READ_ONCE(old->at[i].memo);
		use_place(new, hits, p, &old->at[i].row,
			  hits ? old_hits->at[i] : 0);
	}
	rcu_assign_pointer(h->places, new);
	if (old_hits)
		siit_call_rcu(&old_hits->rcu, free_hits_at);
	siit_call_rcu(&old->rcu, free_places);
	return true;

free_new:
	siit_free(new);
	return false;
}

/**
 * siit_hash_reserve() - make sure that there is a place for one more row
 * @h: the table
 * @hits: its hits will be counted
 *
 * Rows may be elsewhere then, for writers as well.
 *
 * Return: true, or false without memory; then nothing changed.
 */
bool siit_hash_reserve(struct siit_hash *h, bool hits)
{
	struct siit_places *places = held(h->places);
	struct siit_hits_at *new;

	if (hits && !held(places->hits)) {
		new = hits_new(places);
		if (!new)
			return false;
		rcu_assign_pointer(places->hits, new);
	}
	if (places->used < most_used(places))
		return true;
	/* Not again for every row if memory is short: the dead may do. */
	if (places->used >= h->again_at || places->used >= most_crowded(places)) {
		if (build_anew(h, rows_to_come(h)) ||
		    build_anew(h, (u64)h->live + h->live / 16)) {
			h->again_at = 0;
			return true;
		}
		h->again_at = places->used + places_in(places) / 32;
	}
	return places->used < most_crowded(places);
}

/**
 * siit_hash_insert() - add a row that is not there yet
 * @h: the table, after siit_hash_reserve()
 * @row: the row, which is copied
 * @hits: a pointer to its hits, if they are counted
 */
void siit_hash_insert(struct siit_hash *h, const struct siit_row *row,
		      unsigned long hits)
{
	struct siit_places *places = held(h->places);

	use_place(places, held(places->hits), free_place(h, places, row), row,
		  hits);
	h->live++;
}

const struct siit_row *siit_hash_find4(const struct siit_hash *h, __be32 addr)
{
	return siit_places_find4(h, held(h->places), addr);
}

const struct siit_row *siit_hash_find6(const struct siit_hash *h,
				       const struct in6_addr *addr)
{
	return siit_places_find6(h, held(h->places), addr);
}

/**
 * siit_hash_remove() - remove a row; readers may still be on it
 * @h: the table
 * @row: a row that is in it, or a copy
 *
 * Return: what is known of its hits, which are the caller's now; or 0.
 */
unsigned long siit_hash_remove(struct siit_hash *h, const struct siit_row *row)
{
	struct siit_places *places = held(h->places);
	struct siit_hits_at *hits = held(places->hits);
	const struct siit_row *found = h->col == SIIT_COL4 ?
				       siit_hash_find4(h, row->addr4) :
				       siit_hash_find6(h, &row->addr6);
	unsigned long was = 0;
	struct siit_place *p;
	u8 more;

	if (!found)
		return 0;
	p = container_of((struct siit_row *)found, struct siit_place, row);
	more = p->row.state & SIIT_PLACE_MORE;
	WRITE_ONCE(p->row.state, SIIT_PLACE_DEAD | more);
	h->live--;
	if (hits) {
		was = hits->at[p - places->at];
		WRITE_ONCE(hits->at[p - places->at], 0);
	}
	return was;
}

/**
 * siit_hash_next() - walk all rows, for writers or while no one writes
 * @h: the table
 * @row: NULL for the first, else one that it returned
 *
 * Return: the next row, in no order, or NULL. May sleep.
 */
const struct siit_row *siit_hash_next(const struct siit_hash *h,
				      const struct siit_row *row)
{
	const struct siit_places *places = held(h->places);
	const struct siit_place *p, *end = &places->at[places_in(places)];

	p = row ? container_of(row, const struct siit_place, row) + 1 :
		  places->at;
	for (; p < end; p++) {
		if (p->row.state & SIIT_PLACE_LIVE)
			return &p->row;
		if (!((p - places->at) & 1023))
			siit_resched();
	}
	return NULL;
}

/**
 * siit_hash_hits4() - where the hits of a host row are kept
 * @h: the table of the IPv4 column
 * @row: the row, there or of the other column
 *
 * For readers and writers. Return: where, or NULL if they are not counted or
 * the row is gone.
 */
unsigned long *siit_hash_hits4(const struct siit_hash *h,
			       const struct siit_row *row)
{
	const struct siit_places *places = rcu_dereference_raw(h->places);
	struct siit_hits_at *hits = rcu_dereference_raw(places->hits);
	uintptr_t at = (uintptr_t)row - (uintptr_t)places->at;

	if (!hits)
		return NULL;
	if (at < places_in(places) * sizeof(places->at[0]))
		return &hits->at[at / sizeof(places->at[0])];
	row = siit_places_find4(h, places, row->addr4);
	if (!row)
		return NULL;
	return &hits->at[container_of(row, const struct siit_place, row) -
			 places->at];
}
