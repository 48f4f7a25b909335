// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the devices of ports, and to switch devices.
 *
 * Nothing here but NETDEV_UNREGISTER may call dev_set_promiscuity() and its
 * like on the device that the event is about: see DOC: Locking.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "await.h"
#include "keeper.h"
#include "path.h"
#include "switch.h"
#include "team.h"

/* A device that lost its link knows nothing of where its addresses went. */
static void vsw_notifier_link(struct vsw_port *port)
{
	const struct vsw_fdb_filter learned = {
		.port = &port->fdb,
		.types = VSW_FDB_LEARNED,
	};

	/* ORDER: the ports of a dead uplink lose frames until they have another. */
	if (vsw_port_is_uplink(port))
		vsw_team_update(port->sw);
	if (!vsw_port_is_up(port))
		vsw_fdb_flush(&port->sw->fdb, &learned);
	vsw_switch_refresh(port->sw);
	vsw_netlink_port_notify(port, false);
	/* A reset, or "ip link set PF vf": that says NETDEV_CHANGE. */
	if (!list_empty(&port->vf_ports))
		vsw_keeper_look(port->sw);
}

static int vsw_notifier_port(struct vsw_port *port, unsigned long event)
{
	switch (event) {
	case NETDEV_UNREGISTER:
		if (vsw_port_is_uplink(port))
			vsw_await_uplink(port);
		else if (port->vf)
			vsw_path_lose_soft(port);
		else
			vsw_port_vanish(port);
		break;
	case NETDEV_UP:
		vsw_keeper_pf_up(port);
		fallthrough;
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		vsw_notifier_link(port);
		break;
	case NETDEV_CHANGEMTU:
	case NETDEV_FEAT_CHANGE:
		vsw_switch_refresh(port->sw);
		break;
	case NETDEV_CHANGENAME:
		vsw_netlink_port_notify(port, false);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		/* It would be no Ethernet device any more. */
		return NOTIFY_BAD;
	}
	return NOTIFY_DONE;
}

/*
 * The host port has the name of the switch, and no other port has it. The kernel
 * takes back a name that is refused, and says so here, too.
 */
static int vsw_notifier_rename(struct vsw_switch *sw)
{
	struct vsw_port *port = vsw_port_find_any(dev_net(sw->dev),
						  sw->dev->name);

	if (port == sw->host)
		return 0;
	if (port)
		return -EEXIST;
	strscpy(sw->host->name, sw->dev->name, sizeof(sw->host->name));
	vsw_netlink_switch_notify(sw, false);
	vsw_netlink_port_notify(sw->host, false);
	return 0;
}

static int vsw_notifier_switch(struct vsw_switch *sw, unsigned long event)
{
	int err;

	switch (event) {
	case NETDEV_CHANGENAME:
		err = vsw_notifier_rename(sw);
		return err ? notifier_from_errno(err) : NOTIFY_DONE;
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGEADDR:
		if (sw->host)
			vsw_netlink_switch_notify(sw, false);
		break;
	}
	return NOTIFY_DONE;
}

static int vsw_notifier_event(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct vsw_port *port;

	if (vsw_switch_is(dev))
		return vsw_notifier_switch(netdev_priv(dev), event);

	if (event == NETDEV_REGISTER)
		vsw_await_look(dev);
	port = vsw_port_get_rtnl(dev);
	return port ? vsw_notifier_port(port, event) : NOTIFY_DONE;
}

static struct notifier_block vsw_notifier = {
	.notifier_call = vsw_notifier_event,
};

int vsw_notifier_init(void)
{
	return register_netdevice_notifier(&vsw_notifier);
}

void vsw_notifier_exit(void)
{
	unregister_netdevice_notifier(&vsw_notifier);
}
