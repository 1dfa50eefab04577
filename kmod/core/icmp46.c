// SPDX-License-Identifier: GPL-2.0
/* ICMPv4 errors to ICMPv6 errors: RFC 7915 4.2, 4.3, RFC 4884. */
#include "hdr.h"
#include "icmpmap.h"
#include "match.h"
#include "parse.h"

/* RFC 4884 4: what precedes an extension is at least this long. */
#define QUOTE_MIN	128

/* The quoted packet, as its own header describes it. */
struct quote {
	const u8 *q;
	u32 len;		/* octets quoted, extension not counted */
	u32 ihl;
	u32 total;		/* by its header: it was cut (IE-04) */
	u16 frag_off;
	bool mf;
	u8 proto;
	u32 ext_off;		/* from the start of the packet */
	u32 ext_len;
};

static bool parse_quote(const struct siit_pkt *pkt, const struct siit_match *m,
			struct quote *quote)
{
	const struct siit_icmp *icmp = (const void *)(pkt->data + m->l4);
	const u32 at = m->l4 + SIIT_ICMP_LEN;
	const struct siit_ip4 *in4 = (const void *)(pkt->data + at);
	u32 words = 0;
	u16 frag;

	quote->q = pkt->data + at;
	quote->len = m->total - at;
	quote->ext_len = 0;
	/* IE-11, IE-16 */
	if (icmp->type == 3 || icmp->type == 11 || icmp->type == 12)
		words = icmp->rest[1] * 4;
	if (words && words < quote->len) {
		quote->ext_off = at + words;
		quote->ext_len = quote->len - words;
		quote->len = words;
	}
	/* SE-07; plans count in 16 bits */
	if (quote->len < SIIT_IP4_LEN + 8 || in4->ver_ihl >> 4 != 4 ||
	    m->total > 0xffff)
		return false;
	quote->ihl = (in4->ver_ihl & 0xf) * 4;
	quote->total = be16_to_cpu(in4->tot_len);
	if (quote->ihl < SIIT_IP4_LEN || quote->len < quote->ihl + 8 ||
	    quote->total < quote->ihl)
		return false;
	frag = be16_to_cpu(in4->frag);
	quote->frag_off = (frag & SIIT_IP4_OFFSET) * 8;
	quote->mf = frag & SIIT_IP4_MF;
	quote->proto = in4->protocol;
	return true;
}

/* IE-05: what the quoted transport header says of itself. */
static bool quoted_l4(const struct quote *quote, __wsum addrs6, __wsum addrs4,
		      u8 *l4, u32 len)
{
	struct siit_icmp_map map;
	__sum16 sum;
	u32 min;
	int off;

	if (quote->proto == SIIT_PROTO_ICMP) {
		u32 size = quote->total - quote->ihl;
		__wsum delta;

		/* IE-03: only echo may be quoted */
		if (siit_icmp4_is_error(l4[0]) || quote->frag_off ||
		    quote->mf || !siit_icmpmap46(l4[0], l4[1], &map))
			return false;
		delta = csum_add(siit_sum_icmp6(addrs6, size),
				 siit_sum_type(l4[0], map.type));
		sum = siit_load_csum(l4 + 2);
		sum = siit_csum_update(sum, delta);
		memcpy(l4 + 2, &sum, sizeof(sum));
		l4[0] = map.type;
		return true;
	}
	off = siit_l4_csum(quote->proto, &min);
	if (quote->frag_off || off < 0 || off + 2U > len)
		return true;
	sum = siit_load_csum(l4 + off);
	if (quote->proto == SIIT_PROTO_TCP)
		sum = siit_csum_update(sum, csum_sub(addrs6, addrs4));
	else if (sum)
		sum = siit_csum_update_udp(sum, csum_sub(addrs6, addrs4));
	memcpy(l4 + off, &sum, sizeof(sum));
	return true;
}

/* MT-02: what a router that states no MTU may have meant; 0: nothing known. */
static u32 plateau(const struct siit_cfg *cfg, u32 total)
{
	u32 i;

	for (i = 0; i < cfg->s.plateaus_count; i++)
		if (cfg->s.plateaus[i] < total)
			return cfg->s.plateaus[i] >= SIIT_MIN_MTU6 ?
			       cfg->s.plateaus[i] : 0;
	return 0;
}

/* MT-01 */
static u32 mtu46(const struct siit_cfg *cfg, const struct siit_answers *ans,
		 u32 adv, u32 total)
{
	u32 mtu;

	if (!adv)
		adv = plateau(cfg, total);
	if (!adv)
		return SIIT_MIN_MTU6;
	mtu = adv + 20;
	if (ans->mtu_out)
		mtu = min_t(u32, mtu, ans->mtu_out);
	if (ans->mtu_back)
		mtu = min_t(u32, mtu, ans->mtu_back + 20);
	if (cfg->s.ptb_min_clamp)
		mtu = max_t(u32, mtu, SIIT_MIN_MTU6);
	return mtu;
}

/*
 * IE-10..IE-14: how much of quote and extension goes out, in @room octets;
 * sets keep, pad, ext.
 */
static u8 fit(const struct quote *quote, bool may_ext, u32 quote6, u32 room,
	      struct siit_plan *plan)
{
	u32 padded = max_t(u32, (quote6 + 7) & ~7U, QUOTE_MIN);
	u32 ext = may_ext ? quote->ext_len : 0;

	plan->pad = 0;
	plan->ext_len = 0;
	if (ext && ext + QUOTE_MIN <= room) {
		padded = min_t(u32, padded, (room - ext) & ~7U);
		plan->ext_off = quote->ext_off;
		plan->ext_len = ext;
		if (quote6 > padded)
			plan->keep -= quote6 - padded;
		else
			plan->pad = padded - quote6;
		return padded / 8;
	}
	if (quote6 > room)
		plan->keep -= quote6 - room;
	return 0;
}

/* CK-09; CK-06: a message that came in wrong goes out wrong. */
static void finish_csum(const struct siit_pkt *pkt, const struct siit_match *m,
			u32 l4, struct siit_plan *plan)
{
	struct siit_icmp *out = (void *)(plan->hdr + l4);
	u32 size = plan->size - l4;
	__sum16 wrong;
	__wsum sum;

	wrong = siit_csum_fold(siit_csum_partial(pkt->data + m->l4,
						 m->total - m->l4, 0));
	sum = siit_sum_icmp6(siit_csum_partial(plan->hdr + 8, 32, 0), size);
	sum = siit_csum_partial(plan->hdr + l4, plan->new_len - l4, sum);
	sum = siit_csum_partial(pkt->data + plan->old_len, plan->keep, sum);
	if (plan->ext_len)
		sum = siit_csum_partial(pkt->data + plan->ext_off,
					plan->ext_len, sum);
	out->csum = siit_csum_fold(csum_add(sum, (__force __wsum)wrong));
}

/* FR-16 */
static bool atomic(const struct siit_cfg *cfg, __be16 frag)
{
	return unlikely(cfg->s.atomic_fragments) &&
	       !(be16_to_cpu(frag) & SIIT_IP4_DF);
}

static u32 outer_len(const struct siit_cfg *cfg, __be16 frag)
{
	return SIIT_IP6_LEN + (atomic(cfg, frag) ? SIIT_FRAG_LEN : 0);
}

void siit_icmp46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan)
{
	const struct siit_ip4 *in4 = (const void *)pkt->data;
	const struct siit_icmp *icmp = (const void *)(pkt->data + m->l4);
	const u32 l4 = outer_len(cfg, in4->frag);
	struct siit_icmp *out = (void *)(plan->hdr + l4);
	u8 *inner = plan->hdr + l4 + SIIT_ICMP_LEN;
	/* IE-10: for quote and extension */
	const u32 room = SIIT_MIN_MTU6 - l4 - SIIT_ICMP_LEN;
	bool dst_eam = !(pkt->flags & SIIT_PKT_HAIRPIN) &&
		       cfg->s.hairpin != SIIT_HAIRPIN_SIMPLE;
	const struct siit_ip4 *q4;
	struct in6_addr isrc, idst;
	struct siit_icmp_map map;
	u32 hdr_len, l4_len, body, info = 0;
	struct quote quote;
	bool frag;
	u8 nexthdr;

	plan->stat = SIIT_STAT_ICMP_ERROR;
	if (!siit_icmpmap46(icmp->type, icmp->code, &map)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
		return;
	}
	if (map.type == 4) {
		int pointer = map.code ? 6 : siit_pointer46(icmp->rest[0]);

		if (pointer < 0) {
			siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
			return;
		}
		info = pointer;
	}
	if (!parse_quote(pkt, m, &quote) ||
	    siit_guarded46(cfg, quote.proto)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}
	/* IE-01: as any packet, but HP-03 after a hairpin */
	q4 = (const void *)quote.q;
	if (siit_map46(cfg, q4->saddr, true, &isrc).rule == SIIT_RULE_NONE ||
	    siit_map46(cfg, q4->daddr, dst_eam, &idst).rule == SIIT_RULE_NONE ||
	    siit_denied4(cfg, q4->saddr) || siit_denied4(cfg, q4->daddr)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}
	plan->ask_mtu = map.type == 2;
	plan->ask_src = m->src_rule == SIIT_RULE_ICMP_SRC;
	if ((plan->ask_mtu || plan->ask_src) &&
	    !(pkt->flags & SIIT_PKT_ANSWERED)) {
		plan->verdict = SIIT_ASK;
		plan->ask6 = m->dst6;
		plan->ask4 = q4->daddr;
		return;
	}
	if (plan->ask_src && pkt->ans.no_src6) {
		siit_plan_drop(plan, SIIT_STAT_UNMAPPED_SRC);
		return;
	}
	if (plan->ask_mtu)
		info = mtu46(cfg, &pkt->ans, get_unaligned_be16(icmp->rest + 2),
			     quote.total);

	/* The quoted packet (IE-06, IE-07) */
	frag = quote.frag_off || quote.mf || atomic(cfg, q4->frag);
	hdr_len = SIIT_IP6_LEN + (frag ? SIIT_FRAG_LEN : 0);
	l4_len = min_t(u32, quote.len - quote.ihl, SIIT_QUOTED_L4);
	nexthdr = quote.proto == SIIT_PROTO_ICMP ? SIIT_PROTO_ICMP6 :
						   quote.proto;
	body = quote.total - quote.ihl + hdr_len - SIIT_IP6_LEN;
	if (body > 0xffff) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}
	siit_put_ip6(inner, siit_tos46(cfg, q4->tos), body,
		     frag ? SIIT_PROTO_FRAGMENT : nexthdr, q4->ttl, &isrc,
		     &idst);
	if (frag)
		siit_put_frag6(inner + SIIT_IP6_LEN, nexthdr, quote.frag_off,
			       quote.mf, be16_to_cpu(q4->id));
	memcpy(inner + hdr_len, quote.q + quote.ihl, l4_len);
	if (!quoted_l4(&quote, siit_csum_partial(inner + 8, 32, 0),
		       siit_csum_addrs4(q4->saddr, q4->daddr), inner + hdr_len,
		       l4_len)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}

	/* IE-12: only types 1 and 3 can say where an extension is */
	plan->keep = quote.len - quote.ihl - l4_len;
	plan->add_len = 0;
	if (map.type == 1 || map.type == 3)
		info = (u32)fit(&quote, true, hdr_len + l4_len + plan->keep,
				room, plan) << 24;
	else
		fit(&quote, false, hdr_len + l4_len + plan->keep, room, plan);

	out->type = map.type;
	out->code = map.code;
	out->csum = 0;
	put_unaligned_be32(info, out->rest);
	plan->flags |= SIIT_PLAN_ERROR;
	plan->proto = SIIT_PROTO_ICMP6;
	plan->old_len = quote.q + quote.ihl + l4_len - pkt->data;
	plan->new_len = l4 + SIIT_ICMP_LEN + hdr_len + l4_len;
	plan->size = plan->new_len + plan->keep + plan->pad + plan->ext_len;
	siit_put_ip6(plan->hdr, siit_tos46(cfg, in4->tos),
		     plan->size - SIIT_IP6_LEN, SIIT_PROTO_ICMP6,
		     in4->ttl - !!(pkt->flags & SIIT_PKT_DECREMENT),
		     plan->ask_src ? &pkt->ans.src6 : &m->src6, &m->dst6);
	if (unlikely(l4 > SIIT_IP6_LEN)) {
		((struct siit_ip6 *)plan->hdr)->nexthdr = SIIT_PROTO_FRAGMENT;
		siit_put_frag6(plan->hdr + SIIT_IP6_LEN, SIIT_PROTO_ICMP6, 0,
			       false, be16_to_cpu(in4->id));
		plan->flags |= SIIT_PLAN_FRAG;
	}
	finish_csum(pkt, m, l4, plan);
}
