/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short way: match and plan in one for what most packets are. It says the
 * same as siit_match*() and siit_plan*() to the last octet, or nothing; rules
 * are theirs, and are explained there. What is refused, needs a question or is
 * neither TCP nor UDP, whole or in segments (GSO), always takes the long way.
 */
#ifndef SIIT_CORE_QUICK_H
#define SIIT_CORE_QUICK_H

#include "pkt.h"

/**
 * siit_quick46() - what becomes of an IPv4 packet, if that is quickly said
 * @cfg: as for siit_match46()
 * @pkt: likewise
 * @row: the row of the destination, or NULL
 * @m: the match
 * @plan: the plan
 *
 * Return: true if the packet is to be translated as planned, provided that its
 * destination is not native where @m->fib asks; false if that is a longer
 * story, and nothing in @m and @plan means anything.
 */
bool siit_quick46(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  const struct siit_row *row, struct siit_match *m,
		  struct siit_plan *plan);

/* The same for an IPv6 packet. */
bool siit_quick64(const struct siit_cfg *cfg, const struct siit_pkt *pkt,
		  struct siit_match *m, struct siit_plan *plan);

#endif /* SIIT_CORE_QUICK_H */
