/* SPDX-License-Identifier: GPL-2.0 */
/* The same octets as sk_buffs of different build. */
#ifndef HOSTILE_SHAPE_H
#define HOSTILE_SHAPE_H

#include <linux/skbuff.h>

#include "mutate.h"

enum shape {
	SHAPE_LINEAR,		/* with headroom or without */
	SHAPE_PAGED,		/* from the first octet or a later one in pages */
	SHAPE_FRAG_LIST,
	SHAPE_GUEST,		/* what a virtual machine says in its virtio_net_hdr */
	SHAPES
};

/* What surrounds the packet in its own buffers; never to be seen outside. */
#define SHAPE_FILL	0xd9

/* @front: what is in front of the packet. NULL: no memory, or the header of a guest refused as tun would. */
struct sk_buff *shape_build(struct dice *d, enum shape shape, const u8 *front, u32 front_len, const struct packet *p);

#endif
