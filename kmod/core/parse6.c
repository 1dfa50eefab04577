// SPDX-License-Identifier: GPL-2.0
#include "parse.h"

bool siit_is_exthdr(u8 nexthdr)
{
	switch (nexthdr) {
	case SIIT_PROTO_HOPOPT:
	case SIIT_PROTO_ROUTING:
	case SIIT_PROTO_FRAGMENT:
	case SIIT_PROTO_AH:
	case SIIT_PROTO_DSTOPTS:
	case SIIT_PROTO_MOBILITY:
	case SIIT_PROTO_HIP:
	case SIIT_PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

/* XL64-14: the error goes out only for a first fragment, never about ICMPv6. */
static bool bad_behind_fragment(struct siit_match *m)
{
	if (m->frag_off)
		return siit_fail(m, SIIT_STAT_BAD_EXTHDR);
	siit_reject(m, SIIT_STAT_FRAG_EXTHDR, 1, 1, 0);
	return false;
}

static bool walk(const struct siit_pkt *pkt, u8 max_exthdrs,
		 struct siit_match *m)
{
	u32 off = SIIT_IP6_LEN;
	u32 count = 0;
	u8 nh = m->proto;

	for (;;) {
		const u8 *h = pkt->data + off;
		u32 len;

		if (nh != SIIT_PROTO_HOPOPT && nh != SIIT_PROTO_ROUTING &&
		    nh != SIIT_PROTO_DSTOPTS && nh != SIIT_PROTO_FRAGMENT)
			break;
		/* RFC 8200 4.3: Hop-by-Hop stands first or not at all */
		if (++count > max_exthdrs ||
		    (nh == SIIT_PROTO_HOPOPT && off != SIIT_IP6_LEN))
			return siit_fail(m, SIIT_STAT_BAD_EXTHDR);
		if (m->total - off < 8)
			return siit_fail(m, SIIT_STAT_BAD_EXTHDR);
		if (pkt->have < off + 8)
			return siit_need(m, off + 8);

		if (nh == SIIT_PROTO_FRAGMENT) {
			u16 field = get_unaligned_be16(h + 2);

			m->frag = off;
			m->frag_off = field & 0xfff8;
			m->mf = field & 1;
			off += SIIT_FRAG_LEN;
			m->l4 = off;
			m->proto = h[0];
			if (siit_is_exthdr(h[0]))
				return bad_behind_fragment(m);
			return true;
		}
		len = (h[1] + 1) * 8;
		if (len > m->total - off)
			return siit_fail(m, SIIT_STAT_BAD_EXTHDR);
		/* XL64-11: the pointer is at the Segments Left octet */
		if (nh == SIIT_PROTO_ROUTING && h[3]) {
			siit_reject(m, SIIT_STAT_SEGMENTS_LEFT, 4, 0, off + 3);
			return false;
		}
		nh = h[0];
		off += len;
	}
	m->proto = nh;
	m->l4 = off;
	return true;
}

bool siit_parse6(const struct siit_pkt *pkt, u8 max_exthdrs,
		 struct siit_match *m)
{
	const struct siit_ip6 *in6 = (const void *)pkt->data;
	u32 payload = be16_to_cpu(in6->payload_len);
	u32 data;

	if (unlikely(*pkt->data >> 4 != 6))
		return siit_fail(m, SIIT_STAT_BAD_HEADER);
	m->proto = in6->nexthdr;
	/* XL64-17: a jumbogram; also a GSO packet of more than 64 KiB */
	if (unlikely(!payload && m->proto == SIIT_PROTO_HOPOPT)) {
		if (!pkt->gso_size)
			return siit_fail(m, SIIT_STAT_OVERSIZE);
		payload = pkt->len - SIIT_IP6_LEN;
	}
	m->total = SIIT_IP6_LEN + payload;
	if (unlikely(m->total > pkt->len))
		return siit_fail(m, SIIT_STAT_BAD_HEADER);
	m->l4 = SIIT_IP6_LEN;
	m->frag = 0;
	m->frag_off = 0;
	m->mf = false;
	m->icmp_error = false;
	if (!walk(pkt, max_exthdrs, m))
		return false;
	/* All of what is taken away, also where nobody looks at what follows. */
	if (unlikely(m->l4 > pkt->have))
		return siit_need(m, m->l4);
	/* Plans count in 16 bits; only malice makes such chains. */
	if (unlikely(m->l4 > 0xffff - SIIT_QUOTED_L4))
		return siit_fail(m, SIIT_STAT_BAD_EXTHDR);

	data = m->total - m->l4;
	if (unlikely(data + SIIT_IP4_LEN > 65535) && !pkt->gso_size)
		return siit_fail(m, SIIT_STAT_OVERSIZE);
	if (unlikely(m->frag_off || m->mf)) {
		/* FR-13 */
		if (m->frag_off + data > 65535 - SIIT_IP4_LEN ||
		    (m->mf && data % 8))
			return siit_fail(m, SIIT_STAT_BAD_FRAGMENT);
		if (m->proto == SIIT_PROTO_ICMP6)
			return siit_fail(m, SIIT_STAT_FRAGMENTED_ICMP);
	} else if (unlikely(data < siit_l4_min(m->proto))) {
		return siit_fail(m, SIIT_STAT_TRUNCATED);
	}
	if (unlikely(m->proto == SIIT_PROTO_ICMP6)) {
		if (pkt->have < m->l4 + SIIT_ICMP_LEN)
			return siit_need(m, m->l4 + SIIT_ICMP_LEN);
		m->icmp_error = siit_icmp6_is_error(pkt->data[m->l4]);
	}
	return true;
}
