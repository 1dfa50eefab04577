/* SPDX-License-Identifier: GPL-2.0 */
/* Octets of valid packets made hostile. */
#ifndef HOSTILE_MUTATE_H
#define HOSTILE_MUTATE_H

#include <linux/types.h>

#define PACKET_MAX	9216

struct packet {
	u32 len;
	u8 b[PACKET_MAX];
};

struct seed {
	u32 len;
	const u8 *b;
};

/* The same numbers again for the same start, on every kernel. */
struct dice {
	u64 state;
};

u64 dice_roll(struct dice *d);

static inline u32 dice_below(struct dice *d, u32 n)
{
	return (u32)(((dice_roll(d) >> 32) * n) >> 32);
}

static inline bool dice_one_in(struct dice *d, u32 n)
{
	return !dice_below(d, n);
}

/* One or several of the mutations, of a copy of @seed; @large: with payload for segmentation. */
void mutate(struct dice *d, struct packet *p, const struct seed *seed, const struct seed *other, bool large);
/* The first @len octets; @told: and the header says so. */
void cut(struct packet *p, const struct seed *seed, u32 len, bool told);

#endif
