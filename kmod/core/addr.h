/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4-embedded IPv6 addresses (RFC 6052), and the addresses that are never
 * translated.
 */
#ifndef SIIT_CORE_ADDR_H
#define SIIT_CORE_ADDR_H

#include "word.h"
#include <linux/siit_dc.h>

/* A translation prefix; bits beyond len are zero. */
struct siit_prefix6 {
	struct in6_addr addr;
	u8 len;			/* 32, 40, 48, 56, 64 or 96; 0: none */
};

enum siit_addr_error {
	SIIT_ADDR_OK,
	SIIT_ADDR_LEN,		/* AD-01: not one of the lengths */
	SIIT_ADDR_HOST,		/* bits beyond the prefix */
	SIIT_ADDR_U,		/* AD-03: octet 8 of a /96 is not zero */
};

enum siit_addr_error siit_prefix6_check(const struct in6_addr *addr, u8 len);
const char *siit_addr_strerror(enum siit_addr_error err);
bool siit_prefix6_is_wkp(const struct siit_prefix6 *p);
bool siit_prefixes4_match(const struct siit_prefix4 *list, u32 n, __be32 addr);

void siit_6052_map46_short(const struct siit_prefix6 *p, __be32 addr,
			   struct in6_addr *out);
bool siit_6052_map64_short(const struct siit_prefix6 *p,
			   const struct in6_addr *addr, __be32 *out);

/* Is an address in a translation prefix? In none if there is none. */
static inline bool siit_6052_match(const struct siit_prefix6 *p,
				   const struct in6_addr *addr)
{
	u32 diff1;

	if (!p->len || addr->s6_addr32[0] != p->addr.s6_addr32[0])
		return false;
	diff1 = be32_to_cpu(addr->s6_addr32[1] ^ p->addr.s6_addr32[1]);
	if (likely(p->len == 96))
		return !diff1 && addr->s6_addr32[2] == p->addr.s6_addr32[2];
	return !((u64)diff1 >> (64 - p->len));
}

/*
 * In a /96 (AD-02), in words: half a word that is written over another one is
 * not soon read as a whole.
 */
static inline struct in6_addr siit_6052_embed96(const struct siit_prefix6 *p,
						__be32 addr)
{
	/* The last 32 bits of the prefix's address are zero. */
	const u64 low = siit_load64(&p->addr.s6_addr[8]) |
			(__force u64)cpu_to_be64(be32_to_cpu(addr));
	const u64 high = siit_load64(&p->addr);
	struct in6_addr out;

	siit_copy(&out, &high, sizeof(high));
	siit_copy(&out.s6_addr[8], &low, sizeof(low));
	return out;
}

/**
 * siit_6052_map46() - embed an IPv4 address (AD-02)
 * @p: the prefix, not "none"
 * @addr: the IPv4 address
 * @out: the IPv6 address
 */
static inline void siit_6052_map46(const struct siit_prefix6 *p, __be32 addr,
				   struct in6_addr *out)
{
	if (unlikely(p->len != 96)) {
		siit_6052_map46_short(p, addr, out);
		return;
	}
	*out = siit_6052_embed96(p, addr);
}

/**
 * siit_6052_map64() - extract an IPv4 address (AD-02, AD-04)
 * @p: the prefix, or "none"
 * @addr: the IPv6 address
 * @out: the IPv4 address, untouched if there is none
 *
 * Return: false if @addr is outside of the prefix or has octet 8 set (AD-05).
 */
static inline bool siit_6052_map64(const struct siit_prefix6 *p,
				   const struct in6_addr *addr, __be32 *out)
{
	if (!siit_6052_match(p, addr))
		return false;
	if (unlikely(p->len != 96))
		return siit_6052_map64_short(p, addr, out);
	*out = addr->s6_addr32[3];
	return true;
}

/* AD-09: never the source of a translated packet. */
static inline bool siit_v4_src_bogus(__be32 addr)
{
	u32 a = be32_to_cpu(addr);

	return a >= 0xe0000000 || a >> 24 == 0 || a >> 24 == 127;
}

/* AD-10: never the destination. Broadcast of a subnet is not seen here. */
static inline bool siit_v4_dst_bogus(__be32 addr)
{
	u32 a = be32_to_cpu(addr);

	return a >> 28 == 0xe || a >> 24 == 0 || a >> 24 == 127 ||
	       a >> 16 == 0xa9fe || a == 0xffffffff;
}

/* AD-11: never the source of a translated packet. */
static inline bool siit_v6_src_bogus(const struct in6_addr *addr)
{
	u32 w0 = be32_to_cpu(addr->s6_addr32[0]);
	u32 w2;

	if (w0)
		return w0 >> 24 == 0xff || w0 >> 22 == 0xfe80 >> 6;
	if (addr->s6_addr32[1])
		return false;
	w2 = be32_to_cpu(addr->s6_addr32[2]);
	return w2 == 0xffff ||
	       (!w2 && be32_to_cpu(addr->s6_addr32[3]) <= 1);
}

bool siit_v4_nonglobal(__be32 addr);

/* One of 64 bits for the first half of an address: do two have it in common? */
static inline u64 siit_hi_bit(const struct in6_addr *addr)
{
	return 1ULL << (siit_load64(addr) * 0x9e3779b97f4a7c15ULL >> 58);
}

/* Of an IPv4 address's first octet: most that are in no list are seen by it. */
static inline u64 siit_octet_bit(__be32 addr)
{
	return 1ULL << (be32_to_cpu(addr) >> 24 & 63);
}

u64 siit_octet_bits(const struct siit_prefix4 *list, u32 n);

#endif /* SIIT_CORE_ADDR_H */
