// SPDX-License-Identifier: GPL-2.0
/* ICMPv6 errors to ICMPv4 errors: RFC 7915 5.2, 5.3, RFC 4884, RFC 6791. */
#include "hdr.h"
#include "icmpmap.h"
#include "match.h"
#include "parse.h"

/* RFC 1812 4.3.2.3: 576 octets in all (IE-10). */
#define BODY_MAX	(576 - SIIT_IP4_LEN - SIIT_ICMP_LEN)
#define QUOTE_MIN	128

struct quote {
	const u8 *q;
	u32 len;		/* octets quoted, extension not counted */
	u32 l4;			/* transport header, from q on */
	u32 frag;		/* Fragment Header, from q on; 0: none */
	u32 payload;		/* of the translated packet, by its header (IE-04) */
	u16 frag_off;
	bool mf;
	u8 proto;
	u32 ext_off;		/* from the start of the packet */
	u32 ext_len;
};

/* IE-07, IE-09: skip what is skipped in packets, without their checks. */
static bool walk_quote(struct quote *quote, u8 max_exthdrs, u8 nh)
{
	u32 off = SIIT_IP6_LEN;
	u32 count = 0;

	while (nh == SIIT_PROTO_HOPOPT || nh == SIIT_PROTO_ROUTING ||
	       nh == SIIT_PROTO_DSTOPTS || nh == SIIT_PROTO_FRAGMENT) {
		const u8 *h = quote->q + off;

		if (++count > max_exthdrs || off + 8 > quote->len)
			return false;
		if (nh == SIIT_PROTO_FRAGMENT) {
			u16 field = get_unaligned_be16(h + 2);

			if (siit_is_exthdr(h[0]))
				return false;
			quote->frag = off;
			quote->frag_off = field & 0xfff8;
			quote->mf = field & 1;
			off += SIIT_FRAG_LEN;
			nh = h[0];
			break;
		}
		nh = h[0];
		off += (h[1] + 1) * 8;
	}
	quote->proto = nh;
	quote->l4 = off;
	return true;
}

static bool parse_quote(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
			const struct siit_match *m, struct quote *quote)
{
	const struct siit_icmp *icmp = (const void *)(pkt->data + m->l4);
	const u32 at = m->l4 + SIIT_ICMP_LEN;
	const struct siit_ip6 *in6 = (const void *)(pkt->data + at);
	u32 payload, skipped, words = 0;

	memset(quote, 0, sizeof(*quote));
	quote->q = pkt->data + at;
	quote->len = m->total - at;
	/* IE-11, IE-16 */
	if (icmp->type == 1 || icmp->type == 3)
		words = icmp->rest[0] * 8;
	if (words && words < quote->len) {
		quote->ext_off = at + words;
		quote->ext_len = quote->len - words;
		quote->len = words;
	}
	/* SE-07; plans count in 16 bits */
	if (quote->len < SIIT_IP6_LEN + 8 || *quote->q >> 4 != 6 ||
	    m->total > 0xffff)
		return false;
	if (!walk_quote(quote, cfg->s.max_exthdrs, in6->nexthdr))
		return false;
	payload = be16_to_cpu(in6->payload_len);
	skipped = quote->l4 - SIIT_IP6_LEN;
	if (quote->l4 > quote->len || skipped > payload)
		return false;
	quote->payload = payload - skipped;
	return quote->payload + SIIT_IP4_LEN <= 0xffff;
}

/* IE-05 */
static bool quoted_l4(const struct quote *quote, __wsum addrs6, __wsum addrs4,
		      u8 *l4, u32 len)
{
	struct siit_icmp_map map;
	__sum16 sum;
	u32 min;
	int off;

	if (quote->proto == SIIT_PROTO_ICMP6) {
		__wsum delta;

		/* IE-03: only echo may be quoted */
		if (len < 4 || siit_icmp6_is_error(l4[0]) || quote->frag_off ||
		    quote->mf || !siit_icmpmap64(l4[0], l4[1], &map))
			return false;
		delta = csum_sub(siit_sum_type(l4[0], map.type),
				 siit_sum_icmp6(addrs6, quote->payload));
		sum = siit_load_csum(l4 + 2);
		sum = siit_csum_icmp4(sum, delta, map.type);
		memcpy(l4 + 2, &sum, sizeof(sum));
		l4[0] = map.type;
		return true;
	}
	off = siit_l4_csum(quote->proto, &min);
	if (quote->frag_off || off < 0 || off + 2U > len)
		return true;
	sum = siit_load_csum(l4 + off);
	if (quote->proto == SIIT_PROTO_TCP)
		sum = siit_csum_update(sum, csum_sub(addrs4, addrs6));
	else if (sum)
		sum = siit_csum_update_udp(sum, csum_sub(addrs4, addrs6));
	memcpy(l4 + off, &sum, sizeof(sum));
	return true;
}

/* MT-03, MT-04 */
static u32 mtu64(const struct siit_cfg *cfg, const struct siit_answers *ans,
		 u32 adv, bool quoted_frag)
{
	u32 less = quoted_frag ? 28 : 20;
	u32 mtu;

	if (cfg->s.ptb_min_clamp)
		adv = max_t(u32, adv, SIIT_MIN_MTU6);
	mtu = adv > less ? adv - less : 0;
	if (ans->mtu_out)
		mtu = min_t(u32, mtu, ans->mtu_out);
	if (ans->mtu_back > 20)
		mtu = min_t(u32, mtu, ans->mtu_back - 20);
	return min_t(u32, max_t(u32, mtu, 68), 0xffff);
}

/*
 * IS-06: the real source in an RFC 5837 object: class 2, C-Type: incoming
 * interface, IP address present.
 */
static void origin_ext(const struct siit_pkt *pkt, const struct siit_match *m,
		       bool with_header, struct siit_plan *plan)
{
	u8 *obj = plan->add;

	plan->add_len = SIIT_ORIGIN_EXT_LEN;
	if (!with_header)
		plan->add_len -= 4;
	else
		obj += 4;
	put_unaligned_be16(24, obj);
	obj[2] = 2;
	obj[3] = 0x04;
	put_unaligned_be16(2, obj + 4);		/* AFI: IPv6 */
	put_unaligned_be16(0, obj + 6);
	memcpy(obj + 8, &m->src6, sizeof(m->src6));
	if (with_header) {
		__sum16 sum;

		put_unaligned_be32(0x20000000, plan->add);
		sum = siit_csum_fold(siit_csum_partial(plan->add,
						       plan->add_len, 0));
		memcpy(plan->add + 2, &sum, sizeof(sum));
	} else {
		__sum16 sum;

		/* RFC 4884 7: zero says that there is no checksum */
		sum = siit_load_csum(pkt->data + plan->ext_off + 2);
		if (sum) {
			plan->ext_csum =
				siit_csum_update(sum, siit_csum_partial(obj, 24, 0));
			plan->flags |= SIIT_PLAN_EXT_CSUM;
		}
	}
}

/* IE-10..IE-14, IS-06; the length attribute, in 32 bit words. */
static u8 fit(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
	      const struct siit_match *m, const struct quote *quote,
	      u32 quote4, struct siit_plan *plan)
{
	u32 padded = max_t(u32, (quote4 + 3) & ~3U, QUOTE_MIN);
	u32 ext = quote->ext_len;
	u32 add = 0;

	plan->pad = 0;
	plan->ext_len = 0;
	plan->add_len = 0;
	if (m->src_rule == SIIT_RULE_ICMP_SRC && cfg->s.icmp_origin_ext)
		add = SIIT_ORIGIN_EXT_LEN;
	/* A cut extension would be a wrong one: all of it or none. */
	if (ext < 4 || ext + add + QUOTE_MIN > BODY_MAX)
		ext = 0;
	/* Behind one that is broken nobody would look for ours. */
	if (ext % 4)
		add = 0;
	if (!ext && !add) {
		if (quote4 > BODY_MAX)
			plan->keep -= quote4 - BODY_MAX;
		return 0;
	}
	if (ext) {
		plan->ext_off = quote->ext_off;
		plan->ext_len = ext;
	}
	if (add) {
		origin_ext(pkt, m, !ext, plan);
		add = plan->add_len;
	}
	padded = min_t(u32, padded, (BODY_MAX - ext - add) & ~3U);
	if (quote4 > padded)
		plan->keep -= quote4 - padded;
	else
		plan->pad = padded - quote4;
	return padded / 4;
}

static void finish_csum(const struct siit_pkt *pkt, const struct siit_match *m,
			struct siit_plan *plan)
{
	struct siit_icmp *out = (void *)(plan->hdr + SIIT_IP4_LEN);
	__sum16 wrong;
	__wsum sum;

	/* CK-06: a message that came in wrong goes out wrong */
	sum = siit_csum_partial(pkt->data + 8, 32, 0);
	sum = siit_sum_icmp6(sum, m->total - m->l4);
	wrong = siit_csum_fold(siit_csum_partial(pkt->data + m->l4,
						 m->total - m->l4, sum));

	sum = siit_csum_partial(plan->hdr + SIIT_IP4_LEN,
				plan->new_len - SIIT_IP4_LEN, 0);
	sum = siit_csum_partial(pkt->data + plan->old_len, plan->keep, sum);
	if (plan->ext_len) {
		const u8 *ext = pkt->data + plan->ext_off;

		sum = siit_csum_partial(ext, plan->ext_len, sum);
		if (plan->flags & SIIT_PLAN_EXT_CSUM) {
			__sum16 was;

			was = siit_load_csum(ext + 2);
			sum = csum_sub(sum, (__force __wsum)was);
			sum = csum_add(sum, (__force __wsum)plan->ext_csum);
		}
	}
	if (plan->add_len)
		sum = siit_csum_partial(plan->add, plan->add_len, sum);
	out->csum = siit_csum_fold(csum_add(sum, (__force __wsum)wrong));
}

/* The fourth to eighth octet, but for the RFC 4884 length. */
static bool rest64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		   const struct siit_icmp *icmp, struct siit_icmp_map map,
		   bool quoted_frag, u8 *rest)
{
	u32 word = get_unaligned_be32(icmp->rest);

	memset(rest, 0, 4);
	if (map.type == 12) {
		int pointer = siit_pointer64(word);

		if (pointer < 0)
			return false;
		rest[0] = pointer;
	} else if (icmp->type == 2) {
		put_unaligned_be16(mtu64(cfg, &pkt->ans, word, quoted_frag),
				   rest + 2);
	}
	return true;
}

/* HP-05 B */
static bool is_hairpin(const struct siit_cfg *cfg, struct siit_image image,
		       __be32 src)
{
	return cfg->s.hairpin == SIIT_HAIRPIN_INTRINSIC &&
	       image.rule == SIIT_RULE_PREFIX &&
	       siit_eamt_lookup4(cfg->eamt, src);
}

void siit_icmp64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan)
{
	const struct siit_ip6 *in6 = (const void *)pkt->data;
	const struct siit_icmp *icmp = (const void *)(pkt->data + m->l4);
	struct siit_icmp *out = (void *)(plan->hdr + SIIT_IP4_LEN);
	u8 *inner = plan->hdr + SIIT_IP4_LEN + SIIT_ICMP_LEN;
	struct siit_image src_image;
	const struct siit_ip6 *q6;
	struct siit_icmp_map map;
	struct quote quote;
	__be32 isrc, idst;
	u16 id = 0, flags = 0;
	u32 l4_len;
	u8 proto;

	plan->stat = SIIT_STAT_ICMP_ERROR;
	if (!siit_icmpmap64(icmp->type, icmp->code, &map)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
		return;
	}
	if (!parse_quote(cfg, pkt, m, &quote) ||
	    siit_guarded64(cfg, quote.proto)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}
	q6 = (const void *)quote.q;
	src_image = siit_map64(cfg, &q6->saddr, &isrc);
	if (src_image.rule == SIIT_RULE_NONE ||
	    siit_map64(cfg, &q6->daddr, &idst).rule == SIIT_RULE_NONE ||
	    siit_denied4(cfg, isrc) || siit_denied4(cfg, idst)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}
	plan->ask_mtu = icmp->type == 2;
	plan->ask_src = m->src_rule == SIIT_RULE_ICMP_SRC;
	if ((plan->ask_mtu || plan->ask_src) &&
	    !(pkt->flags & SIIT_PKT_ANSWERED)) {
		plan->verdict = SIIT_ASK;
		plan->ask4 = m->dst4;
		plan->ask6 = q6->daddr;
		return;
	}
	if (!rest64(cfg, pkt, icmp, map, quote.frag, out->rest)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_TYPE);
		return;
	}

	/* The quoted packet (IE-06, IE-08) */
	proto = quote.proto == SIIT_PROTO_ICMP6 ? SIIT_PROTO_ICMP : quote.proto;
	if (quote.frag) {
		id = get_unaligned_be16(quote.q + quote.frag + 6);
		flags = quote.mf ? SIIT_IP4_MF : 0;
	} else if (siit_df64(cfg, SIIT_IP4_LEN + quote.payload)) {
		flags = SIIT_IP4_DF;
	}
	siit_put_ip4(inner, siit_tos64(cfg, siit_tc6(q6)),
		     SIIT_IP4_LEN + quote.payload, id, flags, quote.frag_off,
		     q6->hop_limit, proto, isrc, idst);
	l4_len = min_t(u32, quote.len - quote.l4, SIIT_QUOTED_L4);
	memcpy(inner + SIIT_IP4_LEN, quote.q + quote.l4, l4_len);
	if (!quoted_l4(&quote, siit_csum_partial(quote.q + 8, 32, 0),
		       siit_csum_addrs4(isrc, idst), inner + SIIT_IP4_LEN, l4_len)) {
		siit_plan_drop(plan, SIIT_STAT_ICMP_QUOTE);
		return;
	}

	plan->keep = quote.len - quote.l4 - l4_len;
	out->rest[1] = fit(cfg, pkt, m, &quote,
			   SIIT_IP4_LEN + l4_len + plan->keep, plan);
	out->type = map.type;
	out->code = map.code;
	out->csum = 0;
	plan->flags |= SIIT_PLAN_ERROR;
	plan->proto = SIIT_PROTO_ICMP;
	plan->old_len = quote.q + quote.l4 + l4_len - pkt->data;
	plan->new_len = SIIT_IP4_LEN + SIIT_ICMP_LEN + SIIT_IP4_LEN + l4_len;
	plan->size = plan->new_len + plan->keep + plan->pad + plan->ext_len +
		     plan->add_len;
	flags = siit_flags64(cfg, pkt, m, plan->size, plan, &id);
	siit_put_ip4(plan->hdr, siit_tos64(cfg, siit_tc6(in6)), plan->size, id,
		     flags, 0,
		     in6->hop_limit - !!(pkt->flags & SIIT_PKT_DECREMENT),
		     SIIT_PROTO_ICMP, plan->ask_src ? pkt->ans.src4 : m->src4,
		     m->dst4);
	finish_csum(pkt, m, plan);
	if (is_hairpin(cfg, src_image, isrc))
		plan->flags |= SIIT_PLAN_HAIRPIN;
}
