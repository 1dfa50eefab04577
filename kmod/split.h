/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4 packets without DF that are too long for IPv6 (FR-01..04). */
#ifndef SIIT_SPLIT_H
#define SIIT_SPLIT_H

#include "core/wire.h"
#include "way.h"

u32 siit_split_limit_of_path(const struct siit_way *way,
			     const struct sk_buff *skb);

/**
 * siit_split_limit() - does a 4->6 packet have to be split?
 * @way: of verdict SIIT_XLAT
 * @skb: the packet, untouched
 *
 * Return: octets a fragment may have, IPv6 header included; 0: it fits.
 */
static inline u32 siit_split_limit(const struct siit_way *way,
				   const struct sk_buff *skb)
{
	if (likely(!(way->plan.flags & SIIT_PLAN_DF0) ||
		   way->plan.size <= SIIT_MIN_MTU6))
		return 0;
	return siit_split_limit_of_path(way, skb);
}

/**
 * siit_split() - cut a translated packet into IPv6 fragments
 * @way: as siit_apply() left it
 * @skb: the packet, its checksum complete; not consumed
 * @limit: octets a fragment may have
 * @out: gets the fragments, in order
 *
 * Return: 0 or -ENOMEM; then @out is empty.
 */
int siit_split(const struct siit_way *way, struct sk_buff *skb, u32 limit,
	       struct sk_buff_head *out);

#endif /* SIIT_SPLIT_H */
