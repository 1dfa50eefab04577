/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters. Every packet that the datapath looks at moves exactly one
 * counter of class LEFT, TRANSLATED, DROPPED or REJECTED (SE-15). Names are
 * stable: they are what eamctl prints and what monitoring keeps.
 */
#ifndef SIIT_CORE_STAT_H
#define SIIT_CORE_STAT_H

#include "deps.h"

/* X(enum suffix, name, class, help) */
#define SIIT_STATS(X)							       \
	X(TRANSLATED, "translated", TRANSLATED,				       \
	  "translated")							       \
	X(ICMP_ERROR, "translated_icmp_error", TRANSLATED,		       \
	  "ICMP errors translated, quoted packet and all")		       \
	X(HAIRPIN, "translated_hairpin", TRANSLATED,			       \
	  "translated twice, back into the IPv6 network (RFC 7757 4)")	       \
	X(NOT_OURS, "left_not_ours", LEFT,				       \
	  "no mapping concerns the packet")				       \
	X(NATIVE, "left_native_route", LEFT,				       \
	  "a native route is more specific than the mapping (AD-13)")	       \
	X(OWN, "left_own_address", LEFT,				       \
	  "to an address of this host (AD-14)")				       \
	X(ELSEWHERE, "left_routed_elsewhere", LEFT,			       \
	  "the route does not lead to the translator (ER)")		       \
	X(CONNTRACK, "left_for_conntrack", LEFT,			       \
	  "connection tracking sees it first; translated on transmit")	       \
	X(NATIVE6, "left_native_ipv6", LEFT,				       \
	  "native IPv6 to a service address (ER-07)")			       \
	X(BAD_HEADER, "drop_bad_header", DROPPED,			       \
	  "IP header contradicts itself or the packet (SE-01, SE-03)")	       \
	X(BAD_OPTIONS, "drop_bad_options", DROPPED,			       \
	  "malformed IPv4 options (XL46-12)")				       \
	X(BAD_EXTHDR, "drop_bad_exthdr", DROPPED,			       \
	  "IPv6 extension headers malformed or too many (SE-05, SE-06)")       \
	X(BAD_FRAGMENT, "drop_bad_fragment", DROPPED,			       \
	  "fragment with impossible offset or size, or too short (FR-10, FR-13)")  \
	X(TRUNCATED, "drop_truncated", DROPPED,				       \
	  "transport header cut short (SE-04)")				       \
	X(OVERSIZE, "drop_oversize", DROPPED,				       \
	  "would exceed 65535 octets (XL64-17)")			       \
	X(PROTOCOL, "drop_protocol", DROPPED,				       \
	  "protocol that must not cross (XL46-06, XL46-07, XL64-08)")	       \
	X(FRAGMENTED_ICMP, "drop_fragmented_icmp", DROPPED,		       \
	  "fragmented ICMP (FR-11)")					       \
	X(ICMP_TYPE, "drop_icmp_type", DROPPED,				       \
	  "ICMP type or code without counterpart")			       \
	X(ICMP_QUOTE, "drop_icmp_quote", DROPPED,			       \
	  "packet quoted in an ICMP error is unusable (IE-03, SE-07)")	       \
	X(ILLEGAL_SRC, "drop_illegal_source", DROPPED,			       \
	  "source never to be translated (AD-09, AD-11, AD-12)")	       \
	X(ILLEGAL_DST, "drop_illegal_destination", DROPPED,		       \
	  "destination never to be translated (AD-10, AD-12)")		       \
	X(WKP, "drop_well_known_prefix", DROPPED,			       \
	  "well-known prefix with a non-global IPv4 address (AD-06)")	       \
	X(DENIED, "drop_denylist", DROPPED,			       \
	  "address in the denylist (AD-15)")				       \
	X(UNMAPPED_SRC, "drop_unmapped_source", DROPPED,		       \
	  "source does not map")					       \
	X(UNMAPPED_DST, "drop_unmapped_destination", DROPPED,		       \
	  "destination does not map, though routed to the translator")	       \
	X(ANTISPOOF, "drop_antispoof", DROPPED,				       \
	  "forged source (BR-06, BR-07)")				       \
	X(INGRESS, "drop_ingress_filter", DROPPED,			       \
	  "source is no local service address (ER-18)")			       \
	X(SELF_SOURCE, "drop_self_source", DROPPED,			       \
	  "own service address as source from outside (ER-19)")		       \
	X(UDP_ZERO6, "drop_udp6_zero_checksum", DROPPED,		       \
	  "IPv6 UDP without checksum (CK-05)")				       \
	X(UDP_ZERO, "reject_udp_zero_checksum", REJECTED,		       \
	  "IPv4 UDP without checksum (CK-03, CK-04)")			       \
	X(ROUTE_TYPE, "drop_route_type", DROPPED,			       \
	  "result is martian, or routed to broadcast, multicast or a blackhole (AD-12)") \
	X(LOOP, "drop_loop", DROPPED,					       \
	  "result is routed back to the translator (ER-05)")		       \
	X(NO_MEMORY, "drop_no_memory", DROPPED,				       \
	  "no memory")							       \
	X(TTL, "reject_ttl", REJECTED,					       \
	  "TTL or hop limit exceeded (GE-01)")				       \
	X(TOO_BIG, "reject_too_big", REJECTED,				       \
	  "too big for the next hop (GE-02)")				       \
	X(SOURCE_ROUTE, "reject_source_route", REJECTED,		       \
	  "unexpired source route (GE-03)")				       \
	X(SEGMENTS_LEFT, "reject_routing_header", REJECTED,		       \
	  "routing header with segments left (GE-04)")			       \
	X(FRAG_EXTHDR, "reject_exthdr_in_fragment", REJECTED,		       \
	  "extension header behind a fragment header (XL64-14)")	       \
	X(REJECT_SRC, "reject_unmapped_source", REJECTED,		       \
	  "source does not map (GE-05)")				       \
	X(REJECT_DST, "reject_unmapped_destination", REJECTED,		       \
	  "destination does not map (BR-05)")				       \
	X(DENIED_DST, "reject_denylist_destination", REJECTED,		       \
	  "destination in the denylist (AD-15)")			       \
	X(NO_ROUTE, "reject_no_route", REJECTED,			       \
	  "result has no route (GE-07)")				       \
	X(ICMP_SENT, "icmp_errors_sent", MESSAGE,			       \
	  "ICMP errors handed to the stack")				       \
	X(ICMP_LIMITED, "icmp_errors_limited", MESSAGE,			       \
	  "ICMP errors held back by icmp-rate or icmp-errors (GE-14)")

enum siit_stat {
#define X(id, name, class, help) SIIT_STAT_##id,
	SIIT_STATS(X)
#undef X
	SIIT_STAT_COUNT
};

struct siit_stat_desc {
	const char *name;
	const char *help;
	u8 class;	/* enum siit_stat_class of the uAPI */
};

extern const struct siit_stat_desc siit_stat_descs[SIIT_STAT_COUNT];

#endif /* SIIT_CORE_STAT_H */
