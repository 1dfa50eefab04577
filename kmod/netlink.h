/* SPDX-License-Identifier: GPL-2.0 */
/* The Generic Netlink family; <linux/siit_dc.h> is its manual. */
#ifndef SIIT_NETLINK_H
#define SIIT_NETLINK_H

int siit_netlink_init(void);
void siit_netlink_exit(void);

#endif /* SIIT_NETLINK_H */
