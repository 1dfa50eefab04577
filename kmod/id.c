// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/random.h>

#include "id.h"

void siit_id_init(struct siit_dev *sd)
{
	int cpu;

	get_random_bytes(sd->id_key, sizeof(sd->id_key));
	sd->id_bits = 16 - min(order_base_2(nr_cpu_ids), 8);
	for_each_possible_cpu(cpu)
		get_random_bytes(per_cpu_ptr(sd->pcpu, cpu)->ids,
				 sizeof_field(struct siit_pcpu, ids));
}

u16 siit_id_reserve(const struct siit_dev *sd, __be32 src, __be32 dst, u8 proto,
		    u16 n)
{
	static_assert(SIIT_IDS == 256);
	const u16 mask = BIT(sd->id_bits) - 1;
	/* Multilinear: whoever does not know the key learns nothing. */
	u32 hash = ((sd->id_key[0] + (__force u32)src) *
		    (sd->id_key[1] + (__force u32)dst) +
		    proto * sd->id_key[2]) >> 32;
	u16 __percpu *ids = &sd->pcpu->ids[hash >> 24];
	u16 end = __this_cpu_add_return(*ids, n) & mask;

	/* Not over the end of this CPU's part, but from its start again. */
	if (unlikely(end < n)) {
		__this_cpu_add(*ids, n - end);
		end = n;
	}
	return (u16)(raw_smp_processor_id() << sd->id_bits) + end - n +
	       (u16)hash;
}
