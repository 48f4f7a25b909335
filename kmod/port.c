// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports: attaching and detaching. See port.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/dsa.h>

#include "compat/netdev_lock.h"
#include "await.h"
#include "keeper.h"
#include "nicsync.h"
#include "park.h"
#include "port.h"
#include "switch.h"

/*
 * Ids are never used again while the module is loaded, in no switch: who is late
 * with an id means nobody else. Protected by RTNL.
 */
static u32 vsw_port_next_id;

/**
 * vsw_port_get_rtnl - the port that a device is
 * @dev: any device
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_get_rtnl(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != vsw_rx_handler)
		return NULL;
	return rcu_dereference_rtnl(dev->rx_handler_data);
}

static struct vsw_port *vsw_port_find_on(const struct list_head *ports,
					 const char *name)
{
	struct vsw_port *port;

	list_for_each_entry(port, ports, list)
		if (!strcmp(port->name, name))
			return port;
	return NULL;
}

/**
 * vsw_port_find - the port of a name
 * @net: network namespace
 * @name: the name
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_find(struct net *net, const char *name)
{
	struct vsw_port *port = vsw_port_find_any(net, name);

	return port && !port->await ? port : NULL;
}

/**
 * vsw_port_find_any - the port of a name, be it one that waits for its device
 * @net: network namespace
 * @name: the name
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_find_any(struct net *net, const char *name)
{
	struct vsw_switch *sw;
	struct vsw_port *port;

	ASSERT_RTNL();
	vsw_switch_for_each(sw, net) {
		port = vsw_port_find_on(&sw->ports, name) ?:
		       vsw_port_find_on(&sw->awaited, name);
		if (port)
			return port;
	}
	return NULL;
}

/**
 * vsw_port_is_up - can frames go out of a port?
 * @port: the port
 */
bool vsw_port_is_up(const struct vsw_port *port)
{
	const struct net_device *dev = port->egress->dev;

	return dev && netif_running(dev) && netif_carrier_ok(dev);
}

/**
 * vsw_port_pvid - the PVID of a port
 * @port: the port
 *
 * Return: the PVID, 0 for none.
 */
u16 vsw_port_pvid(const struct vsw_port *port)
{
	return rtnl_dereference(port->vlans)->pvid;
}

/* By whom a device is used already. */
static int vsw_port_check_free(const struct net_device *dev,
			       struct netlink_ext_ack *extack)
{
	struct net_device *master;

	master = netdev_master_upper_dev_get((struct net_device *)dev);
	if (master) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is enslaved to %s (%s): take it out there",
				   dev->name, master->name,
				   master->rtnl_link_ops ?
				   master->rtnl_link_ops->kind : "openvswitch");
		return -EBUSY;
	}
	if (netif_is_macvlan_port(dev)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has macvlan or macvtap devices: delete them first",
				   dev->name);
		return -EBUSY;
	}
	if (netdev_is_rx_handler_busy((struct net_device *)dev)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Something else receives the frames of %s",
				   dev->name);
		return -EBUSY;
	}
	return 0;
}

static int vsw_port_is_switch(struct net_device *lower,
			      struct netdev_nested_priv *priv)
{
	return vsw_switch_is(lower);
}

static int vsw_port_check_loop(const struct vsw_switch *sw,
			       struct net_device *dev,
			       struct netlink_ext_ack *extack)
{
	struct netdev_nested_priv priv = {};

	if (dev == sw->dev) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot be a port of itself", dev->name);
		return -ELOOP;
	}
	if (vsw_switch_is(dev)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is a vsw switch: join switches by a veth pair",
				   dev->name);
		return -ELOOP;
	}
	if (netdev_walk_all_lower_dev(dev, vsw_port_is_switch, &priv)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is built on a vsw switch: that would loop",
				   dev->name);
		return -ELOOP;
	}
	return 0;
}

static int vsw_port_check_dev(const struct vsw_switch *sw,
			      struct net_device *dev,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (dev->flags & IFF_LOOPBACK || dev->type != ARPHRD_ETHER ||
	    dev->addr_len != ETH_ALEN || !is_valid_ether_addr(dev->dev_addr)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is no Ethernet device: use a tap, veth or NIC",
				   dev->name);
		return -EINVAL;
	}
	err = vsw_port_check_loop(sw, dev, extack);
	if (err)
		return err;
	if (netif_is_bridge_master(dev) || netdev_uses_dsa(dev) ||
	    dev->priv_flags & (IFF_DONT_BRIDGE | IFF_NO_RX_HANDLER)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is of a kind that cannot be bridged",
				   dev->name);
		return -EOPNOTSUPP;
	}
	err = vsw_port_check_free(dev, extack);
	if (err)
		return err;
	if (sw->mtu_wanted && dev->mtu < sw->dev->mtu) {
		NL_SET_ERR_MSG_FMT(extack,
				   "MTU %u of %s is below the %u of %s: raise it",
				   dev->mtu, dev->name, sw->dev->mtu,
				   sw->dev->name);
		return -EINVAL;
	}
	return 0;
}

static int vsw_port_check_name(struct net *net, const char *name,
			       struct netlink_ext_ack *extack)
{
	const char *c;

	for (c = name; *c > ' ' && *c < 127 && *c != '/'; c++)
		;
	if (c == name || *c) {
		NL_SET_ERR_MSG(extack,
			       "A port name is 1 to 31 printable characters without space and slash");
		return -EINVAL;
	}
	if (vsw_port_find_any(net, name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Port %s exists already: choose another name",
				   name);
		return -EEXIST;
	}
	return 0;
}

/**
 * vsw_port_free - free a port that nobody sees any more
 * @port: the port
 */
void vsw_port_free(struct vsw_port *port)
{
	kfree(port->await);
	free_percpu(port->stats);
	bitmap_free(port->nic_vids);
	kfree(rcu_dereference_raw(port->vlans));
	kfree(port->vf);
	kfree(port);
}

static void vsw_port_free_rcu(struct rcu_head *head)
{
	vsw_port_free(container_of(head, struct vsw_port, rcu));
}

/**
 * vsw_port_alloc - make a port without policy, path and place
 * @sw: the switch
 * @config: what it is to be
 *
 * Return: the port, or NULL.
 */
struct vsw_port *vsw_port_alloc(struct vsw_switch *sw,
				const struct vsw_port_config *config)
{
	struct vsw_port *port;
	struct vsw_vlans *none;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;

	INIT_LIST_HEAD(&port->list);
	INIT_LIST_HEAD(&port->vf_ports);
	xa_init(&port->parked);
	strscpy(port->name, config->name, sizeof(port->name));
	port->sw = sw;
	port->dev = config->dev;
	port->flags = config->flags;
	port->egress = config->uplink ?: port;

	none = vsw_vlans_alloc();
	RCU_INIT_POINTER(port->vlans, none);
	port->stats = vsw_stats_alloc();
	if (config->flags & VSW_PORT_UPLINK)
		port->nic_vids = bitmap_zalloc(VLAN_N_VID, GFP_KERNEL);
	if (config->flags & VSW_PORT_VF)
		port->vf = kzalloc(sizeof(*port->vf), GFP_KERNEL);

	if (!none || !port->stats ||
	    (config->flags & VSW_PORT_UPLINK && !port->nic_vids) ||
	    (config->flags & VSW_PORT_VF && !port->vf)) {
		vsw_port_free(port);
		return NULL;
	}
	port->id = vsw_port_next_id++;
	return port;
}

static void vsw_port_restore_lro(struct vsw_port *port)
{
	if (!port->lro)
		return;
	port->dev->wanted_features |= NETIF_F_LRO;
	vsw_netdev_lock(port->dev);
	netdev_update_features(port->dev);
	vsw_netdev_unlock(port->dev);
}

/* Take the frames of a device. */
static int vsw_port_attach(struct vsw_port *port,
			   struct netlink_ext_ack *extack)
{
	struct net_device *dev = port->dev;
	int err;

	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	port->lro = dev->wanted_features & NETIF_F_LRO;
	if (dev->features & NETIF_F_LRO)
		dev_disable_lro(dev);

	err = netdev_master_upper_dev_link(dev, port->sw->dev, NULL, NULL,
					   extack);
	if (err)
		goto err_lro;

	err = netdev_rx_handler_register(dev, vsw_rx_handler, port);
	if (err)
		goto err_unlink;

	/* Groups that VMs have joined are nothing we know of: take them all. */
	if (vsw_port_is_uplink(port)) {
		err = dev_set_allmulti(dev, 1);
		if (err)
			goto err_handler;
	}

	err = vsw_port_is_uplink(port) ? vsw_nicsync_uplink_add(port) : 0;
	if (err)
		goto err_allmulti;
	if (vsw_port_is_uplink(port))
		vsw_keeper_watch(port);
	return 0;

err_allmulti:
	dev_set_allmulti(dev, -1);
err_handler:
	netdev_rx_handler_unregister(dev);
err_unlink:
	netdev_upper_dev_unlink(dev, port->sw->dev);
err_lro:
	vsw_port_restore_lro(port);
	netdev_put(dev, &port->tracker);
	return err;
}

/*
 * With vsw_port_put_dev() the mirror of vsw_port_attach(): the device is as it
 * was.
 */
static void vsw_port_detach(struct vsw_port *port)
{
	struct net_device *dev = port->dev;

	if (vsw_port_is_uplink(port)) {
		vsw_park_leave_all(port);
		vsw_keeper_unwatch(port);
		vsw_nicsync_uplink_del(port);
		dev_set_allmulti(dev, -1);
	}
	/* Waits until no frame is between the handler and the switch. */
	netdev_rx_handler_unregister(dev);
	netdev_upper_dev_unlink(dev, port->sw->dev);
}

/* The last use of the device. */
static void vsw_port_put_dev(struct vsw_port *port)
{
	if (port->vf || vsw_port_is_host(port))
		return;
	vsw_port_restore_lro(port);
	netdev_put(port->dev, &port->tracker);
}

/* Take a VF: what it is now is what it will be again. */
static int vsw_port_attach_vf(struct vsw_port *port,
			      const struct vsw_port_config *config,
			      struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	struct vsw_vf *vf = port->vf;
	int err;

	err = vsw_vf_check(config->uplink, config->vf, extack);
	if (err)
		return err;

	vf->port = port;
	vf->uplink = config->uplink;
	vf->index = config->vf;
	vsw_park_leave(vf->uplink, vf->index);
	err = vsw_vf_read(vf->uplink->dev, vf->index, &vf->saved);
	if (err) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot tell what its VF %u is (error %d)",
				   vf->uplink->dev->name, vf->index, -err);
		vsw_park_vf(vf->uplink, vf->index);
		return err;
	}
	vf->wanted = vf->saved;
	vf->present = true;
	vf->removals = atomic_read(&vf->uplink->pf.removals);

	/* Without a wish the address is that of the VF, or one for good. */
	if (is_zero_ether_addr(policy->mac)) {
		if (is_valid_ether_addr(vf->saved.mac))
			ether_addr_copy(policy->mac, vf->saved.mac);
		else
			eth_random_addr(policy->mac);
	}
	list_add_tail(&vf->list, &vf->uplink->vf_ports);
	vsw_keeper_look(port->sw);
	return 0;
}

static void vsw_port_detach_vf(struct vsw_port *port)
{
	list_del(&port->vf->list);
	vsw_vf_restore(port->vf);
	vsw_park_vf(port->vf->uplink, port->vf->index);
}

static int vsw_port_attach_path(struct vsw_port *port,
				const struct vsw_port_config *config,
				struct vsw_policy *policy,
				struct netlink_ext_ack *extack)
{
	if (port->vf)
		return vsw_port_attach_vf(port, config, policy, extack);
	if (vsw_port_is_host(port))
		return 0;
	return vsw_port_attach(port, extack);
}

static void vsw_port_detach_path(struct vsw_port *port)
{
	if (port->vf)
		vsw_port_detach_vf(port);
	else if (!vsw_port_is_host(port))
		vsw_port_detach(port);
}

/**
 * vsw_port_add - make a port, whole or not at all
 * @sw: the switch
 * @config: what it is
 * @policy: its policy; its VLANs become the port's
 * @extack: what failed
 *
 * ORDER: the port is on the list of its switch only when it has its policy, so
 * that flooding never meets a half. The frames that it sends before are dropped
 * because it is a member of no VLAN.
 *
 * Return: the port, or an error pointer and nothing has changed.
 */
struct vsw_port *vsw_port_add(struct vsw_switch *sw,
			      const struct vsw_port_config *config,
			      struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	struct vsw_port *port;
	int err;

	ASSERT_RTNL();
	if (config->dev && !(config->flags & VSW_PORT_HOST)) {
		err = vsw_port_check_dev(sw, config->dev, extack);
		if (err)
			return ERR_PTR(err);
	}
	err = vsw_port_check_name(dev_net(sw->dev), config->name, extack);
	if (err)
		return ERR_PTR(err);

	port = vsw_port_alloc(sw, config);
	if (!port)
		return ERR_PTR(-ENOMEM);

	err = vsw_port_attach_path(port, config, policy, extack);
	if (err)
		goto err_free;

	err = __vsw_port_apply(port, policy, extack);
	if (err)
		goto err_detach;

	if (vsw_port_is_host(port))
		sw->host = port;
	else
		sw->port_count++;
	list_add_tail_rcu(&port->list, &sw->ports);
	vsw_switch_update(sw);
	return port;

err_detach:
	vsw_port_detach_path(port);
	vsw_port_put_dev(port);
err_free:
	/* Nobody learned on it, but the receive handler may have seen it. */
	call_rcu(&port->rcu, vsw_port_free_rcu);
	return ERR_PTR(err);
}

/* Leave every VLAN: filters and entries of the port go. */
static void vsw_port_forget(struct vsw_port *port)
{
	const struct vsw_fdb_filter all = {
		.port = &port->fdb,
		.types = VSW_FDB_ALL,
	};
	const struct vsw_vlans *old = rtnl_dereference(port->vlans);
	static const struct vsw_vlans nothing;

	vsw_nicsync_vids_shrink(port, old, &nothing);
	vsw_fdb_flush(&port->sw->fdb, &all);
}

static void __vsw_port_del(struct vsw_port *port)
{
	struct vsw_switch *sw = port->sw;

	if (!vsw_port_is_host(port))
		sw->port_count--;
	list_del_rcu(&port->list);
	if (port->promisc)
		dev_set_promiscuity(port->dev, -1);
	vsw_port_detach_path(port);
	vsw_port_forget(port);
	vsw_port_put_dev(port);
	call_rcu(&port->rcu, vsw_port_free_rcu);
}

/**
 * vsw_port_vanish - a port goes, and nobody can say no
 * @port: the port; an uplink takes the ports of its VFs along
 */
void vsw_port_vanish(struct vsw_port *port)
{
	struct vsw_switch *sw = port->sw;
	struct vsw_vf *vf, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(vf, next, &port->vf_ports, list) {
		vsw_netlink_port_notify(vf->port, true);
		__vsw_port_del(vf->port);
	}
	vsw_netlink_port_notify(port, true);
	__vsw_port_del(port);
	vsw_switch_update(sw);
}

/**
 * vsw_port_del - release a port
 * @port: the port
 * @extack: why not
 *
 * Return: 0 or a negative error.
 */
int vsw_port_del(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (vsw_port_is_host(port)) {
		NL_SET_ERR_MSG(extack,
			       "The host port is the switch itself: delete the switch instead");
		return -EBUSY;
	}
	if (!list_empty(&port->vf_ports)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VF port %s uses this uplink: delete it first",
				   list_first_entry(&port->vf_ports,
						    struct vsw_vf,
						    list)->port->name);
		return -EBUSY;
	}
	vsw_port_vanish(port);
	return 0;
}

/**
 * vsw_port_del_all - release all ports of a switch that goes
 * @sw: the switch
 */
void vsw_port_del_all(struct vsw_switch *sw)
{
	struct vsw_port *port;

	/* From the youngest: VF ports are younger than their uplinks. */
	while (!list_empty(&sw->ports)) {
		port = list_last_entry(&sw->ports, struct vsw_port, list);
		vsw_netlink_port_notify(port, true);
		__vsw_port_del(port);
	}
}
