/* SPDX-License-Identifier: GPL-2.0 */
/* The running state of an instance, and how it changes. */
#ifndef SIIT_CONFIG_H
#define SIIT_CONFIG_H

#include "siit.h"

struct netlink_ext_ack;

/**
 * siit_config_init() - an instance's first state: defaults and an empty table
 * @sd: the instance, not yet visible
 *
 * Return: 0 or -ENOMEM.
 */
int siit_config_init(struct siit_dev *sd);

/* The end of it; no reader may be left. */
void siit_config_free(struct siit_dev *sd);

/**
 * siit_config_publish() - new settings, and perhaps a new table, in one step
 * @sd: the instance; RTNL and siit_net.lock held
 * @s: the settings, checked by siit_settings_finish()
 * @eamt: the new table, owned by the instance on success; NULL: keep the old
 * @extack: told why not
 *
 * Also brings MTU and hooks of the device in line. Readers see all of it or
 * nothing; nobody waits for a grace period.
 *
 * Return: 0 or an errno; then everything is as it was.
 */
int siit_config_publish(struct siit_dev *sd, const struct siit_settings *s,
			struct siit_eamt *eamt, struct netlink_ext_ack *extack);

/**
 * siit_config_changed() - note that settings or table are not what they were
 * @sd: the instance; siit_net.lock held, or not yet visible
 */
void siit_config_changed(struct siit_dev *sd);

/* MT-08, and not less than what IPv6 needs to stay on the device. */
static inline u32 siit_config_mtu(const struct siit_settings *s)
{
	return max_t(u32, s->lowest_ipv6_mtu - 20, 1280);
}

#endif /* SIIT_CONFIG_H */
