// SPDX-License-Identifier: GPL-2.0
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>

#include "compat.h"
#include "config.h"
#include "device.h"
#include "hook.h"
#include "hop.h"
#include "id.h"
#include "limit.h"
#include "txn.h"
#include "xlat.h"

static int siit_open(struct net_device *dev)
{
	struct inet6_dev *dev6 = __in6_dev_get(dev);
	struct in_device *dev4 = __in_dev_get_rtnl(dev);
	struct siit_dev *sd = netdev_priv(dev);
	int priority;

	/* No RS, MLD, DAD into it; no redirects out of it (RT-07). */
	if (dev6)
		dev6->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	if (dev4)
		IN_DEV_CONF_SET(dev4, SEND_REDIRECTS, false);

	mutex_lock(&sd->sn->lock);
	priority = siit_state_locked(sd)->cfg.s.hook_priority;
	mutex_unlock(&sd->sn->lock);
	return siit_hooks_register(sd, priority);
}

static int siit_stop(struct net_device *dev)
{
	siit_hooks_unregister(netdev_priv(dev));
	return 0;
}

/* Packets of local sockets, errors of the kernel's own, routed leftovers. */
static netdev_tx_t siit_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct siit_dev *sd = netdev_priv(dev);
	enum siit_dir dir;

	if (skb->protocol == htons(ETH_P_IP))
		dir = SIIT_46;
	else if (skb->protocol == htons(ETH_P_IPV6))
		dir = SIIT_64;
	else
		goto drop;
	skb_reset_network_header(skb);
	/* A packet socket may have sent anything, and of any length. */
	if (!pskb_may_pull(skb, dir == SIIT_46 ? sizeof(struct iphdr) :
						 sizeof(struct ipv6hdr)))
		goto drop;

	rcu_read_lock();
	siit_transmitted(sd, skb, dir);
	rcu_read_unlock();
	return NETDEV_TX_OK;

drop:
	dev_core_stats_tx_dropped_inc(dev);
	kfree_skb_reason(skb, SKB_DROP_REASON_UNHANDLED_PROTO);
	return NETDEV_TX_OK;
}

static int siit_init(struct net_device *dev)
{
	struct siit_dev *sd = netdev_priv(dev);
	int err = -ENOMEM;

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	sd->pcpu = alloc_percpu(struct siit_pcpu);
	if (!sd->pcpu)
		goto err_tstats;
	sd->dev = dev;
	siit_config_changed(sd);
	INIT_LIST_HEAD(&sd->txns);
	siit_limit_init(&sd->limiter);
	siit_id_init(sd);
	err = siit_hops_init(sd);
	if (err)
		goto err_pcpu;
	err = siit_config_init(sd);
	if (err)
		goto err_hops;
	return 0;

err_hops:
	siit_hops_free(sd);
err_pcpu:
	free_percpu(sd->pcpu);
err_tstats:
	free_percpu(dev->tstats);
	return err;
}

/* From here on nobody finds the instance; queued packets may still hold it. */
static void siit_uninit(struct net_device *dev)
{
	struct siit_dev *sd = netdev_priv(dev);

	mutex_lock(&sd->sn->lock);
	if (sd->sn->sd == sd)
		sd->sn->sd = NULL;
	mutex_unlock(&sd->sn->lock);
	siit_hops_forget(sd);
}

/* After the grace periods of unregistering. */
static void siit_destructor(struct net_device *dev)
{
	struct siit_dev *sd = netdev_priv(dev);

	siit_txn_drop_all(sd);
	siit_config_free(sd);
	siit_hops_free(sd);
	free_percpu(sd->pcpu);
	free_percpu(dev->tstats);
}

static const struct net_device_ops siit_netdev_ops = {
	.ndo_init = siit_init,
	.ndo_uninit = siit_uninit,
	.ndo_open = siit_open,
	.ndo_stop = siit_stop,
	.ndo_start_xmit = siit_start_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static const struct device_type siit_type = { .name = SIIT_LINK_KIND };

/* What is remembered of routes must not hold a device that wants to go. */
static void forget_routes(const struct net_device *dev)
{
	/* RTNL: it does not go away meanwhile. */
	struct siit_dev *sd = READ_ONCE(siit_pernet(dev_net(dev))->sd);

	ASSERT_RTNL();
	if (sd)
		siit_hops_forget(sd);
}

/*
 * The device's MTU is IPv4's. What an IPv6 packet may measure depends on where
 * its IPv4 image goes, which the translator knows and reports (FR-08). IPv6
 * copies the device's MTU now and then; this comes after it.
 */
static int siit_device_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct inet6_dev *dev6;

	if (event == NETDEV_UNREGISTER)
		forget_routes(dev);
	if (dev->netdev_ops != &siit_netdev_ops)
		return NOTIFY_DONE;
	dev6 = __in6_dev_get(dev);
	if (dev6)
		WRITE_ONCE(dev6->cnf.mtu6, 65535);
	return NOTIFY_DONE;
}

struct notifier_block siit_device_nb = {
	.notifier_call = siit_device_event,
	.priority = ADDRCONF_NOTIFY_PRIORITY - 10,
};

static void siit_get_drvinfo(struct net_device *dev,
			     struct ethtool_drvinfo *info)
{
	strscpy(info->driver, SIIT_LINK_KIND, sizeof(info->driver));
}

static const struct ethtool_ops siit_ethtool_ops = {
	.get_drvinfo = siit_get_drvinfo,
	.get_link = ethtool_op_get_link,
};

static void siit_setup(struct net_device *dev)
{
	const netdev_features_t features = NETIF_F_HW_CSUM | NETIF_F_SG |
					   NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |
					   NETIF_F_GSO_SOFTWARE;

	dev->netdev_ops = &siit_netdev_ops;
	dev->ethtool_ops = &siit_ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->priv_destructor = siit_destructor;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->hard_header_len = 0;
	dev->addr_len = 0;
	/* What 4->6 adds, so that local senders leave room for it. */
	dev->needed_headroom = LL_MAX_HEADER + 28;
	dev->mtu = 1280;
	dev->min_mtu = dev->mtu;
	dev->max_mtu = dev->mtu;
	dev->features |= features;
	dev->hw_features |= features;
	dev->hw_enc_features |= features;
	siit_compat_lockless_pinned(dev);
	SET_NETDEV_DEVTYPE(dev, &siit_type);
	/* icmp_send() does nothing for a packet without one. */
	netif_keep_dst(dev);
}

static int siit_newlink(struct net *src_net, struct net_device *dev,
			struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	struct siit_net *sn = siit_pernet(dev_net(dev));
	struct siit_dev *sd = netdev_priv(dev);
	int err;

	/* Its routes are looked up for every packet. */
	if (!ipv6_mod_enabled()) {
		NL_SET_ERR_MSG(extack,
			       "IPv6 is disabled on this system (ipv6.disable=1)");
		return -EAFNOSUPPORT;
	}
	/* RTNL makes test and registration one. */
	if (sn->sd) {
		NL_SET_ERR_MSG(extack,
			       "this network namespace has a siit_dc device already");
		return -EEXIST;
	}
	sd->sn = sn;
	err = register_netdevice(dev);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	sn->sd = sd;
	mutex_unlock(&sn->lock);
	return 0;
}

static void siit_dellink(struct net_device *dev, struct list_head *head)
{
	unregister_netdevice_queue(dev, head);
}

struct rtnl_link_ops siit_link_ops __read_mostly = {
	.kind = SIIT_LINK_KIND,
	.priv_size = sizeof(struct siit_dev),
	.setup = siit_setup,
	.newlink = siit_newlink,
	.dellink = siit_dellink,
};
