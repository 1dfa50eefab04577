// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "core/parse.h"
#include "core/wire.h"
#include "icmp_err.h"
#include "limit.h"
#include "route.h"
#include "stats.h"

/*
 * Not what the match found: it may have refused at a header in front. Both give
 * the ICMP type, or -1 if it is none or cannot be said.
 */
static int icmp4_type(const struct sk_buff *skb, bool *later)
{
	const u8 *type;
	u8 buf;

	*later = ip_hdr(skb)->frag_off & htons(IP_OFFSET);
	if (ip_hdr(skb)->protocol != IPPROTO_ICMP || *later)
		return -1;
	type = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buf), &buf);
	return type ? *type : -1;
}

static int icmp6_type(const struct sk_buff *skb, bool *later)
{
	u8 proto = ipv6_hdr(skb)->nexthdr;
	const u8 *type;
	__be16 frag = 0;
	u8 buf;
	int off;

	off = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &proto, &frag);
	*later = frag & htons(0xfff8);
	if (off < 0 || proto != IPPROTO_ICMPV6 || *later)
		return -1;
	type = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return type ? *type : -1;
}

bool siit_icmp_may(const struct siit_way *way, const struct sk_buff *skb)
{
	bool later;
	int type;

	if (skb->pkt_type != PACKET_HOST)
		return false;
	if (way->dir == SIIT_46) {		/* GE-10 */
		type = icmp4_type(skb, &later);
		return (type < 0 || !siit_icmp4_is_error(type)) && !later &&
		       !siit_v4_src_bogus(way->m.src4);
	}
	type = icmp6_type(skb, &later);		/* GE-11 */
	if (type >= 0 && (siit_icmp6_is_error(type) || type == NDISC_REDIRECT))
		return false;
	/* GE-12: the default error is not about any ICMPv6 message */
	if (way->icmp_type == 1 && type >= 0 && way->stat != SIIT_STAT_NO_ROUTE)
		return false;
	return !later && !siit_v6_src_bogus(&way->m.src6);
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
	/*
	 * What was sent to the device: that route again. Where nothing routes
	 * it here (routes = off): the way back will do.
	 */
	if (way->xmit)
		rt = siit_route_out4(way->net, in4->daddr, in4->saddr);
	else
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
