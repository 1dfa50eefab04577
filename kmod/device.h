/* SPDX-License-Identifier: GPL-2.0 */
/* The network device of kind siit_dc. */
#ifndef SIIT_DEVICE_H
#define SIIT_DEVICE_H

#include <net/rtnetlink.h>

extern struct rtnl_link_ops siit_link_ops;

#endif /* SIIT_DEVICE_H */
