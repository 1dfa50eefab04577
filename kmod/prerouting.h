/* SPDX-License-Identifier: GPL-2.0 */
/* Who else looks at packets in netfilter's PREROUTING. */
#ifndef SIIT_PREROUTING_H
#define SIIT_PREROUTING_H

#include <linux/netfilter.h>
#include <net/net_namespace.h>

#include "siit.h"

/**
 * siit_prerouting_others() - are there hooks but our own?
 * @sd: the instance
 * @net: its namespace
 * @ipv6: of which family
 *
 * Under rcu_read_lock().
 */
static inline bool siit_prerouting_others(const struct siit_dev *sd,
					  const struct net *net, bool ipv6)
{
	const struct nf_hook_entries *e;

	if (ipv6)
		e = rcu_dereference(net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]);
	else
		e = rcu_dereference(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]);
	return e && (e->num_hook_entries > 1 || e->hooks[0].priv != sd);
}

#endif /* SIIT_PREROUTING_H */
