// SPDX-License-Identifier: GPL-2.0
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "mutate.h"

u64 dice_roll(struct dice *d)
{
	/* splitmix64 */
	u64 z = d->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static bool is4(const struct packet *p)
{
	return p->b[0] >> 4 != 6;
}

/* Where the packet in a packet begins to be the next layer, by what it says itself. */
static u32 payload_at(const struct packet *p, u32 at)
{
	u32 head;

	if (at >= p->len)
		return p->len;
	head = p->b[at] >> 4 == 6 ? 40 : (p->b[at] & 15) * 4;
	if (p->b[at] >> 4 == 6 && at + 48 < p->len && p->b[at + 6] == IPPROTO_FRAGMENT)
		head += 8;
	return min(p->len, at + head);
}

static void put8(struct packet *p, u32 at, u8 v)
{
	if (at < p->len)
		p->b[at] = v;
}

static void put16(struct packet *p, u32 at, u16 v)
{
	put8(p, at, v >> 8);
	put8(p, at + 1, v);
}

static u8 odd8(struct dice *d)
{
	static const u8 few[] = { 0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 254, 255 };

	return dice_one_in(d, 3) ? dice_roll(d) : few[dice_below(d, ARRAY_SIZE(few))];
}

static u16 odd16(struct dice *d, u32 right)
{
	switch (dice_below(d, 5)) {
	case 0: return right + 1 + dice_below(d, 8);
	case 1: return right - 1 - dice_below(d, 8);
	case 2: return odd8(d);
	case 3: return 65535 - dice_below(d, 32);
	}
	return dice_roll(d);
}

static u8 odd_proto(struct dice *d)
{
	static const u8 few[] = { 0, 1, 2, 4, 6, 17, 33, 41, 43, 44, 47, 50, 51, 58, 59, 60, 89, 132, 135, 136, 139, 140, 253, 255 };

	return dice_one_in(d, 8) ? dice_roll(d) : few[dice_below(d, ARRAY_SIZE(few))];
}

static void lengthen(struct dice *d, struct packet *p, u32 more)
{
	u64 roll = 0;

	more = min_t(u32, more, PACKET_MAX - p->len);
	for (; more; more--, roll >>= 8) {
		if (!(more % 8) || !roll)
			roll = dice_roll(d);
		p->b[p->len++] = roll;
	}
}

static void insert(struct packet *p, u32 at, const u8 *what, u32 len)
{
	if (at > p->len || p->len + len > PACKET_MAX)
		return;
	memmove(p->b + at + len, p->b + at, p->len - at);
	memcpy(p->b + at, what, len);
	p->len += len;
}

/* Lengths as they are, of the outer header and of the quoted one. */
static void tell(struct packet *p, u32 at)
{
	if (at + 40 > p->len && (at >= p->len || p->b[at] >> 4 == 6))
		return;
	if (p->b[at] >> 4 == 6)
		put16(p, at + 4, min_t(u32, p->len - at - 40, 65535));
	else
		put16(p, at + 2, p->len - at);
}

static void options4(struct dice *d, struct packet *p, u32 at)
{
	static const u8 kinds[] = { 0, 1, 7, 68, 130, 131, 136, 137, 148, 30, 158, 255 };
	u8 opt[40];
	u32 len = 4 * (1 + dice_below(d, 10)), i = 0, n;

	if (at + 20 > p->len || (p->b[at] & 15) != 5)
		return;
	while (i < len) {
		opt[i++] = kinds[dice_below(d, ARRAY_SIZE(kinds))];
		if (i >= len || opt[i - 1] <= 1)
			continue;
		n = dice_one_in(d, 2) ? odd8(d) : 3 + dice_below(d, 9);
		opt[i++] = n;
		while (i < len && n-- > 2)
			opt[i++] = dice_roll(d);
	}
	insert(p, at + 20, opt, len);
	p->b[at] += len / 4;
}

static void header6(struct dice *d, struct packet *p, u32 at)
{
	static const u8 kinds[] = { 0, 43, 44, 51, 60, 135, 139, 140, 253 };
	u32 count = 1 + dice_below(d, dice_one_in(d, 8) ? 36 : 4), len, i;
	u8 ext[64];

	for (; count; count--) {
		if (at + 40 > p->len)
			return;
		len = 8 * (1 + dice_below(d, 3));
		for (i = 0; i < len; i++)
			ext[i] = dice_one_in(d, 2) ? 0 : dice_roll(d);
		ext[0] = p->b[at + 6];
		ext[1] = dice_one_in(d, 6) ? odd8(d) : len / 8 - 1;
		p->b[at + 6] = kinds[dice_below(d, ARRAY_SIZE(kinds))];
		insert(p, at + 40, ext, len);
	}
}

/* Addresses that mean something to the lab's translator, and those that never may. */
static void address(struct dice *d, struct packet *p, u32 at)
{
	static const u8 a4[][4] = {
		{ 192, 0, 2, 1 }, { 192, 0, 2, 2 }, { 192, 0, 2, 33 }, { 192, 0, 2, 99 }, { 203, 0, 113, 50 },
		{ 198, 51, 100, 254 }, { 198, 51, 100, 1 }, { 127, 0, 0, 1 }, { 0, 0, 0, 0 }, { 224, 0, 0, 1 },
		{ 255, 255, 255, 255 }, { 169, 254, 1, 1 }, { 10, 0, 0, 1 },
	};
	static const u8 a6[][16] = {
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x46, 0, 0, 0, 0, 0, 0, 203, 0, 113, 50 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x46, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x46, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x46, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x12, 0, 0x34, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x12, 0, 0x34, 0, 0, 0, 0, 0, 0, 0, 2 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x12, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0x20, 1, 0x0d, 0xb8, 0, 0x99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
		{ 0 },
	};
	const bool dst = dice_one_in(d, 2);

	if (at >= p->len)
		return;
	if (p->b[at] >> 4 == 6 && at + 40 <= p->len)
		memcpy(p->b + at + (dst ? 24 : 8), a6[dice_below(d, ARRAY_SIZE(a6))], 16);
	else if (p->b[at] >> 4 != 6 && at + 20 <= p->len)
		memcpy(p->b + at + (dst ? 16 : 12), a4[dice_below(d, ARRAY_SIZE(a4))], 4);
}

static void fragment(struct dice *d, struct packet *p, u32 at)
{
	u16 off = dice_one_in(d, 2) ? dice_below(d, 64) : dice_roll(d);

	if (at + 20 > p->len)
		return;
	if (p->b[at] >> 4 != 6) {
		put16(p, at + 6, (off & 0x1fff) | (dice_roll(d) & 0xe000));
	} else if (at + 48 <= p->len) {
		u8 ext[8] = { p->b[at + 6], 0, off >> 5, off << 3 | (dice_roll(d) & 7), 0, 0, 0, dice_roll(d) };

		if (p->b[at + 6] == IPPROTO_FRAGMENT) {
			memcpy(p->b + at + 42, ext + 2, 2);
		} else {
			p->b[at + 6] = IPPROTO_FRAGMENT;
			insert(p, at + 40, ext, sizeof(ext));
		}
	}
}

/* An error about the packet itself, or about another: quotes within quotes. */
static void quote(struct dice *d, struct packet *p, const struct seed *other)
{
	static const u8 types4[] = { 3, 3, 3, 4, 5, 11, 12 };
	static const u8 types6[] = { 1, 2, 2, 3, 4, 137 };
	u32 l4 = payload_at(p, 0), keep;
	u8 icmp[8] = {};

	if (l4 + 8 > p->len)
		return;
	for (keep = 4; keep < 8; keep++)
		icmp[keep] = dice_one_in(d, 2) ? 0 : odd8(d);
	icmp[1] = dice_below(d, 8);
	if (is4(p)) {
		icmp[0] = types4[dice_below(d, ARRAY_SIZE(types4))];
		p->b[9] = IPPROTO_ICMP;
	} else {
		icmp[0] = types6[dice_below(d, ARRAY_SIZE(types6))];
		p->b[6] = IPPROTO_ICMPV6;
		l4 = 40;
	}
	if (dice_one_in(d, 2)) {		/* the whole packet in its own quote */
		u8 head[60];
		u32 len = min_t(u32, l4, sizeof(head));

		memcpy(head, p->b, len);
		insert(p, l4, head, len);
	} else {
		p->len = l4;
		insert(p, l4, other->b, min_t(u32, other->len, 1200));
	}
	insert(p, l4, icmp, sizeof(icmp));
}

/* Most hosts check these before anybody else sees the packet. */
static void sums(struct dice *d, struct packet *p, u32 at, bool transport)
{
	u32 l4 = payload_at(p, at), head, len;
	u8 proto;
	__wsum sum;

	if (at + 20 > p->len)
		return;
	if (p->b[at] >> 4 != 6) {
		head = (p->b[at] & 15) * 4;
		if (head >= 20 && at + head <= p->len) {
			put16(p, at + 10, 0);
			*(__sum16 *)(p->b + at + 10) = ip_compute_csum(p->b + at, head);
		}
		proto = p->b[at + 9];
	} else {
		if (at + 40 > p->len)
			return;
		proto = p->b[at + 6];
	}
	if (!transport || l4 + 8 > p->len)
		return;
	len = p->len - l4;
	if (proto == IPPROTO_ICMP && p->b[at] >> 4 != 6) {
		put16(p, l4 + 2, 0);
		*(__sum16 *)(p->b + l4 + 2) = ip_compute_csum(p->b + l4, len);
	} else if (proto == IPPROTO_ICMPV6 && p->b[at] >> 4 == 6) {
		put16(p, l4 + 2, 0);
		sum = csum_partial(p->b + l4, len, 0);
		*(__sum16 *)(p->b + l4 + 2) = csum_ipv6_magic((void *)(p->b + at + 8), (void *)(p->b + at + 24), len,
							      proto, sum);
	}
}

static void once(struct dice *d, struct packet *p, const struct seed *other)
{
	u32 l4 = payload_at(p, 0), at = 0;

	/* Half of what is done to errors is done to their quotes. */
	if (dice_one_in(d, 2) && l4 + 8 + 20 <= p->len &&
	    (p->b[l4 + 8] >> 4 == 4 || p->b[l4 + 8] >> 4 == 6))
		at = l4 + 8;
	l4 = payload_at(p, at);

	switch (dice_below(d, 20)) {
	case 0: put8(p, at + dice_below(d, 60), odd8(d)); break;
	case 1: put8(p, dice_below(d, p->len), dice_roll(d)); break;
	case 2: p->b[dice_below(d, p->len)] ^= 1 << dice_below(d, 8); break;
	case 3: put16(p, at + (p->b[at] >> 4 == 6 ? 4 : 2), odd16(d, p->len - at)); break;
	case 4:
		if (p->b[at] >> 4 != 6)
			put8(p, at, 0x40 | dice_below(d, 16));
		break;
	case 5: case 6:
		if (p->b[at] >> 4 != 6)
			options4(d, p, at);
		else
			header6(d, p, at);
		break;
	case 7: put8(p, at + (p->b[at] >> 4 == 6 ? 6 : 9), odd_proto(d)); break;
	case 8: fragment(d, p, at); break;
	case 9: put16(p, l4 + 4, odd16(d, p->len - l4)); break;		/* UDP length; ICMP's */
	case 10: put8(p, l4 + 12, odd8(d)); break;			/* TCP data offset */
	case 11: put8(p, l4 + dice_below(d, 2), odd8(d)); break;	/* ICMP type, code */
	case 12: put8(p, l4 + 4 + dice_below(d, 4), odd8(d)); break;	/* RFC 4884 length, pointer, MTU */
	case 13: put16(p, l4 + 6, dice_one_in(d, 2) ? 0 : odd16(d, 1280)); break;
	case 14: p->len = max_t(u32, 1, dice_below(d, p->len)); break;
	case 15: lengthen(d, p, dice_below(d, 64)); break;
	case 16: lengthen(d, p, dice_below(d, 3000)); break;
	case 17: address(d, p, at); break;
	case 18: quote(d, p, other); break;
	case 19: put8(p, at + (p->b[at] >> 4 == 6 ? 7 : 8), dice_below(d, 4)); break;	/* TTL */
	}
}

void mutate(struct dice *d, struct packet *p, const struct seed *seed, const struct seed *other, bool large)
{
	u32 times = dice_one_in(d, 16) ? 0 : 1 + dice_below(d, dice_one_in(d, 4) ? 6 : 2);

	p->len = seed->len;
	memcpy(p->b, seed->b, seed->len);
	if (large) {
		lengthen(d, p, 1000 + dice_below(d, 7000));
		tell(p, 0);
	}
	while (times--) {
		once(d, p, other);
		if (!dice_one_in(d, 4))
			tell(p, 0);
	}
	if (!dice_one_in(d, 16))
		sums(d, p, 0, dice_one_in(d, 2));
}

void cut(struct packet *p, const struct seed *seed, u32 len, bool told)
{
	p->len = len;
	memcpy(p->b, seed->b, len);
	if (told) {
		struct dice none = {};

		tell(p, 0);
		sums(&none, p, 0, true);
	}
}
