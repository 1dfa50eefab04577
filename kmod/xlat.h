/* SPDX-License-Identifier: GPL-2.0 */
/* Two ways in, one engine, two ways out (docs/design.md section 2). */
#ifndef SIIT_XLAT_H
#define SIIT_XLAT_H

#include <linux/netfilter.h>

#include "siit.h"

/**
 * siit_received() - translate a packet that came in, refuse it, or leave it alone
 * @sd: the instance
 * @cfg: settings and table, read once for this packet
 * @state: the hook's
 * @skb: the packet, unshared, data at the network header
 * @dir: its family
 * @row: of siit_maybe46()
 *
 * Under rcu_read_lock(), softirqs disabled. Moves exactly one counter of the
 * packet.
 *
 * Return: false if the packet is to be left alone, and untouched; else it was
 * consumed.
 */
bool siit_received(struct siit_dev *sd, const struct siit_cfg *cfg,
		   const struct nf_hook_state *state, struct sk_buff *skb,
		   enum siit_dir dir, const struct siit_row *row);

/* The same for a packet that was routed or sent to the device: consumes it. */
void siit_transmitted(struct siit_dev *sd, struct sk_buff *skb,
		      enum siit_dir dir);

#endif /* SIIT_XLAT_H */
