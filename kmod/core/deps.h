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
#include <net/checksum.h>

/* Accounted to the cgroup of the caller who loads the rows (NL-04). */
#define siit_alloc(size)	kvzalloc(size, GFP_KERNEL_ACCOUNT)
#define siit_free(p)		kvfree(p)
#define siit_free_rcu(p, field)	kvfree_rcu(p, field)
#define siit_call_rcu(head, fn)	call_rcu(head, fn)

/* What a table is made of, of which there is much: table_cache.c. */
struct siit_eamt_entry;
struct siit_node;

struct siit_eamt_entry *siit_row_alloc(void);
void siit_row_free(struct siit_eamt_entry *e);
struct siit_node *siit_node_alloc(void);
void siit_node_free(struct siit_node *n);

/* A mark in time; siit_gp_over(): have all readers from before it left? */
#define siit_gp_past()		get_completed_synchronize_rcu()
#define siit_gp_mark()		start_poll_synchronize_rcu()
#define siit_gp_over(mark)	poll_state_synchronize_rcu(mark)

#define siit_random64()		get_random_u64()
#define siit_resched()		cond_resched()

#else

#include "deps_user.h"

#endif /* __KERNEL__ */

#endif /* SIIT_CORE_DEPS_H */
