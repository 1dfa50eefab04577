// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>

#include "route.h"
#include "track.h"

/* Conntrack is in use where its hook is; it has a priority of its own. */
static bool tracks(const struct nf_hook_entries __rcu *head,
		   const struct siit_dev *sd)
{
	const struct nf_hook_entries *e = rcu_dereference(head);
	struct nf_hook_ops **ops;
	int i;

	/* Nobody but us: the normal case of a stateless box. */
	if (likely(!e || e->num_hook_entries <= 1))
		return false;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = 0; i < e->num_hook_entries; i++)
		if (READ_ONCE(ops[i])->priority == NF_IP_PRI_CONNTRACK &&
		    READ_ONCE(ops[i])->priv != sd)
			return true;
	return false;
}

bool siit_track_leave(const struct siit_way *way, struct sk_buff *skb)
{
	const struct netns_nf *nf = &way->net->nf;
	bool on4 = tracks(nf->hooks_ipv4[NF_INET_PRE_ROUTING],
			  way->sd);
	bool on6 = tracks(nf->hooks_ipv6[NF_INET_PRE_ROUTING],
			  way->sd);
	enum siit_dir left;

	if (likely(!on4 && !on6))
		return false;
	if (way->cfg->s.role == SIIT_ROLE_ER)
		left = on4 ? SIIT_46 : SIIT_64;
	else
		left = on6 ? SIIT_64 : SIIT_46;
	return way->dir == left && siit_route_to_dev(way, skb);
}
