// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "core/eam_hash.h"
#include "row_cache.h"

static struct kmem_cache *cache;

int siit_row_cache_init(void)
{
	/* Accounted to the cgroup of the caller who loads the rows (NL-04). */
	cache = KMEM_CACHE(siit_eamt_entry, SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

void siit_row_cache_exit(void)
{
	kmem_cache_destroy(cache);
}

struct siit_eamt_entry *siit_row_alloc(void)
{
	return kmem_cache_zalloc(cache, GFP_KERNEL);
}

void siit_row_free(struct siit_eamt_entry *e)
{
	kmem_cache_free(cache, e);
}
