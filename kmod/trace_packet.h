/* SPDX-License-Identifier: GPL-2.0 */
/* What the tracepoints tell of a packet. */
#ifndef SIIT_TRACE_PACKET_H
#define SIIT_TRACE_PACKET_H

#include "way.h"

#define SIIT_TRACE_COUNTER	32

/* IPv4 addresses are ::ffff:a.b.c.d, addresses that there are not are "::". */
struct siit_trace_packet {
	struct in6_addr src;		/* as it came */
	struct in6_addr dst;
	struct in6_addr new_src;	/* translated */
	struct in6_addr new_dst;
	const struct net_device *dev;	/* the instance */
	const struct net_device *iif;	/* likewise on transmit */
	const char *counter;		/* which one it moved */
	u32 netns;			/* as in /proc/self/ns/net */
	u32 len;
	u8 from;			/* IP version as it came */
	u8 proto;			/* transport, or the first unknown */
	s16 icmp_type;			/* of the error in answer; -1: none */
	s16 icmp_code;
};

/* An address as a field to be read, and as two numbers. */
static inline void siit_trace_set(const struct in6_addr *a, u8 *octets, u64 *hi,
				  u64 *lo)
{
	memcpy(octets, a, sizeof(*a));
	*hi = get_unaligned_be64(&a->s6_addr[0]);
	*lo = get_unaligned_be64(&a->s6_addr[8]);
}

/**
 * siit_trace_translate() - a packet was translated
 * @way: its way
 * @last: that of its last translation, which says what it became; differs for
 *     a hairpin
 * @len: its octets as it came
 *
 * Only where trace_translate_enabled().
 */
void siit_trace_translate(const struct siit_way *way,
			  const struct siit_way *last, u32 len);

/**
 * siit_trace_drop() - a packet is refused
 * @way: its way
 * @len: its octets as it came
 * @rewritten: it was translated before that became clear
 *
 * Only where trace_drop_enabled().
 */
void siit_trace_drop(const struct siit_way *way, u32 len, bool rewritten);

#endif /* SIIT_TRACE_PACKET_H */
