// SPDX-License-Identifier: GPL-2.0
#include "csum.h"
#include "parse.h"

#define OPT_END		0
#define OPT_NOP		1
#define OPT_LSRR	0x83
#define OPT_SSRR	0x89

/* RFC 7915 4.1: options are ignored, but for an unexpired source route. */
static bool check_options(const u8 *opt, u32 len, struct siit_match *m)
{
	u32 i = 0;

	while (i < len && opt[i] != OPT_END) {
		u8 olen;

		if (opt[i] == OPT_NOP) {
			i++;
			continue;
		}
		if (i + 1 >= len)
			return siit_fail(m, SIIT_STAT_BAD_OPTIONS);
		olen = opt[i + 1];
		if (olen < 2 || olen > len - i)
			return siit_fail(m, SIIT_STAT_BAD_OPTIONS);
		if (opt[i] == OPT_LSRR || opt[i] == OPT_SSRR) {
			/* XL46-11: the pointer counts from 1 */
			if (olen < 3)
				return siit_fail(m, SIIT_STAT_BAD_OPTIONS);
			if (opt[i + 2] <= olen) {
				siit_reject(m, SIIT_STAT_SOURCE_ROUTE, 3, 5, 0);
				return false;
			}
		}
		i += olen;
	}
	return true;
}

bool siit_parse4(const struct siit_pkt *pkt, struct siit_match *m)
{
	const struct siit_ip4 *in4 = (const void *)pkt->data;
	u32 ihl = (in4->ver_ihl & 0xf) * 4;
	u16 frag = be16_to_cpu(in4->frag);
	u32 data;

	if (unlikely((in4->ver_ihl >> 4) != 4 || ihl < SIIT_IP4_LEN))
		return siit_fail(m, SIIT_STAT_BAD_HEADER);
	m->total = be16_to_cpu(in4->tot_len);
	/* A GSO packet of more than 64 KiB has no length to state. */
	if (unlikely(!m->total && pkt->gso_size && pkt->len > 0xffff))
		m->total = pkt->len;
	if (unlikely(ihl > m->total || m->total > pkt->len))
		return siit_fail(m, SIIT_STAT_BAD_HEADER);
	if (unlikely(ihl > pkt->have))
		return siit_need(m, ihl);
	if (unlikely(!(pkt->flags & SIIT_PKT_CHECKED)) &&
	    siit_csum_fold(siit_csum_partial(in4, ihl, 0)))
		return siit_fail(m, SIIT_STAT_BAD_HEADER);

	m->proto = in4->protocol;
	m->l4 = ihl;
	m->frag = 0;
	m->frag_off = (frag & SIIT_IP4_OFFSET) * 8;
	m->mf = frag & SIIT_IP4_MF;
	m->icmp_error = false;
	if (unlikely(ihl > SIIT_IP4_LEN) &&
	    !check_options(pkt->data + SIIT_IP4_LEN, ihl - SIIT_IP4_LEN, m))
		return false;

	data = m->total - ihl;
	if (unlikely(m->frag_off || m->mf)) {
		/* FR-13 */
		if (m->frag_off + data > 65535 - SIIT_IP4_LEN ||
		    (m->mf && data % 8))
			return siit_fail(m, SIIT_STAT_BAD_FRAGMENT);
		if (m->proto == SIIT_PROTO_ICMP)
			return siit_fail(m, SIIT_STAT_FRAGMENTED_ICMP);
	} else if (unlikely(data < siit_l4_min(m->proto))) {
		return siit_fail(m, SIIT_STAT_TRUNCATED);
	}
	if (unlikely(m->proto == SIIT_PROTO_ICMP)) {
		if (pkt->have < ihl + SIIT_ICMP_LEN)
			return siit_need(m, ihl + SIIT_ICMP_LEN);
		m->icmp_error = siit_icmp4_is_error(pkt->data[ihl]);
	}
	return true;
}
