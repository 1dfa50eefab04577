// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "core/wire.h"
#include "forward.h"
#include "prerouting.h"
#include "route.h"

/* Size as the next hop sees it: a GSO packet's segment (MT-12). */
static bool too_big(const struct siit_way *way, const struct sk_buff *skb,
		    u32 mtu)
{
	/* What is whole again was fragments; Linux makes them anew. */
	if (way->to6)
		return way->plan.size > mtu && !IP6CB(skb)->frag_max_size;
	/* DF=0: the IPv4 output fragments it (FR-07, FR-09) */
	return way->plan.size > mtu &&
	       ip_hdr(skb)->frag_off & htons(IP_DF);
}

/* FR-05, FR-06, FR-08 in the family the packet came in. */
static void reject_too_big(struct siit_way *way, u32 mtu)
{
	if (way->dir == SIIT_46)
		siit_way_reject(way, SIIT_STAT_TOO_BIG, 3, 4, mtu -
				(way->plan.flags & SIIT_PLAN_FRAG ? 28 : 20));
	else				/* HP-08: after a hairpin mtu is IPv6's */
		siit_way_reject(way, SIIT_STAT_TOO_BIG, 2, 0,
				max_t(u32, way->to6 ? mtu : mtu + 20,
				      SIIT_MIN_MTU6));
}

bool siit_check_route(struct siit_way *way, struct siit_route route, u8 hops)
{
	switch (route.kind) {
	case SIIT_ROUTE_LOCAL:
		return true;
	case SIIT_ROUTE_BAD:
		siit_way_drop(way, SIIT_STAT_ROUTE_TYPE);
		return false;
	case SIIT_ROUTE_HOLE:		/* who sends from here is told */
		if (!way->xmit) {
			siit_way_drop(way, SIIT_STAT_ROUTE_TYPE);
			return false;
		}
		fallthrough;
	case SIIT_ROUTE_NONE:				/* GE-07 */
		if (way->dir == SIIT_46)
			siit_way_reject(way, SIIT_STAT_NO_ROUTE, 3, 0, 0);
		else
			siit_way_reject(way, SIIT_STAT_NO_ROUTE, 1, 0, 0);
		return false;
	case SIIT_ROUTE_BACK:
		/* Simple mode sends it round by the routing table (HP-02). */
		if (way->cfg->s.hairpin != SIIT_HAIRPIN_SIMPLE || way->xmit) {
			siit_way_drop(way, SIIT_STAT_LOOP);
			return false;
		}
		break;
	case SIIT_ROUTE_FORWARD:
		break;
	}
	/* Transmit neither decrements nor rejects (design section 2). */
	if (!way->xmit && hops <= 1) {
		if (way->dir == SIIT_46)
			siit_way_reject(way, SIIT_STAT_TTL, 11, 0, 0);
		else
			siit_way_reject(way, SIIT_STAT_TTL, 3, 0, 0);
		return false;
	}
	return true;
}

bool siit_check(struct siit_way *way, const struct sk_buff *skb,
		struct siit_route route)
{
	if (!siit_check_route(way, route, way->to6 ? ipv6_hdr(skb)->hop_limit :
						     ip_hdr(skb)->ttl))
		return false;
	if (route.kind == SIIT_ROUTE_FORWARD &&
	    too_big(way, skb, route.mtu)) {
		reject_too_big(way, route.mtu);
		return false;
	}
	return true;
}

/* The new family's PREROUTING kept it for a while (NFQUEUE): Linux goes on. */
static int late6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	/* Of a VRF, the packet's device is the master from here on. */
	const struct siit_dev *sd = netdev_priv(skb->dev);

	skb = l3mdev_ip6_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	siit_route_input(sd, skb, AF_INET6);
	return dst_input(skb);
}

static int late4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct siit_dev *sd = netdev_priv(skb->dev);

	skb = l3mdev_ip_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	if (siit_route_input(sd, skb, AF_INET).kind == SIIT_ROUTE_BAD) {
		kfree_skb(skb);
		return NET_RX_DROP;
	}
	return dst_input(skb);
}

static void receive(struct siit_way *way, struct sk_buff *skb)
{
	const bool to6 = way->to6;
	struct siit_route route;
	u8 hops;

	/* Our own hook lets our results pass. */
	if (unlikely(siit_prerouting_others(way->sd, way->net, to6)) &&
	    nf_hook(to6 ? NFPROTO_IPV6 : NFPROTO_IPV4, NF_INET_PRE_ROUTING,
		    way->net, NULL, skb, way->sd->dev, NULL,
		    to6 ? late6 : late4) != 1)
		return;
	skb = to6 ? l3mdev_ip6_rcv(skb) : l3mdev_ip_rcv(skb);
	if (!skb)
		return;
	route = siit_route_receive(way, skb);
	/* siit_check() in short */
	hops = to6 ? ipv6_hdr(skb)->hop_limit : ip_hdr(skb)->ttl;
	if ((likely(route.kind == SIIT_ROUTE_FORWARD &&
		    way->plan.size <= route.mtu && hops > 1)) ||
	    siit_check(way, skb, route))
		dst_input(skb);
}

static void transmit(struct siit_way *way, struct sk_buff *skb)
{
	const bool to6 = way->to6;
	struct siit_route route;

	route = siit_route_output(way->sd, skb, to6 ? AF_INET6 : AF_INET);
	if (!siit_check(way, skb, route))
		return;
	/* The socket has sent it once, and was asked then (as of tunnels). */
	if (to6)
		ip6_local_out(way->net, NULL, skb);
	else
		ip_local_out(way->net, NULL, skb);
}

/*
 * An ICMP error that we gave a source (IS-03, IS-07): as a packet from outside
 * it would be a martian, an address of ours always, one of the pool where
 * rp_filter is strict.
 */
static bool from_us(const struct siit_way *way)
{
	return unlikely(way->m.src_rule == SIIT_RULE_ICMP_SRC) && !way->to6;
}

static void send_own(struct siit_way *way, struct sk_buff *skb)
{
	struct siit_route route = siit_route_output(way->sd, skb, AF_INET);

	if (!siit_check(way, skb, route))
		return;
	ip_decrease_ttl(ip_hdr(skb));
	ip_local_out(way->net, NULL, skb);
}

void siit_hand_over(struct siit_way *way, struct sk_buff *skb)
{
	if (way->xmit)
		transmit(way, skb);
	else if (from_us(way))
		send_own(way, skb);
	else
		receive(way, skb);
}
