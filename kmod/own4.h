/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which IPv4 addresses may be this host's: a filter that each CPU builds when it
 * needs one, and keeps until the tables change. Linux looks a source up to
 * refuse those that are; most are not, and that is said for less here.
 */
#ifndef SIIT_OWN4_H
#define SIIT_OWN4_H

#include <linux/bitops.h>
#include <linux/hash.h>
#include <net/net_namespace.h>

#define SIIT_OWN4_BITS	11

struct siit_own4 {
	unsigned long bits[BIT(SIIT_OWN4_BITS) / BITS_PER_LONG];
	unsigned long at;	/* what the tables were at, or 0 */
	unsigned long tried;	/* jiffies */
};

bool siit_own4_build(struct siit_own4 *own, struct net *net, unsigned long at);

/**
 * siit_own4_may_be() - may this be an address of this host?
 * @own: this CPU's filter
 * @net: the namespace
 * @at: what its tables are at, read before; not 0
 * @addr: the address
 *
 * Context: under rcu_read_lock(), with softirqs disabled.
 * Return: false if it is not. An address by nothing but a route of type local
 * is not looked for (fib_has_custom_local_routes).
 */
static inline bool siit_own4_may_be(struct siit_own4 *own, struct net *net,
				    unsigned long at, __be32 addr)
{
	if (unlikely(own->at != at) && !siit_own4_build(own, net, at))
		return true;
	return test_bit(hash_32((__force u32)addr, SIIT_OWN4_BITS), own->bits);
}

#endif /* SIIT_OWN4_H */
