// SPDX-License-Identifier: GPL-2.0
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "log.h"

static void udp_zero(const struct siit_way *way, const struct sk_buff *skb)
{
	__be16 buf[2];
	const __be16 *ports;

	ports = skb_header_pointer(skb, way->m.l4, sizeof(buf), buf);
	if (ports)
		net_info_ratelimited("%s: UDP without checksum refused: %pI4:%u > %pI4:%u\n",
				     way->sd->dev->name, &way->m.src4,
				     ntohs(ports[0]), &way->m.dst4,
				     ntohs(ports[1]));
}

void siit_log_refusal(const struct siit_way *way, const struct sk_buff *skb)
{
	switch (way->stat) {
	case SIIT_STAT_UDP_ZERO:
		udp_zero(way, skb);
		break;
	case SIIT_STAT_FRAG_EXTHDR:
		net_info_ratelimited("%s: extension header behind a Fragment Header refused: %pI6c > %pI6c\n",
				     way->sd->dev->name, &way->m.src6,
				     &way->m.dst6);
		break;
	default:
		break;
	}
}
