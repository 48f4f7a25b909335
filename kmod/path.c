// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paths of a port: attaching and detaching them. See path.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/dsa.h>

#include "compat/netdev_lock.h"
#include "await.h"
#include "failover.h"
#include "keeper.h"
#include "nicsync.h"
#include "park.h"
#include "path.h"
#include "stage.h"
#include "switch.h"

/* By whom a device is used already. */
static int vsw_path_check_free(const struct net_device *dev,
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

static int vsw_path_is_switch(struct net_device *lower,
			      struct netdev_nested_priv *priv)
{
	return vsw_switch_is(lower);
}

static int vsw_path_check_loop(const struct vsw_switch *sw,
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
	if (netdev_walk_all_lower_dev(dev, vsw_path_is_switch, &priv)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is built on a vsw switch: that would loop",
				   dev->name);
		return -ELOOP;
	}
	return 0;
}

/**
 * vsw_path_check_dev - may a device become the soft path of a port?
 * @sw: the switch
 * @dev: the device
 * @extack: why not
 *
 * Return: 0 or a negative error.
 */
int vsw_path_check_dev(const struct vsw_switch *sw, struct net_device *dev,
		       struct netlink_ext_ack *extack)
{
	int err;

	vsw_stage_yield(vsw_port_get_rtnl(dev));
	if (dev->flags & IFF_LOOPBACK || dev->type != ARPHRD_ETHER ||
	    dev->addr_len != ETH_ALEN || !is_valid_ether_addr(dev->dev_addr)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is no Ethernet device: use a tap, veth or NIC",
				   dev->name);
		return -EINVAL;
	}
	err = vsw_path_check_loop(sw, dev, extack);
	if (err)
		return err;
	if (netif_is_bridge_master(dev) || netdev_uses_dsa(dev) ||
	    dev->priv_flags & (IFF_DONT_BRIDGE | IFF_NO_RX_HANDLER)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is of a kind that cannot be bridged",
				   dev->name);
		return -EOPNOTSUPP;
	}
	/* It takes tags in frames that it sends for its own, too. */
	if (is_vlan_dev(dev) &&
	    !(vlan_dev_priv(dev)->flags & VLAN_FLAG_REORDER_HDR)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s leaves tags in the frames it receives: set reorder_hdr on",
				   dev->name);
		return -EOPNOTSUPP;
	}
	err = vsw_path_check_free(dev, extack);
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

static void vsw_path_restore_lro(struct vsw_port *port)
{
	if (!port->lro)
		return;
	port->dev->wanted_features |= NETIF_F_LRO;
	vsw_netdev_lock(port->dev);
	netdev_update_features(port->dev);
	vsw_netdev_unlock(port->dev);
}

/**
 * vsw_path_attach_soft - take the frames of the device of a port
 * @port: the port
 * @extack: what failed
 *
 * Return: 0, or a negative error and the device is as it was.
 */
int vsw_path_attach_soft(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	struct net_device *dev = port->dev;
	int err;

	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	port->lro = dev->wanted_features & NETIF_F_LRO;
	if (dev->features & NETIF_F_LRO)
		dev_disable_lro(dev);
	/* netconsole leaves a device that gets a master. */
	call_netdevice_notifiers(NETDEV_JOIN, dev);

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
	vsw_path_restore_lro(port);
	netdev_put(dev, &port->tracker);
	return err;
}

/**
 * vsw_path_detach_soft - take no more frames from the device of a port
 * @port: the port
 *
 * With vsw_path_put_dev() the mirror of vsw_path_attach_soft(): the device is as
 * it was.
 */
void vsw_path_detach_soft(struct vsw_port *port)
{
	struct net_device *dev = port->dev;

	if (vsw_port_is_uplink(port)) {
		vsw_park_leave_all(port);
		vsw_keeper_unwatch(port);
		vsw_nicsync_uplink_del(port);
		dev_set_allmulti(dev, -1);
	}
	if (port->promisc)
		dev_set_promiscuity(dev, -1);
	port->promisc = false;
	/* Waits until no frame is between the handler and the switch. */
	netdev_rx_handler_unregister(dev);
	netdev_upper_dev_unlink(dev, port->sw->dev);
}

/**
 * vsw_path_put_dev - the last use of the device of a port
 * @port: the port, detached
 */
void vsw_path_put_dev(struct vsw_port *port)
{
	vsw_path_restore_lro(port);
	netdev_put(port->dev, &port->tracker);
}

/**
 * vsw_path_attach_vf - take a VF: what it is now is what it will be again
 * @port: a port with room for a VF path
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 * @mac: address of the port; without one it becomes that of the VF, or one for
 *	good
 * @extack: what failed
 *
 * Return: 0, or a negative error and the VF is as it was.
 */
int vsw_path_attach_vf(struct vsw_port *port, struct vsw_port *uplink,
		       u32 index, u8 *mac, struct netlink_ext_ack *extack)
{
	struct vsw_vf *vf = port->vf;
	int err;

	err = vsw_vf_check(uplink, index, extack);
	if (err)
		return err;

	vf->port = port;
	vf->uplink = uplink;
	vf->index = index;
	vsw_park_leave(uplink, index);
	err = vsw_vf_read(uplink->dev, index, &vf->saved);
	if (err) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot tell what its VF %u is (error %d)",
				   uplink->dev->name, index, -err);
		vsw_park_vf(uplink, index);
		return err;
	}
	vf->wanted = vf->saved;
	vf->present = true;
	vf->removals = atomic_read(&uplink->pf.removals);

	if (is_zero_ether_addr(mac)) {
		if (is_valid_ether_addr(vf->saved.mac))
			ether_addr_copy(mac, vf->saved.mac);
		else
			eth_random_addr(mac);
	}
	list_add_tail(&vf->list, &uplink->vf_ports);
	vsw_keeper_look(port->sw);
	return 0;
}

/**
 * vsw_path_detach_vf - let a VF be what it was
 * @port: its port
 */
void vsw_path_detach_vf(struct vsw_port *port)
{
	list_del(&port->vf->list);
	vsw_vf_restore(port->vf);
	vsw_park_vf(port->vf->uplink, port->vf->index);
}

/**
 * vsw_path_reattach_vf - take a VF that was let go, whether it is there or not
 * @port: its port
 *
 * What it was before stays what it will be again.
 */
void vsw_path_reattach_vf(struct vsw_port *port)
{
	struct vsw_vf *vf = port->vf;

	vsw_park_leave(vf->uplink, vf->index);
	vf->wanted = vf->saved;
	list_add_tail(&vf->list, &vf->uplink->vf_ports);
	vsw_keeper_look(port->sw);
}

/**
 * vsw_path_add_soft - give a VF port a soft path, too
 * @port: the port
 * @dev: the device
 * @extack: what failed
 *
 * The VF path stays the active one.
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_path_add_soft(struct vsw_port *port, struct net_device *dev,
		      struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (port->dev) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has a soft path, %s: take that away first (dev none)",
				   port->name, port->dev->name);
		return -EBUSY;
	}
	err = vsw_path_check_dev(port->sw, dev, extack) ?:
	      vsw_policy_check_soft(&port->vf->policy, extack);
	if (err)
		return err;

	port->dev = dev;
	err = vsw_path_attach_soft(port, extack);
	if (err)
		goto err_dev;
	err = vsw_failover_watch(port, extack);
	if (err)
		goto err_detach;
	vsw_switch_update(port->sw);
	return 0;

err_detach:
	vsw_path_detach_soft(port);
	vsw_path_put_dev(port);
err_dev:
	port->dev = NULL;
	return err;
}

/* Without its soft path a port is a VF port. */
static void vsw_path_drop_soft(struct vsw_port *port)
{
	vsw_failover_unwatch(port);
	vsw_path_detach_soft(port);
	vsw_path_put_dev(port);
	port->dev = NULL;
	vsw_switch_update(port->sw);
}

/**
 * vsw_path_del_soft - take its soft path from a port that has two
 * @port: the port
 * @extack: why not
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_path_del_soft(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (!port->dev || !port->vf) {
		NL_SET_ERR_MSG(extack,
			       "A port needs a path: delete the port instead");
		return -EINVAL;
	}
	err = vsw_failover(port, VSW_PATH_VF, VSW_FAILOVER_CAUSE_PATH_LOST,
			   extack);
	if (!err)
		vsw_path_drop_soft(port);
	return err;
}

/**
 * vsw_path_lose_soft - the device of a port with two paths goes
 * @port: the port
 */
void vsw_path_lose_soft(struct vsw_port *port)
{
	ASSERT_RTNL();
	vsw_failover_force(port, VSW_PATH_VF);
	vsw_path_drop_soft(port);
	vsw_netlink_port_notify(port, false);
}

static int vsw_path_check_new_vf(const struct vsw_port *port,
				 const struct vsw_policy *policy,
				 struct netlink_ext_ack *extack)
{
	if (vsw_port_is_uplink(port) || vsw_port_is_host(port)) {
		NL_SET_ERR_MSG(extack,
			       "Only a local port can have a VF: name another port");
		return -EOPNOTSUPP;
	}
	if (port->vf) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has VF %u of %s: take that away first (vf none)",
				   port->name, port->vf->index,
				   port->vf->uplink->dev->name);
		return -EBUSY;
	}
	if (policy->flags & (VSW_PORT_ISOLATED | VSW_PORT_HAIRPIN)) {
		NL_SET_ERR_MSG(extack,
			       "The embedded switch of the NIC cannot isolate or hairpin per VF: switch that off first");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int vsw_path_join_vf(struct vsw_port *port, struct vsw_port *uplink,
			    u32 index, struct vsw_policy *policy,
			    struct netlink_ext_ack *extack)
{
	struct vsw_vf *vf = kzalloc(sizeof(*vf), GFP_KERNEL);
	int err;

	if (!vf)
		return -ENOMEM;
	WRITE_ONCE(port->vf, vf);
	err = vsw_path_attach_vf(port, uplink, index, policy->mac, extack);
	if (err)
		goto err_free;
	err = vsw_port_apply(port, policy, extack);
	if (err)
		goto err_detach;
	return 0;

err_detach:
	vsw_path_detach_vf(port);
err_free:
	WRITE_ONCE(port->vf, NULL);
	kfree_rcu_mightsleep(vf);
	return err;
}

/**
 * vsw_path_add_vf - give a soft port a VF, too
 * @port: the port
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 * @vf_policy: what only a VF path has
 * @extack: what failed
 *
 * The soft path stays the active one. From now on the port does what the VF can
 * do as well: it has the one address and learns none.
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_path_add_vf(struct vsw_port *port, struct vsw_port *uplink, u32 index,
		    const struct vsw_vf_policy *vf_policy,
		    struct netlink_ext_ack *extack)
{
	const struct vsw_fdb_filter learned = {
		.port = &port->fdb,
		.types = VSW_FDB_LEARNED,
	};
	struct vsw_policy policy;
	int err;

	ASSERT_RTNL();
	err = vsw_policy_get(&policy, port);
	if (err)
		return err;
	err = vsw_path_check_new_vf(port, &policy, extack);
	if (err)
		goto out;
	policy.flags &= ~VSW_PORT_PATH_FLAGS;
	policy.vf = *vf_policy;
	err = vsw_path_join_vf(port, uplink, index, &policy, extack);
	if (err)
		goto out;
	vsw_await_forget_vf(port);
	/* Who saw the old flags may still be learning. */
	synchronize_net();
	vsw_fdb_flush(&port->sw->fdb, &learned);
out:
	vsw_policy_release(&policy);
	return err;
}

/* Without its VF a port is a soft port. */
static void vsw_path_drop_vf(struct vsw_port *port)
{
	struct vsw_vf *vf = port->vf;

	vsw_failover_unwatch(port);
	vsw_path_detach_vf(port);
	WRITE_ONCE(port->vf, NULL);
	kfree_rcu_mightsleep(vf);
	vsw_switch_update(port->sw);
}

/* A port may do again what a VF cannot do. */
static void vsw_path_set_soft(struct vsw_port *port)
{
	vsw_port_set_flags(port, (port->flags & ~VSW_PORT_SPOOFCHK) |
				 VSW_PORT_LEARNING | VSW_PORT_FLOOD);
}

/**
 * vsw_path_del_vf - take its VF from a port that has two paths
 * @port: the port
 * @extack: why not
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_path_del_vf(struct vsw_port *port, struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (!port->vf && !port->await_vf) {
		NL_SET_ERR_MSG_FMT(extack, "%s has no VF", port->name);
		return -EINVAL;
	}
	if (!port->dev) {
		NL_SET_ERR_MSG(extack,
			       "A port needs a path: delete the port instead");
		return -EINVAL;
	}
	err = port->vf ? vsw_failover(port, VSW_PATH_SOFT,
				      VSW_FAILOVER_CAUSE_PATH_LOST, extack) : 0;
	if (err)
		return err;
	vsw_path_set_soft(port);
	vsw_await_forget_vf(port);
	if (port->vf)
		vsw_path_drop_vf(port);
	else
		vsw_switch_update(port->sw);
	return 0;
}

/**
 * vsw_path_lose_vf - the PF of a port with two paths goes
 * @port: the port
 */
void vsw_path_lose_vf(struct vsw_port *port)
{
	ASSERT_RTNL();
	vsw_failover_force(port, VSW_PATH_SOFT);
	if (!port->await_vf)
		vsw_path_set_soft(port);
	vsw_path_drop_vf(port);
}
