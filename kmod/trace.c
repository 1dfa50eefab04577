// SPDX-License-Identifier: GPL-2.0
#include <linux/in6.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "core/wire.h"
#include "stats.h"
#include "trace_packet.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static void came(const struct siit_way *way, struct siit_trace_packet *t,
		 u32 len)
{
	t->dev = way->sd->dev;
	t->iif = way->in;
	t->counter = siit_stat_descs[way->stat].name;
	t->netns = way->net->ns.inum;
	t->len = len;
	t->proto = way->m.proto;
	t->icmp_type = -1;
	t->icmp_code = -1;
	if (way->dir == SIIT_46) {
		t->from = 4;
		ipv6_addr_set_v4mapped(way->m.src4, &t->src);
		ipv6_addr_set_v4mapped(way->m.dst4, &t->dst);
	} else {
		t->from = 6;
		t->src = way->m.src6;
		t->dst = way->m.dst6;
	}
}

/* The header that was put in says it all, also of ICMP errors (IS-01 on). */
static void became(const struct siit_way *last, struct siit_trace_packet *t)
{
	const struct siit_ip4 *out4 = (const void *)last->plan.hdr;
	const struct siit_ip6 *out6 = (const void *)last->plan.hdr;

	if (last->dir == SIIT_46) {
		t->new_src = out6->saddr;
		t->new_dst = out6->daddr;
	} else {
		ipv6_addr_set_v4mapped(out4->saddr, &t->new_src);
		ipv6_addr_set_v4mapped(out4->daddr, &t->new_dst);
	}
}

void siit_trace_translate(const struct siit_way *way,
			  const struct siit_way *last, u32 len)
{
	struct siit_trace_packet t;

	came(way, &t, len);
	became(last, &t);
	trace_translate(&t);
}

void siit_trace_drop(const struct siit_way *way, u32 len, bool rewritten)
{
	struct siit_trace_packet t = {};

	came(way, &t, len);
	if (rewritten)
		became(way, &t);
	if (way->verdict == SIIT_REJECT) {
		t.icmp_type = way->icmp_type;
		t.icmp_code = way->icmp_code;
	}
	trace_drop(&t);
}
