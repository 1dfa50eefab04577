/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet's way through the module: decided by the core, told what only the
 * kernel knows, then carried out. Lives on the stack of hook, transmit and
 * explain.
 */
#ifndef SIIT_WAY_H
#define SIIT_WAY_H

#include <linux/skbuff.h>

#include "siit.h"

/* Enough of a packet to quote it after its headers were replaced. */
#define SIIT_SAVED_MAX	128

struct siit_saved {
	u16 len;		/* octets in b; 0: cannot be restored */
	u16 old_len;		/* header octets taken away, */
	u16 new_len;		/* and put in their place */
	u32 skb_len;		/* of the packet after that */
	u8 b[SIIT_SAVED_MAX] __aligned(8);
};

struct siit_way {
	const struct siit_dev *sd;
	const struct siit_cfg *cfg;
	struct net *net;
	struct net_device *in;		/* device it came in by; siit0 on transmit */
	enum siit_dir dir;		/* of the packet as it came */
	bool to6;			/* what it becomes: after a hairpin, IPv6 again */
	bool xmit;

	enum siit_verdict verdict;
	enum siit_stat stat;
	u8 icmp_type;			/* SIIT_REJECT: in the family it came in */
	u8 icmp_code;
	u32 icmp_info;

	struct siit_pkt pkt;
	struct siit_match m;
	struct siit_plan plan;
	struct siit_saved saved;
};

/**
 * siit_decide() - what becomes of a packet; nothing of it is changed
 * @way: sd, cfg, net, in, dir, to6, xmit filled in; gets verdict and plan
 * @skb: data at the network header; may be pulled and reallocated
 * @flags: enum siit_pkt_flags to begin with
 *
 * Under rcu_read_lock(). @way->verdict is SIIT_LEAVE, _XLAT, _DROP or _REJECT.
 */
void siit_decide(struct siit_way *way, struct sk_buff *skb, u16 flags);

/**
 * siit_decide_quickly() - the same for what most packets are
 * @way: as for siit_decide()
 * @skb: likewise
 * @flags: likewise
 * @row: of siit_maybe46()
 *
 * Return: true if the verdict is SIIT_XLAT; false if siit_decide() must say.
 */
bool siit_decide_quickly(struct siit_way *way, struct sk_buff *skb, u16 flags,
			 const struct siit_row *row);

/**
 * siit_apply() - turn the packet into what @way->plan says
 * @way: of verdict SIIT_XLAT; gets the saved header
 * @skb: the packet, unshared
 *
 * Headers, checksums, offload state; then it is a packet that siit0 received,
 * complete for its new family, without dst and conntrack.
 *
 * Return: 0 or -ENOMEM; then the packet is half-way and must be dropped.
 */
int siit_apply(struct siit_way *way, struct sk_buff *skb);

/**
 * siit_restore() - give a packet its old headers back, to quote it
 * @way: as siit_apply() left it
 * @skb: the packet
 *
 * Return: false if somebody changed its shape meanwhile (defragmentation);
 * then nothing was changed.
 */
bool siit_restore(const struct siit_way *way, struct sk_buff *skb);

/* Record a refusal found outside of the core. */
static inline void siit_way_drop(struct siit_way *way, enum siit_stat stat)
{
	way->verdict = SIIT_DROP;
	way->stat = stat;
}

static inline void siit_way_reject(struct siit_way *way, enum siit_stat stat,
				   u8 type, u8 code, u32 info)
{
	way->verdict = SIIT_REJECT;
	way->stat = stat;
	way->icmp_type = type;
	way->icmp_code = code;
	way->icmp_info = info;
}

#endif /* SIIT_WAY_H */
