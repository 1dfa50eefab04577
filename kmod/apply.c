// SPDX-License-Identifier: GPL-2.0
/* The plan carried out: the only code that writes into a packet. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "core/csum.h"
#include "core/wire.h"
#include "core/word.h"
#include "id.h"
#include "way.h"

/* What the next device will push; spares it a second reallocation. */
#define LINK_HEADROOM	16

static void save(struct siit_way *way, const struct sk_buff *skb)
{
	struct siit_saved *saved = &way->saved;

	saved->old_len = way->plan.old_len;
	saved->new_len = way->plan.new_len;
	saved->len = 0;
	/* No error is ever sent about an ICMP error. */
	if (way->plan.flags & SIIT_PLAN_ERROR)
		return;
	/* Headers and ports; a copy of fixed length where that suffices. */
	if (likely(skb_headlen(skb) >= 64 && saved->old_len <= 44)) {
		/* In two, the compiler does without a call. */
		siit_copy(saved->b, skb_network_header(skb), 32);
		siit_copy(saved->b + 32, skb_network_header(skb) + 32, 32);
		saved->len = 64;
	} else if (saved->old_len <= SIIT_SAVED_MAX) {
		saved->len = min_t(u32, skb_headlen(skb), SIIT_SAVED_MAX);
		memcpy(saved->b, skb_network_header(skb), saved->len);
	}
}

/* skb->csum covers all from the network header on: take out, put in. */
static void adjust_complete(const struct siit_plan *plan, struct sk_buff *skb)
{
	const u8 *old = skb_network_header(skb);

	if (plan->flags & (SIIT_PLAN_ERROR | SIIT_PLAN_CSUM_FULL |
			   SIIT_PLAN_ECHO) || plan->old_len & 1) {
		skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	skb->csum = csum_sub(skb->csum, csum_partial(old, plan->old_len, 0));
	skb->csum = csum_add(skb->csum,
			     csum_partial(plan->hdr, plan->new_len, 0));
	if (plan->flags & SIIT_PLAN_CSUM) {
		__sum16 was = *(const __sum16 *)(old + plan->csum_off);

		skb->csum = csum_sub(skb->csum, (__force __wsum)was);
		skb->csum = csum_add(skb->csum, (__force __wsum)plan->csum);
	}
}

/* CK-03: the sender gave none, IPv6 wants one. */
static void csum_full(const struct siit_plan *plan, struct sk_buff *skb)
{
	const struct ipv6hdr *out6 = (void *)skb->data;
	u32 off = plan->new_len;
	struct udphdr *udp = (struct udphdr *)(skb->data + off);
	u32 len = ntohs(udp->len);	/* not what follows the datagram */
	__sum16 *field = &udp->check;

	*field = 0;
	*field = csum_ipv6_magic(&out6->saddr, &out6->daddr, len, IPPROTO_UDP,
				 skb_checksum(skb, off, len, 0));
	if (!*field)
		*field = CSUM_MANGLED_0;
}

/* gso_segs is what a sender in a guest says; it may say nothing. */
static u16 segments(const struct sk_buff *skb)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (likely(!shinfo->gso_size))
		return 1;
	return shinfo->gso_segs ?: min_t(u32, U16_MAX,
					 DIV_ROUND_UP(skb->len,
						      shinfo->gso_size));
}

static void fill_id(const struct siit_way *way, struct sk_buff *skb)
{
	struct iphdr *out4 = (struct iphdr *)skb->data;
	u16 id = siit_id_reserve(way->sd, out4->saddr, out4->daddr,
				 out4->protocol, segments(skb));

	out4->id = htons(id);
	/* The field was summed up as zero. */
	csum_replace2(&out4->check, 0, out4->id);
}

/* Quote, padding and extension of an ICMP error; all of it is linear. */
static int put_tail(const struct siit_plan *plan, struct sk_buff *skb)
{
	const u32 size = plan->keep + plan->pad + plan->ext_len + plan->add_len;
	u8 *tail, *ext;

	if (size > skb->len) {
		u32 more = size - skb->len;

		if (skb_tailroom(skb) < more &&
		    pskb_expand_head(skb, 0, more - skb_tailroom(skb),
				     GFP_ATOMIC))
			return -ENOMEM;
		skb_put(skb, more);
	}
	tail = skb->data;
	ext = tail + plan->keep + plan->pad;
	if (plan->ext_len) {
		memmove(ext, tail + plan->ext_off - plan->old_len,
			plan->ext_len);
		if (plan->flags & SIIT_PLAN_EXT_CSUM)
			memcpy(ext + 2, &plan->ext_csum,
			       sizeof(plan->ext_csum));
	}
	memset(tail + plan->keep, 0, plan->pad);
	memcpy(ext + plan->ext_len, plan->add, plan->add_len);
	skb_trim(skb, size);
	return 0;
}

static void convert_gso(struct sk_buff *skb, enum siit_dir dir)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	/* A DF=0 packet's segments need Identifications of their own. */
	shinfo->gso_type &= ~SKB_GSO_TCP_FIXEDID;
	if (dir == SIIT_46 && shinfo->gso_type & SKB_GSO_TCPV4) {
		shinfo->gso_type &= ~SKB_GSO_TCPV4;
		shinfo->gso_type |= SKB_GSO_TCPV6;
	} else if (dir == SIIT_64 && shinfo->gso_type & SKB_GSO_TCPV6) {
		shinfo->gso_type &= ~SKB_GSO_TCPV6;
		shinfo->gso_type |= SKB_GSO_TCPV4;
	}
}

/* Nothing of the old family may be left for the new one to trip over (RT-04). */
static void become_received(const struct siit_way *way, struct sk_buff *skb)
{
	struct net_device *dev = way->sd->dev;
	/* As ipv6_rcv() has it: a Fragment Header is a "transport", too. */
	const int l4 = way->dir == SIIT_46 ? SIIT_IP6_LEN : SIIT_IP4_LEN;

	skb_dst_drop(skb);
	nf_reset_ct(skb);
	ipvs_reset(skb);
	skb_ext_reset(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, l4);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->pkt_type = PACKET_HOST;
	skb->ignore_df = 0;
	skb->dev = dev;
	skb->skb_iif = dev->ifindex;
	if (way->dir == SIIT_46) {
		skb->protocol = htons(ETH_P_IPV6);
		*IP6CB(skb) = (struct inet6_skb_parm) {
			.iif = dev->ifindex,
			.nhoff = offsetof(struct ipv6hdr, nexthdr),
		};
	} else {
		skb->protocol = htons(ETH_P_IP);
		*IPCB(skb) = (struct inet_skb_parm) { .iif = dev->ifindex };
	}
}

int siit_apply(struct siit_way *way, struct sk_buff *skb)
{
	const struct siit_plan *plan = &way->plan;
	int grow = plan->new_len - plan->old_len;
	int headroom = max(grow, 0) + LINK_HEADROOM;
	u16 max_frag = 0;
	u8 *to;

	if (unlikely(skb->len > way->m.total) &&
	    pskb_trim_rcsum(skb, way->m.total))		/* SE-02 */
		return -ENOMEM;
	/* The shared info of a clone is its original's, too. */
	if (skb_is_gso(skb) || plan->flags & SIIT_PLAN_ERROR ?
	    skb_cow(skb, headroom) : skb_cow_head(skb, headroom))
		return -ENOMEM;
	/* What hardware would still fill in further inside is summed up, too. */
	if (unlikely(plan->flags & SIIT_PLAN_CSUM_FULL) &&
	    skb->ip_summed == CHECKSUM_PARTIAL && skb_csum_hwoffload_help(skb, 0))
		return -ENOMEM;
	if (unlikely(way->pkt.flags & SIIT_PKT_REASSEMBLED) &&
	    way->dir == SIIT_64)
		max_frag = IP6CB(skb)->frag_max_size;

	if (unlikely(plan->flags & SIIT_PLAN_ERROR) && skb_linearize(skb))
		return -ENOMEM;

	save(way, skb);
	if (unlikely(skb->ip_summed == CHECKSUM_COMPLETE))
		adjust_complete(plan, skb);

	if (plan->flags & SIIT_PLAN_CSUM)
		*(__sum16 *)(skb->data + plan->csum_off) = plan->csum;
	if (unlikely(plan->flags & SIIT_PLAN_ECHO))
		skb->data[plan->csum_off - 2] = plan->echo_type;
	__skb_pull(skb, plan->old_len);
	if (unlikely(plan->flags & SIIT_PLAN_ERROR) && put_tail(plan, skb))
		return -ENOMEM;
	to = __skb_push(skb, plan->new_len);
	/* Of the usual lengths, without a call. */
	if (likely(plan->new_len == SIIT_IP6_LEN))
		siit_copy(to, plan->hdr, SIIT_IP6_LEN);
	else if (likely(plan->new_len == SIIT_IP4_LEN))
		siit_copy(to, plan->hdr, SIIT_IP4_LEN);
	else
		memcpy(to, plan->hdr, plan->new_len);
	if (unlikely(plan->flags & SIIT_PLAN_CSUM_FULL))
		csum_full(plan, skb);
	if (plan->flags & SIIT_PLAN_GEN_ID)
		fill_id(way, skb);
	if (skb_is_gso(skb))
		convert_gso(skb, way->dir);

	way->saved.skb_len = skb->len;
	become_received(way, skb);
	/* FR-15: not larger than it came */
	if (unlikely(max_frag))
		IPCB(skb)->frag_max_size = max_frag - 20;
	return 0;
}

bool siit_restore(const struct siit_way *way, struct sk_buff *skb)
{
	const struct siit_saved *saved = &way->saved;
	/* Defragmentation made another packet of it. */
	if (!saved->len || skb->len != saved->skb_len ||
	    skb->protocol != htons(way->to6 ? ETH_P_IPV6 : ETH_P_IP) ||
	    skb_headlen(skb) < saved->new_len ||
	    skb_headroom(skb) + saved->new_len < saved->old_len ||
	    skb_cow_head(skb, 0))
		return false;
	__skb_pull(skb, saved->new_len);
	__skb_push(skb, saved->old_len);
	/* Of a clone's payload nothing changes: it is what was saved. */
	if (skb_headlen(skb) < saved->len) {
		/* Back to what it was: the caller gives up on it, but not us. */
		__skb_pull(skb, saved->old_len);
		__skb_push(skb, saved->new_len);
		return false;
	}
	memcpy(skb->data, saved->b, saved->len);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	skb_reset_network_header(skb);
	skb->dev = way->in;
	skb->skb_iif = way->in->ifindex;
	skb->ip_summed = CHECKSUM_NONE;
	if (way->dir == SIIT_46) {
		skb->protocol = htons(ETH_P_IP);
		*IPCB(skb) = (struct inet_skb_parm) { .iif = way->in->ifindex };
		skb_set_transport_header(skb, ip_hdrlen(skb));
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		*IP6CB(skb) = (struct inet6_skb_parm) {
			.iif = way->in->ifindex,
			.nhoff = offsetof(struct ipv6hdr, nexthdr),
		};
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	}
	return true;
}
