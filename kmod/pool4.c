// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/preempt.h>
#include <linux/skbuff.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "hop.h"
#include "pool4.h"
#include "prerouting.h"

/*
 * Does more than addresses, DSCP and device decide, or may Linux refuse the
 * packet before? Metadata of a tunnel, what IPsec has let in, rules, a VRF,
 * hooks after ours; a source that nobody has.
 */
static bool is_open(const struct siit_dev *sd,
		    const struct nf_hook_state *state,
		    const struct sk_buff *skb)
{
	return skb->_skb_refdst || secpath_exists(skb) ||
	       fib4_has_custom_rules(state->net) ||
	       netif_is_l3_slave(state->in) ||
	       siit_prerouting_others(sd, state->net, false) ||
	       siit_v4_src_bogus(ip_hdr(skb)->saddr) || !softirq_count();
}

/* The lookup that Linux is about to do: its answer is on the packet then. */
static void learn(const struct siit_dev *sd, const struct nf_hook_state *state,
		  struct sk_buff *skb, struct siit_slot *slot, int gen)
{
	const struct iphdr *in4 = ip_hdr(skb);
	struct rtable *rt;

	slot->tried = jiffies;
	if (ip_route_input_noref(skb, in4->daddr, in4->saddr, in4->tos,
				 state->in)) {
		/* Linux may write a line about each that it refuses. */
		slot->tried += HZ;
		return;
	}
	rt = skb_rtable(skb);
	if (rt->rt_type == RTN_UNICAST && rt->dst.dev == sd->dev)
		slot->name = siit_hop4_name(sd, state->net, &rt->dst,
					    in4->daddr,
					    in4->tos & SIIT_TOS_MASK, gen);
}

void siit_pool4_route(const struct siit_dev *sd,
		      const struct nf_hook_state *state, struct sk_buff *skb)
{
	const struct iphdr *in4 = ip_hdr(skb);
	u64 key = (__force u32)in4->daddr, rest;
	struct in_device *idev;
	struct siit_slot *slot;
	struct dst_entry *dst;
	u32 rp_filter;
	int gen;

	if (is_open(sd, state, skb))
		return;
	idev = __in_dev_get_rcu(state->in);
	if (!idev || !IN_DEV_FORWARD(idev))
		return;
	/* None, strict, or anything else */
	rp_filter = min_t(u32, IN_DEV_RPFILTER(idev), 2);
	gen = siit_hop_gen4(state->net);
	if (rp_filter ||
	    siit_hop4_maybe_own(sd, state->net, siit_hop_at4(gen), in4->saddr))
		key |= (u64)(__force u32)in4->saddr << 32;
	rest = (u64)state->in->ifindex << 16 | rp_filter << 8 |
	       (in4->tos & SIIT_TOS_MASK);
	slot = siit_slot(sd, SIIT_SLOT_POOL4, key, rest);
	if (unlikely(!siit_slot_is(slot, key, rest))) {
		/* More destinations than slots cost no more. */
		if (jiffies - slot->since < 1)
			return;
		siit_slot_take(slot, key, rest);
		return;
	}
	dst = siit_hop4(sd, state->net, slot->name);
	if (likely(dst))
		skb_dst_set_noref(skb, dst);
	else if (time_after(jiffies, slot->tried))
		learn(sd, state, skb, slot, gen);
}
