/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors of our own (requirements section 10). */
#ifndef SIIT_ICMP_ERR_H
#define SIIT_ICMP_ERR_H

#include "way.h"

/**
 * siit_icmp_send() - tell the sender why its packet was not translated
 * @way: of verdict SIIT_REJECT, with type, code and info (host byte order)
 * @skb: the packet as received; not consumed
 *
 * Sends through the kernel's own ICMP code, which keeps RFC 1812 4.3.2.7 and
 * RFC 4443 2.4 (GE-10, GE-11), within the instance's limit.
 */
void siit_icmp_send(struct siit_way *way, struct sk_buff *skb);

/* GE-10..12: may there be an error about this packet at all? */
bool siit_icmp_may(const struct siit_way *way, const struct sk_buff *skb);

#endif /* SIIT_ICMP_ERR_H */
