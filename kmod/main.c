// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/siit_dc.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "netlink.h"
#include "table_cache.h"
#include "siit.h"

static unsigned int siit_net_id __read_mostly;
struct workqueue_struct *siit_wq;

struct siit_net *siit_pernet(const struct net *net)
{
	return net_generic(net, siit_net_id);
}

static int __net_init siit_net_init(struct net *net)
{
	mutex_init(&siit_pernet(net)->lock);
	return 0;
}

/* Devices go with their namespace by themselves (rtnl_link_ops). */
static struct pernet_operations siit_net_ops = {
	.init = siit_net_init,
	.id = &siit_net_id,
	.size = sizeof(struct siit_net),
};

static int __init siit_module_init(void)
{
	int err;

	err = siit_table_cache_init();
	if (err)
		return err;
	err = -ENOMEM;
	siit_wq = alloc_workqueue("siit_dc", WQ_UNBOUND, 0);
	if (!siit_wq)
		goto err_cache;
	err = register_pernet_subsys(&siit_net_ops);
	if (err)
		goto err_wq;
	err = register_netdevice_notifier(&siit_device_nb);
	if (err)
		goto err_pernet;
	err = rtnl_link_register(&siit_link_ops);
	if (err)
		goto err_notifier;
	err = siit_netlink_init();
	if (err)
		goto err_link;
	return 0;

err_link:
	rtnl_link_unregister(&siit_link_ops);
err_notifier:
	unregister_netdevice_notifier(&siit_device_nb);
err_pernet:
	unregister_pernet_subsys(&siit_net_ops);
err_wq:
	destroy_workqueue(siit_wq);
err_cache:
	siit_table_cache_exit();
	return err;
}

static void __exit siit_module_exit(void)
{
	siit_netlink_exit();
	rtnl_link_unregister(&siit_link_ops);
	unregister_netdevice_notifier(&siit_device_nb);
	unregister_pernet_subsys(&siit_net_ops);
	rcu_barrier();		/* queue_rcu_work(), rows */
	destroy_workqueue(siit_wq);
	siit_table_cache_exit();
}

module_init(siit_module_init);
module_exit(siit_module_exit);

MODULE_DESCRIPTION("SIIT-DC: stateless IPv4/IPv6 translation for IPv6 data centres");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_RTNL_LINK(SIIT_LINK_KIND);
MODULE_ALIAS_GENL_FAMILY(SIIT_GENL_NAME);
