/* SPDX-License-Identifier: GPL-2.0 */
/* The first question about every packet that a router sees. */
#ifndef SIIT_CORE_MAYBE_H
#define SIIT_CORE_MAYBE_H

#include "eam_table.h"
#include "settings.h"
#include "wire.h"

/**
 * siit_maybe46() - the cheap test: could this IPv4 packet be for us?
 * @cfg: settings and table, under rcu_read_lock()
 * @ip: its header, 20 octets
 * @row: gets the destination's row on a BR
 *
 * Most of what passes a router is not. Not for transmit, where all of it is.
 */
static inline bool siit_maybe46(const struct siit_cfg *cfg, const void *ip,
				const struct siit_row **row)
{
	const struct siit_ip4 *in4 = ip;

	*row = NULL;
	if (unlikely(cfg->s.role == SIIT_ROLE_ER)) {
		const struct siit_row *src;

		src = siit_eamt_get4(cfg->eamt, in4->saddr);
		return src && src->local;
	}
	if (unlikely(cfg->s.role != SIIT_ROLE_BR))
		return true;
	*row = siit_eamt_get4(cfg->eamt, in4->daddr);
	return *row || cfg->s.translatable4_count;
}

/**
 * siit_maybe_pool4() - of an IPv4 packet that is not for us: will it be refused?
 * @cfg: settings and table, under rcu_read_lock()
 * @ip: its header, 20 octets
 *
 * Return: true if its destination is in the pool, whose route leads to us
 * (BR-05), unless the routing table knows better.
 */
static inline bool siit_maybe_pool4(const struct siit_cfg *cfg, const void *ip)
{
	const struct siit_ip4 *in4 = ip;

	return unlikely(cfg->s.pool4_octets & siit_octet_bit(in4->daddr)) &&
	       siit_prefixes4_match(cfg->s.pool4.p, cfg->s.pool4.count,
				    in4->daddr);
}

/* The same for an IPv6 packet, 40 octets. */
static inline bool siit_maybe64(const struct siit_cfg *cfg, const void *ip)
{
	const struct siit_ip6 *in6 = ip;
	const struct siit_row *dst;

	if (likely(cfg->s.role == SIIT_ROLE_BR))
		return siit_6052_match(&cfg->s.prefix, &in6->daddr);
	if (cfg->s.role != SIIT_ROLE_ER)
		return true;
	dst = siit_eamt_get6(cfg->eamt, &in6->daddr);
	return dst && dst->local;
}

#endif /* SIIT_CORE_MAYBE_H */
