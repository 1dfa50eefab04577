/* SPDX-License-Identifier: GPL-2.0 */
/* What the routing tables are asked. All of it under rcu_read_lock(). */
#ifndef SIIT_ROUTE_H
#define SIIT_ROUTE_H

#include "way.h"

/* siit_match.fib answered for an IPv4 packet; leaves no dst on @skb. */
void siit_fib4(const struct siit_way *way, struct sk_buff *skb,
	       struct siit_fib_answer *a);
void siit_fib6(const struct siit_way *way, const struct sk_buff *skb,
	       struct siit_fib_answer *a);

/* Of SIIT_FIB_DST alone: is the destination native, or this host's own? */
bool siit_fib4_keeps(const struct siit_way *way, const struct sk_buff *skb);
bool siit_fib6_keeps(const struct siit_way *way, const struct sk_buff *skb);

/* Would the stack route this packet, as it came, to the device? */
bool siit_route_to_dev(const struct siit_way *way, struct sk_buff *skb);

/* The route of a packet that this host would send; @src may be 0. */
struct rtable *siit_route_out4(struct net *net, __be32 dst, __be32 src);

/* siit_plan's questions about an ICMP error. */
void siit_answer46(const struct siit_way *way, const struct sk_buff *skb,
		   struct siit_answers *ans);
void siit_answer64(const struct siit_way *way, const struct sk_buff *skb,
		   struct siit_answers *ans);

/* What a route says about a packet that takes it. */
enum siit_route_kind {
	SIIT_ROUTE_FORWARD,
	SIIT_ROUTE_LOCAL,
	SIIT_ROUTE_BACK,	/* to the translator device itself */
	SIIT_ROUTE_NONE,	/* no route, or one that forbids */
	SIIT_ROUTE_HOLE,	/* one that swallows: a blackhole */
	SIIT_ROUTE_BAD,		/* broadcast, multicast, martian (AD-12) */
};

struct siit_route {
	enum siit_route_kind kind;
	u32 mtu;		/* of the next hop, not of the path (MT-09) */
};

/**
 * siit_route_input() - route a translated packet as one received on siit0
 * @sd: the instance
 * @skb: complete for its new family; gets a dst, not refcounted
 * @family: AF_INET or AF_INET6
 */
struct siit_route siit_route_input(const struct siit_dev *sd,
				   struct sk_buff *skb, int family);

/**
 * siit_route_receive() - the same, remembering what was looked up before
 * @way: the packet's way, its addresses mapped
 * @skb: as for siit_route_input()
 */
struct siit_route siit_route_receive(const struct siit_way *way,
				     struct sk_buff *skb);

/**
 * siit_route_output() - route a translated packet as one sent by this host
 * @sd: the instance
 * @skb: complete for its new family; gets a dst
 * @family: AF_INET or AF_INET6
 */
struct siit_route siit_route_output(const struct siit_dev *sd,
				    struct sk_buff *skb, int family);

/**
 * siit_route_peek6() - where would an IPv6 packet with these addresses go?
 * @way: the packet's way
 * @skb: the packet, for its mark
 * @src: IPv6 source
 * @dst: IPv6 destination
 */
struct siit_route siit_route_peek6(const struct siit_way *way,
				   const struct sk_buff *skb,
				   const struct in6_addr *src,
				   const struct in6_addr *dst);

#endif /* SIIT_ROUTE_H */
