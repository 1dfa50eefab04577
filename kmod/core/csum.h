/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet checksums, by difference (RFC 1624). A __wsum is a one's complement
 * sum of 16-bit words in memory order, a __sum16 what stands in the packet.
 */
#ifndef SIIT_CORE_CSUM_H
#define SIIT_CORE_CSUM_H

#include "word.h"

static inline __wsum siit_csum_partial(const void *p, u32 len, __wsum sum)
{
	return csum_partial(p, (int)len, sum);
}

static inline __sum16 siit_csum_fold(__wsum sum)
{
	return csum_fold(sum);
}

static inline __wsum siit_csum_addr4(__be32 addr)
{
	return (__force __wsum)addr;
}

/* A sum of 64-bit words, the carry added at the other end. */
static __always_inline u64 siit_csum_add64(u64 a, u64 b)
{
	a += b;
	return a + (a < b);
}

static __always_inline __wsum siit_csum_fold64(u64 sum)
{
	u32 hi = sum >> 32, lo = (u32)sum + hi;

	return (__force __wsum)(lo + (lo < hi));
}

/* The addresses' part of an IPv4 pseudo header. */
static inline __wsum siit_csum_addrs4(__be32 src, __be32 dst)
{
	return csum_add(siit_csum_addr4(src), siit_csum_addr4(dst));
}

/* The addresses' part of an IPv6 pseudo header. */
static __always_inline __wsum
siit_csum_addrs6(const struct in6_addr *src, const struct in6_addr *dst)
{
	u64 sum;

	sum = siit_csum_add64(siit_load64(src), siit_load64(&src->s6_addr[8]));
	sum = siit_csum_add64(sum, siit_load64(dst));
	sum = siit_csum_add64(sum, siit_load64(&dst->s6_addr[8]));
	return siit_csum_fold64(sum);
}

/* What an upper layer's sum gains when its addresses change family (CK-01). */
static inline __wsum siit_csum_delta46(__be32 src4, __be32 dst4,
				       const struct in6_addr *src6,
				       const struct in6_addr *dst6)
{
	return csum_sub(siit_csum_addrs6(src6, dst6),
			siit_csum_addrs4(src4, dst4));
}

static inline __wsum siit_csum_delta64(const struct in6_addr *src6,
				       const struct in6_addr *dst6,
				       __be32 src4, __be32 dst4)
{
	return csum_sub(siit_csum_addrs4(src4, dst4),
			siit_csum_addrs6(src6, dst6));
}

/* What a sum gains when one 16-bit word changes. */
static inline __wsum siit_csum_delta16(__be16 from, __be16 to)
{
	return csum_sub((__force __wsum)to, (__force __wsum)from);
}

/* A checksum after its sum gained @delta: RFC 1624, equation 3. */
static inline __sum16 siit_csum_update(__sum16 check, __wsum delta)
{
	__wsum sum = csum_unfold((__force __sum16)~(__force u16)check);

	return csum_fold(csum_add(sum, delta));
}

/* The same where 0000 would mean "no checksum" (CK-02, CK-07). */
static inline __sum16 siit_csum_update_udp(__sum16 check, __wsum delta)
{
	check = siit_csum_update(check, delta);
	return check ? check : CSUM_MANGLED_0;
}

/* CK-10: CHECKSUM_PARTIAL, the field has the pseudo header's sum itself. */
static inline __sum16 siit_csum_update_partial(__sum16 seed, __wsum delta)
{
	__sum16 check = csum_fold(csum_add(csum_unfold(seed), delta));

	return (__force __sum16)~(__force u16)check;
}

__wsum siit_csum_pseudo4(__be32 src, __be32 dst, u32 len, u8 proto);
__wsum siit_csum_pseudo6(const struct in6_addr *src, const struct in6_addr *dst,
			 u32 len, u8 proto);

#endif /* SIIT_CORE_CSUM_H */
