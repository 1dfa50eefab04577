// SPDX-License-Identifier: GPL-2.0
#include "icmpmap.h"

static bool put(struct siit_icmp_map *out, u8 type, u8 code)
{
	out->type = type;
	out->code = code;
	return true;
}

/* IC46-04..15 */
static bool unreachable46(u8 code, struct siit_icmp_map *out)
{
	switch (code) {
	case 0: case 1: case 5: case 6: case 7: case 8: case 11: case 12:
		return put(out, 1, 0);
	case 2:
		return put(out, 4, 1);
	case 3:
		return put(out, 1, 4);
	case 4:
		return put(out, 2, 0);
	case 9: case 10: case 13: case 15:
		return put(out, 1, 1);
	default:
		return false;
	}
}

bool siit_icmpmap46(u8 type, u8 code, struct siit_icmp_map *out)
{
	switch (type) {
	case 0:
		return !code && put(out, 129, 0);
	case 8:
		return !code && put(out, 128, 0);
	case 3:
		return unreachable46(code, out);
	case 11:
		return code <= 1 && put(out, 3, code);
	case 12:
		return (code == 0 || code == 2) && put(out, 4, 0);
	default:
		return false;
	}
}

/* IC64-05..08 */
static bool unreachable64(u8 code, struct siit_icmp_map *out)
{
	switch (code) {
	case 0: case 2: case 3:
		return put(out, 3, 1);
	case 1:
		return put(out, 3, 10);
	case 4:
		return put(out, 3, 3);
	default:
		return false;
	}
}

bool siit_icmpmap64(u8 type, u8 code, struct siit_icmp_map *out)
{
	switch (type) {
	case 128:
		return !code && put(out, 8, 0);
	case 129:
		return !code && put(out, 0, 0);
	case 1:
		return unreachable64(code, out);
	case 2:		/* RFC 4443 3.2: the receiver ignores the code */
		return put(out, 3, 4);
	case 3:
		return code <= 1 && put(out, 11, code);
	case 4:
		if (code == 0)
			return put(out, 12, 0);
		return code == 1 && put(out, 3, 2);
	default:
		return false;
	}
}

/* RFC 7915 figure 3 */
int siit_pointer46(u8 pointer)
{
	switch (pointer) {
	case 0: case 1:
		return pointer;
	case 2: case 3:
		return 4;
	case 8:
		return 7;
	case 9:
		return 6;
	case 12: case 13: case 14: case 15:
		return 8;
	case 16: case 17: case 18: case 19:
		return 24;
	default:
		return -1;
	}
}

/* RFC 7915 figure 6 */
int siit_pointer64(u32 pointer)
{
	if (pointer >= 40)
		return -1;
	if (pointer >= 24)
		return 16;
	if (pointer >= 8)
		return 12;
	switch (pointer) {
	case 0: case 1:
		return pointer;
	case 4: case 5:
		return 2;
	case 6:
		return 9;
	case 7:
		return 8;
	default:
		return -1;
	}
}
