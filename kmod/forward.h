/* SPDX-License-Identifier: GPL-2.0 */
/* Translated packets on their way out. */
#ifndef SIIT_FORWARD_H
#define SIIT_FORWARD_H

#include "route.h"
#include "way.h"

/**
 * siit_hand_over() - PREROUTING of the new family, route, onwards
 * @way: the packet's way, translated by siit_apply(); its verdict and counter
 *     may become a refusal
 * @skb: the packet; consumed unless the verdict becomes a refusal
 *
 * From the hooks: as a packet that siit0 received. From transmit: as one that
 * this host sends.
 */
void siit_hand_over(struct siit_way *way, struct sk_buff *skb);

/**
 * siit_check_route() - does this route allow the packet on?
 * @way: gets the refusal
 * @route: where it would go
 * @hops: its TTL or hop limit
 *
 * The size is not looked at. Return: false if it is refused.
 */
bool siit_check_route(struct siit_way *way, struct siit_route route, u8 hops);

/* The same with hop limit and size (MT-12) of the translated packet @skb. */
bool siit_check(struct siit_way *way, const struct sk_buff *skb,
		struct siit_route route);

#endif /* SIIT_FORWARD_H */
