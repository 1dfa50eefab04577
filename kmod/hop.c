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
 * 32 bit, not before 2^26 others).
 * Written under siit_hops.lock.
 */
struct siit_hop {
	unsigned long id;	/* 0: being written, or empty */
	struct dst_entry *dst;	/* a reference of ours */
	u32 cookie;		/* IPv6: the route's node */
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
			hop[i][j].dst = NULL;
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

/* As ip6_dst_check(); what is added beside or below a route renumbers it. */
static __always_inline bool
stands6(const struct net *net, const struct dst_entry *dst, u32 cookie,
	u32 local)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct fib6_info *from;
	u32 now;

	if (READ_ONCE(dst->obsolete) != DST_OBSOLETE_FORCE_CHK ||
	    fib6_has_custom_rules(net) || local_sernum(net) != local)
		return false;
	from = rcu_dereference(rt->from);
	return from && fib6_get_cookie_safe(from, &now) && now == cookie &&
	       !fib6_check_expired(from);
}

/* As ipv4_dst_check(); every change of the tables moves the number. */
static __always_inline bool stands4(const struct net *net,
				    const struct dst_entry *dst)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);

	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == rt_genid_ipv4((struct net *)net);
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
	       READ_ONCE(net->ipv6.devconf_all->forwarding) &&
	       !fib6_routes_require_src(net) && !ip6_ignore_linkdown(dst->dev);
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
	if (read_retry(hop, name) || !stands6(net, dst, cookie, local))
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
	name = ++hops->last * HOPS + place;
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

	return !from || from->nh ||
	       rcu_access_pointer(from->fib6_nh->rt6i_exception_bucket);
}

unsigned long siit_hop6_name(const struct siit_dev *sd, const struct net *net,
			     struct dst_entry *dst, int gen,
			     const struct in6_addr *addr, u8 len)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct fib6_info *from = rcu_dereference(rt->from);
	struct siit_hops *hops = sd->hops;
	struct siit_hop new = { .dst = dst };
	const struct dst_entry *known;
	struct siit_hop *hop;
	unsigned long name;
	size_t place;

	/*
	 * A clone for one address (RTF_CACHE: its path's MTU) is not the
	 * route's. That of a nexthop object is that of many routes.
	 */
	if (!from || from->nh || rt->sernum || dst->error ||
	    rt->rt6i_flags & RTF_CACHE ||
	    !fib6_get_cookie_safe(from, &new.cookie) ||
	    (len < 128 && !covers6(net, from, addr, len)))
		return 0;
	place = hash_ptr(from, HOPS_BITS);
	hop = &hops->hop6[place];
	name = READ_ONCE(hop->id);
	known = siit_hop6(sd, net, name);
	/* Each CPU has its own rt6_info of a route; the first one serves all. */
	if (!known || rcu_access_pointer(dst_rt6_info(known)->from) != from) {
		new.local = local_sernum(net);
		if (is_young(hop) || !is_alone6(net, dst, from) ||
		    !stands6(net, dst, new.cookie, new.local))
			return 0;
		name = siit_hop_write(hops, hop, place, &new);
	}
	smp_rmb();		/* siit_hop_gen6() */
	/* It may be a route from before a change with a number from after. */
	return rt_genid_ipv6(net) == gen ? name : 0;
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
