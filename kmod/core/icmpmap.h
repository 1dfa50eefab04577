/* SPDX-License-Identifier: GPL-2.0 */
/* The ICMP type, code and pointer tables (RFC 7915 4.2, 5.2). */
#ifndef SIIT_CORE_ICMPMAP_H
#define SIIT_CORE_ICMPMAP_H

#include "deps.h"

struct siit_icmp_map {
	u8 type;
	u8 code;
};

/* False: no counterpart, drop. Echo included. */
bool siit_icmpmap46(u8 type, u8 code, struct siit_icmp_map *out);
bool siit_icmpmap64(u8 type, u8 code, struct siit_icmp_map *out);

/* Parameter Problem pointers; -1: no counterpart, drop. */
int siit_pointer46(u8 pointer);
int siit_pointer64(u32 pointer);

#endif /* SIIT_CORE_ICMPMAP_H */
