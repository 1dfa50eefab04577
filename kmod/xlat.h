/* SPDX-License-Identifier: GPL-2.0 */
/* Two ways in, one engine, two ways out (docs/design.md section 2). */
#ifndef SIIT_XLAT_H
#define SIIT_XLAT_H

#include "siit.h"

/**
 * siit_xlat() - translate a packet, refuse it, or leave it alone
 * @sd: the instance
 * @net: its network namespace
 * @in: the device the packet came in by
 * @skb: the packet, unshared, data at the network header
 * @dir: its family
 * @xmit: it was routed or sent to the device, which has to do something
 *
 * Under rcu_read_lock(). Moves exactly one counter of the packet.
 *
 * Return: false if the packet is to be left alone, and untouched; else it was
 * consumed. Never false with @xmit.
 */
bool siit_xlat(struct siit_dev *sd, struct net *net, struct net_device *in,
	       struct sk_buff *skb, enum siit_dir dir, bool xmit);

#endif /* SIIT_XLAT_H */
