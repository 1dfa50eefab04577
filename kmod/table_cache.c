// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "core/eam_entry.h"
#include "table_cache.h"

static struct kmem_cache *rows, *nodes;

int siit_table_cache_init(void)
{
	/* Accounted to the cgroup of the caller who loads the rows (NL-04). */
	rows = KMEM_CACHE(siit_eamt_entry, SLAB_ACCOUNT);
	if (!rows)
		return -ENOMEM;
	nodes = KMEM_CACHE(siit_node, SLAB_ACCOUNT);
	if (!nodes) {
		kmem_cache_destroy(rows);
		return -ENOMEM;
	}
	return 0;
}

void siit_table_cache_exit(void)
{
	kmem_cache_destroy(nodes);
	kmem_cache_destroy(rows);
}

struct siit_eamt_entry *siit_row_alloc(void)
{
	return kmem_cache_zalloc(rows, GFP_KERNEL);
}

void siit_row_free(struct siit_eamt_entry *e)
{
	kmem_cache_free(rows, e);
}

struct siit_node *siit_node_alloc(void)
{
	return kmem_cache_zalloc(nodes, GFP_KERNEL);
}

void siit_node_free(struct siit_node *n)
{
	kmem_cache_free(nodes, n);
}
