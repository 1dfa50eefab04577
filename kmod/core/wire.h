/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The headers as they are on the wire. Of our own, so that the core builds the
 * same in the kernel and outside.
 */
#ifndef SIIT_CORE_WIRE_H
#define SIIT_CORE_WIRE_H

#include "deps.h"

#define SIIT_IP4_LEN		20
#define SIIT_IP6_LEN		40
#define SIIT_FRAG_LEN		8
#define SIIT_ICMP_LEN		8
/* What of a quoted transport header is copied and patched: TCP's. */
#define SIIT_QUOTED_L4		20

/* RFC 7915 4, 5.1: what every IPv6 link carries, and its IPv4 image. */
#define SIIT_MIN_MTU6		1280
#define SIIT_MIN_MTU4		(SIIT_MIN_MTU6 - 20)

struct siit_ip4 {
	u8 ver_ihl;
	u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag;
	u8 ttl;
	u8 protocol;
	__sum16 check;
	__be32 saddr;
	__be32 daddr;
};

#define SIIT_IP4_DF		0x4000
#define SIIT_IP4_MF		0x2000
#define SIIT_IP4_OFFSET		0x1fff

struct siit_ip6 {
	__be32 ver_tc_flow;
	__be16 payload_len;
	u8 nexthdr;
	u8 hop_limit;
	struct in6_addr saddr;
	struct in6_addr daddr;
};

struct siit_frag6 {
	u8 nexthdr;
	u8 reserved;
	__be16 off;		/* 13 bits offset, 2 reserved, M */
	__be32 id;
};

struct siit_icmp {
	u8 type;
	u8 code;
	__sum16 csum;
	u8 rest[4];
};

enum {
	SIIT_PROTO_HOPOPT = 0,
	SIIT_PROTO_ICMP = 1,
	SIIT_PROTO_IGMP = 2,
	SIIT_PROTO_TCP = 6,
	SIIT_PROTO_UDP = 17,
	SIIT_PROTO_DCCP = 33,
	SIIT_PROTO_ROUTING = 43,
	SIIT_PROTO_FRAGMENT = 44,
	SIIT_PROTO_ESP = 50,
	SIIT_PROTO_AH = 51,
	SIIT_PROTO_ICMP6 = 58,
	SIIT_PROTO_NONE = 59,
	SIIT_PROTO_DSTOPTS = 60,
	SIIT_PROTO_MOBILITY = 135,
	SIIT_PROTO_UDPLITE = 136,
	SIIT_PROTO_HIP = 139,
	SIIT_PROTO_SHIM6 = 140,
};

/**
 * siit_l4_csum() - where a transport protocol keeps a checksum with pseudo header
 * @proto: IPv4 protocol or IPv6 next header, not ICMP
 * @min: the octets that must be there to update it (FR-10)
 *
 * Return: offset of the checksum, or -1: bytes unchanged (CK-08).
 */
static inline int siit_l4_csum(u8 proto, u32 *min)
{
	switch (proto) {
	case SIIT_PROTO_TCP:
		*min = 18;
		return 16;
	case SIIT_PROTO_UDP:
	case SIIT_PROTO_UDPLITE:
	case SIIT_PROTO_DCCP:
		*min = 8;
		return 6;
	default:
		*min = 0;
		return -1;
	}
}

/* The whole fixed header of a transport protocol (SE-04). */
static inline u32 siit_l4_min(u8 proto)
{
	switch (proto) {
	case SIIT_PROTO_TCP:
		return 20;
	case SIIT_PROTO_UDP:
	case SIIT_PROTO_UDPLITE:
	case SIIT_PROTO_ICMP:
	case SIIT_PROTO_ICMP6:
		return 8;
	case SIIT_PROTO_DCCP:
		return 12;
	default:
		return 0;
	}
}

#endif /* SIIT_CORE_WIRE_H */
