// SPDX-License-Identifier: GPL-2.0
#include "match.h"
#include "parse.h"

#define INADDR_BCAST	cpu_to_be32(0xffffffff)

/* No mapping for the destination of a packet that is routed to us (BR-05). */
static void unmapped_dst(const struct siit_cfg *cfg, struct siit_match *m)
{
	switch (cfg->s.unmapped_dst4) {
	case SIIT_UNMAPPED_DST4_REJECT:
		siit_reject(m, SIIT_STAT_REJECT_DST, 3, 1, 0);
		break;
	case SIIT_UNMAPPED_DST4_REJECT13:
		siit_reject(m, SIIT_STAT_REJECT_DST, 3, 13, 0);
		break;
	default:
		siit_fail(m, SIIT_STAT_UNMAPPED_DST);
	}
}

/* Not for us: the stack's, unless the stack has given it to the device. */
static void not_ours(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		     struct siit_match *m)
{
	if (pkt->flags & SIIT_PKT_XMIT)
		unmapped_dst(cfg, m);
	else if (pkt->flags & SIIT_PKT_HAIRPIN)
		siit_fail(m, SIIT_STAT_UNMAPPED_DST);
	else
		siit_leave(m, SIIT_STAT_NOT_OURS);
}

/*
 * The destination's image: EAM, or the prefix (EAM-06); on a BR by the prefix
 * only what was declared, as all else would be routed straight back (BR-05).
 */
static bool map_dst(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		    struct siit_match *m)
{
	struct siit_image image;

	if (cfg->s.role == SIIT_ROLE_BR || pkt->flags & SIIT_PKT_HAIRPIN) {
		m->dst_row = siit_eamt_lookup4(cfg->eamt, m->dst4);
		if (likely(m->dst_row)) {
			siit_row_map46(m->dst_row, m->dst4, &m->dst6);
			m->dst_rule = SIIT_RULE_EAM;
			return true;
		}
		if (pkt->flags & SIIT_PKT_HAIRPIN ||
		    !siit_translatable4(cfg, m->dst4))
			return false;
	}
	image = siit_map46(cfg, m->dst4, true, &m->dst6);
	m->dst_row = image.row;
	m->dst_rule = image.rule;
	return image.rule != SIIT_RULE_NONE;
}

/* ER-18: errors about what we translated, from routers behind the ER. */
static bool quotes_local(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
			 struct siit_match *m)
{
	const u32 quote = m->l4 + SIIT_ICMP_LEN;
	const struct siit_row *row;
	__be32 dst;

	if (!m->icmp_error || m->total < quote + SIIT_IP4_LEN)
		return false;
	memcpy(&dst, pkt->data + quote + 16, sizeof(dst));
	row = siit_eamt_lookup4(cfg->eamt, dst);
	return row && row->local;
}

/*
 * RFC 7757 4.2.1: may the outer source be mapped by EAM? Not after a hairpin
 * and not in simple mode (rule 1), but for ICMP errors whose source is not the
 * quoted destination (rule 3).
 */
static bool src_by_eam(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		       const struct siit_match *m)
{
	const u32 quote = m->l4 + SIIT_ICMP_LEN;

	if (likely(!(pkt->flags & SIIT_PKT_HAIRPIN) &&
		   cfg->s.hairpin != SIIT_HAIRPIN_SIMPLE))
		return true;
	if (!m->icmp_error || m->total < quote + SIIT_IP4_LEN)
		return false;
	return memcmp(pkt->data + quote + 16, &m->src4, sizeof(m->src4));
}

static void unmapped_src(struct siit_match *m, enum siit_stat why)
{
	if (m->icmp_error && why != SIIT_STAT_WKP)	/* IS-02 */
		m->src_rule = SIIT_RULE_ICMP_SRC;
	else
		siit_fail(m, why);
}

static void map_src(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		    struct siit_match *m)
{
	struct siit_image image;

	image = siit_map46(cfg, m->src4, src_by_eam(cfg, pkt, m), &m->src6);
	m->src_row = image.row;
	m->src_rule = image.rule;
	if (unlikely(image.rule == SIIT_RULE_NONE)) {
		unmapped_src(m, image.why);
		return;
	}
	if (!cfg->s.antispoof46 ||
	    (pkt->flags & (SIIT_PKT_RECEIVED | SIIT_PKT_HAIRPIN)) !=
	    SIIT_PKT_RECEIVED)
		return;
	/* BR-07: a row for everybody (IVI) says nothing about a source */
	if (unlikely(image.row && image.row->len4)) {
		m->fib |= SIIT_FIB_SRC4;
		m->src_len = image.row->len4;
	} else if (unlikely(siit_translatable4(cfg, m->src4))) {
		siit_fail(m, SIIT_STAT_ANTISPOOF);
	}
}

static void map_src_er(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		       struct siit_match *m)
{
	const struct siit_row *row = siit_eamt_lookup4(cfg->eamt, m->src4);

	if (likely(row && row->local)) {
		siit_row_map46(row, m->src4, &m->src6);
		m->src_row = row;
		m->src_rule = SIIT_RULE_EAM;
		return;
	}
	if (quotes_local(cfg, pkt, m)) {
		m->src_rule = SIIT_RULE_ICMP_SRC;
		return;
	}
	if (cfg->s.er_ingress_filter) {
		siit_fail(m, SIIT_STAT_INGRESS);
		return;
	}
	map_src(cfg, pkt, m);
}

/* AD-09 and IS-01 */
static bool src_illegal(const struct siit_cfg *cfg, const struct siit_match *m)
{
	if (likely(!siit_v4_src_bogus(m->src4)))
		return false;
	if (!m->icmp_error ||
	    cfg->s.icmp_illegal_src == SIIT_ICMP_ILLEGAL_DROP)
		return true;
	return !m->src4 || m->src4 == INADDR_BCAST ||
	       (be32_to_cpu(m->src4) >> 28) == 0xe;
}

/* Which questions must the routing table answer? */
static void ask_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		    struct siit_match *m)
{
	if (pkt->flags & (SIIT_PKT_XMIT | SIIT_PKT_HAIRPIN))
		return;
	if (cfg->s.role == SIIT_ROLE_ER) {
		m->fib |= SIIT_FIB_TO_DEV;
		return;
	}
	/* AD-13; what the prefix maps is the whole of IPv4 */
	m->dst_len = m->dst_row ? m->dst_row->len4 : 0;
	if (m->dst_len < 32 && (cfg->s.native_more_specific || !m->dst_row))
		m->fib |= SIIT_FIB_DST;
}

void siit_match46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m)
{
	const struct siit_ip4 *in4 = (const void *)pkt->data;

	m->src4 = in4->saddr;
	m->dst4 = in4->daddr;
	m->src_row = NULL;
	m->fib = 0;
	/* What a refusal before parsing may be asked about. */
	m->proto = in4->protocol;
	m->icmp_error = false;
	m->frag_off = 0;

	/* The cheap test: most of what passes a router is not ours. */
	if (cfg->s.role == SIIT_ROLE_ER &&
	    !(pkt->flags & (SIIT_PKT_XMIT | SIIT_PKT_HAIRPIN))) {
		const struct siit_row *row;

		row = siit_eamt_lookup4(cfg->eamt, m->src4);
		if (!row || !row->local) {
			siit_leave(m, SIIT_STAT_NOT_OURS);
			return;
		}
	} else if (!map_dst(cfg, pkt, m)) {
		/* RFC 1122 3.2.2: no error about what went to many */
		if (pkt->flags & SIIT_PKT_XMIT &&
		    siit_v4_dst_bogus(m->dst4))
			siit_fail(m, SIIT_STAT_ILLEGAL_DST);
		else
			not_ours(cfg, pkt, m);
		return;
	}
	if (unlikely(siit_v4_dst_bogus(m->dst4))) {
		if (pkt->flags & SIIT_PKT_XMIT)
			siit_fail(m, SIIT_STAT_ILLEGAL_DST);
		else
			siit_leave(m, SIIT_STAT_NOT_OURS);
		return;
	}
	if (!siit_parse4(pkt, m)) {
		/* AD-13, AD-14: what is not ours may be as odd as it likes */
		if (m->verdict != SIIT_NEED)
			ask_fib(cfg, pkt, m);
		return;
	}
	/* Who looks at the quote needs it (ER-18, HP-04). */
	if (unlikely(m->icmp_error) && m->total > pkt->have) {
		siit_need(m, m->total);
		return;
	}
	m->verdict = SIIT_XLAT;

	if (cfg->s.role == SIIT_ROLE_ER && !(pkt->flags & SIIT_PKT_HAIRPIN)) {
		if (!map_dst(cfg, pkt, m)) {
			unmapped_dst(cfg, m);
			/* Native IPv4 may still route it: ask first. */
			if (!(pkt->flags & SIIT_PKT_XMIT))
				m->fib |= SIIT_FIB_TO_DEV;
			return;
		}
		if (likely(!src_illegal(cfg, m)))
			map_src_er(cfg, pkt, m);
		else
			siit_fail(m, SIIT_STAT_ILLEGAL_SRC);
	} else if (likely(!src_illegal(cfg, m))) {
		map_src(cfg, pkt, m);
	} else {
		siit_fail(m, SIIT_STAT_ILLEGAL_SRC);
	}
	if (siit_denied4(cfg, m->dst4))
		siit_reject(m, SIIT_STAT_DENIED_DST, 3, 13, 0);
	else if (siit_denied4(cfg, m->src4))
		siit_fail(m, SIIT_STAT_DENIED);
	ask_fib(cfg, pkt, m);
}

void siit_match46_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      struct siit_match *m, const struct siit_fib_answer *a)
{
	u8 fib = m->fib;

	m->fib = 0;
	if (fib & SIIT_FIB_TO_DEV && !a->to_dev) {
		siit_leave(m, SIIT_STAT_ELSEWHERE);
		return;
	}
	if (fib & SIIT_FIB_DST) {
		/* AD-14: an EAM wins over local input, the prefix does not */
		if (a->dst_own && !m->dst_row) {
			siit_leave(m, SIIT_STAT_OWN);
			return;
		}
		if (a->dst_native && cfg->s.native_more_specific) {
			siit_leave(m, SIIT_STAT_NATIVE);
			return;
		}
	}
	if (fib & SIIT_FIB_SRC4 && m->verdict == SIIT_XLAT) {
		struct siit_image image;

		if (!a->src_native) {
			siit_fail(m, SIIT_STAT_ANTISPOOF);
			return;
		}
		/* BR-07: a native host inside an EAM maps as in HP-02 */
		image = siit_map46(cfg, m->src4, false, &m->src6);
		m->src_row = NULL;
		m->src_rule = image.rule;
		if (image.rule == SIIT_RULE_NONE)
			unmapped_src(m, image.why);
	}
	(void)pkt;
}
