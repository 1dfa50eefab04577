// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/etherdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/preempt.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "core/maybe.h"
#include "hook.h"
#include "pool4.h"
#include "stats.h"
#include "xlat.h"

/*
 * A frame that a bridge passes on shows up here with br_netfilter; one to the
 * bridge's own address never shows up again.
 */
static __always_inline bool bridged(const struct sk_buff *skb,
				    const struct net_device *in)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *info = nf_bridge_info_get(skb);

	return unlikely(info) && info->pkt_otherhost &&
	       !ether_addr_equal(eth_hdr(skb)->h_dest, in->dev_addr);
#else
	return false;
#endif
}

static __always_inline unsigned int hook(struct siit_dev *sd,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state,
					 enum siit_dir dir)
{
	const struct siit_row *row = NULL;
	const struct siit_cfg *cfg;
	bool maybe, taken;

	/*
	 * Our own results pass here too; in a VRF, they and all others pass
	 * once more as the master's. What was sent to many is not ours.
	 */
	if (state->in == sd->dev || netif_is_l3_master(state->in) ||
	    skb->pkt_type != PACKET_HOST || bridged(skb, state->in))
		return NF_ACCEPT;
	cfg = &rcu_dereference(sd->state)->cfg;
	if (dir == SIIT_46)
		maybe = siit_maybe46(cfg, skb_network_header(skb), &row);
	else
		maybe = siit_maybe64(cfg, skb_network_header(skb));
	if (!maybe) {
		siit_stat_inc(sd, dir, SIIT_STAT_NOT_OURS);
		if (dir == SIIT_46 &&
		    siit_maybe_pool4(cfg, skb_network_header(skb)))
			siit_pool4_route(sd, state, skb);
		return NF_ACCEPT;
	}
	if (likely(softirq_count()))
		return siit_received(sd, cfg, state, skb, dir, row) ?
		       NF_STOLEN : NF_ACCEPT;
	/* A queue's verdict brings a packet here in process context. */
	local_bh_disable();
	taken = siit_received(sd, cfg, state, skb, dir, row);
	local_bh_enable();
	return taken ? NF_STOLEN : NF_ACCEPT;
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	return hook(priv, skb, state, SIIT_46);
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	return hook(priv, skb, state, SIIT_64);
}

static const struct nf_hook_ops template[] = {
	{ .hook = hook4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING },
	{ .hook = hook6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_PRE_ROUTING },
};

struct siit_hooks {
	struct nf_hook_ops ops[ARRAY_SIZE(template)];
	struct rcu_head rcu;		/* listings of hooks read ops under RCU */
};

static struct siit_hooks *add(struct siit_dev *sd, int priority)
{
	struct siit_hooks *hooks;
	unsigned int i;
	int err;

	hooks = kmalloc(sizeof(*hooks), GFP_KERNEL);
	if (!hooks)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < ARRAY_SIZE(template); i++) {
		hooks->ops[i] = template[i];
		hooks->ops[i].priv = sd;
		hooks->ops[i].priority = priority;
	}
	err = nf_register_net_hooks(dev_net(sd->dev), hooks->ops,
				    ARRAY_SIZE(template));
	if (err) {
		kfree(hooks);
		return ERR_PTR(err);
	}
	return hooks;
}

static void remove(struct siit_dev *sd, struct siit_hooks *hooks)
{
	nf_unregister_net_hooks(dev_net(sd->dev), hooks->ops,
				ARRAY_SIZE(template));
	kfree_rcu(hooks, rcu);
}

int siit_hooks_register(struct siit_dev *sd, int priority)
{
	struct siit_hooks *hooks = add(sd, priority);

	if (IS_ERR(hooks))
		return PTR_ERR(hooks);
	sd->hooks = hooks;
	return 0;
}

void siit_hooks_unregister(struct siit_dev *sd)
{
	if (!sd->hooks)
		return;
	remove(sd, sd->hooks);
	sd->hooks = NULL;
}

struct siit_hooks *siit_hooks_prepare(struct siit_dev *sd, int priority)
{
	if (!sd->hooks || sd->hooks->ops[0].priority == priority)
		return NULL;
	return add(sd, priority);
}

void siit_hooks_move(struct siit_dev *sd, struct siit_hooks *hooks)
{
	if (!hooks)
		return;
	remove(sd, sd->hooks);
	sd->hooks = hooks;
}

void siit_hooks_discard(struct siit_dev *sd, struct siit_hooks *hooks)
{
	if (hooks)
		remove(sd, hooks);
}
