/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host rows of one column of the table, where they lie.
 *
 * Memory that is in no cache costs more than all else about a packet: so a row
 * is in the hash table itself, with what it maps to, and found by one access. A
 * bucket is a cache line. Rows that it has no place for are in the one beside
 * it, which processors fetch as well, or in another pair, and it says so to one
 * address in four.
 *
 * A place is taken once: free, then live, then dead, until the table is built
 * anew, elsewhere, without the dead. Readers go on in the old one until a grace
 * period; what they have found does not change.
 */
#ifndef SIIT_CORE_EAM_HASH_H
#define SIIT_CORE_EAM_HASH_H

#include "deps.h"
#include "eam_entry.h"
#include "word.h"

#define SIIT_BUCKET	2	/* places */
#define SIIT_JUMPS	32	/* buckets, before all are looked through */

/* siit_row.state */
#define SIIT_PLACE_LIVE	BIT(0)
#define SIIT_PLACE_DEAD	BIT(1)
#define SIIT_PLACE_MORE	(15 * BIT(2))	/* of the bucket's last: rows went elsewhere */

/*
 * Pointers to the hits of the row at each place, odd if another table frees
 * them; 0: none.
 */
#define SIIT_HITS_LENT	1UL

struct siit_hits_at {
	struct rcu_head rcu;
	unsigned long at[];
};

struct siit_places {
	struct rcu_head rcu;
	u32 buckets;			/* even */
	u32 used;			/* live and dead places */
	struct siit_hits_at __rcu *hits;	/* NULL: not counted */
	struct siit_place at[] __aligned(128);
};

struct siit_hash {
	struct siit_places __rcu *places;
	u64 mul[4];			/* random: the hash function */
	u32 live;
	u32 hint;			/* rows that will come, as was said */
	u32 again_at;			/* used places, after memory was short */
	enum siit_column col;
};

/*
 * One multiplication spreads the addresses of a prefix evenly, or, with bad
 * luck, in heaps; after the second one they are as good as random.
 */
static inline u64 siit_mix(const struct siit_hash *h, u64 hash)
{
	return (hash ^ hash >> 32) * h->mul[3];
}

static inline u64 siit_hash4(const struct siit_hash *h, __be32 addr)
{
	return siit_mix(h, (__force u32)addr * h->mul[0]);
}

/* Pairwise multilinear, before that. */
static inline u64 siit_hash6(const struct siit_hash *h, u64 first, u64 last)
{
	return siit_mix(h, (h->mul[0] + (u32)first) *
			   (h->mul[1] + (first >> 32)) +
			   (h->mul[2] + (u32)last) *
			   (h->mul[3] + (last >> 32)));
}

static inline u32 siit_bucket_at(const struct siit_places *places, u64 hash)
{
	return (u32)((hash >> 32) * places->buckets >> 32);
}

static inline const struct siit_place *
siit_bucket(const struct siit_places *places, u64 hash)
{
	return &places->at[siit_bucket_at(places, hash) * SIIT_BUCKET];
}

/*
 * Where rows are that their own bucket has no place for: beside it, then in the
 * pairs that the hash leads to, so that full ones do not heap up.
 */
static inline u32 siit_next_bucket(const struct siit_places *places, u64 hash,
				   u32 bucket, u32 n)
{
	const u32 pairs = places->buckets / 2;
	u32 pair = bucket / 2;

	if (n % 2 == 0)
		return bucket ^ 1;
	pair += n < SIIT_JUMPS ? 1 + ((hash & U32_MAX) * (pairs - 1) >> 32) : 1;
	return (pair < pairs ? pair : pair - pairs) * 2;
}

/* The bit of SIIT_PLACE_MORE of an address; the bucket is of the upper half. */
static inline u8 siit_more_bit(u64 hash)
{
	return BIT(2) << ((u32)hash >> 30);
}

/* What is not live may be half written: who looks before looks again. */
static inline bool siit_place_is4(const struct siit_place *p, __be32 addr)
{
	return READ_ONCE(p->row.addr4) == addr &&
	       /* use_place() */
	       smp_load_acquire(&p->row.state) & SIIT_PLACE_LIVE &&
	       READ_ONCE(p->row.addr4) == addr;
}

static inline bool siit_place_is6(const struct siit_place *p, u64 first,
				  u64 last)
{
	return siit_load64(&p->row.addr6.s6_addr[8]) == last &&
	       /* use_place() */
	       smp_load_acquire(&p->row.state) & SIIT_PLACE_LIVE &&
	       siit_load64(&p->row.addr6.s6_addr[0]) == first &&
	       siit_load64(&p->row.addr6.s6_addr[8]) == last;
}

/* Has a row of this bit that belongs here, or before, gone elsewhere? */
static inline bool siit_bucket_has_more(const struct siit_place *p, u8 bit)
{
	return READ_ONCE(p[SIIT_BUCKET - 1].row.state) & bit;
}

const struct siit_row *siit_hash_more4(const struct siit_places *places,
				       u64 hash, __be32 addr);
const struct siit_row *siit_hash_more6(const struct siit_places *places,
				       u64 hash, u64 first, u64 last);

static __always_inline const struct siit_row *
siit_places_find4(const struct siit_hash *h, const struct siit_places *places,
		  __be32 addr)
{
	const u64 hash = siit_hash4(h, addr);
	const struct siit_place *p = siit_bucket(places, hash);

	if (siit_place_is4(p, addr))
		return &p->row;
	if (siit_place_is4(p + 1, addr))
		return &p[1].row;
	if (likely(!siit_bucket_has_more(p, siit_more_bit(hash))))
		return NULL;
	return siit_hash_more4(places, hash, addr);
}

static __always_inline const struct siit_row *
siit_places_find6(const struct siit_hash *h, const struct siit_places *places,
		  const struct in6_addr *addr)
{
	const u64 first = siit_load64(&addr->s6_addr[0]);
	const u64 last = siit_load64(&addr->s6_addr[8]);
	const u64 hash = siit_hash6(h, first, last);
	const struct siit_place *p = siit_bucket(places, hash);

	if (siit_place_is6(p, first, last))
		return &p->row;
	if (siit_place_is6(p + 1, first, last))
		return &p[1].row;
	if (likely(!siit_bucket_has_more(p, siit_more_bit(hash))))
		return NULL;
	return siit_hash_more6(places, hash, first, last);
}

/* The host row of an address, or NULL. For readers. */
static __always_inline const struct siit_row *
siit_hash_lookup4(const struct siit_hash *h, __be32 addr)
{
	return siit_places_find4(h, rcu_dereference(h->places), addr);
}

static __always_inline const struct siit_row *
siit_hash_lookup6(const struct siit_hash *h, const struct in6_addr *addr)
{
	return siit_places_find6(h, rcu_dereference(h->places), addr);
}

/* The same for writers. */
const struct siit_row *siit_hash_find4(const struct siit_hash *h, __be32 addr);
const struct siit_row *siit_hash_find6(const struct siit_hash *h,
				       const struct in6_addr *addr);

bool siit_hash_init(struct siit_hash *h, enum siit_column col, u32 rows_hint);
void siit_hash_free(struct siit_hash *h);
bool siit_hash_reserve(struct siit_hash *h, bool hits);
void siit_hash_insert(struct siit_hash *h, const struct siit_row *row,
		      unsigned long hits);
unsigned long siit_hash_remove(struct siit_hash *h, const struct siit_row *row);
const struct siit_row *siit_hash_next(const struct siit_hash *h,
				      const struct siit_row *row);
unsigned long *siit_hash_hits4(const struct siit_hash *h,
			       const struct siit_row *row);

#endif /* SIIT_CORE_EAM_HASH_H */
