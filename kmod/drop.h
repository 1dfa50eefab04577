/* SPDX-License-Identifier: GPL-2.0 */
/* Why packets die, in the kernel's own terms (skb:kfree_skb, dropwatch). */
#ifndef SIIT_DROP_H
#define SIIT_DROP_H

#include <linux/skbuff.h>

#include "core/stat.h"

/**
 * siit_drop_reason() - what the kernel calls it
 * @stat: the counter
 *
 * Subsystems have reasons of their own, but their numbers are given out in the
 * kernel's headers: there is none for a module from elsewhere.
 *
 * Return: the nearest reason that all kernels since 6.1 have.
 */
enum skb_drop_reason siit_drop_reason(enum siit_stat stat);

#endif /* SIIT_DROP_H */
