/* SPDX-License-Identifier: GPL-2.0 */
/* The netfilter PREROUTING hooks of an instance. */
#ifndef SIIT_HOOK_H
#define SIIT_HOOK_H

#include "siit.h"

/**
 * siit_hooks_register() - let packets in
 * @sd: the instance, not registered
 * @priority: where in PREROUTING (RT-02)
 *
 * Under RTNL. Return: 0 or an errno.
 */
int siit_hooks_register(struct siit_dev *sd, int priority);

/**
 * siit_hooks_unregister() - no more; packets on their way finish by themselves
 * @sd: the instance, registered or not
 */
void siit_hooks_unregister(struct siit_dev *sd);

/**
 * siit_hooks_prepare() - be at another priority as well
 * @sd: the instance
 * @priority: the new one
 *
 * Whichever place a packet comes to first takes it.
 *
 * Return: for siit_hooks_move() or siit_hooks_discard(); NULL if there is
 * nothing to move; or an ERR_PTR.
 */
struct siit_hooks *siit_hooks_prepare(struct siit_dev *sd, int priority);

/* Leave the old place for the prepared one, or the other way round. */
void siit_hooks_move(struct siit_dev *sd, struct siit_hooks *hooks);
void siit_hooks_discard(struct siit_dev *sd, struct siit_hooks *hooks);

#endif /* SIIT_HOOK_H */
