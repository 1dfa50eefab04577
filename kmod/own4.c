// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>

#include "own4.h"

/* More devices and addresses than this are not looked through for a packet. */
#define MOST	512

/* As inet_lookup_ifaddr_rcu(), of whatever device, up or down. */
static bool fill(struct siit_own4 *own, struct net *net)
{
	const struct in_ifaddr *ifa;
	struct net_device *dev;
	struct in_device *idev;
	unsigned int n = 0;

	for_each_netdev_rcu(net, dev) {
		if (++n > MOST)
			return false;
		idev = __in_dev_get_rcu(dev);
		if (!idev)
			continue;
		in_dev_for_each_ifa_rcu(ifa, idev) {
			if (++n > MOST)
				return false;
			__set_bit(hash_32((__force u32)ifa->ifa_local,
					  SIIT_OWN4_BITS), own->bits);
		}
	}
	return true;
}

/**
 * siit_own4_build() - a filter of what the tables are at
 * @own: this CPU's filter
 * @net: the namespace
 * @at: as for siit_own4_may_be()
 *
 * Once a tick at most, however often the tables change. With too many
 * addresses the filter says "may be" of all.
 *
 * Return: false if there is none yet.
 */
bool siit_own4_build(struct siit_own4 *own, struct net *net, unsigned long at)
{
	if (own->at && !time_after(jiffies, own->tried))
		return false;
	own->tried = jiffies;
	memset(own->bits, 0, sizeof(own->bits));
	if (!fill(own, net))
		memset(own->bits, 0xff, sizeof(own->bits));
	own->at = at;
	return true;
}
