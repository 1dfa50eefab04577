/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance: one network device of kind siit_dc, its settings and table.
 *
 * Locks: RTNL, then siit_net.lock. Packets take none: they read siit_dev.state
 * once, under rcu_read_lock().
 */
#ifndef SIIT_SIIT_H
#define SIIT_SIIT_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "core/pkt.h"

struct siit_dev;
struct siit_hooks;
struct siit_hops;
struct siit_slots;

/* Per network namespace. */
struct siit_net {
	struct mutex lock;		/* guards sd and all changes of it */
	struct siit_dev *sd;		/* NULL: no instance */
};

/* What one packet is decided by; published by RCU, never modified then. */
struct siit_state {
	struct siit_cfg cfg;
	struct siit_eamt *dead_eamt;	/* goes with this state */
	struct rcu_work free_work;
};

enum siit_dir { SIIT_46, SIIT_64, SIIT_DIRS };

#define SIIT_IDS	256

struct siit_pcpu {
	u64 packets[SIIT_DIRS][SIIT_STAT_COUNT];
	u64 bytes[SIIT_DIRS];
	u16 ids[SIIT_IDS];		/* XL64-04, see id.c */
};

/* GE-14 */
struct siit_limiter {
	spinlock_t lock;		/* the two below */
	u64 tokens;			/* in 1/NSEC_PER_SEC of an error */
	u64 last;			/* ktime_get_ns() */
};

struct siit_dev {
	struct siit_state __rcu *state;
	struct siit_pcpu __percpu *pcpu;
	struct net_device *dev;
	struct siit_slots __percpu *slots;	/* hop.h */
	struct siit_hops *hops;
	struct siit_net *sn;
	u64 id_key[3];			/* XL64-04: not to be guessed */
	u8 id_bits;

	struct siit_limiter limiter ____cacheline_aligned_in_smp;
	u32 generation;			/* moves with every change */
	u64 stamp;			/* likewise, and never the same twice */
	struct list_head txns;		/* struct siit_txn */
	struct siit_hooks *hooks;	/* NULL: not registered; under RTNL */
};

static inline struct siit_state *siit_state_locked(const struct siit_dev *sd)
{
	return rcu_dereference_protected(sd->state,
					 lockdep_is_held(&sd->sn->lock));
}

struct siit_net *siit_pernet(const struct net *net);

extern struct workqueue_struct *siit_wq;

#endif /* SIIT_SIIT_H */
