// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "core/eam_hash.h"
#include "drop.h"
#include "forward.h"
#include "icmp_err.h"
#include "log.h"
#include "split.h"
#include "stats.h"
#include "trace.h"
#include "track.h"
#include "xlat.h"

static void carry_out(struct siit_way *way, struct sk_buff *skb, u16 flags);

/* The one place that ends a packet which is not translated. */
static void refuse(struct siit_way *way, struct sk_buff *skb, bool rewritten)
{
	siit_stat_inc(way->sd, way->dir, way->stat);
	if (trace_drop_enabled())
		siit_trace_drop(way, rewritten ? way->m.total : skb->len,
				rewritten);
	siit_log_refusal(way, skb);
	if (way->xmit)
		dev_core_stats_tx_dropped_inc(way->sd->dev);
	else
		dev_core_stats_rx_dropped_inc(way->sd->dev);
	if (way->verdict == SIIT_REJECT &&
	    (!rewritten || siit_restore(way, skb)))
		siit_icmp_send(way, skb);
	kfree_skb_reason(skb, siit_drop_reason(way->stat));
}

static void count_rows(const struct siit_way *way)
{
	const struct siit_match *m = &way->m;

	if (m->src_row)
		siit_row_hit(way->cfg->eamt, m->src_row, way->dir);
	if (m->dst_row && m->dst_row != m->src_row)
		siit_row_hit(way->cfg->eamt, m->dst_row, way->dir);
}

static noinline void count_hits(const struct siit_way *way,
				const struct siit_way *last)
{
	count_rows(way);
	if (last != way)
		count_rows(last);
}

/* And the one that counts those which are. @last: siit_trace_translate() */
static __always_inline void count(const struct siit_way *way,
				  const struct siit_way *last, u32 len)
{
	siit_stat_inc(way->sd, way->dir, way->stat);
	__this_cpu_add(way->sd->pcpu->bytes[way->dir], len);
	if (way->xmit)
		dev_sw_netstats_tx_add(way->sd->dev, 1, len);
	else
		dev_sw_netstats_rx_add(way->sd->dev, len);
	if (unlikely(way->cfg->s.hits))
		count_hits(way, last);
	if (trace_translate_enabled())
		siit_trace_translate(way, last, len);
}

static noinline void segment(struct siit_way *way, struct sk_buff *skb,
			     u16 flags)
{
	struct sk_buff *segs, *seg, *next;

	/* What others hold of it stays: Linux sums up a UFO packet in place. */
	if (skb_cow_head(skb, 0)) {
		segs = ERR_PTR(-ENOMEM);
	} else {
		siit_compat_remove_jumbo(skb);
		segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	}
	if (IS_ERR_OR_NULL(segs)) {
		/* Guests give sizes that make no segments. */
		siit_way_drop(way, segs == ERR_PTR(-ENOMEM) ?
				   SIIT_STAT_NO_MEMORY : SIIT_STAT_BAD_HEADER);
		refuse(way, skb, false);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		siit_decide(way, seg, flags);
		if (way->verdict == SIIT_XLAT)
			carry_out(way, seg, flags);
		else
			refuse(way, seg, false);
	}
}

/* @first: whose packet it is; not @way in the second pass of a hairpin. */
static noinline void split(struct siit_way *first, struct siit_way *way,
			   struct sk_buff *skb, u32 len, u32 limit, u16 flags)
{
	const bool second = first != way;
	struct sk_buff_head parts;
	struct siit_route route;
	struct sk_buff *part;

	/* A checksum that hardware would fill in does not survive cutting. */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (skb_csum_hwoffload_help(skb, 0)) {
			siit_way_drop(first, SIIT_STAT_NO_MEMORY);
			refuse(first, skb, false);
			return;
		}
		siit_decide(way, skb, flags);
		if (way->verdict != SIIT_XLAT) {
			if (second)
				siit_way_drop(first, way->stat);
			refuse(first, skb, false);
			return;
		}
	}
	/* Errors about the whole, while it can be quoted (HP-08). */
	route = siit_route_peek6(way, skb, &way->m.src6, &way->m.dst6);
	if (!siit_check_route(first, route, ip_hdr(skb)->ttl)) {
		refuse(first, skb, second);
		return;
	}
	if (siit_apply(way, skb) || siit_split(way, skb, limit, &parts)) {
		siit_way_drop(first, SIIT_STAT_NO_MEMORY);
		refuse(first, skb, false);
		return;
	}
	if (second)
		first->stat = SIIT_STAT_HAIRPIN;
	count(first, way, len);
	consume_skb(skb);
	while ((part = __skb_dequeue(&parts))) {
		way->verdict = SIIT_XLAT;
		way->plan.size = part->len;
		way->saved.len = 0;
		siit_hand_over(way, part);
		if (way->verdict != SIIT_XLAT)
			kfree_skb(part);
	}
}

/* RFC 7757 4.2.2: back through 4->6; one more pass, never two (HP-08). */
static noinline void hairpin(struct siit_way *first, struct sk_buff *skb,
			     u32 len)
{
	struct siit_way second = {
		.sd = first->sd,
		.cfg = first->cfg,
		.net = first->net,
		.in = first->sd->dev,
		.dir = SIIT_46,
		.to6 = true,
		.xmit = first->xmit,
	};

	const u16 flags = SIIT_PKT_HAIRPIN | SIIT_PKT_CHECKED;
	u32 limit;

	siit_decide(&second, skb, flags);
	if (second.verdict != SIIT_XLAT) {
		siit_way_drop(first, second.stat);
		refuse(first, skb, true);
		return;
	}
	limit = siit_split_limit(&second, skb);
	/* The plan has segmented before what cannot stay whole. */
	if (unlikely(skb_is_gso(skb) &&
		     (limit || second.plan.flags & SIIT_PLAN_SEGMENT))) {
		DEBUG_NET_WARN_ON_ONCE(true);
		siit_way_drop(first, SIIT_STAT_OVERSIZE);
		refuse(first, skb, false);
		return;
	}
	if (limit) {
		split(first, &second, skb, len, limit, flags);
		return;
	}
	if (siit_apply(&second, skb)) {
		siit_way_drop(first, SIIT_STAT_NO_MEMORY);
		refuse(first, skb, false);
		return;
	}
	/* From here on: the IPv6 packet that came, as IPv6 again. */
	first->to6 = true;
	first->stat = SIIT_STAT_HAIRPIN;
	first->plan.size = second.plan.size;
	first->plan.flags = second.plan.flags;
	first->saved.new_len = second.plan.new_len;
	first->saved.skb_len = skb->len;
	siit_hand_over(first, skb);
	if (first->verdict == SIIT_XLAT)
		count(first, &second, len);
	else
		refuse(first, skb, true);
}

static void carry_out(struct siit_way *way, struct sk_buff *skb, u16 flags)
{
	const u32 len = skb->len;

	if (unlikely(way->plan.flags & SIIT_PLAN_SEGMENT)) {
		segment(way, skb, flags);
		return;
	}
	if (way->dir == SIIT_46) {
		const u32 lowest = way->cfg->s.lowest_ipv6_mtu;
		u32 limit = siit_split_limit(way, skb);

		if (unlikely(limit)) {
			if (skb_is_gso(skb))
				segment(way, skb, flags);
			else
				split(way, way, skb, len, limit, flags);
			return;
		}
		/* MT-08: the device's own MTU cannot be below 1280 */
		if (way->xmit && unlikely(way->plan.size > lowest) &&
		    !(way->plan.flags & SIIT_PLAN_DF0)) {
			siit_way_reject(way, SIIT_STAT_TOO_BIG, 3, 4, lowest -
					(way->plan.flags & SIIT_PLAN_FRAG ?
					 28 : 20));
			refuse(way, skb, false);
			return;
		}
	}
	if (unlikely(siit_apply(way, skb))) {
		siit_way_drop(way, SIIT_STAT_NO_MEMORY);
		refuse(way, skb, false);
		return;
	}
	if (unlikely(way->plan.flags & SIIT_PLAN_HAIRPIN)) {
		hairpin(way, skb, len);
		return;
	}
	siit_hand_over(way, skb);
	if (likely(way->verdict == SIIT_XLAT))
		count(way, way, len);
	else
		refuse(way, skb, true);
}

/* Return: false if the packet was left alone. */
static bool enact(struct siit_way *way, struct sk_buff *skb, u16 flags)
{
	switch (way->verdict) {
	case SIIT_XLAT:
		if (!way->xmit && siit_track_leave(way, skb)) {
			siit_stat_inc(way->sd, way->dir, SIIT_STAT_CONNTRACK);
			return false;
		}
		carry_out(way, skb, flags);
		return true;
	case SIIT_LEAVE:
		siit_stat_inc(way->sd, way->dir, way->stat);
		return false;
	default:
		refuse(way, skb, false);
		return true;
	}
}

bool siit_received(struct siit_dev *sd, const struct siit_cfg *cfg,
		   const struct nf_hook_state *state, struct sk_buff *skb,
		   enum siit_dir dir, const struct siit_row *row)
{
	/* 600 octets that each stage fills in (the core's tests poison them). */
	struct siit_way way __uninitialized;
	u16 flags = SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED;

	way.sd = sd;
	way.cfg = cfg;
	way.net = state->net;
	way.in = state->in;
	way.dir = dir;
	way.to6 = dir == SIIT_46;
	way.xmit = false;
	if (unlikely(state->in->flags & IFF_LOOPBACK))
		flags |= SIIT_PKT_LOOPBACK;
	if (!siit_decide_quickly(&way, skb, flags, row))
		siit_decide(&way, skb, flags);
	return enact(&way, skb, flags);
}

void siit_transmitted(struct siit_dev *sd, struct sk_buff *skb,
		      enum siit_dir dir)
{
	u16 flags = SIIT_PKT_XMIT | (skb->skb_iif ? SIIT_PKT_RECEIVED : 0);
	struct siit_way way __uninitialized;

	way.sd = sd;
	way.cfg = &rcu_dereference(sd->state)->cfg;
	way.net = dev_net(sd->dev);
	way.in = sd->dev;
	way.dir = dir;
	way.to6 = dir == SIIT_46;
	way.xmit = true;
	siit_decide(&way, skb, flags);
	/* Never left alone: there is nobody else to take it. */
	if (WARN_ON_ONCE(!enact(&way, skb, flags)))
		kfree_skb(skb);
}
