/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4 Identifications (XL64-04). */
#ifndef SIIT_ID_H
#define SIIT_ID_H

#include "siit.h"

/**
 * siit_id_init() - start a generator where nobody can guess
 * @sd: the instance, with its per-CPU area
 */
void siit_id_init(struct siit_dev *sd);

/**
 * siit_id_reserve() - Identifications for what may be fragmented
 * @sd: the instance
 * @src: IPv4 source
 * @dst: IPv4 destination
 * @proto: IPv4 protocol
 * @n: how many in a row: a GSO packet's segments count on from its own
 *     (MT-12), one otherwise
 *
 * With softirqs disabled. Packets of one (src, dst, proto) get different ones
 * for as long as 65536 divided by the number of CPUs lasts (RFC 6864 4.3).
 * Lockless, unshared: each CPU has a part of the space of its own.
 *
 * Return: the first, host byte order
 */
u16 siit_id_reserve(const struct siit_dev *sd, __be32 src, __be32 dst, u8 proto,
		    u16 n);

#endif /* SIIT_ID_H */
