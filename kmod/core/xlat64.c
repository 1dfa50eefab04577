// SPDX-License-Identifier: GPL-2.0
#include "hdr.h"
#include "icmpmap.h"
#include "parse.h"

static void echo(const struct siit_pkt *pkt, const struct siit_match *m,
		 __wsum addrs6, struct siit_plan *plan)
{
	const struct siit_icmp *in = (const void *)(pkt->data + m->l4);
	struct siit_icmp_map map;
	__wsum delta;

	if (!siit_icmpmap64(in->type, in->code, &map)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
		return;
	}
	delta = csum_sub(siit_sum_type(in->type, map.type),
			 siit_sum_icmp6(addrs6, m->total - m->l4));
	plan->flags |= SIIT_PLAN_ECHO | SIIT_PLAN_CSUM;
	plan->echo_type = map.type;
	plan->csum_off = m->l4 + 2;
	plan->csum = siit_csum_icmp4(in->csum, delta, map.type);
}

static void transport(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      const struct siit_match *m, struct siit_plan *plan,
		      u32 *seg)
{
	const u8 *l4 = pkt->data + m->l4;
	__wsum addrs6, delta;
	u32 min, need;
	__sum16 old;
	int off;

	addrs6 = siit_csum_partial(pkt->data + 8, 32, 0);
	if (unlikely(m->proto == SIIT_PROTO_ICMP6)) {
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
	delta = csum_sub(siit_csum_addrs4(m->src4, m->dst4), addrs6);
	plan->csum_off = m->l4 + off;
	if (pkt->flags & SIIT_PKT_PARTIAL) {
		plan->csum = siit_csum_update_partial(old, delta);
	} else if (m->proto == SIIT_PROTO_TCP) {
		plan->csum = siit_csum_update(old, delta);
	} else {
		/* CK-05: in IPv4 it says "no checksum" too */
		if (unlikely(!old) && m->proto == SIIT_PROTO_UDP) {
			if (cfg->s.udp6_zero == SIIT_UDP6_ZERO_DROP)
				siit_plan_drop(plan, SIIT_STAT_UDP_ZERO6);
			return;
		}
		plan->csum = siit_csum_update_udp(old, delta);
	}
	plan->flags |= SIIT_PLAN_CSUM;
}

/* HP-05 A */
static bool is_hairpin(const struct siit_cfg *cfg, const struct siit_match *m)
{
	return cfg->s.hairpin == SIIT_HAIRPIN_INTRINSIC &&
	       m->dst_rule == SIIT_RULE_PREFIX &&
	       siit_eamt_lookup4(cfg->eamt, m->dst4);
}

/* MT-12: in the second pass of a hairpin, which is 4->6 */
static bool stays_whole(const struct siit_cfg *cfg,
			const struct siit_plan *plan, u16 flags)
{
	if (plan->proto == SIIT_PROTO_UDP && !(plan->flags & SIIT_PLAN_CSUM) &&
	    cfg->s.udp_zero == SIIT_UDP_ZERO_COMPUTE)
		return false;
	return flags & SIIT_IP4_DF ||
	       !(cfg->s.atomic_fragments || plan->size + 20 > SIIT_MIN_MTU6);
}

void siit_plan64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan)
{
	const struct siit_ip6 *in6 = (const void *)pkt->data;
	u32 payload = m->total - m->l4;
	u32 seg = payload;
	u8 proto = m->proto;
	u8 ttl = in6->hop_limit;
	u16 id, flags;

	plan->verdict = SIIT_XLAT;
	plan->stat = SIIT_STAT_TRANSLATED;
	plan->flags = 0;
	if (unlikely(pkt->flags & SIIT_PKT_DECREMENT)) {
		if (ttl <= 1) {
			siit_plan_reject(plan, SIIT_STAT_TTL, 3, 0, 0);
			return;
		}
		ttl--;
	}
	if (unlikely(m->icmp_error)) {
		siit_icmp64(cfg, pkt, m, plan);
		return;
	}
	if (unlikely(siit_guarded64(cfg, proto))) {
		siit_plan_drop(plan, SIIT_STAT_PROTOCOL);
		return;
	}
	if (unlikely(proto == SIIT_PROTO_ICMP6))
		proto = SIIT_PROTO_ICMP;

	if (likely(!m->frag_off)) {
		transport(cfg, pkt, m, plan, &seg);
		if (unlikely(plan->verdict != SIIT_XLAT))
			return;
	}
	plan->old_len = m->l4;
	plan->new_len = SIIT_IP4_LEN;
	plan->proto = proto;
	plan->size = SIIT_IP4_LEN + seg;
	flags = siit_flags64(cfg, pkt, m, plan->size, plan, &id);
	siit_put_ip4(plan->hdr, siit_tos64(cfg, siit_tc6(in6)),
		     SIIT_IP4_LEN + payload, id, flags, m->frag_off, ttl, proto,
		     m->src4, m->dst4);
	if (unlikely(pkt->gso_size) &&
	    (m->frag || SIIT_IP4_LEN + payload > 0xffff))
		plan->flags |= SIIT_PLAN_SEGMENT;
	if (unlikely(is_hairpin(cfg, m))) {
		plan->flags |= SIIT_PLAN_HAIRPIN;
		if (pkt->gso_size && !stays_whole(cfg, plan, flags))
			plan->flags |= SIIT_PLAN_SEGMENT;
	}
}
