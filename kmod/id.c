// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/random.h>

#include "id.h"

void siit_id_init(struct siit_dev *sd)
{
	u16 residue = 0;
	int cpu, i;

	get_random_bytes(sd->id_key, sizeof(sd->id_key));
	sd->id_step = min_t(u32, roundup_pow_of_two(num_possible_cpus()), 256);
	for_each_possible_cpu(cpu) {
		u16 *ids = per_cpu_ptr(sd->pcpu, cpu)->ids;

		get_random_bytes(ids, SIIT_IDS * sizeof(*ids));
		for (i = 0; i < SIIT_IDS; i++)
			ids[i] = (ids[i] & ~(sd->id_step - 1)) | residue;
		residue = (residue + 1) & (sd->id_step - 1);
	}
}

u16 siit_id_next(const struct siit_dev *sd, __be32 src, __be32 dst, u8 proto)
{
	u32 hash = jhash_3words((__force u32)src, (__force u32)dst,
				proto ^ sd->id_key[0], sd->id_key[1]);

	return this_cpu_add_return(sd->pcpu->ids[hash % SIIT_IDS],
				   sd->id_step) + (u16)(hash >> 16);
}
