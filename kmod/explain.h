/* SPDX-License-Identifier: GPL-2.0 */
/* What would happen to a packet, asked of the datapath itself. */
#ifndef SIIT_EXPLAIN_H
#define SIIT_EXPLAIN_H

#include "siit.h"

struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * siit_explain() - SIIT_CMD_EXPLAIN
 * @sd: the instance; siit_net.lock held
 * @tb: the request's attributes
 * @msg: gets the reply's
 * @extack: told what is wrong with the request
 *
 * Builds such a packet and takes it through the datapath's own functions,
 * short of sending and counting. Return: 0 or an errno.
 */
int siit_explain(struct siit_dev *sd, struct nlattr **tb, struct sk_buff *msg,
		 struct netlink_ext_ack *extack);

/* SIIT_CMD_MAP_GET */
int siit_explain_map(struct siit_dev *sd, struct nlattr **tb,
		     struct sk_buff *msg, struct netlink_ext_ack *extack);

#endif /* SIIT_EXPLAIN_H */
