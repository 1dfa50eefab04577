// SPDX-License-Identifier: GPL-2.0
#include <linux/siit_dc.h>

#include "stat.h"

const struct siit_stat_desc siit_stat_descs[SIIT_STAT_COUNT] = {
#define X(id, nm, cls, hlp) \
	{ .name = (nm), .help = (hlp), .class = SIIT_STAT_CLASS_##cls },
	SIIT_STATS(X)
#undef X
};
