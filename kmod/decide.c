// SPDX-License-Identifier: GPL-2.0
/* From an sk_buff to a verdict: the core is asked until it has all it needs. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "core/quick.h"
#include "core/wire.h"
#include "route.h"
#include "way.h"

/*
 * GSO that is translated as it is; the rest is segmented first (MT-12). SCTP's
 * segments are of any size, which nobody knows before.
 */
#define GSO_TRANSLATED	(SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | \
			 SKB_GSO_TCP_FIXEDID | SKB_GSO_UDP_L4 | SKB_GSO_DODGY)

static __always_inline bool is_segmented(const struct siit_way *way,
					 const struct sk_buff *skb)
{
	return unlikely(way->pkt.gso_size) &&
	       skb_shinfo(skb)->gso_type & ~GSO_TRANSLATED;
}

static __always_inline void look(struct siit_way *way,
				 const struct sk_buff *skb, u16 flags)
{
	way->pkt.data = skb_network_header(skb);
	way->pkt.have = skb_headlen(skb);
	way->pkt.len = skb->len;
	way->pkt.gso_size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : 0;
	way->pkt.flags = flags;
	/* FR-15: put together by this host, so it may be taken apart */
	if (!way->xmit && (way->dir == SIIT_46 ? IPCB(skb)->frag_max_size :
						 IP6CB(skb)->frag_max_size))
		way->pkt.flags |= SIIT_PKT_REASSEMBLED;
}

/*
 * CHECKSUM_PARTIAL on the transport header that we are about to change. An
 * inner header's (tunnels) is none of our business; ICMP has no seed.
 */
static bool resolve_partial(struct siit_way *way, struct sk_buff *skb)
{
	int off, field;
	u32 min;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	off = siit_l4_csum(way->m.proto, &min);
	if (off >= 0 && !way->m.frag_off &&
	    skb_checksum_start_offset(skb) == (int)way->m.l4 &&
	    skb->csum_offset == off) {
		way->pkt.flags |= SIIT_PKT_PARTIAL;
		return true;
	}
	/*
	 * Only a guest says such things, in its virtio_net_hdr. Of a header that
	 * has been checked nothing may be filled in later but its checksum.
	 */
	field = skb_checksum_start_offset(skb) + skb->csum_offset;
	if (skb_checksum_start_offset(skb) < (int)way->m.l4 ||
	    (off >= 0 && !way->m.frag_off && field < (int)(way->m.l4 + min))) {
		siit_way_drop(way, SIIT_STAT_BAD_HEADER);
		return false;
	}
	if (way->m.proto != SIIT_PROTO_ICMP && way->m.proto != SIIT_PROTO_ICMP6)
		return true;
	if (skb_is_gso(skb)) {
		siit_way_drop(way, SIIT_STAT_BAD_HEADER);
		return false;
	}
	if (skb_checksum_help(skb)) {
		siit_way_drop(way, SIIT_STAT_NO_MEMORY);
		return false;
	}
	return true;
}

static void match(struct siit_way *way, struct sk_buff *skb)
{
	struct siit_fib_answer fib;

	if (way->dir == SIIT_46) {
		siit_match46(way->cfg, &way->pkt, &way->m);
		if (way->m.verdict == SIIT_NEED || !way->m.fib)
			return;
		siit_fib4(way, skb, &fib);
		siit_match46_fib(way->cfg, &way->pkt, &way->m, &fib);
	} else {
		siit_match64(way->cfg, &way->pkt, &way->m);
		if (way->m.verdict == SIIT_NEED || !way->m.fib)
			return;
		siit_fib6(way, skb, &fib);
		siit_match64_fib(way->cfg, &way->pkt, &way->m, &fib);
	}
}

static void plan(struct siit_way *way, struct sk_buff *skb)
{
	bool again = false;

	do {
		if (way->dir == SIIT_46)
			siit_plan46(way->cfg, &way->pkt, &way->m, &way->plan);
		else
			siit_plan64(way->cfg, &way->pkt, &way->m, &way->plan);
		if (way->plan.verdict != SIIT_ASK || again)
			break;
		if (way->dir == SIIT_46)
			siit_answer46(way, skb, &way->pkt.ans);
		else
			siit_answer64(way, skb, &way->pkt.ans);
		way->pkt.flags |= SIIT_PKT_ANSWERED;
		again = true;
	} while (true);

	if (way->plan.verdict == SIIT_XLAT && is_segmented(way, skb))
		way->plan.flags |= SIIT_PLAN_SEGMENT;
}

/* More octets in the linear part; the packet itself may be shorter than that. */
static bool pull(struct siit_way *way, struct sk_buff *skb, u32 need)
{
	if (need <= skb->len && pskb_may_pull(skb, need))
		return true;
	siit_way_drop(way, need > skb->len ? SIIT_STAT_TRUNCATED :
					     SIIT_STAT_NO_MEMORY);
	return false;
}

void siit_decide(struct siit_way *way, struct sk_buff *skb, u16 flags)
{
	/* Each round pulls more, and no packet has this many headers. */
	int rounds = 40;
	u8 summed;

	for (; rounds; rounds--) {
		look(way, skb, flags);
		match(way, skb);
		if (way->m.verdict == SIIT_NEED) {
			if (!pull(way, skb, way->m.need))
				return;
			continue;
		}
		way->verdict = way->m.verdict;
		way->stat = way->m.stat;
		way->icmp_type = way->m.icmp_type;
		way->icmp_code = way->m.icmp_code;
		way->icmp_info = way->m.icmp_info;
		if (way->verdict != SIIT_XLAT)
			return;
		summed = skb->ip_summed;
		if (!resolve_partial(way, skb))
			return;
		/* What was filled in may be what has been looked at. */
		if (skb->ip_summed != summed)
			continue;
		plan(way, skb);
		if (way->plan.verdict == SIIT_NEED) {
			if (!pull(way, skb, way->plan.need))
				return;
			continue;
		}
		way->verdict = way->plan.verdict;
		way->stat = way->plan.stat;
		way->icmp_type = way->plan.icmp_type;
		way->icmp_code = way->plan.icmp_code;
		way->icmp_info = way->plan.icmp_info;
		return;
	}
	siit_way_drop(way, SIIT_STAT_TRUNCATED);
}

bool siit_decide_quickly(struct siit_way *way, struct sk_buff *skb, u16 flags,
			 const struct siit_row *row)
{
	const bool partial = skb->ip_summed == CHECKSUM_PARTIAL;

	look(way, skb, flags | (partial ? SIIT_PKT_PARTIAL : 0));
	if (unlikely(is_segmented(way, skb)))
		return false;
	if (way->dir == SIIT_46) {
		if (!siit_quick46(way->cfg, &way->pkt, row, &way->m,
				  &way->plan) ||
		    (way->m.fib && siit_fib4_keeps(way, skb)))
			return false;
	} else if (!siit_quick64(way->cfg, &way->pkt, &way->m, &way->plan) ||
		   siit_fib6_keeps(way, skb)) {
		return false;
	}
	/* As resolve_partial() has it. */
	if (unlikely(partial) &&
	    (skb_checksum_start_offset(skb) != (int)way->m.l4 ||
	     way->plan.csum_off != way->m.l4 + skb->csum_offset))
		return false;
	way->verdict = SIIT_XLAT;
	way->stat = SIIT_STAT_TRANSLATED;
	return true;
}
