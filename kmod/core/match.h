/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by both directions of the match. */
#ifndef SIIT_CORE_MATCH_H
#define SIIT_CORE_MATCH_H

#include "pkt.h"

/* AD-15: never translated, neither as original nor as result. */
bool siit_denied4(const struct siit_cfg *cfg, __be32 addr);

/* BR-02, BR-13: a service whose IPv6 address is the prefix's image of it. */
bool siit_translatable4(const struct siit_cfg *cfg, __be32 addr);

static inline void siit_leave(struct siit_match *m, enum siit_stat stat)
{
	m->verdict = SIIT_LEAVE;
	m->stat = stat;
}

#endif /* SIIT_CORE_MATCH_H */
