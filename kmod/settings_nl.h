/* SPDX-License-Identifier: GPL-2.0 */
/* The settings as netlink attributes. */
#ifndef SIIT_SETTINGS_NL_H
#define SIIT_SETTINGS_NL_H

#include <net/netlink.h>

#include "siit.h"

extern const struct nla_policy siit_settings_policy[SIIT_SET_A_MAX + 1];

/**
 * siit_settings_parse() - change settings as a request says
 * @s: changed in place, and finished; of no use after an error
 * @nest: SIIT_A_SETTINGS or NULL
 * @unset: bits of settings that go back to their default
 * @may_raise: the caller may set max-rows above the default
 * @extack: told what is wrong, and with which attribute
 *
 * Return: 0 or an errno.
 */
int siit_settings_parse(struct siit_settings *s, const struct nlattr *nest,
			u64 unset, bool may_raise,
			struct netlink_ext_ack *extack);

/* All settings as SIIT_A_SETTINGS. Return: 0 or -EMSGSIZE. */
int siit_settings_put(struct sk_buff *msg, const struct siit_settings *s);

#endif /* SIIT_SETTINGS_NL_H */
