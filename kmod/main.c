// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "flow.h"
#include "keeper.h"
#include "port.h"
#include "rtnl.h"
#include "switch.h"
#include "vsw.h"
#include "xdp.h"

struct workqueue_struct *vsw_wq;

static int __init vsw_init(void)
{
	int err;

	vsw_wq = alloc_workqueue("vsw", WQ_UNBOUND, 0);
	if (!vsw_wq)
		return -ENOMEM;

	err = vsw_flow_init();
	if (err)
		goto err_wq;

	err = vsw_port_init();
	if (err)
		goto err_flow;

	err = vsw_switch_init();
	if (err)
		goto err_port;

	err = vsw_notifier_init();
	if (err)
		goto err_switch;

	err = vsw_keeper_init();
	if (err)
		goto err_notifier;

	/* From here on there can be switches. */
	err = rtnl_link_register(&vsw_link_ops);
	if (err)
		goto err_keeper;

	/* ORDER: after the link kind, of which it makes switches */
	err = vsw_netlink_init();
	if (err)
		goto err_link;
	vsw_xdp_init();
	return 0;

err_link:
	rtnl_link_unregister(&vsw_link_ops);
err_keeper:
	vsw_keeper_exit();
err_notifier:
	vsw_notifier_exit();
err_switch:
	vsw_switch_exit();
	rcu_barrier();
err_port:
	vsw_port_exit();
err_flow:
	vsw_flow_exit();
err_wq:
	destroy_workqueue(vsw_wq);
	return err;
}

static void __exit vsw_exit(void)
{
	/* No new switches by generic netlink, then none at all. */
	vsw_netlink_exit();
	rtnl_link_unregister(&vsw_link_ops);
	vsw_keeper_exit();
	vsw_notifier_exit();
	vsw_switch_exit();
	/* Ports and their stragglers are freed by RCU callbacks of ours. */
	rcu_barrier();
	vsw_port_exit();
	vsw_flow_exit();
	destroy_workqueue(vsw_wq);
}

module_init(vsw_init);
module_exit(vsw_exit);

MODULE_DESCRIPTION("SR-IOV- and VLAN-aware virtual switch");
MODULE_VERSION(VSW_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("vsw");
MODULE_ALIAS_GENL_FAMILY(VSW_FAMILY_NAME);
