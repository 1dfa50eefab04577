// SPDX-License-Identifier: GPL-2.0
/* maybe.h is C that C++ does not take. */
#include "maybe.h"

bool test_maybe(const struct siit_cfg *cfg, const void *ip, const struct siit_row **row);

bool test_maybe(const struct siit_cfg *cfg, const void *ip, const struct siit_row **row)
{
	*row = NULL;
	if (*(const u8 *)ip >> 4 == 6)
		return siit_maybe64(cfg, ip);
	return siit_maybe46(cfg, ip, row);
}
