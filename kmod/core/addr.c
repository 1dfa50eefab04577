// SPDX-License-Identifier: GPL-2.0
#include "addr.h"

static bool bits_equal4(u32 a, u32 b, u8 len)
{
	return !((u64)(a ^ b) >> (32 - len));
}

/**
 * siit_prefix6_check() - is this a translation prefix?
 * @addr: the prefix
 * @len: its length; "none" is not for this function
 *
 * Return: SIIT_ADDR_OK or the rule that it breaks.
 */
enum siit_addr_error siit_prefix6_check(const struct in6_addr *addr, u8 len)
{
	unsigned int i;

	switch (len) {
	case 32:
	case 40:
	case 48:
	case 56:
	case 64:
	case 96:
		break;
	default:
		return SIIT_ADDR_LEN;
	}
	for (i = len / 8; i < 16; i++)
		if (addr->s6_addr[i])
			return SIIT_ADDR_HOST;
	if (addr->s6_addr[8])
		return SIIT_ADDR_U;
	return SIIT_ADDR_OK;
}

/**
 * siit_addr_strerror() - an error in the operator's words
 * @err: not SIIT_ADDR_OK
 *
 * Return: a string literal.
 */
const char *siit_addr_strerror(enum siit_addr_error err)
{
	switch (err) {
	case SIIT_ADDR_OK:
		break;
	case SIIT_ADDR_LEN:
		return "prefix length must be 32, 40, 48, 56, 64 or 96 (RFC 6052 2.2)";
	case SIIT_ADDR_HOST:
		return "prefix has bits set beyond its length";
	case SIIT_ADDR_U:
		return "bits 64 to 71 of the prefix must be zero (RFC 6052 2.2)";
	}
	return "no error";
}

/**
 * siit_prefix6_is_wkp() - is it the well-known prefix 64:ff9b::/96?
 * @p: the prefix
 *
 * Return: true if so. 64:ff9b:1::/48 (RFC 8215) is another matter (AD-06).
 */
bool siit_prefix6_is_wkp(const struct siit_prefix6 *p)
{
	return p->len == 96 && p->addr.s6_addr32[0] == cpu_to_be32(0x64ff9b) &&
	       !p->addr.s6_addr32[1] && !p->addr.s6_addr32[2];
}

/**
 * siit_prefixes4_match() - is an address in one of some prefixes?
 * @list: the prefixes
 * @n: how many
 * @addr: the address
 *
 * Return: true if so.
 */
bool siit_prefixes4_match(const struct siit_prefix4 *list, u32 n, __be32 addr)
{
	u32 a = be32_to_cpu(addr);
	u32 i;

	for (i = 0; i < n; i++)
		if (bits_equal4(a, be32_to_cpu(list[i].addr), list[i].len))
			return true;
	return false;
}

/**
 * siit_octet_bits() - siit_octet_bit() of every address in some prefixes
 * @list: the prefixes
 * @n: how many
 */
u64 siit_octet_bits(const struct siit_prefix4 *list, u32 n)
{
	u64 bits = 0;
	u32 i, octet;

	for (i = 0; i < n; i++)
		for (octet = 0; octet < 256U >> min_t(u32, list[i].len, 8); octet++)
			bits |= siit_octet_bit(list[i].addr |
					       cpu_to_be32(octet << 24));
	return bits;
}

/**
 * siit_6052_map46_short() - siit_6052_map46() but for /96
 * @p: the prefix, shorter than 96
 * @addr: the IPv4 address
 * @out: the IPv6 address
 *
 * The address starts at the prefix length and skips octet 8, which is the
 * first of the third word.
 */
void siit_6052_map46_short(const struct siit_prefix6 *p, __be32 addr,
			   struct in6_addr *out)
{
	u64 a = (u64)be32_to_cpu(addr) << 32;
	unsigned int before = 64 - p->len;	/* bits in front of octet 8 */
	u64 after = a << before >> 8;

	*out = p->addr;
	out->s6_addr32[1] |= cpu_to_be32((u32)(a >> (p->len - 32) >> 32));
	out->s6_addr32[2] = cpu_to_be32((u32)(after >> 32));
	out->s6_addr32[3] = cpu_to_be32((u32)after);
}

/**
 * siit_6052_map64_short() - siit_6052_map64() but for /96
 * @p: the prefix, shorter than 96
 * @addr: an address in it
 * @out: the IPv4 address
 *
 * Return: false if octet 8 is not zero (AD-05).
 */
bool siit_6052_map64_short(const struct siit_prefix6 *p,
			   const struct in6_addr *addr, __be32 *out)
{
	u64 before = (u64)be32_to_cpu(addr->s6_addr32[1]) << (p->len - 32);
	u64 after = get_unaligned_be64(&addr->s6_addr[8]);

	if (addr->s6_addr[8])
		return false;
	*out = cpu_to_be32((u32)before | (u32)(after << 8 >> 32 >> (64 - p->len)));
	return true;
}

/*
 * AD-06: what the IANA IPv4 special-purpose registry calls not globally
 * reachable.
 */
static const struct {
	u32 addr;
	u8 len;
} nonglobal[] = {
	{ 0x00000000, 8 },	/* 0.0.0.0/8 */
	{ 0x0a000000, 8 },	/* 10.0.0.0/8 */
	{ 0x64400000, 10 },	/* 100.64.0.0/10 */
	{ 0x7f000000, 8 },	/* 127.0.0.0/8 */
	{ 0xa9fe0000, 16 },	/* 169.254.0.0/16 */
	{ 0xac100000, 12 },	/* 172.16.0.0/12 */
	{ 0xc0000000, 24 },	/* 192.0.0.0/24 */
	{ 0xc0000200, 24 },	/* 192.0.2.0/24 */
	{ 0xc0a80000, 16 },	/* 192.168.0.0/16 */
	{ 0xc6120000, 15 },	/* 198.18.0.0/15 */
	{ 0xc6336400, 24 },	/* 198.51.100.0/24 */
	{ 0xcb007100, 24 },	/* 203.0.113.0/24 */
	{ 0xe0000000, 3 },	/* 224.0.0.0/4, 240.0.0.0/4 */
};

/**
 * siit_v4_nonglobal() - does the well-known prefix not stand for this address?
 * @addr: the address
 *
 * Return: true if AD-06 forbids it. 192.0.0.8, the dummy address of RFC 7600,
 * is exempt: we are the source of errors with it ourselves.
 */
bool siit_v4_nonglobal(__be32 addr)
{
	u32 a = be32_to_cpu(addr);
	unsigned int i;

	if (a == 0xc0000008)
		return false;
	for (i = 0; i < ARRAY_SIZE(nonglobal); i++)
		if (bits_equal4(a, nonglobal[i].addr, nonglobal[i].len))
			return true;
	return false;
}
