/* SPDX-License-Identifier: GPL-2.0 */
/* Writing headers of the new family. */
#ifndef SIIT_CORE_HDR_H
#define SIIT_CORE_HDR_H

#include "csum.h"
#include "pkt.h"
#include "wire.h"

/*
 * Headers are put together in words: what is read in words soon after it was
 * written octet by octet waits for all of it to leave the processor's store
 * buffer.
 */

/* XL46-01..05, XL46-08; @payload includes the Fragment Header. */
static inline void siit_put_ip6(u8 *p, u8 tc, u32 payload, u8 nexthdr, u8 hops,
				const struct in6_addr *src,
				const struct in6_addr *dst)
{
	struct siit_ip6 *out6 = (void *)p;
	const __be64 first = cpu_to_be64(0x6ULL << 60 | (u64)tc << 52 |
					 (u64)(u16)payload << 16 |
					 (u32)nexthdr << 8 | hops);

	siit_copy(p, &first, sizeof(first));
	out6->saddr = *src;
	out6->daddr = *dst;
}

/* XL46-14; @off in octets. */
static inline void siit_put_frag6(u8 *p, u8 nexthdr, u16 off, bool mf, u16 id)
{
	struct siit_frag6 *out = (void *)p;

	out->nexthdr = nexthdr;
	out->reserved = 0;
	out->off = cpu_to_be16((off & 0xfff8) | mf);
	out->id = cpu_to_be32(id);
}

/* XL64-01..09; @off in octets. */
static inline void siit_put_ip4(u8 *p, u8 tos, u32 total, u16 id, u16 flags,
				u16 off, u8 ttl, u8 proto, __be32 src,
				__be32 dst)
{
	const u64 first = 0x45ULL << 56 | (u64)tos << 48 |
			  (u64)(u16)total << 32 | (u32)id << 16 |
			  (u16)(flags | off / 8);
	u64 second = (u64)ttl << 56 | (u64)proto << 48 | be32_to_cpu(src);
	__sum16 check;
	__be64 word;
	u64 sum;

	sum = siit_csum_add64(first, second);
	sum = siit_csum_add64(sum, be32_to_cpu(dst));
	check = siit_csum_fold(siit_csum_fold64(sum));
	second |= (u64)(__force u16)check << 32;

	word = cpu_to_be64(first);
	siit_copy(p, &word, sizeof(word));
	word = cpu_to_be64(second);
	siit_copy(p + 8, &word, sizeof(word));
	siit_copy(p + 16, &dst, sizeof(dst));
}

static inline u8 siit_tc6(const struct siit_ip6 *in6)
{
	return be32_to_cpu(in6->ver_tc_flow) >> 20;
}

/* XL46-02, XL64-02 */
static inline u8 siit_tos46(const struct siit_cfg *cfg, u8 tos)
{
	return cfg->s.tos_zero ? 0 : tos;
}

static inline u8 siit_tos64(const struct siit_cfg *cfg, u8 tc)
{
	return cfg->s.tos_fixed < 256 ? cfg->s.tos_fixed : tc;
}

/* MT-12: of a GSO packet one segment counts, from its transport header on. */
static inline u32 siit_segment(const struct siit_pkt *pkt, u8 proto,
			       const u8 *l4, u32 payload)
{
	if (likely(!pkt->gso_size))
		return payload;
	return pkt->gso_size + (proto == SIIT_PROTO_TCP ? (l4[12] >> 4) * 4 : 8);
}

/* XL64-04: DF of a packet, or GSO segment, of this many octets. */
static inline bool siit_df64(const struct siit_cfg *cfg, u32 len)
{
	switch (cfg->s.df_mode) {
	case SIIT_DF_RFC7915:
		return len > SIIT_MIN_MTU4;
	case SIIT_DF_RFC6145_SMALL:
		return len <= 88 || len > 1280;
	default:
		return true;
	}
}

/* XL64-04, XL64-12, XL64-13: Identification and flags of that many octets. */
static inline u16 siit_flags64(const struct siit_cfg *cfg,
			       const struct siit_pkt *pkt,
			       const struct siit_match *m, u32 len,
			       struct siit_plan *plan, u16 *id)
{
	*id = 0;
	if (unlikely(m->frag)) {
		*id = get_unaligned_be16(pkt->data + m->frag + 6);
		return m->mf ? SIIT_IP4_MF : 0;
	}
	if (siit_df64(cfg, len) && !(pkt->flags & SIIT_PKT_REASSEMBLED))
		return SIIT_IP4_DF;
	if (cfg->s.id_mode == SIIT_ID_GENERATE)
		plan->flags |= SIIT_PLAN_GEN_ID;
	return 0;
}

/* ICMPv6 has a pseudo header, ICMPv4 none (CK-09). */
static inline __wsum siit_sum_icmp6(__wsum addrs, u32 len)
{
	return csum_add(addrs,
			(__force __wsum)cpu_to_be32(len + SIIT_PROTO_ICMP6));
}

/*
 * An ICMPv4 echo reply may be all zeros, the one message to which a checksum
 * of 0000 does not add up; ffff fits every message that 0000 fits.
 */
static inline __sum16 siit_csum_icmp4(__sum16 check, __wsum delta, u8 type)
{
	return type ? siit_csum_update(check, delta) :
		      siit_csum_update_udp(check, delta);
}

/* The change of the first ICMP word, as the checksum sees it. */
static inline __wsum siit_sum_type(u8 from, u8 to)
{
	return csum_sub((__force __wsum)(__force u32)cpu_to_be16(to << 8),
			(__force __wsum)(__force u32)cpu_to_be16(from << 8));
}

static inline void siit_plan_drop(struct siit_plan *plan, enum siit_stat stat)
{
	plan->verdict = SIIT_DROP;
	plan->stat = stat;
}

static inline void siit_plan_reject(struct siit_plan *plan, enum siit_stat stat,
				    u8 type, u8 code, u32 info)
{
	plan->verdict = SIIT_REJECT;
	plan->stat = stat;
	plan->icmp_type = type;
	plan->icmp_code = code;
	plan->icmp_info = info;
}

static inline void siit_plan_need(struct siit_plan *plan, u32 need)
{
	plan->verdict = SIIT_NEED;
	plan->need = need;
}

/* XL46-06, XL46-07: what an IPv6 node would parse as something else. */
bool siit_guarded46(const struct siit_cfg *cfg, u8 proto);

/* XL64-08: else a raw ICMPv4 message could be sent through. */
static inline bool siit_guarded64(const struct siit_cfg *cfg, u8 proto)
{
	return (proto == SIIT_PROTO_ICMP || proto == SIIT_PROTO_IGMP) &&
	       cfg->s.proto_guard;
}

/* ICMP errors (RFC 7915 4.2, 4.3, 5.2, 5.3); all of the packet is there. */
void siit_icmp46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan);
void siit_icmp64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		 const struct siit_match *m, struct siit_plan *plan);

#endif /* SIIT_CORE_HDR_H */
