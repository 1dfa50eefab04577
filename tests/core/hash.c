// SPDX-License-Identifier: GPL-2.0
/* For eam_hash_test.cpp: the table's inside is C only, and so is short memory. */
#include <stdlib.h>

#include "eam_table.h"

unsigned int hash_goes_on4(const struct siit_eamt *t, __be32 addr);
unsigned int hash_goes_on6(const struct siit_eamt *t, const struct in6_addr *addr);

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

bool hash_no_memory;

/* What hash tables lie in. */
void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return hash_no_memory ? NULL : __real_aligned_alloc(alignment, size);
}

static unsigned int goes_on(const struct siit_hash *h, u64 hash)
{
	const struct siit_places *places = rcu_dereference(h->places);
	u32 bucket = siit_bucket_at(places, hash), n = 0;

	while (siit_bucket_has_more(&places->at[bucket * SIIT_BUCKET], siit_more_bit(hash)))
		bucket = siit_next_bucket(places, hash, bucket, n++);
	return n;
}

/* In how many buckets beyond its own is an address looked for that has no host row? */
unsigned int hash_goes_on4(const struct siit_eamt *t, __be32 addr)
{
	const struct siit_hash *h = &t->hash[SIIT_COL4];

	return goes_on(h, siit_hash4(h, addr));
}

unsigned int hash_goes_on6(const struct siit_eamt *t, const struct in6_addr *addr)
{
	const struct siit_hash *h = &t->hash[SIIT_COL6];

	return goes_on(h, siit_hash6(h, siit_load64(&addr->s6_addr[0]), siit_load64(&addr->s6_addr[8])));
}
