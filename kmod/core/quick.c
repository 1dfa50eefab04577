// SPDX-License-Identifier: GPL-2.0
#include "eam_table.h"
#include "hdr.h"
#include "quick.h"

/* Where TCP and UDP have their checksum, how long their headers are. */
static inline bool ports(u8 proto, u32 *min, u32 *off)
{
	if (likely(proto == SIIT_PROTO_TCP)) {
		*min = 20;
		*off = 16;
		return true;
	}
	*min = 8;
	*off = 6;
	return proto == SIIT_PROTO_UDP;
}

static inline void put_match(struct siit_match *m, u8 proto, u32 l4, u32 total)
{
	m->verdict = SIIT_XLAT;
	m->icmp_error = false;
	m->proto = proto;
	m->l4 = l4;
	m->frag = 0;
	m->total = total;
	m->frag_off = 0;
	m->mf = false;
}

static inline void put_plan(struct siit_plan *plan, u8 proto, u16 old_len,
			    u16 new_len, u32 seg, u32 csum_at)
{
	plan->verdict = SIIT_XLAT;
	plan->stat = SIIT_STAT_TRANSLATED;
	plan->old_len = old_len;
	plan->new_len = new_len;
	plan->proto = proto;
	plan->csum_off = csum_at;
	plan->size = new_len + seg;
}

static inline bool is_plain(const struct siit_pkt *pkt)
{
	return (pkt->flags & ~SIIT_PKT_PARTIAL) ==
	       (SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED);
}

/* CK-03, CK-05 */
static inline bool has_csum(const struct siit_pkt *pkt, u8 proto, __sum16 csum)
{
	return csum || proto == SIIT_PROTO_TCP ||
	       pkt->flags & SIIT_PKT_PARTIAL;
}

static __always_inline __sum16
update(const struct siit_pkt *pkt, u8 proto, __sum16 old, __wsum delta)
{
	if (unlikely(pkt->flags & SIIT_PKT_PARTIAL))
		return siit_csum_update_partial(old, delta);
	return proto == SIIT_PROTO_TCP ? siit_csum_update(old, delta) :
					 siit_csum_update_udp(old, delta);
}

bool siit_quick46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  const struct siit_row *row, struct siit_match *m,
		  struct siit_plan *plan)
{
	const struct siit_ip4 *in4 = (const void *)pkt->data;
	const u32 total = be16_to_cpu(in4->tot_len);
	const u8 proto = in4->protocol;
	const struct siit_row *src;
	u32 min, off;
	__sum16 old;

	if (!cfg->s.quick || !row ||
	    !is_plain(pkt) || in4->ver_ihl != 0x45 ||
	    in4->frag & ~cpu_to_be16(SIIT_IP4_DF) ||
	    !ports(proto, &min, &off) || total < SIIT_IP4_LEN + min ||
	    total > pkt->len || pkt->have < SIIT_IP4_LEN + min)
		return false;
	old = siit_load_csum(pkt->data + SIIT_IP4_LEN + off);
	if (!has_csum(pkt, proto, old) ||
	    (!in4->frag && (cfg->s.atomic_fragments || pkt->gso_size)) ||
	    siit_v4_src_bogus(in4->saddr) || siit_v4_dst_bogus(in4->daddr))
		return false;
	/* BR-07: a row says nothing about a source if it is for everybody (IVI). */
	src = siit_eamt_get4(cfg->eamt, in4->saddr);
	if (unlikely(src) && src->len4 && cfg->s.antispoof46)
		return false;

	put_match(m, proto, SIIT_IP4_LEN, total);
	m->src4 = in4->saddr;
	m->dst4 = in4->daddr;
	m->src_row = src;
	m->dst_row = row;
	m->src_rule = src ? SIIT_RULE_EAM : SIIT_RULE_PREFIX;
	m->dst_rule = SIIT_RULE_EAM;
	m->fib = 0;
	m->dst_len = row->len4;
	if (unlikely(src))
		siit_row_map46(src, in4->saddr, &m->src6);
	else
		m->src6 = siit_6052_embed96(&cfg->s.prefix, in4->saddr);
	if (likely(row->len4 == 32)) {
		m->dst6 = row->addr6;
	} else {
		siit_row_map46(row, in4->daddr, &m->dst6);
		if (cfg->s.native_more_specific)
			m->fib = SIIT_FIB_DST;
	}

	put_plan(plan, proto, SIIT_IP4_LEN, SIIT_IP6_LEN,
		 siit_segment(pkt, proto, pkt->data + SIIT_IP4_LEN,
			      total - SIIT_IP4_LEN), SIIT_IP4_LEN + off);
	plan->flags = SIIT_PLAN_CSUM | (in4->frag ? 0 : SIIT_PLAN_DF0);
	plan->ip_id = be16_to_cpu(in4->id);
	plan->frag_off = 0;
	plan->mf = false;
	siit_put_ip6(plan->hdr, siit_tos46(cfg, in4->tos), total - SIIT_IP4_LEN,
		     proto, in4->ttl, &m->src6, &m->dst6);
	plan->csum = update(pkt, proto, old,
			    siit_csum_delta46(m->src4, m->dst4, &m->src6,
					      &m->dst6));
	return true;
}

/* EAM-07. Few tables have rows anywhere near the prefix. */
static inline bool has_row_inside(const struct siit_cfg *cfg,
				  const struct in6_addr *dst6)
{
	return unlikely(READ_ONCE(cfg->eamt->seen6) & cfg->s.prefix_bit) &&
	       siit_eamt_get6(cfg->eamt, dst6);
}

bool siit_quick64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m, struct siit_plan *plan)
{
	const struct siit_ip6 *in6 = (const void *)pkt->data;
	const u32 payload = be16_to_cpu(in6->payload_len);
	const u8 proto = in6->nexthdr;
	const struct siit_row *row;
	u16 id, frag;
	u32 min, off;
	__be32 src4, dst4;
	__sum16 old;

	if (!cfg->s.quick || *pkt->data >> 4 != 6 ||
	    !is_plain(pkt) || !ports(proto, &min, &off) || payload < min ||
	    payload > 0xffff - SIIT_IP4_LEN ||
	    payload + SIIT_IP6_LEN > pkt->len ||
	    pkt->have < SIIT_IP6_LEN + min ||
	    !siit_6052_match(&cfg->s.prefix, &in6->daddr))
		return false;
	dst4 = in6->daddr.s6_addr32[3];
	old = siit_load_csum(pkt->data + SIIT_IP6_LEN + off);
	if (!has_csum(pkt, proto, old) || siit_v4_dst_bogus(dst4) ||
	    siit_v6_src_bogus(&in6->saddr) ||
	    has_row_inside(cfg, &in6->daddr) ||
	    (cfg->s.hairpin == SIIT_HAIRPIN_INTRINSIC &&
	     siit_eamt_get4(cfg->eamt, dst4)))
		return false;
	row = siit_eamt_get6(cfg->eamt, &in6->saddr);
	if (!row)
		return false;
	if (likely(row->len6 == 128))
		src4 = row->addr4;
	else if (!siit_row_map64(row, &in6->saddr, &src4) &&
		 cfg->s.eam_strict_suffix)
		return false;
	if (siit_v4_src_bogus(src4))
		return false;

	put_match(m, proto, SIIT_IP6_LEN, SIIT_IP6_LEN + payload);
	m->src6 = in6->saddr;
	m->dst6 = in6->daddr;
	m->src_row = row;
	m->dst_row = NULL;
	m->src_rule = SIIT_RULE_EAM;
	m->dst_rule = SIIT_RULE_PREFIX;
	m->fib = SIIT_FIB_DST;
	m->dst_len = 96;
	m->src4 = src4;
	m->dst4 = dst4;

	put_plan(plan, proto, SIIT_IP6_LEN, SIIT_IP4_LEN,
		 siit_segment(pkt, proto, pkt->data + SIIT_IP6_LEN, payload),
		 SIIT_IP6_LEN + off);
	plan->flags = SIIT_PLAN_CSUM;
	frag = siit_flags64(cfg, pkt, m, plan->size, plan, &id);
	siit_put_ip4(plan->hdr, siit_tos64(cfg, siit_tc6(in6)),
		     SIIT_IP4_LEN + payload, id, frag, 0, in6->hop_limit, proto,
		     m->src4, dst4);
	plan->csum = update(pkt, proto, old,
			    siit_csum_delta64(&m->src6, &m->dst6, m->src4,
					      dst4));
	return true;
}
