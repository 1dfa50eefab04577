/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core takes from its surroundings: the kernel's, or in unit tests,
 * fuzzers and tools the C library's. The only file of the core that knows
 * which of the two it is in.
 */
#ifndef SIIT_CORE_DEPS_H
#define SIIT_CORE_DEPS_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
/* For get_unaligned_be*(), whose header has moved, and sparse knows no probe. */
#include <linux/etherdevice.h>
#include <linux/in6.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
#include <net/checksum.h>

/* Accounted to the cgroup of the caller who loads the rows (NL-04). */
#define siit_alloc(size)	kvzalloc(size, GFP_KERNEL_ACCOUNT)
#define siit_free(p)		kvfree(p)
#define siit_free_rcu(p, field)	kvfree_rcu(p, field)
#define siit_call_rcu(head, fn)	call_rcu(head, fn)

/* A head and a rest. Alignment is that of places; kvmalloc() has a limit. */
static inline void *siit_alloc_large(size_t head, u64 rest)
{
	const u64 size = head + rest;

	if (size > LONG_MAX)
		return NULL;
	if (size > INT_MAX)
		return vmalloc_huge(size, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	return kvzalloc(size < PAGE_SIZE ? roundup_pow_of_two(size) : size,
			GFP_KERNEL_ACCOUNT);
}

/* What a table is made of, of which there is much: table_cache.c. */
struct siit_eamt_entry;
struct siit_node;

struct siit_eamt_entry *siit_row_alloc(void);
void siit_row_free(struct siit_eamt_entry *e);
struct siit_node *siit_node_alloc(void);
void siit_node_free(struct siit_node *n);

#define siit_random64()		get_random_u64()
#define siit_resched()		cond_resched()

#else

#include "deps_user.h"

#endif /* __KERNEL__ */

#endif /* SIIT_CORE_DEPS_H */
