// SPDX-License-Identifier: GPL-2.0
/*
 * siit_hostile - hands mutated packets to the receive path, as a driver, a guest or a socket would, and looks at all that
 * comes out.
 *
 * Makes two devices, hg4 and hg6, in the namespace of who loads it. Write to /proc/siit_hostile:
 *   clear                            forget the seeds
 *   seed HEX                         a valid packet, from its IP header on
 *   run ENTRY SHAPES START COUNT     COUNT mutations; ENTRY hook: received on hgN, xmit: sent to siit0;
 *                                    SHAPES: bits of enum shape; START: for the same packets again
 *   cut ENTRY SHAPES                 each seed, cut short at each octet, with and without a header that says so
 * Read it back: "sent N reached N short N seen N bad N": packets handed over, those that came as far as PREROUTING, those
 * too short for a header, translated packets that came out, and how many of them were not well-formed or showed memory
 * of the kernel. The first of these is in the log with its input, as a BUG.
 */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <net/checksum.h>
#include <net/net_namespace.h>

#include "shape.h"

#define SEEDS_MAX	128
#define LOOK_MAX	(256 * 1024)

static DEFINE_MUTEX(lock);		/* all of this */
static struct seed seeds[SEEDS_MAX];
static u32 nr_seeds;
static struct net_device *devs[2];	/* hg4, hg6 */
static struct net *our_net;
static struct packet *packet;
static u8 *looked_at, *kept;
static struct { u64 sent, tiny, seen, bad; } count;
static atomic64_t arrived;

/* The packet that this CPU is handing over. */
static struct {
	int cpu;			/* -1: none */
	int family;
	u64 start, number;
	enum shape shape;
	bool xmit;
} now = { .cpu = -1 };

static bool ours(void)
{
	return READ_ONCE(now.cpu) == raw_smp_processor_id() && in_softirq();
}

static void complain(const char *what, u32 out_len)
{
	if (count.bad++)
		return;
	pr_err("siit_hostile: BUG: %s; start %llu number %llu shape %d %s\n", what, now.start, now.number, now.shape,
	       now.xmit ? "xmit" : "hook");
	print_hex_dump(KERN_ERR, "in  ", DUMP_PREFIX_OFFSET, 32, 1, packet->b, min_t(u32, packet->len, 256), false);
	print_hex_dump(KERN_ERR, "out ", DUMP_PREFIX_OFFSET, 32, 1, looked_at, min_t(u32, out_len, 256), false);
}

/* Eight octets in a row that stand for memory nobody wrote into: one of them is an eighth one. */
static bool shows_memory(const u8 *b, u32 len)
{
	u32 i, from, to;

	for (i = 7; i < len; i += 8) {
		if (b[i] != SHAPE_FILL && b[i] != 0x6b /* POISON_FREE */ && b[i] != 0x5a /* POISON_INUSE */)
			continue;
		for (from = i; from && b[from - 1] == b[i]; from--)
			;
		for (to = i + 1; to < len && b[to] == b[i]; to++)
			;
		if (to - from >= 8)
			return true;
	}
	return false;
}

static const char *wrong4(const struct sk_buff *skb, const u8 *b, u32 len)
{
	const struct iphdr *h = (void *)b;

	if (len < 20 || h->version != 4 || h->ihl != 5)
		return "not an IPv4 header as translation makes them";
	if (ntohs(h->tot_len) != len)
		return "IPv4 length is not the packet's";
	if (ip_fast_csum(b, h->ihl))
		return "IPv4 header checksum wrong";
	if (h->protocol == IPPROTO_ICMPV6 || h->protocol == IPPROTO_FRAGMENT || h->protocol == IPPROTO_ROUTING)
		return "IPv6's protocol in IPv4";
	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_TCPV6)
		return "IPv6's segmentation in IPv4";
	return NULL;
}

static const char *wrong6(const struct sk_buff *skb, const u8 *b, u32 len)
{
	const struct ipv6hdr *h = (void *)b;

	if (len < 40 || h->version != 6)
		return "not an IPv6 header";
	if (ntohs(h->payload_len) + 40 != len)
		return "IPv6 length is not the packet's";
	if (h->nexthdr == IPPROTO_ICMP)
		return "ICMP in IPv6";
	if (h->nexthdr == IPPROTO_FRAGMENT && (len < 48 || b[41] || b[43] & 6))
		return "Fragment Header malformed";
	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4)
		return "IPv4's segmentation in IPv6";
	return NULL;
}

static void look(const struct sk_buff *skb)
{
	const u32 len = skb->len - skb_network_offset(skb);
	const int family = skb->protocol == htons(ETH_P_IP) ? 4 : skb->protocol == htons(ETH_P_IPV6) ? 6 : 0;
	const char *wrong;

	/* Of the same family: not translated, or by Linux itself about it. */
	if (!family || family == now.family || len > LOOK_MAX)
		return;
	count.seen++;
	if (skb_copy_bits(skb, skb_network_offset(skb), looked_at, len)) {
		complain("shorter than it says", 0);
		return;
	}
	wrong = family == 4 ? wrong4(skb, looked_at, len) : wrong6(skb, looked_at, len);
	if (!wrong && skb->ip_summed == CHECKSUM_PARTIAL &&
	    (skb_checksum_start_offset(skb) < 0 ||
	     skb_checksum_start_offset(skb) + skb->csum_offset + 2 > skb_headlen(skb)))
		wrong = "checksum to be filled in beyond the linear part";
	if (!wrong && shows_memory(looked_at, len))
		wrong = "memory of the kernel";
	if (wrong)
		complain(wrong, len);
}

static netdev_tx_t hg_xmit(struct sk_buff *skb, struct net_device *dev)
{
	if (ours())
		look(skb);
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops hg_ops = { .ndo_start_xmit = hg_xmit };

static void hg_setup(struct net_device *dev)
{
	const netdev_features_t features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE;

	ether_setup(dev);
	dev->netdev_ops = &hg_ops;
	dev->needs_free_netdev = true;
	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= features;
	dev->hw_features |= features;
	dev->max_mtu = ETH_MAX_MTU;
	eth_hw_addr_random(dev);
}

static unsigned int reached(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	/* Linux itself sends more of them round by lo. */
	if (strcmp(state->in->name, "siit0"))
		atomic64_inc(&arrived);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{ .hook = reached, .pf = NFPROTO_IPV4, .hooknum = NF_INET_PRE_ROUTING, .priority = INT_MIN },
	{ .hook = reached, .pf = NFPROTO_IPV6, .hooknum = NF_INET_PRE_ROUTING, .priority = INT_MIN },
};

static void sum_up(struct dice *d, struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	switch (dice_below(d, 4)) {
	case 0:
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		break;
	case 1:
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
		break;
	}
}

/* As tun and the drivers do. */
static void receive(struct dice *d, struct sk_buff *skb, struct net_device *dev, bool guest)
{
	skb->dev = dev;
	skb->protocol = eth_type_trans(skb, dev);
	skb_reset_network_header(skb);
	if (guest)
		skb_probe_transport_header(skb);
	else
		sum_up(d, skb);
	netif_receive_skb(skb);
}

static void transmit(struct sk_buff *skb, struct net_device *dev, int family)
{
	if (skb->len < (family == 4 ? 20 : 40))
		count.tiny++;
	skb->dev = dev;
	skb->protocol = family == 4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_probe_transport_header(skb);
	dev_queue_xmit(skb);
}

/* Hands over what is in "packet". */
static void hand_over(struct dice *d, u32 shapes, struct net_device *siit)
{
	struct net_device *dev = devs[now.family == 6];
	struct sk_buff *skb, *other = NULL;
	struct ethhdr eth;
	u32 len = 0;

	memcpy(eth.h_dest, dev->dev_addr, ETH_ALEN);
	memcpy(eth.h_source, devs[now.family != 6]->dev_addr, ETH_ALEN);
	eth.h_proto = now.family == 4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	do
		now.shape = dice_below(d, SHAPES);
	while (!(shapes & BIT(now.shape)));

	skb = shape_build(d, now.shape, (u8 *)&eth, siit ? 0 : sizeof(eth), packet);
	if (!skb)
		return;
	count.sent++;
	/* Somebody else may hold the same buffer, or the same skb: nothing of it may change. */
	if (dice_one_in(d, 4)) {
		other = skb_clone(skb, GFP_ATOMIC);
		len = skb->len;
		if (other)
			skb_copy_bits(other, 0, kept, len);
	}
	if (siit)
		transmit(skb, siit, now.family);
	else
		receive(d, skb, dev, now.shape == SHAPE_GUEST);
	if (!other)
		return;
	if (skb_copy_bits(other, 0, looked_at, len) || memcmp(looked_at, kept, len))
		complain("octets of a clone have changed", len);
	kfree_skb(other);
}

static int one_at_a_time(struct dice *d, u32 shapes, struct net_device *siit, int family)
{
	local_bh_disable();
	now.family = family;
	WRITE_ONCE(now.cpu, smp_processor_id());
	hand_over(d, shapes, siit);
	WRITE_ONCE(now.cpu, -1);
	local_bh_enable();
	now.number++;
	cond_resched();
	return signal_pending(current) ? -EINTR : 0;
}

static int family_of(const struct seed *s)
{
	return s->b[0] >> 4;
}

static int run(u32 shapes, u64 start, u64 total, struct net_device *siit)
{
	int err = 0;

	now.start = start;
	/* Each packet has dice of its own, so that it can be had again. */
	for (now.number = 0; now.number < total && !err;) {
		struct dice d = { .state = start + now.number * 0x2545f4914f6cdd1dULL };
		const struct seed *s = &seeds[dice_below(&d, nr_seeds)];

		mutate(&d, packet, s, &seeds[dice_below(&d, nr_seeds)], dice_one_in(&d, 8));
		err = one_at_a_time(&d, shapes, siit, family_of(s));
	}
	return err;
}

static int cut_all(u32 shapes, struct net_device *siit)
{
	struct dice d = {};
	int err = 0;
	u32 i, len;

	now.start = 0;
	now.number = 0;
	for (i = 0; i < nr_seeds; i++)
		for (len = 1; len <= seeds[i].len; len++) {
			cut(packet, &seeds[i], len, false);
			err = one_at_a_time(&d, shapes, siit, family_of(&seeds[i]));
			cut(packet, &seeds[i], len, true);
			if (!err)
				err = one_at_a_time(&d, shapes, siit, family_of(&seeds[i]));
			if (err)
				return err;
		}
	return 0;
}

static void clear(void)
{
	while (nr_seeds)
		kfree(seeds[--nr_seeds].b);
	memset(&count, 0, sizeof(count));
	atomic64_set(&arrived, 0);
}

static int add_seed(const char *hex)
{
	u32 len = strlen(hex) / 2;
	u8 *b;

	if (nr_seeds == SEEDS_MAX || len < 20 || len > 2048)
		return -EINVAL;
	b = kmalloc(len, GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	if (hex2bin(b, hex, len)) {
		kfree(b);
		return -EINVAL;
	}
	seeds[nr_seeds].len = len;
	seeds[nr_seeds++].b = b;
	return 0;
}

static int obey(char *line)
{
	struct net_device *siit = NULL;
	u64 start = 0, total = 0;
	char entry[8];
	u32 shapes;
	int err, n;

	if (!strcmp(line, "clear")) {
		clear();
		return 0;
	}
	if (!strncmp(line, "seed ", 5))
		return add_seed(line + 5);
	n = sscanf(line, "run %7s %x %llu %llu", entry, &shapes, &start, &total);
	if (n != 4) {
		n = sscanf(line, "cut %7s %x", entry, &shapes);
		if (n != 2)
			return -EINVAL;
	}
	if (!nr_seeds || !(shapes & (BIT(SHAPES) - 1)))
		return -EINVAL;
	now.xmit = !strcmp(entry, "xmit");
	if (now.xmit) {
		siit = dev_get_by_name(our_net, "siit0");
		if (!siit)
			return -ENODEV;
	}
	err = n == 4 ? run(shapes, start, total, siit) : cut_all(shapes, siit);
	dev_put(siit);
	return err;
}

static ssize_t hostile_write(struct file *f, const char __user *u, size_t n, loff_t *pos)
{
	char *line;
	int err;

	if (n > 8192)
		return -E2BIG;
	line = memdup_user_nul(u, n);
	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&lock);
	err = obey(strim(line));
	mutex_unlock(&lock);
	kfree(line);
	return err ?: n;
}

static ssize_t hostile_read(struct file *f, char __user *u, size_t n, loff_t *pos)
{
	char text[160];
	int len = snprintf(text, sizeof(text), "sent %llu reached %llu short %llu seen %llu bad %llu\n", count.sent,
			   (u64)atomic64_read(&arrived), count.tiny, count.seen, count.bad);

	return simple_read_from_buffer(u, n, pos, text, len);
}

static const struct proc_ops ops = { .proc_write = hostile_write, .proc_read = hostile_read };

static void free_all(void)
{
	clear();
	vfree(packet);
	vfree(looked_at);
	vfree(kept);
}

static int make_devices(void)
{
	static const char *const names[] = { "hg4", "hg6" };
	int i, err;

	for (i = 0; i < 2; i++) {
		struct net_device *dev = alloc_netdev(0, names[i], NET_NAME_USER, hg_setup);

		if (!dev)
			return -ENOMEM;
		dev_net_set(dev, our_net);
		err = register_netdev(dev);
		if (err) {
			free_netdev(dev);
			return err;
		}
		devs[i] = dev;
	}
	return 0;
}

static void drop_devices(void)
{
	int i;

	for (i = 0; i < 2; i++)
		if (devs[i])
			unregister_netdev(devs[i]);
}

static int __init hostile_init(void)
{
	int err = -ENOMEM;

	our_net = get_net(current->nsproxy->net_ns);
	packet = vmalloc(sizeof(*packet));
	looked_at = vmalloc(LOOK_MAX);
	kept = vmalloc(LOOK_MAX);
	if (!packet || !looked_at || !kept)
		goto err_free;
	err = make_devices();
	if (err)
		goto err_devices;
	err = nf_register_net_hooks(our_net, hooks, ARRAY_SIZE(hooks));
	if (err)
		goto err_devices;
	err = -ENOMEM;
	if (!proc_create("siit_hostile", 0600, NULL, &ops))
		goto err_hooks;
	return 0;

err_hooks:
	nf_unregister_net_hooks(our_net, hooks, ARRAY_SIZE(hooks));
err_devices:
	drop_devices();
err_free:
	free_all();
	put_net(our_net);
	return err;
}

static void __exit hostile_exit(void)
{
	remove_proc_entry("siit_hostile", NULL);
	nf_unregister_net_hooks(our_net, hooks, ARRAY_SIZE(hooks));
	drop_devices();
	free_all();
	put_net(our_net);
}

module_init(hostile_init);
module_exit(hostile_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile packets for the tests of siit_dc");
