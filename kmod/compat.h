/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernel differences. Sources are written for the
 * newest kernel; what older ones lack is given its new name here, found by
 * looking at the headers where a stable kernel may have taken it over.
 */
#ifndef SIIT_COMPAT_H
#define SIIT_COMPAT_H

#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ip6_fib.h>

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

#endif /* SIIT_COMPAT_H */
