/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 destinations of the pool that no row matches (BR-05). They are refused
 * where Linux hands them to the device and not before, as DNAT or policy routing
 * may send them elsewhere: so a flood of them costs a route each, if it is not
 * remembered.
 */
#ifndef SIIT_POOL4_H
#define SIIT_POOL4_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "siit.h"

/**
 * siit_pool4_route() - give such a packet the route that it will get
 * @sd: the instance
 * @state: of the IPv4 PREROUTING hook
 * @skb: the packet, which goes on to Linux
 *
 * If nothing but the routing tables decides, and they were asked before: as
 * Linux would, but for less. If not, Linux does. Under rcu_read_lock().
 */
void siit_pool4_route(const struct siit_dev *sd,
		      const struct nf_hook_state *state, struct sk_buff *skb);

#endif /* SIIT_POOL4_H */
