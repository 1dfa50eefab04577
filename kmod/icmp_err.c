// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>

#include "core/parse.h"
#include "core/wire.h"
#include "icmp_err.h"
#include "limit.h"
#include "route.h"
#include "stats.h"

bool siit_icmp_may(const struct siit_way *way, const struct sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST || way->m.icmp_error)
		return false;
	if (way->dir == SIIT_46)
		return !siit_v4_src_bogus(way->m.src4) && !way->m.frag_off;
	/* GE-12: the default error is not about any ICMPv6 message */
	if (way->icmp_type == 1 && way->m.proto == SIIT_PROTO_ICMP6 &&
	    way->stat != SIIT_STAT_NO_ROUTE)
		return false;
	return !siit_v6_src_bogus(&way->m.src6) && !way->m.frag_off;
}

/* GE-17: icmp_send() does nothing for a packet without a route. */
static bool give_route(const struct siit_way *way, struct sk_buff *skb)
{
	const struct iphdr *in4 = ip_hdr(skb);
	struct rtable *rt;

	if (skb_dst(skb))
		return true;
	if (!way->xmit && !ip_route_input_noref(skb, in4->daddr, in4->saddr,
						in4->tos, way->in))
		return true;
	/* Where nothing routes it here (routes = off): the way back will do. */
	rt = siit_route_out4(way->net, in4->saddr, 0);
	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

static void send4(struct siit_way *way, struct sk_buff *skb)
{
	struct ip_options none = {};

	if (!give_route(way, skb))
		return;
	if (way->xmit)
		icmp_ndo_send(skb, way->icmp_type, way->icmp_code,
			      htonl(way->icmp_info));
	else
		__icmp_send(skb, way->icmp_type, way->icmp_code,
			    htonl(way->icmp_info), &none);
}

static void send6(struct siit_way *way, struct sk_buff *skb)
{
	if (way->xmit)
		icmpv6_ndo_send(skb, way->icmp_type, way->icmp_code,
				way->icmp_info);
	else
		icmpv6_send(skb, way->icmp_type, way->icmp_code,
			    way->icmp_info);
}

void siit_icmp_send(struct siit_way *way, struct sk_buff *skb)
{
	struct siit_dev *sd = netdev_priv(way->sd->dev);

	if (!siit_icmp_may(way, skb))
		return;
	if (!siit_limit_allow(&sd->limiter, &way->cfg->s)) {
		siit_stat_inc(sd, way->dir, SIIT_STAT_ICMP_LIMITED);
		return;
	}
	siit_stat_inc(sd, way->dir, SIIT_STAT_ICMP_SENT);
	if (way->dir == SIIT_46)
		send4(way, skb);
	else
		send6(way, skb);
}
