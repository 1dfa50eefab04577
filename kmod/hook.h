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
 * siit_hooks_move() - to another priority, without letting a packet by
 * @sd: the instance
 * @priority: the new one
 *
 * Return: 0 or an errno; then they are where they were.
 */
int siit_hooks_move(struct siit_dev *sd, int priority);

#endif /* SIIT_HOOK_H */
