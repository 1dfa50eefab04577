/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Next hops, remembered: the route that a destination took once, for as long
 * as the routing tables stand still there. Looking a route up is a third of
 * what forwarding a packet costs.
 *
 * A name, a number but 0, stands for a route in use, for all destinations that
 * took it. Names are kept with rows, and for everybody else by address in a
 * small table of each CPU. They hold no reference and may be out of date:
 * then there is a lookup again, and nothing else.
 *
 * Without names: equal paths, groups of nexthop objects, what policy routing or
 * an advertisement decides.
 *
 * All of it under rcu_read_lock(), with softirqs disabled.
 */
#ifndef SIIT_HOP_H
#define SIIT_HOP_H

#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "core/addr.h"
#include "own4.h"
#include "siit.h"

#define SIIT_SLOTS_BITS	7

/* The bits of TOS that choose a route; ECN never does. */
#define SIIT_TOS_MASK	(IPTOS_TOS_MASK & ~INET_ECN_MASK)

/* What one CPU remembers of a destination, for a second at most. */
struct siit_slot {
	u64 key[2];
	unsigned long name;	/* of the route to it */
	unsigned long since;	/* jiffies */
	unsigned long tried;	/* likewise: when a name was asked for */
	u8 len;			/* SIIT_SLOT_NATIVE: of the route's prefix */
};

/* siit_slot.len: IPv4, where @name is of what the tables were at. */
#define SIIT_SLOT_IPV4	255

/* Of a key: the source is a part of it. */
#define SIIT_SLOT_SOURCE	BIT_ULL(63)

/* The questions are not to take each other's place. */
enum siit_slot_use {
	SIIT_SLOT_ROUTE,	/* where the translated packet goes */
	SIIT_SLOT_NATIVE,	/* where it would go as it came: not native */
	SIIT_SLOT_POOL4,	/* where what no row matches goes */
	SIIT_SLOT_USES,
};

struct siit_slots {
	struct siit_slot slot[SIIT_SLOT_USES][BIT(SIIT_SLOTS_BITS)];
	struct siit_slot prefix;	/* native or not, for all of the prefix */
	struct siit_own4 own4;
};

int siit_hops_init(struct siit_dev *sd);

/* Gives up all routes, as their devices may want to go. */
void siit_hops_forget(struct siit_dev *sd);
void siit_hops_free(struct siit_dev *sd);

/**
 * siit_hop6() - the IPv6 route of this name
 * @sd: the instance
 * @net: its namespace
 * @name: as siit_hop6_name() said, or 0
 *
 * Return: the route, valid under rcu_read_lock(), or NULL if it must be looked
 * up.
 */
struct dst_entry *siit_hop6(const struct siit_dev *sd, const struct net *net,
			    unsigned long name);
struct dst_entry *siit_hop4(const struct siit_dev *sd, const struct net *net,
			    unsigned long name);

/* What the tables were at before a lookup, for the names of what it finds. */
static inline int siit_hop_gen6(const struct net *net)
{
	int gen = rt_genid_ipv6(net);

	smp_rmb();		/* siit_hop6_name() */
	return gen;
}

static inline int siit_hop_gen4(const struct net *net)
{
	int gen = rt_genid_ipv4(net);

	smp_rmb();		/* siit_hop4_name() */
	return gen;
}

/* What the tables are at, for what is known until they change; never 0. */
static inline unsigned long siit_hop_at4(int gen)
{
	return (unsigned long)(u32)gen << 1 | 1;
}

/**
 * siit_hop6_name() - the name of an IPv6 route that was just looked up
 * @sd: the instance
 * @net: its namespace
 * @dst: the route, found by its destination alone
 * @gen: of siit_hop_gen6() before that
 * @addr: the destination, or a prefix that it is in
 * @len: 128, or the prefix's length
 *
 * Return: its name, or 0 if another packet to the same destination, or one to
 * another address of the prefix, may go elsewhere: more than one next hop,
 * policy routing, a path of its own, a route to a part of the prefix. For the
 * paths of others in the prefix see siit_hop6_has_paths().
 */
unsigned long siit_hop6_name(const struct siit_dev *sd, const struct net *net,
			     struct dst_entry *dst, int gen,
			     const struct in6_addr *addr, u8 len);

/**
 * siit_hop6_has_paths() - may addresses of an IPv6 route have paths of their own?
 * @dst: the route
 *
 * A path MTU or a redirect, once there, is looked for with each address. The
 * first one gives the route another name.
 */
bool siit_hop6_has_paths(const struct dst_entry *dst);

/**
 * siit_hop4_name() - the name of an IPv4 route that was just looked up
 * @sd: the instance
 * @net: its namespace
 * @dst: the route
 * @daddr: the destination
 * @tos: DSCP of the packet
 * @gen: of siit_hop_gen4() before that
 *
 * Costs a lookup.
 */
unsigned long siit_hop4_name(const struct siit_dev *sd, struct net *net,
			     struct dst_entry *dst, __be32 daddr, u8 tos,
			     int gen);

/**
 * siit_hop4_maybe_own() - may an IPv4 source be this host's, which Linux refuses?
 * @sd: the instance
 * @net: its namespace
 * @at: siit_hop_at4()
 * @saddr: the source
 *
 * Then it is a part of what an input route depends on, as it is with rp_filter.
 */
static __always_inline bool siit_hop4_maybe_own(const struct siit_dev *sd,
						struct net *net,
						unsigned long at, __be32 saddr)
{
	return net->ipv4.fib_has_custom_local_routes ||
	       siit_own4_may_be(this_cpu_ptr(&sd->slots->own4), net, at, saddr);
}

/**
 * siit_slot() - this CPU's slot for a key, which may hold another one
 * @sd: the instance
 * @use: what for
 * @a: one half of the key
 * @b: the other half
 */
static inline struct siit_slot *siit_slot(const struct siit_dev *sd,
					  enum siit_slot_use use, u64 a, u64 b)
{
	u32 i = hash_64(a ^ rol64(b, 21), SIIT_SLOTS_BITS);

	return this_cpu_ptr(&sd->slots->slot[use][i]);
}

static inline bool siit_slot_is(const struct siit_slot *slot, u64 a, u64 b)
{
	return slot->key[0] == a && slot->key[1] == b &&
	       time_before(jiffies, slot->since + HZ);
}

/* Makes the slot the key's; forgets what it held. */
static inline void siit_slot_take(struct siit_slot *slot, u64 a, u64 b)
{
	slot->key[0] = a;
	slot->key[1] = b;
	slot->name = 0;
	slot->since = jiffies;
	slot->tried = jiffies;
}

#endif /* SIIT_HOP_H */
