/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connection tracking and a flow whose directions are of two families.
 *
 * The hooks run before conntrack. With both directions translated there, the
 * IPv4 conntrack would see one half of every flow and the IPv6 conntrack the
 * other: SYN-ACKs without SYN, "ct state invalid", and stock rulesets drop
 * them. So where conntrack is in use, one family is the one that tracks: what
 * arrives in it is left to the stack, tracked, filtered in FORWARD and routed
 * to the device, which translates it; what arrives in the other is translated
 * by the hook, then tracked. Each direction passes that conntrack once.
 *
 * The family is IPv6 on a BR, IPv4 on an ER, or the only one in use.
 */
#ifndef SIIT_TRACK_H
#define SIIT_TRACK_H

#include "way.h"

/**
 * siit_track_leave() - must this packet be left to the stack's conntrack?
 * @way: of verdict SIIT_XLAT, from the hook
 * @skb: the packet
 *
 * Return: true if conntrack wants it, and its route leads to the device.
 */
bool siit_track_leave(const struct siit_way *way, struct sk_buff *skb);

#endif /* SIIT_TRACK_H */
