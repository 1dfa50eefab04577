/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernel differences. Sources are written for the
 * newest kernel; what older ones lack is given its new name here, found by
 * looking at the headers where a stable kernel may have taken it over.
 */
#ifndef SIIT_COMPAT_H
#define SIIT_COMPAT_H

#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>

/* skb_gso_segment() moved in 6.5; Kbuild looks */
#ifdef SIIT_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

#ifndef dst_rt6_info		/* 6.10, and stable kernels */
#define dst_rt6_info(_ptr)	((struct rt6_info *)(_ptr))
#endif

/* A group of its own flags: 6.1, and stable kernels */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define SIIT_MCAST_ADMIN	GENL_MCAST_CAP_NET_ADMIN
#else
#define SIIT_MCAST_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* Device features that became fields: lltx in 6.12, netns_immutable in 6.15 */
static inline void siit_compat_lockless_pinned(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
#ifdef NETIF_F_NETNS_LOCAL
	dev->features |= NETIF_F_NETNS_LOCAL;
#elif defined(SIIT_NETNS_LOCAL_FIELD)
	dev->netns_local = true;
#else
	dev->netns_immutable = true;
#endif
}

/*
 * The header that BIG TCP has on its way through Linux only. skb_gso_segment()
 * takes it away, but in 6.1 as if an Ethernet header were before it: of a packet
 * that begins with its network header it would make garbage. The linear part
 * must be unshared.
 */
static inline void siit_compat_remove_jumbo(struct sk_buff *skb)
{
	struct ipv6hdr *in6 = ipv6_hdr(skb);
	const u8 *hop = (const u8 *)(in6 + 1);

	if (skb->protocol != htons(ETH_P_IPV6) || in6->payload_len ||
	    in6->nexthdr != NEXTHDR_HOP || skb_headlen(skb) < sizeof(*in6) + 8 ||
	    hop[1] || hop[2] != IPV6_TLV_JUMBO)
		return;
	in6->nexthdr = hop[0];
	memmove(skb->data + 8, skb->data, sizeof(*in6));
	skb_pull(skb, 8);
	skb_reset_network_header(skb);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

#endif /* SIIT_COMPAT_H */
