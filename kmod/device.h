/* SPDX-License-Identifier: GPL-2.0 */
/* The network device of kind siit_dc. */
#ifndef SIIT_DEVICE_H
#define SIIT_DEVICE_H

#include <net/rtnetlink.h>

extern struct rtnl_link_ops siit_link_ops;

/* Keeps the device's IPv6 MTU out of the way. */
extern struct notifier_block siit_device_nb;

#endif /* SIIT_DEVICE_H */
