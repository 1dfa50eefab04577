// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>

#include "stats.h"

/* Where one load is not enough, the same twice is. */
static u64 read_stable(const u64 *p)
{
	u64 v = READ_ONCE(*p);

	if (BITS_PER_LONG < 64)
		for (u64 again; (again = READ_ONCE(*p)) != v;)
			v = again;
	return v;
}

void siit_stats_sum(const struct siit_dev *sd, struct siit_pcpu *sum)
{
	int cpu, dir, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct siit_pcpu *p = per_cpu_ptr(sd->pcpu, cpu);

		for (dir = 0; dir < SIIT_DIRS; dir++) {
			for (i = 0; i < SIIT_STAT_COUNT; i++)
				sum->packets[dir][i] +=
					read_stable(&p->packets[dir][i]);
			sum->bytes[dir] += read_stable(&p->bytes[dir]);
		}
	}
}
