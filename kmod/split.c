// SPDX-License-Identifier: GPL-2.0
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "core/hdr.h"
#include "route.h"
#include "split.h"

u32 siit_split_limit_of_path(const struct siit_way *way,
			     const struct sk_buff *skb)
{
	const struct siit_plan *plan = &way->plan;
	u32 limit = way->cfg->s.lowest_ipv6_mtu;
	struct siit_route route;

	if (limit > SIIT_MIN_MTU6) {
		route = siit_route_peek6(way, skb, &way->m.src6, &way->m.dst6);
		if (route.kind == SIIT_ROUTE_FORWARD)
			limit = min(limit, route.mtu);
	}
	/* FR-15: no fragment larger than those it was made of */
	if (way->pkt.flags & SIIT_PKT_REASSEMBLED)
		limit = min_t(u32, limit, IPCB(skb)->frag_max_size + 28);
	limit = max_t(u32, limit, SIIT_MIN_MTU6);
	return plan->size > limit ? limit : 0;
}

static struct sk_buff *piece(const struct siit_way *way, struct sk_buff *skb,
			     u32 off, u32 len, bool more)
{
	const struct siit_plan *plan = &way->plan;
	const u32 hdr_len = SIIT_IP6_LEN + SIIT_FRAG_LEN;
	struct sk_buff *part;
	struct ipv6hdr *out6;

	part = alloc_skb(LL_MAX_HEADER + hdr_len + len, GFP_ATOMIC);
	if (!part)
		return NULL;
	skb_reserve(part, LL_MAX_HEADER);
	skb_reset_network_header(part);
	skb_reset_mac_header(part);
	skb_set_transport_header(part, SIIT_IP6_LEN);
	skb_put_data(part, skb->data, SIIT_IP6_LEN);
	out6 = (struct ipv6hdr *)part->data;
	out6->payload_len = htons(SIIT_FRAG_LEN + len);
	out6->nexthdr = SIIT_PROTO_FRAGMENT;
	siit_put_frag6(skb_put(part, SIIT_FRAG_LEN), plan->proto,
		       plan->frag_off + off, more, plan->ip_id);
	if (skb_copy_bits(skb, plan->new_len + off, skb_put(part, len), len)) {
		kfree_skb(part);
		return NULL;
	}
	part->protocol = skb->protocol;
	part->dev = skb->dev;
	part->skb_iif = skb->skb_iif;
	part->pkt_type = skb->pkt_type;
	part->priority = skb->priority;
	part->mark = skb->mark;
	part->tstamp = skb->tstamp;
	skb_copy_hash(part, skb);
	skb_copy_secmark(part, skb);
	memcpy(part->cb, skb->cb, sizeof(part->cb));
	if (skb->sk)
		skb_set_owner_w(part, skb->sk);
	return part;
}

int siit_split(const struct siit_way *way, struct sk_buff *skb, u32 limit,
	       struct sk_buff_head *out)
{
	const u32 step = (limit - SIIT_IP6_LEN - SIIT_FRAG_LEN) & ~7U;
	const u32 payload = skb->len - way->plan.new_len;
	u32 off;

	__skb_queue_head_init(out);
	for (off = 0; off < payload; off += step) {
		u32 len = min(step, payload - off);
		/* FR-04: the last piece has what the packet had */
		bool more = off + len < payload || way->plan.mf;
		struct sk_buff *part = piece(way, skb, off, len, more);

		if (!part) {
			__skb_queue_purge(out);
			return -ENOMEM;
		}
		__skb_queue_tail(out, part);
	}
	return 0;
}
