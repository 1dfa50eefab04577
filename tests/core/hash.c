// SPDX-License-Identifier: GPL-2.0
/* For eam_hash_test.cpp: the table's inside is C only. */
#include "eam_table.h"

bool hash_goes_on4(const struct siit_eamt *t, __be32 addr);
bool hash_goes_on6(const struct siit_eamt *t, const struct in6_addr *addr);

static bool goes_on(const struct siit_hash *h, u64 hash)
{
	return siit_bucket_has_more(siit_bucket(rcu_dereference(h->places), hash), siit_more_bit(hash));
}

/* Is an address that has no host row looked for elsewhere than in its bucket? */
bool hash_goes_on4(const struct siit_eamt *t, __be32 addr)
{
	const struct siit_hash *h = &t->hash[SIIT_COL4];

	return goes_on(h, siit_hash4(h, addr));
}

bool hash_goes_on6(const struct siit_eamt *t, const struct in6_addr *addr)
{
	const struct siit_hash *h = &t->hash[SIIT_COL6];

	return goes_on(h, siit_hash6(h, siit_load64(&addr->s6_addr[0]), siit_load64(&addr->s6_addr[8])));
}
