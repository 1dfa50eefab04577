/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of an instance. */
#ifndef SIIT_STATS_H
#define SIIT_STATS_H

#include "siit.h"

/* With softirqs disabled, as all packets come: nothing of it has to be atomic. */
static inline void siit_stat_inc(const struct siit_dev *sd, enum siit_dir dir,
				 enum siit_stat stat)
{
	__this_cpu_inc(sd->pcpu->packets[dir][stat]);
}

/**
 * siit_stats_sum() - add up the counters of all CPUs
 * @sd: the instance
 * @sum: the result; ids is not filled in
 */
void siit_stats_sum(const struct siit_dev *sd, struct siit_pcpu *sum);

#endif /* SIIT_STATS_H */
