// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/siit_dc.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/genetlink.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "core/wire.h"
#include "explain.h"
#include "forward.h"
#include "icmp_err.h"
#include "route.h"
#include "split.h"
#include "track.h"
#include "way.h"

/* One line of the answer; a full message only loses its tail. */
static __printf(2, 3) void step(struct sk_buff *msg, const char *fmt, ...)
{
	char line[192];
	va_list args;

	va_start(args, fmt);
	vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	nla_put_string(msg, SIIT_A_STEP, line);
}

static void step_row(struct sk_buff *msg, const char *what,
		     const struct siit_row *row)
{
	step(msg, "%s: mapped by the row %pI4/%u %pI6c/%u (%s)", what,
	     &row->addr4, row->len4, &row->addr6, row->len6,
	     row->local ? "local" : "remote");
}

static void step_rule(struct sk_buff *msg, const char *what, u8 rule,
		      const struct siit_row *row)
{
	switch (rule) {
	case SIIT_RULE_EAM:
		if (row)
			step_row(msg, what, row);
		break;
	case SIIT_RULE_PREFIX:
		step(msg, "%s: mapped by the translation prefix", what);
		break;
	case SIIT_RULE_ICMP_SRC:
		step(msg, "%s: does not map; an address for ICMP errors stands in",
		     what);
		break;
	default:
		step(msg, "%s: does not map", what);
	}
}

/* --- one address --- */

static int put_image(struct sk_buff *msg, struct siit_image image, __be32 a4,
		     const struct in6_addr *a6, bool from4)
{
	bool mapped = image.rule != SIIT_RULE_NONE;

	if (((mapped || from4) && nla_put_in_addr(msg, SIIT_A_SRC4, a4)) ||
	    ((mapped || !from4) && nla_put_in6_addr(msg, SIIT_A_SRC6, a6)) ||
	    nla_put_u8(msg, SIIT_A_SRC_RULE, image.rule))
		return -EMSGSIZE;
	step_rule(msg, from4 ? "IPv4 address" : "IPv6 address", image.rule,
		  image.row);
	if (!mapped && image.why == SIIT_STAT_WKP)
		step(msg, "%s", siit_stat_descs[image.why].help);
	return 0;
}

/* What packets with this address meet before any mapping. */
static void step_never4(struct sk_buff *msg, const struct siit_cfg *cfg,
			__be32 addr)
{
	if (siit_v4_src_bogus(addr))
		step(msg, "never translated as a source (AD-09)");
	if (siit_v4_dst_bogus(addr))
		step(msg, "never translated as a destination (AD-10)");
	if (siit_prefixes4_match(cfg->s.denylist4.p, cfg->s.denylist4.count,
				 addr))
		step(msg, "in denylist4: never translated (AD-15)");
}

int siit_explain_map(struct siit_dev *sd, struct nlattr **tb,
		     struct sk_buff *msg, struct netlink_ext_ack *extack)
{
	const struct siit_cfg *cfg = &siit_state_locked(sd)->cfg;
	struct siit_image image;
	struct in6_addr a6 = {};
	__be32 a4 = 0;
	bool from4;
	int err;

	if (!tb[SIIT_A_SRC4] == !tb[SIIT_A_SRC6]) {
		NL_SET_ERR_MSG(extack, "name one address, IPv4 or IPv6");
		return -EINVAL;
	}
	from4 = tb[SIIT_A_SRC4];
	rcu_read_lock();
	if (from4) {
		a4 = nla_get_in_addr(tb[SIIT_A_SRC4]);
		image = siit_map46(cfg, a4, true, &a6);
		step_never4(msg, cfg, a4);
	} else {
		a6 = nla_get_in6_addr(tb[SIIT_A_SRC6]);
		image = siit_map64(cfg, &a6, &a4);
		if (siit_v6_src_bogus(&a6))
			step(msg, "never translated as a source (AD-11)");
		if (image.rule != SIIT_RULE_NONE)
			step_never4(msg, cfg, a4);
	}
	err = put_image(msg, image, a4, &a6, from4);
	rcu_read_unlock();
	if (!err && image.row) {
		struct nlattr *nest = nla_nest_start(msg, SIIT_A_EAM);

		if (!nest ||
		    nla_put_in_addr(msg, SIIT_EAM_A_ADDR4, image.row->addr4) ||
		    nla_put_u8(msg, SIIT_EAM_A_LEN4, image.row->len4) ||
		    nla_put_in6_addr(msg, SIIT_EAM_A_ADDR6,
				     &image.row->addr6) ||
		    nla_put_u8(msg, SIIT_EAM_A_LEN6, image.row->len6) ||
		    nla_put_u8(msg, SIIT_EAM_A_SCOPE, image.row->local ?
			       SIIT_SCOPE_LOCAL : SIIT_SCOPE_REMOTE))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return err;
}

/* --- one packet --- */

struct request {
	enum siit_dir dir;
	__be32 src4, dst4;
	struct in6_addr src6, dst6;
	u32 len;
	u8 proto;
	u8 ttl;
	bool df;
	bool xmit;
	struct net_device *in;
};

static int parse(struct request *rq, struct nlattr **tb,
		 struct netlink_ext_ack *extack)
{
	bool is4 = tb[SIIT_A_SRC4] && tb[SIIT_A_DST4];
	bool is6 = tb[SIIT_A_SRC6] && tb[SIIT_A_DST6];
	bool any4 = tb[SIIT_A_SRC4] || tb[SIIT_A_DST4];
	bool any6 = tb[SIIT_A_SRC6] || tb[SIIT_A_DST6];

	if (is4 == is6 || (any4 && any6)) {
		NL_SET_ERR_MSG(extack,
			       "name source and destination, of the same family");
		return -EINVAL;
	}
	memset(rq, 0, sizeof(*rq));
	if (is4) {
		rq->dir = SIIT_46;
		rq->src4 = nla_get_in_addr(tb[SIIT_A_SRC4]);
		rq->dst4 = nla_get_in_addr(tb[SIIT_A_DST4]);
	} else {
		rq->dir = SIIT_64;
		rq->src6 = nla_get_in6_addr(tb[SIIT_A_SRC6]);
		rq->dst6 = nla_get_in6_addr(tb[SIIT_A_DST6]);
	}
	rq->proto = tb[SIIT_A_PROTO] ? nla_get_u8(tb[SIIT_A_PROTO]) :
				       IPPROTO_UDP;
	/* An echo request, in whichever family. */
	if (rq->proto == IPPROTO_ICMP || rq->proto == IPPROTO_ICMPV6)
		rq->proto = is4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	rq->ttl = tb[SIIT_A_TTL] ? nla_get_u8(tb[SIIT_A_TTL]) : 64;
	rq->len = tb[SIIT_A_LENGTH] ? nla_get_u32(tb[SIIT_A_LENGTH]) : 100;
	rq->df = nla_get_flag(tb[SIIT_A_DF]);
	rq->xmit = tb[SIIT_A_ENTRY] &&
		   nla_get_u8(tb[SIIT_A_ENTRY]) == SIIT_ENTRY_XMIT;
	if (rq->len < (is4 ? 40 : 60)) {
		NL_SET_BAD_ATTR(extack, tb[SIIT_A_LENGTH]);
		NL_SET_ERR_MSG(extack, "too short for its headers");
		return -EINVAL;
	}
	return 0;
}

static struct sk_buff *build(const struct request *rq)
{
	const u32 hdr_len = rq->dir == SIIT_46 ? SIIT_IP4_LEN : SIIT_IP6_LEN;
	struct sk_buff *skb;
	u8 *l4;

	skb = alloc_skb(LL_MAX_HEADER + 64 + rq->len, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER + 64);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hdr_len);
	skb_put_zero(skb, rq->len);
	l4 = skb->data + hdr_len;
	if (rq->dir == SIIT_46) {
		struct iphdr *in4 = ip_hdr(skb);

		in4->version = 4;
		in4->ihl = 5;
		in4->tot_len = htons(rq->len);
		in4->frag_off = rq->df ? htons(IP_DF) : 0;
		in4->ttl = rq->ttl;
		in4->protocol = rq->proto;
		in4->saddr = rq->src4;
		in4->daddr = rq->dst4;
		ip_send_check(in4);
		skb->protocol = htons(ETH_P_IP);
	} else {
		struct ipv6hdr *in6 = ipv6_hdr(skb);

		in6->version = 6;
		in6->payload_len = htons(rq->len - SIIT_IP6_LEN);
		in6->nexthdr = rq->proto;
		in6->hop_limit = rq->ttl;
		in6->saddr = rq->src6;
		in6->daddr = rq->dst6;
		skb->protocol = htons(ETH_P_IPV6);
	}
	switch (rq->proto) {
	case IPPROTO_TCP:
		((struct tcphdr *)l4)->doff = 5;
		break;
	case IPPROTO_UDP:
		((struct udphdr *)l4)->len = htons(rq->len - hdr_len);
		((struct udphdr *)l4)->check = CSUM_MANGLED_0;
		break;
	case IPPROTO_ICMP:
		l4[0] = 8;
		break;
	case IPPROTO_ICMPV6:
		l4[0] = 128;
		break;
	}
	skb->pkt_type = PACKET_HOST;
	return skb;
}

/* Some device that such a packet could come in by. */
static struct net_device *any_dev(struct net *net, const struct siit_dev *sd)
{
	struct net_device *dev;

	for_each_netdev_rcu(net, dev)
		if (dev != sd->dev && dev->flags & IFF_UP &&
		    !(dev->flags & IFF_LOOPBACK))
			return dev;
	return NULL;
}

/*
 * Where would a packet from there come in? A loopback device: from ourselves.
 * Behind the translator nobody says: a forged or looped one, then.
 */
static struct net_device *guess_in(struct net *net, const struct siit_dev *sd,
				   const struct request *rq)
{
	struct net_device *dev = NULL;

	if (rq->dir == SIIT_46) {
		struct rtable *rt = siit_route_out4(net, rq->src4, 0);

		if (!IS_ERR(rt)) {
			dev = rt->dst.dev;
			ip_rt_put(rt);
		}
	} else {
		struct flowi6 fl6 = { .daddr = rq->src6 };
		struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

		if (!dst->error)
			dev = dst->dev;
		dst_release(dst);
	}
	return dev == sd->dev ? any_dev(net, sd) : dev;
}

/* A local socket's packet: does its route lead to the device? */
static bool sent_to_dev(const struct siit_dev *sd, struct net *net,
			const struct request *rq)
{
	bool to_dev = false;

	if (rq->dir == SIIT_46) {
		struct rtable *rt = siit_route_out4(net, rq->dst4, rq->src4);

		if (!IS_ERR(rt)) {
			to_dev = rt->dst.dev == sd->dev;
			ip_rt_put(rt);
		}
	} else {
		struct flowi6 fl6 = { .daddr = rq->dst6, .saddr = rq->src6 };
		struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

		to_dev = !dst->error && dst->dev == sd->dev;
		dst_release(dst);
	}
	return to_dev;
}

/* Would the sender be told? As the packet's path has it, about what came. */
static bool is_told(const struct siit_way *way, struct sk_buff *skb)
{
	bool rewritten = skb->protocol != htons(way->dir == SIIT_46 ?
						ETH_P_IP : ETH_P_IPV6);

	return way->cfg->s.icmp_errors != SIIT_ICMP_ERRORS_OFF &&
	       (!rewritten || siit_restore(way, skb)) && siit_icmp_may(way, skb);
}

static void put_verdict(struct sk_buff *msg, struct siit_way *way,
			struct sk_buff *skb)
{
	u8 kind = SIIT_VERDICT_DROP;

	switch (way->verdict) {
	case SIIT_LEAVE:
		kind = SIIT_VERDICT_LEAVE;
		break;
	case SIIT_XLAT:
		kind = SIIT_VERDICT_TRANSLATE;
		break;
	case SIIT_REJECT:
		if (is_told(way, skb))
			kind = SIIT_VERDICT_REJECT;
		break;
	default:
		break;
	}
	if (way->verdict != SIIT_XLAT)
		step(msg, "%s", siit_stat_descs[way->stat].help);
	if (kind == SIIT_VERDICT_REJECT) {
		nla_put_u8(msg, SIIT_A_ICMP_TYPE, way->icmp_type);
		nla_put_u8(msg, SIIT_A_ICMP_CODE, way->icmp_code);
	}
	nla_put_u8(msg, SIIT_A_VERDICT, kind);
	nla_put_string(msg, SIIT_A_COUNTER, siit_stat_descs[way->stat].name);
}

static void put_result(struct sk_buff *msg, const struct siit_way *way,
		       const struct sk_buff *skb)
{
	if (way->to6) {
		nla_put_in6_addr(msg, SIIT_A_OUT_SRC6, &ipv6_hdr(skb)->saddr);
		nla_put_in6_addr(msg, SIIT_A_OUT_DST6, &ipv6_hdr(skb)->daddr);
	} else {
		nla_put_in_addr(msg, SIIT_A_OUT_SRC4, ip_hdr(skb)->saddr);
		nla_put_in_addr(msg, SIIT_A_OUT_DST4, ip_hdr(skb)->daddr);
	}
}

static void put_rules(struct sk_buff *msg, const struct siit_match *m)
{
	nla_put_u8(msg, SIIT_A_SRC_RULE, m->src_rule);
	nla_put_u8(msg, SIIT_A_DST_RULE, m->dst_rule);
	step_rule(msg, "source", m->src_rule, m->src_row);
	step_rule(msg, "destination", m->dst_rule, m->dst_row);
}

static int second_pass(struct siit_way *way, struct sk_buff *skb,
		       struct sk_buff *msg)
{
	struct siit_way *second = kzalloc(sizeof(*second), GFP_ATOMIC);
	int err = 0;

	if (!second)
		return -ENOMEM;
	nla_put_flag(msg, SIIT_A_HAIRPIN);
	step(msg, "between: IPv4 %pI4 > %pI4, to a service address: sent back (RFC 7757 4.2.2)",
	     &ip_hdr(skb)->saddr, &ip_hdr(skb)->daddr);
	second->sd = way->sd;
	second->cfg = way->cfg;
	second->net = way->net;
	second->in = way->sd->dev;
	second->dir = SIIT_46;
	second->to6 = true;
	second->xmit = way->xmit;
	siit_decide(second, skb, SIIT_PKT_HAIRPIN | SIIT_PKT_CHECKED);
	if (second->verdict != SIIT_XLAT) {
		siit_way_drop(way, second->stat);
	} else if (siit_apply(second, skb)) {
		err = -ENOMEM;
	} else {
		way->to6 = true;
		way->stat = SIIT_STAT_HAIRPIN;
		way->plan.size = second->plan.size;
		way->plan.flags = second->plan.flags;
	}
	kfree(second);
	return err;
}

/* The translated packet: hairpin, PREROUTING aside, route, size, hops. */
static int follow_result(struct siit_way *way, struct sk_buff *skb,
			 struct sk_buff *msg)
{
	u32 limit = way->dir == SIIT_46 ? siit_split_limit(way, skb) : 0;
	const u32 lowest = way->cfg->s.lowest_ipv6_mtu;
	struct siit_route route;
	int family, err;

	if (way->dir == SIIT_46 && way->xmit && way->plan.size > lowest &&
	    !(way->plan.flags & SIIT_PLAN_DF0)) {
		step(msg, "%u octets as IPv6, more than lowest-ipv6-mtu %u",
		     way->plan.size, lowest);
		siit_way_reject(way, SIIT_STAT_TOO_BIG, 3, 4, lowest - 20);
		return 0;
	}
	if (siit_apply(way, skb))
		return -ENOMEM;
	if (way->plan.flags & SIIT_PLAN_HAIRPIN) {
		err = second_pass(way, skb, msg);
		if (err || way->verdict != SIIT_XLAT)
			return err;
	}
	if (limit) {
		step(msg, "split into IPv6 fragments of at most %u octets (FR-01)",
		     limit);
		way->plan.size = limit;
	}
	family = way->to6 ? AF_INET6 : AF_INET;
	route = way->xmit ? siit_route_output(way->sd, skb, family) :
			    siit_route_input(way->sd, skb, family);
	if (!siit_check(way, skb, route))
		return 0;
	put_result(msg, way, skb);
	if (route.kind == SIIT_ROUTE_LOCAL) {
		step(msg, "result: to an address of this host, delivered locally");
	} else {
		nla_put_u32(msg, SIIT_A_OIF, skb_dst(skb)->dev->ifindex);
		step(msg, "result: leaves by %s, MTU %u",
		     skb_dst(skb)->dev->name, route.mtu);
	}
	return 0;
}

/* Left alone by the hook: does the stack bring it to the device after all? */
static bool goes_on_to_dev(struct siit_way *way, struct sk_buff *skb,
			   struct sk_buff *msg)
{
	const char *name = way->sd->dev->name;

	if (!siit_route_to_dev(way, skb))
		return false;
	step(msg, "routed to %s: forwarded there, then translated on transmit",
	     name);
	if (way->dir == SIIT_46) {
		if (ip_hdr(skb)->ttl <= 1)
			return false;
		ip_decrease_ttl(ip_hdr(skb));
	} else {
		if (ipv6_hdr(skb)->hop_limit <= 1)
			return false;
		ipv6_hdr(skb)->hop_limit--;
	}
	return true;
}

static int walk(struct siit_way *way, const struct request *rq,
		struct sk_buff *skb, struct sk_buff *msg)
{
	u16 flags = SIIT_PKT_RECEIVED | SIIT_PKT_CHECKED;
	bool local = rq->in->flags & IFF_LOOPBACK;
	int err = 0;

	way->xmit = rq->xmit;
	if (way->xmit)
		flags = SIIT_PKT_XMIT;
	else if (local)
		flags |= SIIT_PKT_LOOPBACK;
	step(msg, "%s", way->xmit ? "given to the device for transmission" :
				    "seen in PREROUTING");
	siit_decide(way, skb, flags);
	if (way->verdict == SIIT_XLAT && !way->xmit &&
	    siit_track_leave(way, skb)) {
		way->verdict = SIIT_LEAVE;
		way->stat = SIIT_STAT_CONNTRACK;
	}
	if (way->verdict == SIIT_LEAVE) {
		step(msg, "%s", siit_stat_descs[way->stat].help);
		if (goes_on_to_dev(way, skb, msg)) {
			way->xmit = true;
			way->in = way->sd->dev;
			siit_decide(way, skb, SIIT_PKT_XMIT |
				    SIIT_PKT_RECEIVED);
		}
	}
	if (way->verdict == SIIT_XLAT) {
		put_rules(msg, &way->m);
		err = follow_result(way, skb, msg);
	}
	if (!err)
		put_verdict(msg, way, skb);
	return err;
}

int siit_explain(struct siit_dev *sd, struct nlattr **tb, struct sk_buff *msg,
		 struct netlink_ext_ack *extack)
{
	struct net *net = dev_net(sd->dev);
	struct siit_way *way = NULL;
	struct sk_buff *skb = NULL;
	struct request rq;
	int err;

	err = parse(&rq, tb, extack);
	if (err)
		return err;
	skb = build(&rq);
	way = kzalloc(sizeof(*way), GFP_KERNEL);
	err = -ENOMEM;
	if (!skb || !way)
		goto out;

	local_bh_disable();
	rcu_read_lock();
	err = -ENODEV;
	if (rq.xmit)
		rq.in = sd->dev;
	else if (tb[SIIT_A_IFINDEX])
		rq.in = dev_get_by_index_rcu(net,
					     nla_get_u32(tb[SIIT_A_IFINDEX]));
	else
		rq.in = guess_in(net, sd, &rq);
	if (!rq.in) {
		if (tb[SIIT_A_IFINDEX])
			NL_SET_ERR_MSG_ATTR(extack, tb[SIIT_A_IFINDEX],
					    "no such device");
		else
			NL_SET_ERR_MSG(extack,
				       "no route to the source; name the device it comes in by");
		goto unlock;
	}
	if (!rq.xmit && rq.in == sd->dev) {
		NL_SET_ERR_MSG(extack,
			       "what comes in by it are its own results, which the hook lets pass; ask for a transmission");
		err = -EINVAL;
		goto unlock;
	}
	/* From ourselves: it meets no PREROUTING, only the route to the device. */
	if (!tb[SIIT_A_IFINDEX] && !tb[SIIT_A_ENTRY] &&
	    rq.in->flags & IFF_LOOPBACK && sent_to_dev(sd, net, &rq)) {
		rq.xmit = true;
		rq.in = sd->dev;
		step(msg, "sent by a local socket, and its route leads to %s",
		     sd->dev->name);
	}
	way->sd = sd;
	way->cfg = &rcu_dereference(sd->state)->cfg;
	way->net = net;
	way->in = rq.in;
	way->dir = rq.dir;
	way->to6 = rq.dir == SIIT_46;
	skb->dev = rq.in;
	skb->skb_iif = rq.in->ifindex;
	if (sd->dev->flags & IFF_UP) {
		step(msg, "comes in by %s", rq.in->name);
		err = walk(way, &rq, skb, msg);
	} else {
		step(msg, "%s is down: nothing is translated", sd->dev->name);
		way->verdict = SIIT_LEAVE;
		way->stat = SIIT_STAT_NOT_OURS;
		put_verdict(msg, way, skb);
		err = 0;
	}
unlock:
	rcu_read_unlock();
	local_bh_enable();
out:
	kfree_skb(skb);
	kfree(way);
	return err;
}
