// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/random.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "core/eam_hash.h"
#include "core/word.h"
#include "hop.h"
#include "route.h"

/* RFC 7600 4.8: the source of those who have no IPv4 address (IS-07). */
#define DUMMY4	htonl(0xc0000008)

/* Of a row's memo: no name of a route but what the tables were at. */
#define MEMO_SOURCE	(1UL << (BITS_PER_LONG - 1))

static bool is_ours(const struct siit_dev *sd, const struct net_device *dev)
{
	return dev == sd->dev;
}

/* What the routing table says of an address in the family of the packet. */
enum native {
	NATIVE_NOT,
	NATIVE_ROUTE,		/* a route longer than what maps it */
	NATIVE_OWN,		/* this host itself */
};

static enum native fib4_native(const struct siit_way *way,
			       const struct sk_buff *skb, __be32 addr, u8 len)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_iif = way->in->ifindex,
		.flowi4_mark = skb->mark,
		.flowi4_tos = ip_hdr(skb)->tos & SIIT_TOS_MASK,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;

	if (fib_lookup(way->net, &fl4, &res, FIB_LOOKUP_NOREF))
		return NATIVE_NOT;
	if (res.type == RTN_LOCAL || res.type == RTN_BROADCAST)
		return NATIVE_OWN;
	if (res.type == RTN_UNICAST && res.prefixlen > len &&
	    !is_ours(way->sd, FIB_RES_DEV(res)))
		return NATIVE_ROUTE;
	return NATIVE_NOT;
}

/* Does the stack route it to siit0? Its checks of the source included. */
static bool to_dev4(const struct siit_way *way, struct sk_buff *skb)
{
	const struct iphdr *in4 = ip_hdr(skb);
	/* A tunnel's metadata, which the lookup takes for a key, then drops. */
	const unsigned long was = skb->_skb_refdst;
	bool to_dev = false;

	if (unlikely(was && !(was & SKB_DST_NOREF)))
		dst_hold(skb_dst(skb));
	if (!ip_route_input_noref(skb, in4->daddr, in4->saddr, in4->tos,
				  way->in))
		to_dev = is_ours(way->sd, skb_dst(skb)->dev);
	/* Marks, DNAT and policy routing of later hooks decide the rest. */
	skb_dst_drop(skb);
	skb->_skb_refdst = was;
	return to_dev;
}

/* The destination's; that it is not native is remembered. */
static __always_inline enum native dst4_native(const struct siit_way *way,
					       const struct sk_buff *skb)
{
	const struct siit_match *m = &way->m;
	const u8 tos = ip_hdr(skb)->tos & SIIT_TOS_MASK;
	const u64 key = (u64)m->dst_len << 40 | (u64)tos << 32 |
			(__force u32)m->dst4;
	const unsigned long at = siit_hop_at4(siit_hop_gen4(way->net));
	struct siit_slot *slot = siit_slot(way->sd, SIIT_SLOT_NATIVE, key, 0);
	enum native native;

	if (likely(slot->name == at && siit_slot_is(slot, key, 0) &&
		   slot->len == SIIT_SLOT_IPV4))
		return NATIVE_NOT;
	native = fib4_native(way, skb, m->dst4, m->dst_len);
	/*
	 * Rules may look at more than the destination, a VRF's among them. A slot
	 * that is new is left alone: more destinations than slots cost no more.
	 */
	if (native || fib4_has_custom_rules(way->net) ||
	    jiffies - slot->since < 1)
		return native;
	siit_slot_take(slot, key, 0);
	slot->len = SIIT_SLOT_IPV4;
	slot->name = at;
	return NATIVE_NOT;
}

void siit_fib4(const struct siit_way *way, struct sk_buff *skb,
	       struct siit_fib_answer *a)
{
	const struct siit_match *m = &way->m;
	enum native dst = NATIVE_NOT, src = NATIVE_NOT;

	memset(a, 0, sizeof(*a));
	if (m->fib & SIIT_FIB_TO_DEV)
		a->to_dev = to_dev4(way, skb);
	if (m->fib & SIIT_FIB_DST)
		dst = dst4_native(way, skb);
	if (m->fib & SIIT_FIB_SRC4)
		src = fib4_native(way, skb, m->src4, m->src_len);
	a->dst_native = dst == NATIVE_ROUTE;
	a->dst_own = dst == NATIVE_OWN;
	a->src_native = src == NATIVE_ROUTE;
}

bool siit_fib4_keeps(const struct siit_way *way, const struct sk_buff *skb)
{
	return dst4_native(way, skb);
}

static struct flowi6 flow6(const struct siit_way *way,
			   const struct sk_buff *skb,
			   const struct in6_addr *src,
			   const struct in6_addr *dst,
			   const struct net_device *in)
{
	struct flowi6 fl6 = {
		.daddr = *dst,
		.saddr = *src,
		.flowi6_iif = in->ifindex,
		.flowi6_mark = skb->mark,
	};

	return fl6;
}

static struct dst_entry *peek6(const struct siit_way *way,
			       const struct sk_buff *skb,
			       const struct in6_addr *src,
			       const struct in6_addr *dst,
			       struct net_device *in)
{
	struct flowi6 fl6 = flow6(way, skb, src, dst, in);

	return ip6_route_input_lookup(way->net, in, &fl6, skb,
				      RT6_LOOKUP_F_HAS_SADDR |
				      RT6_LOOKUP_F_DST_NOREF);
}

struct rtable *siit_route_out4(struct net *net, __be32 dst, __be32 src)
{
	struct flowi4 fl4 = {
		.daddr = dst,
		.saddr = src,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};

	return ip_route_output_key(net, &fl4);
}

bool siit_route_to_dev(const struct siit_way *way, struct sk_buff *skb)
{
	const struct dst_entry *dst;

	if (way->dir == SIIT_46)
		return to_dev4(way, skb);
	dst = peek6(way, skb, &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
		    way->in);
	return !dst->error && is_ours(way->sd, dst->dev);
}

/* The key of what is remembered for an IPv6 destination. */
static u64 half6(const struct in6_addr *addr, unsigned int i)
{
	return siit_load64(&addr->s6_addr[8 * i]);
}

/* How long is the prefix of the route that peek6() has found? */
static u8 plen6(const struct siit_way *way, const struct sk_buff *skb,
		const struct dst_entry *dst)
{
	const struct siit_match *m = &way->m;
	/* The route itself: a cached path MTU makes /128 of everything. */
	const struct fib6_info *from = rcu_dereference(dst_rt6_info(dst)->from);
	struct fib6_result res = {};
	struct flowi6 fl6;

	if (likely(from && !from->nh))
		return from->fib6_dst.plen;
	/* Of a nexthop object's many routes Linux kept one: which is ours? */
	fl6 = flow6(way, skb, &m->src6, &m->dst6, way->in);
	if (ipv6_stub->fib6_lookup(way->net, 0, &fl6, &res,
				   RT6_LOOKUP_F_HAS_SADDR) || !res.f6i)
		return 0;
	return res.f6i->fib6_dst.plen;
}

/* The answer that is remembered: neither native nor ours. */
static bool is_known6(const struct siit_way *way, const struct siit_slot *slot,
		      u64 hi, u64 lo, u8 most)
{
	return siit_slot_is(slot, hi, lo) && slot->len <= most &&
	       siit_hop6(way->sd, way->net, slot->name);
}

static void learn6(struct siit_slot *slot, const struct in6_addr *addr, u8 len,
		   unsigned long name)
{
	siit_slot_take(slot, half6(addr, 0), half6(addr, 1));
	slot->len = len;
	slot->name = name;
}

static __always_inline enum native dst6_native(const struct siit_way *way,
					       const struct sk_buff *skb)
{
	const struct siit_match *m = &way->m;
	const struct siit_prefix6 *prefix = &way->cfg->s.prefix;
	const bool by_prefix = !m->dst_row && m->dst_len == prefix->len;
	struct siit_slot *all = this_cpu_ptr(&way->sd->slots->prefix);
	const u64 hi = half6(&m->dst6, 0), lo = half6(&m->dst6, 1);
	struct siit_slot *slot;
	struct dst_entry *dst;
	unsigned long name;
	int gen;
	u8 len;

	/* One answer may do for all whom the prefix stands for. */
	if (likely(by_prefix) && all->len == prefix->len &&
	    is_known6(way, all, half6(&prefix->addr, 0),
		      half6(&prefix->addr, 1), prefix->len))
		return NATIVE_NOT;
	slot = siit_slot(way->sd, SIIT_SLOT_NATIVE, hi, lo);
	if (is_known6(way, slot, hi, lo, m->dst_len))
		return NATIVE_NOT;
	gen = siit_hop_gen6(way->net);
	dst = peek6(way, skb, &m->src6, &m->dst6, way->in);
	if (dst->error)
		return NATIVE_NOT;
	if (dst_rt6_info(dst)->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		return NATIVE_OWN;
	len = is_ours(way->sd, dst->dev) ? 0 : plen6(way, skb, dst);
	if (len > m->dst_len)
		return NATIVE_ROUTE;
	if (netif_is_l3_slave(way->in))
		return NATIVE_NOT;
	if (by_prefix) {
		name = siit_hop6_name(way->sd, way->net, dst, gen,
				      &prefix->addr, prefix->len);
		if (name) {
			learn6(all, &prefix->addr, prefix->len, name);
			return NATIVE_NOT;
		}
	}
	name = siit_hop6_name(way->sd, way->net, dst, gen, &m->dst6, 128);
	learn6(slot, &m->dst6, len, name);
	return NATIVE_NOT;
}

void siit_fib6(const struct siit_way *way, const struct sk_buff *skb,
	       struct siit_fib_answer *a)
{
	const enum native dst = dst6_native(way, skb);

	memset(a, 0, sizeof(*a));
	a->dst_native = dst == NATIVE_ROUTE;
	a->dst_own = dst == NATIVE_OWN;
}

bool siit_fib6_keeps(const struct siit_way *way, const struct sk_buff *skb)
{
	return dst6_native(way, skb);
}

/*
 * MT-09: what the route or its device says; not what somebody told this host
 * about a path, not even where Linux holds on to it (ip_mtu_locked()).
 */
static u32 link_mtu4(const struct dst_entry *dst)
{
	u32 mtu = dst_metric_raw(dst, RTAX_MTU) ?: READ_ONCE(dst->dev->mtu);

	return min_t(u32, mtu, IP_MAX_MTU);
}

static u32 mtu4(const struct siit_way *way, const struct sk_buff *skb,
		__be32 addr, __be32 *src)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_mark = skb->mark,
		.flowi4_oif = l3mdev_master_ifindex_rcu(way->sd->dev),
	};
	struct rtable *rt = ip_route_output_key(way->net, &fl4);
	u32 mtu = 0;

	*src = 0;
	if (IS_ERR(rt))
		return 0;
	/* Back through the translator (hairpin): no link, no limit. */
	if (!is_ours(way->sd, rt->dst.dev))
		mtu = link_mtu4(&rt->dst);
	if (rt->rt_type != RTN_LOCAL)
		*src = fl4.saddr;
	ip_rt_put(rt);
	return mtu;
}

static u32 mtu6(const struct siit_way *way, const struct sk_buff *skb,
		const struct in6_addr *addr, struct in6_addr *src)
{
	struct flowi6 fl6 = {
		.daddr = *addr,
		.flowi6_mark = skb->mark,
		.flowi6_oif = l3mdev_master_ifindex_rcu(way->sd->dev),
	};
	struct dst_entry *dst = ip6_route_output(way->net, NULL, &fl6);
	u32 mtu = 0;

	memset(src, 0, sizeof(*src));
	if (!dst->error) {
		if (!is_ours(way->sd, dst->dev))
			mtu = ip6_dst_mtu_maybe_forward(dst, true);
		/* A link-local one would mean nothing to the receiver. */
		if (ipv6_dev_get_saddr(way->net, dst->dev, addr, 0, src) ||
		    ipv6_addr_type(src) & IPV6_ADDR_LINKLOCAL)
			memset(src, 0, sizeof(*src));
	}
	dst_release(dst);
	return mtu;
}

/* IS-04 */
static __be32 pick_pool(const struct siit_prefixes4 *pool)
{
	u64 total = 0, at;
	u32 i;

	for (i = 0; i < pool->count; i++)
		total += 1ULL << (32 - pool->p[i].len);
	at = mul_u64_u64_shr(get_random_u64(), total, 64);
	for (i = 0; i < pool->count; i++) {
		u64 size = 1ULL << (32 - pool->p[i].len);

		if (at < size)
			return htonl(ntohl(pool->p[i].addr) + (u32)at);
		at -= size;
	}
	return DUMMY4;
}

void siit_answer46(const struct siit_way *way, const struct sk_buff *skb,
		   struct siit_answers *ans)
{
	const struct siit_plan *plan = &way->plan;
	__be32 unused;

	ans->mtu_out = mtu6(way, skb, &plan->ask6, &ans->src6);
	ans->mtu_back = mtu4(way, skb, plan->ask4, &unused);
	if (!ipv6_addr_any(&way->cfg->s.icmp6_src))
		ans->src6 = way->cfg->s.icmp6_src;
	ans->no_src6 = ipv6_addr_any(&ans->src6);
}

void siit_answer64(const struct siit_way *way, const struct sk_buff *skb,
		   struct siit_answers *ans)
{
	const struct siit_plan *plan = &way->plan;
	struct in6_addr unused;

	ans->mtu_out = mtu4(way, skb, plan->ask4, &ans->src4);
	ans->mtu_back = mtu6(way, skb, &plan->ask6, &unused);
	switch (way->cfg->s.icmp4_src) {
	case SIIT_ICMP4_SRC_POOL:
		ans->src4 = pick_pool(&way->cfg->s.icmp4_pool);
		break;
	case SIIT_ICMP4_SRC_DUMMY:
		ans->src4 = DUMMY4;
		break;
	default:
		if (!ans->src4)
			ans->src4 = DUMMY4;
	}
}

static enum siit_route_kind judge_error(int error)
{
	return error == -EINVAL ? SIIT_ROUTE_HOLE : SIIT_ROUTE_NONE;
}

static __always_inline struct siit_route
judge4(const struct siit_dev *sd, const struct rtable *rt)
{
	struct siit_route route = { .kind = SIIT_ROUTE_BAD };

	switch (rt->rt_type) {
	case RTN_LOCAL:
		route.kind = SIIT_ROUTE_LOCAL;
		break;
	case RTN_UNICAST:
		route.kind = is_ours(sd, rt->dst.dev) ? SIIT_ROUTE_BACK :
							SIIT_ROUTE_FORWARD;
		route.mtu = link_mtu4(&rt->dst);
		break;
	case RTN_UNREACHABLE:		/* whatever a lookup refused */
		route.kind = judge_error(-rt->dst.error);
		break;
	}
	return route;
}

static __always_inline struct siit_route
judge6(const struct siit_dev *sd, const struct dst_entry *dst)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	struct siit_route route = { .kind = SIIT_ROUTE_FORWARD };

	if (dst->error)
		route.kind = judge_error(dst->error);
	else if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		route.kind = SIIT_ROUTE_LOCAL;
	else if (is_ours(sd, dst->dev))
		route.kind = SIIT_ROUTE_BACK;
	else
		route.mtu = ip6_dst_mtu_maybe_forward(dst, true);
	return route;
}

struct siit_route siit_route_input(const struct siit_dev *sd,
				   struct sk_buff *skb, int family)
{
	struct siit_route bad = { .kind = SIIT_ROUTE_BAD };

	if (family == AF_INET6) {
		nf_get_ipv6_ops()->route_input(skb);
		return judge6(sd, skb_dst(skb));
	}
	if (ip_route_input_noref(skb, ip_hdr(skb)->daddr, ip_hdr(skb)->saddr,
				 ip_hdr(skb)->tos, skb->dev))
		return bad;
	return judge4(sd, skb_rtable(skb));
}

static bool is_normal(struct siit_route route)
{
	return route.kind == SIIT_ROUTE_FORWARD ||
	       route.kind == SIIT_ROUTE_LOCAL;
}

/* As ip_route_input_noref() does; other hooks may have put one there. */
static void set_dst(struct sk_buff *skb, struct dst_entry *dst)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
}

/* A row has its route beside it, if it has one, everybody else in a slot. */
static __always_inline struct siit_route
receive6(const struct siit_way *way, struct sk_buff *skb)
{
	const struct siit_dev *sd = way->sd;
	const struct in6_addr *dst6 = &ipv6_hdr(skb)->daddr;
	const struct siit_row *row = way->m.dst_row;
	const u64 hi = half6(dst6, 0), lo = half6(dst6, 1);
	struct siit_slot *slot = NULL;
	struct dst_entry *dst = NULL;
	unsigned long *memo = NULL, name = 0;
	struct siit_route route;
	int gen;

	/* Other hooks may have given it another destination. */
	if (likely(row && siit_same6(dst6, &way->m.dst6))) {
		memo = siit_row_memo(row);
		dst = siit_hop6(sd, way->net, READ_ONCE(*memo));
	}
	if (unlikely(!dst) && !(memo && row->len6 == 128)) {
		slot = siit_slot(sd, SIIT_SLOT_ROUTE, hi, lo);
		if (siit_slot_is(slot, hi, lo))
			dst = siit_hop6(sd, way->net, slot->name);
	}
	if (likely(dst)) {
		set_dst(skb, dst);
		return judge6(sd, dst);
	}
	gen = siit_hop_gen6(way->net);
	route = siit_route_input(sd, skb, AF_INET6);
	if (!is_normal(route))
		return route;
	dst = skb_dst(skb);
	if (memo) {
		if (row->len6 == 128 || !siit_hop6_has_paths(dst))
			name = siit_hop6_name(sd, way->net, dst, gen,
					      &row->addr6, row->len6);
		/* The row's cache line is everybody's. */
		if (READ_ONCE(*memo) != name)
			WRITE_ONCE(*memo, name);
	}
	if (slot && !name) {
		siit_slot_take(slot, hi, lo);
		slot->name = siit_hop6_name(sd, way->net, dst, gen, dst6, 128);
	}
	return route;
}

/*
 * What the input route of an IPv4 packet depends on but for its destination:
 * DSCP, and the source, which is checked. With a host row that was checked since
 * the tables changed, or that is nobody's here, every source is as good as
 * another; else it is a part of the key, as are those that other hooks put there
 * and Linux refuses. With rp_filter both addresses count.
 */
static __always_inline struct siit_route
receive4(const struct siit_way *way, struct sk_buff *skb)
{
	const struct siit_dev *sd = way->sd;
	const struct iphdr *out4 = ip_hdr(skb);
	const struct siit_row *row = way->m.src_row;
	struct in_device *idev = __in_dev_get_rcu(sd->dev);
	const u8 tos = out4->tos & SIIT_TOS_MASK;
	const int rp_filter = idev ? IN_DEV_RPFILTER(idev) : 2;
	const int gen = siit_hop_gen4(way->net);
	const unsigned long at = siit_hop_at4(gen);
	u64 rest = ~((u64)rp_filter << 8 | tos);
	u64 key = (__force u32)out4->daddr;
	unsigned long *memo = NULL;
	struct siit_slot *slot;
	struct siit_route route;
	struct dst_entry *dst;
	bool good = true;

	if (likely(!rp_filter && row && row->len4 == 32 &&
		   row->addr4 == out4->saddr)) {
		memo = siit_row_memo(row);
		good = READ_ONCE(*memo) == (at | MEMO_SOURCE);
	} else if (rp_filter || siit_v4_src_bogus(out4->saddr) ||
		   siit_hop4_maybe_own(sd, way->net, at, out4->saddr)) {
		key |= (u64)(__force u32)out4->saddr << 32;
		rest ^= SIIT_SLOT_SOURCE;
	}
	slot = siit_slot(sd, SIIT_SLOT_ROUTE, key, rest);
	if (likely(good && siit_slot_is(slot, key, rest))) {
		dst = siit_hop4(sd, way->net, slot->name);
		if (likely(dst)) {
			set_dst(skb, dst);
			return judge4(sd, skb_rtable(skb));
		}
	}
	route = siit_route_input(sd, skb, AF_INET);
	if (!is_normal(route))
		return route;
	if (memo && !good)
		WRITE_ONCE(*memo, at | MEMO_SOURCE);
	if (!siit_slot_is(slot, key, rest)) {
		siit_slot_take(slot, key, rest);
	} else if (time_after(jiffies, slot->tried)) {
		/* The second packet is worth more than the first. */
		slot->tried = jiffies;
		slot->name = siit_hop4_name(sd, way->net, skb_dst(skb),
					    out4->daddr, tos, gen);
	}
	return route;
}

struct siit_route siit_route_receive(const struct siit_way *way,
				     struct sk_buff *skb)
{
	/* Of a VRF: its table. */
	if (unlikely(skb->dev != way->sd->dev))
		return siit_route_input(way->sd, skb,
					way->to6 ? AF_INET6 : AF_INET);
	return way->to6 ? receive6(way, skb) : receive4(way, skb);
}

static struct siit_route output4(const struct siit_dev *sd, struct net *net,
				 struct sk_buff *skb)
{
	const struct iphdr *out4 = ip_hdr(skb);
	struct flowi4 fl4 = {
		.daddr = out4->daddr,
		.saddr = out4->saddr,
		.flowi4_mark = skb->mark,
		.flowi4_tos = out4->tos & SIIT_TOS_MASK,
		.flowi4_proto = out4->protocol,
		.flowi4_oif = l3mdev_master_ifindex_rcu(sd->dev),
		/* The source is not ours but the IPv6 host's. */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt))
		return (struct siit_route){ .kind = judge_error(PTR_ERR(rt)) };
	skb_dst_set(skb, &rt->dst);
	return judge4(sd, rt);
}

static struct siit_route output6(const struct siit_dev *sd, struct net *net,
				 struct sk_buff *skb)
{
	const struct ipv6hdr *out6 = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.daddr = out6->daddr,
		.saddr = out6->saddr,
		.flowi6_mark = skb->mark,
		.flowlabel = ip6_flowinfo(out6),
		.flowi6_proto = out6->nexthdr,
		.flowi6_oif = l3mdev_master_ifindex_rcu(sd->dev),
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

	skb_dst_set(skb, dst);
	return judge6(sd, dst);
}

struct siit_route siit_route_output(const struct siit_dev *sd,
				    struct sk_buff *skb, int family)
{
	struct net *net = dev_net(sd->dev);

	return family == AF_INET6 ? output6(sd, net, skb) :
				    output4(sd, net, skb);
}

struct siit_route siit_route_peek6(const struct siit_way *way,
				   const struct sk_buff *skb,
				   const struct in6_addr *src,
				   const struct in6_addr *dst)
{
	struct dst_entry *d = peek6(way, skb, src, dst, way->sd->dev);

	return judge6(way->sd, d);
}
