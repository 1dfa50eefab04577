/* SPDX-License-Identifier: GPL-2.0 */
/* From octets to a layout, believing nothing. */
#ifndef SIIT_CORE_PARSE_H
#define SIIT_CORE_PARSE_H

#include "pkt.h"
#include "wire.h"

/**
 * siit_parse4() - find the way through an IPv4 packet
 * @pkt: at least 20 octets
 * @m: gets the layout, or verdict and counter
 *
 * Return: true if all is well; else @m->verdict is SIIT_NEED, _DROP or _REJECT.
 */
bool siit_parse4(const struct siit_pkt *pkt, struct siit_match *m);

/**
 * siit_parse6() - find the way through an IPv6 packet and its headers
 * @max_exthdrs: how many extension headers are believed (XL64-18)
 *
 * As siit_parse4().
 */
bool siit_parse6(const struct siit_pkt *pkt, u8 max_exthdrs,
		 struct siit_match *m);

/* Headers that may not stand behind a Fragment Header (XL64-14). */
bool siit_is_exthdr(u8 nexthdr);

/* ICMP types that report errors; nothing may be sent about them. */
static inline bool siit_icmp4_is_error(u8 type)
{
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static inline bool siit_icmp6_is_error(u8 type)
{
	return type < 128;
}

static inline bool siit_fail(struct siit_match *m, enum siit_stat stat)
{
	m->verdict = SIIT_DROP;
	m->stat = stat;
	return false;
}

static inline bool siit_need(struct siit_match *m, u32 need)
{
	m->verdict = SIIT_NEED;
	m->need = need;
	return false;
}

static inline void siit_reject(struct siit_match *m, enum siit_stat stat,
			       u8 type, u8 code, u32 info)
{
	m->verdict = SIIT_REJECT;
	m->stat = stat;
	m->icmp_type = type;
	m->icmp_code = code;
	m->icmp_info = info;
}

#endif /* SIIT_CORE_PARSE_H */
