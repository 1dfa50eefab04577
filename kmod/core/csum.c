// SPDX-License-Identifier: GPL-2.0
#include "csum.h"

/*
 * Length and protocol add the same to both families' pseudo headers: a zero
 * word more or less makes no difference to the sum.
 */
static __wsum len_and_proto(u32 len, u8 proto)
{
	return csum_add((__force __wsum)cpu_to_be32(len),
			(__force __wsum)cpu_to_be32(proto));
}

/**
 * siit_csum_pseudo4() - the sum of an IPv4 pseudo header
 * @src: source address
 * @dst: destination address
 * @len: octets of the upper layer
 * @proto: its protocol number
 *
 * Return: the sum.
 */
__wsum siit_csum_pseudo4(__be32 src, __be32 dst, u32 len, u8 proto)
{
	return csum_add(siit_csum_addrs4(src, dst), len_and_proto(len, proto));
}

/**
 * siit_csum_pseudo6() - the sum of an IPv6 pseudo header (RFC 8200 8.1)
 * @src: source address
 * @dst: destination address
 * @len: octets of the upper layer
 * @proto: its protocol number, whatever extension headers come first (CK-09)
 *
 * Return: the sum.
 */
__wsum siit_csum_pseudo6(const struct in6_addr *src, const struct in6_addr *dst,
			 u32 len, u8 proto)
{
	return csum_add(siit_csum_addrs6(src, dst), len_and_proto(len, proto));
}
