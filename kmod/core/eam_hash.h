/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host rows of one column of the table, in chains.
 *
 * A row has two chain pointers for each column, of which one is in use. To
 * grow, all rows are linked into new buckets through the other one while
 * readers go on in the old chains; one pointer then publishes the buckets
 * together with the number of the pointer. The pointers of the old chains may
 * be written again when the readers from before have left: until then the
 * table does not grow, and the chains get longer.
 */
#ifndef SIIT_CORE_EAM_HASH_H
#define SIIT_CORE_EAM_HASH_H

#include "deps.h"
#include "eam_entry.h"
#include "word.h"

struct siit_buckets {
	struct rcu_head rcu;
	u8 shift;			/* 64 - log2(number of heads) */
	u8 gen;				/* which chain pointer they use */
	struct siit_eamt_entry __rcu *head[];
};

struct siit_hash {
	struct siit_buckets __rcu *buckets;
	u64 mul[4];			/* random: the hash function */
	u32 n;
	u32 grow_at;
	unsigned long grown;		/* mark of the last growth */
	enum siit_column col;
};

static inline u64 siit_hash4(const struct siit_hash *h, __be32 addr)
{
	return (__force u32)addr * h->mul[0];
}

/*
 * Pairwise multilinear hashing: the upper bits are universal, whatever the
 * addresses are, at the price of two multiplications.
 */
static inline u64 siit_hash6(const struct siit_hash *h, u64 first, u64 last)
{
	return (h->mul[0] + (u32)first) * (h->mul[1] + (first >> 32)) +
	       (h->mul[2] + (u32)last) * (h->mul[3] + (last >> 32));
}

static inline const struct siit_row *siit_hash_lookup4(const struct siit_hash *h,
						       __be32 addr)
{
	const struct siit_buckets *b = rcu_dereference(h->buckets);
	const struct siit_eamt_entry *e;

	e = rcu_dereference(b->head[siit_hash4(h, addr) >> b->shift]);
	while (e) {
		if (e->row.addr4 == addr)
			return &e->row;
		e = rcu_dereference(e->in[SIIT_COL4].chain[b->gen]);
	}
	return NULL;
}

static inline const struct siit_row *
siit_hash_lookup6(const struct siit_hash *h, const struct in6_addr *addr)
{
	const struct siit_buckets *b = rcu_dereference(h->buckets);
	u64 first = siit_load64(&addr->s6_addr[0]);
	u64 last = siit_load64(&addr->s6_addr[8]);
	const struct siit_eamt_entry *e;

	e = rcu_dereference(b->head[siit_hash6(h, first, last) >> b->shift]);
	while (e) {
		if (siit_load64(&e->row.addr6.s6_addr[0]) == first &&
		    siit_load64(&e->row.addr6.s6_addr[8]) == last)
			return &e->row;
		e = rcu_dereference(e->in[SIIT_COL6].chain[b->gen]);
	}
	return NULL;
}

const struct siit_row *siit_hash_find4(const struct siit_hash *h, __be32 addr);
const struct siit_row *siit_hash_find6(const struct siit_hash *h,
				       const struct in6_addr *addr);
bool siit_hash_init(struct siit_hash *h, enum siit_column col, u32 rows_hint);
void siit_hash_free(struct siit_hash *h);
void siit_hash_insert(struct siit_hash *h, struct siit_eamt_entry *e);
void siit_hash_remove(struct siit_hash *h, struct siit_eamt_entry *e);

#endif /* SIIT_CORE_EAM_HASH_H */
