// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>

#include "stats.h"

void siit_stats_sum(const struct siit_dev *sd, struct siit_pcpu *sum)
{
	int cpu, dir, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct siit_pcpu *p = per_cpu_ptr(sd->pcpu, cpu);

		for (dir = 0; dir < SIIT_DIRS; dir++) {
			for (i = 0; i < SIIT_STAT_COUNT; i++)
				sum->packets[dir][i] +=
					READ_ONCE(p->packets[dir][i]);
			sum->bytes[dir] += READ_ONCE(p->bytes[dir]);
		}
	}
}
