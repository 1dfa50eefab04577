/* SPDX-License-Identifier: GPL-2.0 */
/* The drops that RFC 7915 wants in a log (SE-14). */
#ifndef SIIT_LOG_H
#define SIIT_LOG_H

#include "way.h"

/**
 * siit_log_refusal() - say who sent what is refused, if the RFC asks for it
 * @way: of a verdict that refuses, and its reason
 * @skb: the packet, as it came
 *
 * RFC 7915 4.5 and 5.1.1; held back by net.core.message_burst and _cost.
 */
void siit_log_refusal(const struct siit_way *way, const struct sk_buff *skb);

#endif /* SIIT_LOG_H */
