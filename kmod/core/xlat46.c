// SPDX-License-Identifier: GPL-2.0
#include "hdr.h"
#include "icmpmap.h"
#include "parse.h"

bool siit_guarded46(const struct siit_cfg *cfg, u8 proto)
{
	switch (proto) {
	case SIIT_PROTO_IGMP:
		return true;
	case SIIT_PROTO_HOPOPT:
	case SIIT_PROTO_ROUTING:
	case SIIT_PROTO_FRAGMENT:
	case SIIT_PROTO_ICMP6:
	case SIIT_PROTO_DSTOPTS:
	case SIIT_PROTO_MOBILITY:
	case SIIT_PROTO_HIP:
	case SIIT_PROTO_SHIM6:
		return cfg->s.proto_guard;
	default:
		return false;
	}
}

/* CK-03, CK-04 */
static void udp_zero(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		     const struct siit_match *m, struct siit_plan *plan)
{
	u32 len;

	if (cfg->s.udp_zero == SIIT_UDP_ZERO_FORWARD)
		return;
	if (cfg->s.udp_zero == SIIT_UDP_ZERO_DROP || m->mf) {
		siit_plan_reject(plan, SIIT_STAT_UDP_ZERO, 3, 13, 0);
		return;
	}
	if (pkt->gso_size) {
		plan->flags |= SIIT_PLAN_SEGMENT;
		return;
	}
	/* CK-06: what the length is wrong for would come out as valid */
	len = get_unaligned_be16(pkt->data + m->l4 + 4);
	if (len < 8 || len > m->total - m->l4) {
		siit_plan_drop(plan, SIIT_STAT_TRUNCATED);
		return;
	}
	plan->flags |= SIIT_PLAN_CSUM_FULL;
}

static void echo(const struct siit_pkt *pkt, const struct siit_match *m,
		 __wsum addrs6, struct siit_plan *plan)
{
	const struct siit_icmp *in = (const void *)(pkt->data + m->l4);
	struct siit_icmp_map map;
	__wsum delta;

	if (!siit_icmpmap46(in->type, in->code, &map)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
		return;
	}
	delta = siit_sum_icmp6(addrs6, m->total - m->l4);
	delta = csum_add(delta, siit_sum_type(in->type, map.type));
	plan->flags |= SIIT_PLAN_ECHO | SIIT_PLAN_CSUM;
	plan->echo_type = map.type;
	plan->csum_off = m->l4 + 2;
	plan->csum = siit_csum_update(in->csum, delta);
}

/* Checksums, and how long one segment's transport part is. */
static void transport(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      const struct siit_match *m, struct siit_plan *plan,
		      u32 *seg)
{
	const u8 *l4 = pkt->data + m->l4;
	__wsum addrs6, delta;
	u32 min, need;
	__sum16 old;
	int off;

	addrs6 = siit_csum_partial(plan->hdr + 8, 32, 0);
	if (unlikely(m->proto == SIIT_PROTO_ICMP)) {
		echo(pkt, m, addrs6, plan);
		return;
	}
	off = siit_l4_csum(m->proto, &min);
	if (off < 0)
		return;
	if (unlikely(m->total - m->l4 < min)) {		/* FR-10 */
		siit_plan_drop(plan, SIIT_STAT_BAD_FRAGMENT);
		return;
	}
	need = m->l4 + min;
	if (unlikely(pkt->have < need)) {
		siit_plan_need(plan, need);
		return;
	}
	*seg = siit_segment(pkt, m->proto, l4, *seg);
	old = siit_load_csum(l4 + off);
	delta = csum_sub(addrs6, siit_csum_addrs4(m->src4, m->dst4));
	plan->csum_off = m->l4 + off;
	if (pkt->flags & SIIT_PKT_PARTIAL) {
		plan->csum = siit_csum_update_partial(old, delta);
	} else if (m->proto == SIIT_PROTO_TCP) {
		plan->csum = siit_csum_update(old, delta);
	} else {
		if (unlikely(!old) && m->proto == SIIT_PROTO_UDP) {
			udp_zero(cfg, pkt, m, plan);
			return;
		}
		plan->csum = siit_csum_update_udp(old, delta);
	}
	plan->flags |= SIIT_PLAN_CSUM;
}

void siit_plan46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan)
{
	const struct siit_ip4 *in4 = (const void *)pkt->data;
	u32 payload = m->total - m->l4;
	u32 seg = payload;
	u8 nexthdr = m->proto;
	u8 hops = in4->ttl;
	bool df, frag;

	plan->verdict = SIIT_XLAT;
	plan->stat = SIIT_STAT_TRANSLATED;
	plan->flags = 0;
	if (unlikely(pkt->flags & SIIT_PKT_DECREMENT)) {
		if (hops <= 1) {
			siit_plan_reject(plan, SIIT_STAT_TTL, 11, 0, 0);
			return;
		}
		hops--;
	}
	if (unlikely(m->icmp_error)) {
		siit_icmp46(cfg, pkt, m, plan);
		return;
	}
	if (unlikely(siit_guarded46(cfg, m->proto))) {
		siit_plan_drop(plan, SIIT_STAT_PROTOCOL);
		return;
	}
	if (unlikely(nexthdr == SIIT_PROTO_ICMP))
		nexthdr = SIIT_PROTO_ICMP6;

	df = (be16_to_cpu(in4->frag) & SIIT_IP4_DF) &&
	     !(pkt->flags & SIIT_PKT_REASSEMBLED);
	/* XL46-13, FR-16 */
	frag = m->frag_off || m->mf || (cfg->s.atomic_fragments && !df);
	if (!df)
		plan->flags |= SIIT_PLAN_DF0;

	plan->old_len = m->l4;
	plan->new_len = SIIT_IP6_LEN;
	plan->proto = nexthdr;
	siit_put_ip6(plan->hdr, siit_tos46(cfg, in4->tos), payload, nexthdr,
		     hops, &m->src6, &m->dst6);
	if (likely(!m->frag_off)) {
		transport(cfg, pkt, m, plan, &seg);
		if (unlikely(plan->verdict != SIIT_XLAT))
			return;
	}
	plan->ip_id = be16_to_cpu(in4->id);
	plan->frag_off = m->frag_off;
	plan->mf = m->mf;
	if (unlikely(frag)) {
		struct siit_ip6 *out6 = (void *)plan->hdr;

		out6->payload_len = cpu_to_be16(payload + SIIT_FRAG_LEN);
		out6->nexthdr = SIIT_PROTO_FRAGMENT;
		siit_put_frag6(plan->hdr + SIIT_IP6_LEN, nexthdr, m->frag_off,
			       m->mf, plan->ip_id);
		plan->new_len += SIIT_FRAG_LEN;
		plan->flags |= SIIT_PLAN_FRAG;
	}
	plan->size = plan->new_len + seg;
	/* MT-12 */
	if (unlikely(pkt->gso_size) &&
	    (frag || payload > 0xffff ||
	     (!df && plan->size > cfg->s.lowest_ipv6_mtu)))
		plan->flags |= SIIT_PLAN_SEGMENT;
	/* Its own Fragment Header may lengthen what was at the limit. */
	if (unlikely(plan->new_len - SIIT_IP6_LEN + payload > 0xffff &&
		     !(plan->flags & SIIT_PLAN_SEGMENT)))
		siit_plan_drop(plan, SIIT_STAT_OVERSIZE);
}
