// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/virtio_net.h>

#include "shape.h"

static struct sk_buff *linear(struct dice *d, u32 len)
{
	static const u8 rooms[] = { 0, 2, 16, 34, 64, 128 };
	u32 head = rooms[dice_below(d, ARRAY_SIZE(rooms))], tail = dice_below(d, 40);
	struct sk_buff *skb = alloc_skb(head + len + tail, GFP_ATOMIC);

	if (!skb)
		return NULL;
	memset(skb->head, SHAPE_FILL, skb_end_offset(skb));
	skb_reserve(skb, head);
	return skb;
}

static int fill_pages(struct dice *d, struct sk_buff *skb, const u8 *b, u32 len)
{
	while (len) {
		const bool last = skb_shinfo(skb)->nr_frags >= 5;
		u32 off = dice_one_in(d, 2) ? 0 : dice_below(d, 200), n;
		struct page *page;

		n = dice_one_in(d, 2) || last ? len : 1 + dice_below(d, len);
		/* The last takes all that is left. */
		page = alloc_pages(GFP_ATOMIC | __GFP_COMP, get_order(off + n + 16));
		if (!page)
			return -ENOMEM;
		memset(page_address(page), SHAPE_FILL, off + n + 16);
		memcpy(page_address(page) + off, b, n);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, off, n, PAGE_SIZE << get_order(off + n + 16));
		b += n;
		len -= n;
	}
	return 0;
}

static int add_list(struct dice *d, struct sk_buff *skb, const u8 *b, u32 len)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list;

	while (len) {
		u32 n = dice_one_in(d, 2) ? len : 1 + dice_below(d, len);
		struct sk_buff *part = linear(d, n);

		if (!part)
			return -ENOMEM;
		skb_put_data(part, b, n);
		*next = part;
		next = &part->next;
		skb->len += n;
		skb->data_len += n;
		skb->truesize += part->truesize;
		b += n;
		len -= n;
	}
	return 0;
}

/* As tun takes it from a guest: lies that it cannot see come through. */
static int say(struct dice *d, struct sk_buff *skb, u32 front_len)
{
	static const u8 types[] = { 0, VIRTIO_NET_HDR_GSO_TCPV4, VIRTIO_NET_HDR_GSO_TCPV6, VIRTIO_NET_HDR_GSO_UDP,
#ifdef VIRTIO_NET_HDR_GSO_UDP_L4	/* 6.2 */
				    VIRTIO_NET_HDR_GSO_UDP_L4,
#endif
	};
	static const u16 sizes[] = { 0, 1, 8, 100, 536, 1220, 1400, 9000, 65535 };
	static const u16 offsets[] = { 2, 6, 6, 16, 16, 16, 0 };
	struct virtio_net_hdr hdr = {};
	u32 l4;

	/* For the most part, where it would be; without a front, as tun sends it. */
	l4 = front_len + (skb->len > front_len && skb->data[front_len] >> 4 == 6 ? 40 :
			  skb->len > front_len ? (skb->data[front_len] & 15) * 4 : 0);
	hdr.gso_type = types[dice_below(d, ARRAY_SIZE(types))];
	if (hdr.gso_type && dice_one_in(d, 4))
		hdr.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	hdr.gso_size = (__force __virtio16)(dice_one_in(d, 4) ? (u16)dice_roll(d) : sizes[dice_below(d, ARRAY_SIZE(sizes))]);
	hdr.hdr_len = (__force __virtio16)(u16)(dice_one_in(d, 2) ? l4 + 20 : dice_below(d, 200));
	if (!dice_one_in(d, 4)) {
		hdr.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		hdr.csum_start = (__force __virtio16)(u16)(dice_one_in(d, 3) ? dice_below(d, 120) : l4);
		hdr.csum_offset = (__force __virtio16)(u16)offsets[dice_below(d, ARRAY_SIZE(offsets))];
	}
	return virtio_net_hdr_to_skb(skb, &hdr, true);
}

struct sk_buff *shape_build(struct dice *d, enum shape shape, const u8 *front, u32 front_len, const struct packet *p)
{
	u32 first = p->len;
	struct sk_buff *skb;
	int err = 0;

	if (shape == SHAPE_PAGED || shape == SHAPE_FRAG_LIST)
		first = dice_one_in(d, 2) ? dice_below(d, min_t(u32, p->len, 100) + 1) : dice_below(d, p->len + 1);
	/* As much as tun keeps linear. */
	if (shape == SHAPE_GUEST && dice_one_in(d, 2))
		first = min_t(u32, p->len, 128 + dice_below(d, 128));
	skb = linear(d, front_len + first);
	if (!skb)
		return NULL;
	skb_put_data(skb, front, front_len);
	skb_put_data(skb, p->b, first);
	if (first < p->len)
		err = shape == SHAPE_FRAG_LIST ? add_list(d, skb, p->b + first, p->len - first) :
						 fill_pages(d, skb, p->b + first, p->len - first);
	if (!err && shape == SHAPE_GUEST)
		err = say(d, skb, front_len);
	if (err) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}
