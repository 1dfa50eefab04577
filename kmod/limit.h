/* SPDX-License-Identifier: GPL-2.0 */
/* How many ICMP errors an instance may send (GE-13, GE-14). */
#ifndef SIIT_LIMIT_H
#define SIIT_LIMIT_H

#include "siit.h"

void siit_limit_init(struct siit_limiter *l);

/**
 * siit_limit_allow() - may an ICMP error be sent now?
 * @l: the bucket
 * @s: rate, burst and mode
 */
bool siit_limit_allow(struct siit_limiter *l, const struct siit_settings *s);

#endif /* SIIT_LIMIT_H */
