// SPDX-License-Identifier: GPL-2.0
#include "match.h"
#include "parse.h"

static void not_ours(const struct siit_pkt *pkt, struct siit_match *m)
{
	if (!(pkt->flags & SIIT_PKT_XMIT))
		siit_leave(m, SIIT_STAT_NOT_OURS);
	else if (m->dst6.s6_addr[0] == 0xff)
		siit_fail(m, SIIT_STAT_ILLEGAL_DST);
	else
		siit_reject(m, SIIT_STAT_REJECT_DST, 1, 0, 0);
}

static void set_dst(struct siit_match *m, struct siit_image image)
{
	m->dst_row = image.row;
	m->dst_rule = image.rule;
}

/* Does the role translate what goes to this destination (design section 3)? */
static bool triggers(const struct siit_cfg *cfg, struct siit_match *m,
		     enum siit_stat *why)
{
	struct siit_image image;

	*why = SIIT_STAT_NOT_OURS;
	switch (cfg->s.role) {
	case SIIT_ROLE_BR:
		/* BR-03: the prefix triggers; so no BR undoes a BR's work */
		if (!siit_6052_match(&cfg->s.prefix, &m->dst6))
			return false;
		break;
	case SIIT_ROLE_ER:
		m->dst_row = siit_eamt_lookup6(cfg->eamt, &m->dst6);
		if (!m->dst_row || !m->dst_row->local)
			return false;
		break;
	}
	image = siit_map64(cfg, &m->dst6, &m->dst4);
	set_dst(m, image);
	if (image.rule == SIIT_RULE_NONE && image.why == SIIT_STAT_WKP)
		*why = SIIT_STAT_WKP;
	return image.rule != SIIT_RULE_NONE;
}

/* Neighbour discovery and MLD: the stack's if to this host (AD-11, RT-06). */
static bool is_housekeeping(const struct siit_pkt *pkt,
			    const struct siit_match *m)
{
	u8 type;

	if (m->proto != SIIT_PROTO_ICMP6)
		return false;
	type = pkt->data[m->l4];
	return (type >= 130 && type <= 137) || type == 143;
}

/*
 * An ICMPv6 error about a packet of ours: its quoted destination is one that
 * we translated to. Otherwise it concerns native IPv6 of the service address.
 */
static bool quotes_translated(const struct siit_cfg *cfg,
			      const struct siit_pkt *pkt,
			      const struct siit_match *m)
{
	const u32 quote = m->l4 + SIIT_ICMP_LEN;
	struct in6_addr dst;
	__be32 unused;

	if (!m->icmp_error || m->total < quote + SIIT_IP6_LEN)
		return false;
	memcpy(&dst, pkt->data + quote + 24, sizeof(dst));
	return siit_map64(cfg, &dst, &unused).rule != SIIT_RULE_NONE;
}

static void unmapped_src(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
			 struct siit_match *m, enum siit_stat why)
{
	/* ER-07: native IPv6 to the service address */
	if (cfg->s.role == SIIT_ROLE_ER && !(pkt->flags & SIIT_PKT_XMIT) &&
	    !quotes_translated(cfg, pkt, m)) {
		siit_leave(m, SIIT_STAT_NATIVE6);
		return;
	}
	if (why == SIIT_STAT_WKP) {
		siit_fail(m, why);
		return;
	}
	if (m->icmp_error) {		/* IS-03 */
		m->src_rule = SIIT_RULE_ICMP_SRC;
		return;
	}
	switch (cfg->s.unmapped_src6) {
	case SIIT_UNMAPPED_SRC6_RFC7915:
		siit_reject(m, SIIT_STAT_REJECT_SRC, 1, 1, 0);
		break;
	case SIIT_UNMAPPED_SRC6_RFC6145:
		siit_reject(m, SIIT_STAT_REJECT_SRC, 1, 5, 0);
		break;
	default:
		siit_fail(m, SIIT_STAT_UNMAPPED_SRC);
	}
}

static void map_src(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		    struct siit_match *m)
{
	struct siit_image image = siit_map64(cfg, &m->src6, &m->src4);

	m->src_row = image.row;
	m->src_rule = image.rule;
	if (unlikely(image.rule == SIIT_RULE_NONE)) {
		unmapped_src(cfg, pkt, m, image.why);
		return;
	}
	/* BR-06: else any IPv6 node could be any IPv4 source */
	if (image.rule == SIIT_RULE_PREFIX && cfg->s.antispoof64 &&
	    !siit_translatable4(cfg, m->src4)) {
		siit_fail(m, SIIT_STAT_ANTISPOOF);
		return;
	}
	/* AD-12 */
	if (unlikely(siit_v4_src_bogus(m->src4)))
		siit_fail(m, SIIT_STAT_ILLEGAL_SRC);
	else if (siit_denied4(cfg, m->src4))
		siit_fail(m, SIIT_STAT_DENIED);
}

/* ER-19: nobody outside has our addresses; rows of others are legitimate. */
static bool is_self_source(const struct siit_cfg *cfg,
			   const struct siit_match *m)
{
	const struct siit_row *row;

	if (m->src_rule == SIIT_RULE_ICMP_SRC)
		return false;
	if (m->src_row && m->src_row->local)
		return true;
	row = siit_eamt_lookup4(cfg->eamt, m->src4);
	return row && row->local;
}

static void ask_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		    struct siit_match *m, bool parsed)
{
	if (pkt->flags & SIIT_PKT_XMIT)
		return;
	if (parsed && is_housekeeping(pkt, m))
		m->fib |= SIIT_FIB_OWN;
	m->dst_len = m->dst_row ? m->dst_row->len6 : cfg->s.prefix.len;
	if (m->dst_len < 128 && (cfg->s.native_more_specific || !m->dst_row))
		m->fib |= SIIT_FIB_DST;
}

/* AD-11: never translated; but it may be the stack's, as neighbours' are. */
static void illegal_src(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
			struct siit_match *m)
{
	bool parsed;

	/* Whom the ER leaves alone, it leaves alone unparsed. */
	if (cfg->s.role == SIIT_ROLE_ER && !(pkt->flags & SIIT_PKT_XMIT)) {
		siit_leave(m, SIIT_STAT_NATIVE6);
		return;
	}
	parsed = siit_parse6(pkt, cfg->s.max_exthdrs, m);
	if (!parsed && m->verdict == SIIT_NEED)
		return;
	siit_fail(m, SIIT_STAT_ILLEGAL_SRC);
	ask_fib(cfg, pkt, m, parsed);
}

void siit_match64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m)
{
	const struct siit_ip6 *in6 = (const void *)pkt->data;
	enum siit_stat why;

	m->src6 = in6->saddr;
	m->dst6 = in6->daddr;
	m->src_row = NULL;
	m->fib = 0;
	/* What a refusal before parsing may be asked about. */
	m->proto = in6->nexthdr;
	m->icmp_error = false;
	m->frag_off = 0;

	if (!triggers(cfg, m, &why)) {
		if (why == SIIT_STAT_WKP)
			siit_fail(m, why);
		else
			not_ours(pkt, m);
		return;
	}
	if (unlikely(siit_v6_src_bogus(&m->src6))) {
		illegal_src(cfg, pkt, m);
		return;
	}
	if (!siit_parse6(pkt, cfg->s.max_exthdrs, m)) {
		__be32 unused;

		if (m->verdict == SIIT_NEED)
			return;
		/* Native IPv6 that we would not translate is not ours to judge. */
		if (cfg->s.role == SIIT_ROLE_ER &&
		    !(pkt->flags & SIIT_PKT_XMIT) &&
		    siit_map64(cfg, &m->src6, &unused).rule == SIIT_RULE_NONE)
			siit_leave(m, SIIT_STAT_NATIVE6);
		else
			ask_fib(cfg, pkt, m, false);
		return;
	}
	if (unlikely(m->icmp_error) && m->total > pkt->have) {
		siit_need(m, m->total);
		return;
	}
	m->verdict = SIIT_XLAT;
	map_src(cfg, pkt, m);
	if (m->verdict == SIIT_LEAVE)
		return;
	if (m->verdict == SIIT_XLAT && cfg->s.er_self_source &&
	    cfg->s.role == SIIT_ROLE_ER && is_self_source(cfg, m)) {
		if (pkt->flags & SIIT_PKT_LOOPBACK)
			siit_leave(m, SIIT_STAT_NATIVE6);
		else
			siit_fail(m, SIIT_STAT_SELF_SOURCE);
	}
	if (m->verdict == SIIT_XLAT) {
		if (unlikely(siit_v4_dst_bogus(m->dst4)))	/* AD-12 */
			siit_fail(m, SIIT_STAT_ILLEGAL_DST);
		else if (siit_denied4(cfg, m->dst4))
			siit_fail(m, SIIT_STAT_DENIED);
	}
	ask_fib(cfg, pkt, m, true);
}

void siit_match64_fib(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		      struct siit_match *m, const struct siit_fib_answer *a)
{
	u8 fib = m->fib;

	m->fib = 0;
	/* AD-14: an EAM wins over local input, but not over our neighbours */
	if (a->dst_own && (fib & SIIT_FIB_OWN || !m->dst_row)) {
		siit_leave(m, SIIT_STAT_OWN);
		return;
	}
	if (fib & SIIT_FIB_DST && a->dst_native && cfg->s.native_more_specific)
		siit_leave(m, SIIT_STAT_NATIVE);
	(void)pkt;
}
