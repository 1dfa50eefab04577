// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "compat.h"
#include "hop.h"

#define HOPS_BITS	6
#define HOPS		BIT(HOPS_BITS)

/*
 * Readers look at the id before and after the rest; it is never used twice (on
 * 32 bit, not before 2^25 others), and never has the upper bit (route.c).
 * Written under siit_hops.lock.
 */
struct siit_hop {
	unsigned long id;	/* 0: being written, or empty */
	struct dst_entry *dst;	/* a reference of ours */
	u32 cookie;		/* IPv6: the route's node, or discarded6() */
	u32 local;		/* IPv6: all of the local table */
	unsigned long since;	/* jiffies, when it was known to be right */
};

struct siit_hops {
	struct siit_hop hop4[HOPS];
	struct siit_hop hop6[HOPS];
	spinlock_t lock;	/* for writing hops */
	unsigned long last;	/* id without its place in the table */
};

int siit_hops_init(struct siit_dev *sd)
{
	unsigned int i;

	sd->hops = kzalloc(sizeof(*sd->hops), GFP_KERNEL);
	if (!sd->hops)
		return -ENOMEM;
	spin_lock_init(&sd->hops->lock);
	for (i = 0; i < HOPS; i++) {
		sd->hops->hop4[i].since = jiffies - 1;
		sd->hops->hop6[i].since = jiffies - 1;
	}
	sd->slots = alloc_percpu(struct siit_slots);
	if (!sd->slots) {
		kfree(sd->hops);
		return -ENOMEM;
	}
	return 0;
}

void siit_hops_forget(struct siit_dev *sd)
{
	struct siit_hop *hop[] = { sd->hops->hop4, sd->hops->hop6 };
	unsigned int i, j;

	spin_lock_bh(&sd->hops->lock);
	for (i = 0; i < ARRAY_SIZE(hop); i++)
		for (j = 0; j < HOPS; j++) {
			WRITE_ONCE(hop[i][j].id, 0);
			smp_wmb();	/* read_begin(), read_retry() */
			dst_release(hop[i][j].dst);
			WRITE_ONCE(hop[i][j].dst, NULL);
		}
	spin_unlock_bh(&sd->hops->lock);
}

void siit_hops_free(struct siit_dev *sd)
{
	free_percpu(sd->slots);
	kfree(sd->hops);
}

/* Each lookup without rules of the operator's begins in the local table. */
static inline u32 local_sernum(const struct net *net)
{
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	return READ_ONCE(net->ipv6.fib6_local_tbl->tb6_root.fn_sernum);
#else
	return 0;
#endif
}

/* Moves with every route that is deleted: no other number does. */
static inline u32 discarded6(const struct net *net)
{
	return READ_ONCE(net->ipv6.rt6_stats->fib_discarded_routes);
}

static __always_inline bool may_stand6(const struct net *net,
				       const struct dst_entry *dst, u32 local)
{
	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       !fib6_has_custom_rules(net) && local_sernum(net) == local;
}

/* As ip6_dst_check(); what is added beside or below a route renumbers it. */
static __always_inline bool
stands6(const struct net *net, const struct dst_entry *dst, u32 cookie,
	u32 local)
{
	const struct fib6_info *from = rcu_dereference(dst_rt6_info(dst)->from);
	u32 now;

	return may_stand6(net, dst, local) && from &&
	       fib6_get_cookie_safe(from, &now) && now == cookie &&
	       !fib6_check_expired(from);
}

/*
 * The routes by a nexthop object share what Linux made for one of them: here
 * all tables have to stand still.
 */
static bool object_stands6(const struct net *net, const struct dst_entry *dst,
			   u32 cookie, u32 local)
{
	return may_stand6(net, dst, local) &&
	       dst_rt6_info(dst)->sernum == rt_genid_ipv6(net) &&
	       discarded6(net) == cookie;
}

/* As ipv4_dst_check(); every change of the tables moves the number. */
static __always_inline bool stands4(const struct net *net,
				    const struct dst_entry *dst)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == rt_genid_ipv4((struct net *)net);
}

/* Does nothing but the destination choose among this namespace's routes? */
static bool is_simple6(const struct net *net, const struct dst_entry *dst)
{
	return READ_ONCE(net->ipv6.devconf_all->forwarding) &&
	       !fib6_routes_require_src(net) && !ip6_ignore_linkdown(dst->dev);
}

/*
 * Would every packet to a destination of this route take it? Routes that come
 * and go without a new number are those of router advertisements.
 */
static bool is_alone6(const struct net *net, const struct dst_entry *dst,
		      const struct fib6_info *from)
{
	const struct fib6_node *node = rcu_dereference(from->fib6_node);
	const struct fib6_info *next = rcu_dereference(from->fib6_next);

	/* The first of its prefix, and none of the same metric beside it. */
	return node && rcu_access_pointer(node->leaf) == from &&
	       !(next && next->fib6_metric == from->fib6_metric) &&
	       !from->fib6_nsiblings &&
	       !(from->fib6_flags & (RTF_ADDRCONF | RTF_EXPIRES)) &&
	       is_simple6(net, dst);
}

/* Not all of is_alone6() moves a number: asked again every second. */
static noinline bool renew6(struct siit_hops *hops, struct siit_hop *hop,
			    const struct net *net, const struct dst_entry *dst)
{
	const struct fib6_info *from = rcu_dereference(dst_rt6_info(dst)->from);
	bool alone = from && is_alone6(net, dst, from);

	if (!spin_trylock(&hops->lock))
		return alone;
	if (hop->dst == dst) {
		WRITE_ONCE(hop->since, jiffies);
		if (!alone)
			WRITE_ONCE(hop->id, 0);
	}
	spin_unlock(&hops->lock);
	return alone;
}

/* One next hop of a route, or NULL if its nexthop object is a group. */
static const struct fib6_nh *only_hop6(const struct fib6_info *from)
{
	if (!from->nh)
		return from->fib6_nh;
	return from->nh->is_group ? NULL : nexthop_fib6_nh(from->nh);
}

/*
 * Would Linux make the same of both routes? Each CPU has its own rt6_info of a
 * nexthop object, made for whichever of its routes was asked for first.
 */
static bool is_same6(const struct fib6_info *a, const struct fib6_info *b)
{
	return a == b ||
	       (a->nh && a->nh == b->nh && a->fib6_type == b->fib6_type &&
		a->fib6_flags == b->fib6_flags &&
		a->fib6_metrics == b->fib6_metrics);
}

static bool is_of6(const struct dst_entry *dst, const struct fib6_info *route)
{
	const struct fib6_info *from = rcu_dereference(dst_rt6_info(dst)->from);

	return from && is_same6(from, route);
}

/* As with a sequence count: what is read in between is of this name. */
static __always_inline bool read_begin(const struct siit_hop *hop,
				       unsigned long name)
{
	bool is = name && READ_ONCE(hop->id) == name;

	smp_rmb();		/* siit_hop_write() */
	return is;
}

static __always_inline bool read_retry(const struct siit_hop *hop,
				       unsigned long name)
{
	smp_rmb();		/* siit_hop_write() */
	return READ_ONCE(hop->id) != name;
}

/*
 * This CPU's own of a nexthop object. Linux retires each on its CPU, at once,
 * as no other one is using it; an ordinary route's go after a grace period.
 * Which route was named is not known here: after a second it is asked again.
 */
static noinline struct dst_entry *
object6(const struct net *net, struct dst_entry *dst, u32 cookie, u32 local,
	unsigned long since)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct fib6_info *from = rcu_dereference(rt->from);
	const struct fib6_nh *nh = from ? only_hop6(from) : NULL;
	struct rt6_info *own = nh ? this_cpu_read(*nh->rt6i_pcpu) : NULL;

	if (!own || !object_stands6(net, dst, cookie, local) ||
	    time_after(jiffies, since + HZ))
		return NULL;
	if (own == rt)
		return dst;
	if (own->sernum != rt->sernum || !is_of6(&own->dst, from) ||
	    READ_ONCE(own->dst.obsolete) != DST_OBSOLETE_FORCE_CHK)
		return NULL;
	return &own->dst;
}

struct dst_entry *siit_hop6(const struct siit_dev *sd, const struct net *net,
			    unsigned long name)
{
	struct siit_hop *hop = &sd->hops->hop6[name % HOPS];
	unsigned long since;
	struct dst_entry *dst;
	u32 cookie, local;

	if (!read_begin(hop, name))
		return NULL;
	dst = READ_ONCE(hop->dst);
	cookie = READ_ONCE(hop->cookie);
	local = READ_ONCE(hop->local);
	since = READ_ONCE(hop->since);
	if (read_retry(hop, name))
		return NULL;
	if (unlikely(dst_rt6_info(dst)->sernum))
		return object6(net, dst, cookie, local, since);
	if (!stands6(net, dst, cookie, local))
		return NULL;
	if (unlikely(time_after(jiffies, since + HZ)) &&
	    !renew6(sd->hops, hop, net, dst))
		return NULL;
	return dst;
}

struct dst_entry *siit_hop4(const struct siit_dev *sd, const struct net *net,
			    unsigned long name)
{
	const struct siit_hop *hop = &sd->hops->hop4[name % HOPS];
	struct dst_entry *dst;

	if (!read_begin(hop, name))
		return NULL;
	dst = READ_ONCE(hop->dst);
	if (read_retry(hop, name) || !stands4(net, dst))
		return NULL;
	return dst;
}

/* A place is given away at most once a tick: nobody's pattern makes it churn. */
static bool is_young(const struct siit_hop *hop)
{
	return jiffies - READ_ONCE(hop->since) < 1;
}

static unsigned long siit_hop_write(struct siit_hops *hops,
				    struct siit_hop *hop, size_t place,
				    const struct siit_hop *new)
{
	unsigned long name;
	struct dst_entry *old;

	if (!spin_trylock(&hops->lock))
		return 0;
	if (!dst_hold_safe(new->dst)) {
		spin_unlock(&hops->lock);
		return 0;
	}
	old = hop->dst;
	WRITE_ONCE(hop->id, 0);
	smp_wmb();		/* read_begin(), read_retry() */
	WRITE_ONCE(hop->dst, new->dst);
	WRITE_ONCE(hop->cookie, new->cookie);
	WRITE_ONCE(hop->local, new->local);
	WRITE_ONCE(hop->since, jiffies);
	smp_wmb();		/* read_begin(), read_retry() */
	name = (++hops->last * HOPS + place) & LONG_MAX;
	WRITE_ONCE(hop->id, name);
	spin_unlock(&hops->lock);
	dst_release(old);	/* its readers are under RCU */
	return name;
}

/* Is there, or may there be soon, a longer route inside of a prefix? */
static bool is_parted(const struct net *net, const struct fib6_table *table,
		      const struct in6_addr *addr, u8 len)
{
	const struct fib6_node *node = &table->tb6_root, *up = node;
	const struct fib6_info *leaf;
	unsigned int bit;

	while (node && node->fn_bit < len) {
		up = node;
		bit = addr->s6_addr[node->fn_bit / 8] >> (~node->fn_bit & 7) & 1;
		node = bit ? rcu_dereference(node->right) :
			     rcu_dereference(node->left);
	}
	/* A fork without a child is just being put in, above what is there. */
	if (!node)
		return !(up->fn_flags & RTN_RTINFO);
	/* All below have as many bits in common: is it ours that they have? */
	leaf = rcu_dereference(node->leaf);
	if (leaf && leaf != net->ipv6.fib6_null_entry &&
	    !ipv6_prefix_equal(&leaf->fib6_dst.addr, addr, len))
		return false;
	return node->fn_bit > len || !(node->fn_flags & RTN_RTINFO) ||
	       rcu_access_pointer(node->left) ||
	       rcu_access_pointer(node->right);
}

/*
 * Does a route lead to all of a prefix? What is added inside of it later
 * renumbers it, or the local table.
 */
static bool covers6(const struct net *net, const struct fib6_info *from,
		    const struct in6_addr *addr, u8 len)
{
	if (from->fib6_dst.plen > len ||
	    is_parted(net, from->fib6_table, addr, len))
		return false;
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	return !is_parted(net, net->ipv6.fib6_local_tbl, addr, len);
#else
	return true;
#endif
}

bool siit_hop6_has_paths(const struct dst_entry *dst)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct fib6_info *from = rcu_dereference(rt->from);
	const struct fib6_nh *nh = from ? only_hop6(from) : NULL;

	return !nh || rcu_access_pointer(nh->rt6i_exception_bucket);
}

/* The route to an address if it is one by the nexthop object that @rt is of. */
static const struct fib6_info *nexthop_route6(const struct siit_dev *sd,
					      const struct net *net,
					      const struct rt6_info *rt,
					      const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.daddr = *addr,
		.flowi6_iif = sd->dev->ifindex,
	};
	struct fib6_result res = {};
	const struct fib6_nh *nh;

	if (fib6_has_custom_rules(net) ||
	    ipv6_stub->fib6_lookup((struct net *)net, 0, &fl6, &res, 0) ||
	    !res.f6i || !res.f6i->nh)
		return NULL;
	nh = only_hop6(res.f6i);
	return nh && this_cpu_read(*nh->rt6i_pcpu) == rt ? res.f6i : NULL;
}

unsigned long siit_hop6_name(const struct siit_dev *sd, const struct net *net,
			     struct dst_entry *dst, int gen,
			     const struct in6_addr *addr, u8 len)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct fib6_info *route = rcu_dereference(rt->from);
	struct siit_hops *hops = sd->hops;
	struct siit_hop new = { .dst = dst };
	const struct dst_entry *known;
	struct siit_hop *hop;
	unsigned long name;
	size_t place;

	/* A clone for one address (RTF_CACHE: its path's MTU) is not the route's. */
	if (!route || !only_hop6(route) || dst->error ||
	    rt->rt6i_flags & RTF_CACHE || !is_simple6(net, dst))
		return 0;
	place = route->nh ? hash_ptr(route->nh, HOPS_BITS) :
			    hash_ptr(route, HOPS_BITS);
	hop = &hops->hop6[place];
	name = READ_ONCE(hop->id);
	known = siit_hop6(sd, net, name);
	if ((!known || !is_of6(known, route)) && is_young(hop))
		return 0;
	if (rt->sernum) {
		new.cookie = discarded6(net);
		smp_rmb();	/* the count as it was before the lookup */
		route = nexthop_route6(sd, net, rt, addr);
		if (!route || !is_of6(dst, route) ||
		    !is_alone6(net, dst, route))
			return 0;
	} else if (!fib6_get_cookie_safe(route, &new.cookie)) {
		return 0;
	}
	if (len < 128 && !covers6(net, route, addr, len))
		return 0;
	/* Each CPU has its own rt6_info of a route; the first one serves all. */
	if (!known || !is_of6(known, route)) {
		new.local = local_sernum(net);
		if (is_young(hop) || !is_alone6(net, dst, route) ||
		    !(rt->sernum ? object_stands6 : stands6)
		     (net, dst, new.cookie, new.local))
			return 0;
		name = siit_hop_write(hops, hop, place, &new);
	}
	smp_rmb();		/* siit_hop_gen6() */
	/* It may be a route from before a change with a number from after. */
	if (rt_genid_ipv6(net) != gen ||
	    (rt->sernum && discarded6(net) != new.cookie))
		return 0;
	return name;
}

/*
 * An rtable serves all routes by its next hop; so the question is about this
 * destination's. Dead gateways are noticed by looking again, if there are any.
 */
static bool is_alone4(const struct siit_dev *sd, struct net *net, __be32 daddr,
		      u8 tos)
{
	struct in_device *idev = __in_dev_get_rcu(sd->dev);
	struct flowi4 fl4 = {
		.daddr = daddr,
		.flowi4_tos = tos,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.flowi4_iif = LOOPBACK_IFINDEX,
	};
	struct fib_result res;

	/* What an input route leaves on the packet itself (NOPOLICY). */
	if (fib4_has_custom_rules(net) || !idev || IN_DEV_ORCONF(idev, NOPOLICY) ||
	    fib_num_tclassid_users(net) ||
	    fib_lookup(net, &fl4, &res, FIB_LOOKUP_NOREF))
		return false;
	return res.type == RTN_LOCAL ||
	       (fib_info_num_path(res.fi) == 1 &&
		!(FIB_RES_NHC(res)->nhc_flags & RTNH_F_LINKDOWN) &&
		(res.prefixlen || res.table->tb_num_default <= 1));
}

unsigned long siit_hop4_name(const struct siit_dev *sd, struct net *net,
			     struct dst_entry *dst, __be32 daddr, u8 tos,
			     int gen)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);
	struct siit_hops *hops = sd->hops;
	size_t place = hash_ptr(dst, HOPS_BITS);
	struct siit_hop *hop = &hops->hop4[place];
	unsigned long name = READ_ONCE(hop->id);
	struct siit_hop new = { .dst = dst };

	if (!stands4(net, dst) || rt->rt_genid != gen ||
	    !is_alone4(sd, net, daddr, tos))
		return 0;
	if (siit_hop4(sd, net, name) == dst)
		return name;
	return is_young(hop) ? 0 : siit_hop_write(hops, hop, place, &new);
}
