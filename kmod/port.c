// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports. See port.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/dsa.h>

#include <uapi/linux/vsw_link.h>

#include "compat/netdev_lock.h"
#include "nicsync.h"
#include "port.h"
#include "switch.h"

const struct vsw_port_flag vsw_port_flags[] = {
	{ VSW_PORT_LEARNING, VSW_A_PORT_LEARNING,
	  IFLA_BRPORT_LEARNING, IFLA_VSW_PORT_LEARNING },
	{ VSW_PORT_UNICAST_FLOOD, VSW_A_PORT_UNICAST_FLOOD,
	  IFLA_BRPORT_UNICAST_FLOOD, IFLA_VSW_PORT_UNICAST_FLOOD },
	{ VSW_PORT_MULTICAST_FLOOD, VSW_A_PORT_MULTICAST_FLOOD,
	  IFLA_BRPORT_MCAST_FLOOD, IFLA_VSW_PORT_MULTICAST_FLOOD },
	{ VSW_PORT_BROADCAST_FLOOD, VSW_A_PORT_BROADCAST_FLOOD,
	  IFLA_BRPORT_BCAST_FLOOD, IFLA_VSW_PORT_BROADCAST_FLOOD },
	{ VSW_PORT_HAIRPIN, VSW_A_PORT_HAIRPIN,
	  IFLA_BRPORT_MODE, IFLA_VSW_PORT_HAIRPIN },
	{ VSW_PORT_ISOLATED, VSW_A_PORT_ISOLATED,
	  IFLA_BRPORT_ISOLATED, IFLA_VSW_PORT_ISOLATED },
	{ VSW_PORT_INGRESS_FILTERING, VSW_A_PORT_INGRESS_FILTERING, 0, 0 },
};

const unsigned int vsw_port_flag_count = ARRAY_SIZE(vsw_port_flags);

/**
 * vsw_policy_init - the policy of a new port that names none
 * @policy: where to put it; release it with vsw_policy_release()
 * @sw: the switch that the port is to join
 * @flags: what the port is
 *
 * An uplink carries all VLANs, tagged but for the default PVID: which of them
 * it really needs follows from the other ports. Any other port is an access
 * port of the default PVID.
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_policy_init(struct vsw_policy *policy, const struct vsw_switch *sw,
		    u32 flags)
{
	const struct vsw_vlan_range all = { .first = 1, .last = VSW_VID_MAX };
	const struct vsw_vlan_range native = {
		.first = sw->default_pvid,
		.last = sw->default_pvid,
		.flags = VSW_VLAN_FLAG_PVID | VSW_VLAN_FLAG_UNTAGGED,
	};

	memset(policy, 0, sizeof(*policy));
	policy->vlans = vsw_vlans_alloc();
	if (!policy->vlans)
		return -ENOMEM;

	policy->flags = VSW_PORT_POLICY_DEFAULT;
	if (flags & VSW_PORT_VF)
		policy->flags &= ~(VSW_PORT_LEARNING | VSW_PORT_FLOOD);
	/* The host knows its addresses: nothing unknown is meant for it. */
	if (flags & VSW_PORT_HOST)
		policy->flags &= ~VSW_PORT_UNICAST_FLOOD;

	if (flags & VSW_PORT_UPLINK)
		vsw_vlans_add(policy->vlans, &all);
	if (sw->default_pvid)
		vsw_vlans_add(policy->vlans, &native);

	policy->vf.spoofchk = 1;
	return 0;
}

/**
 * vsw_policy_get - the present policy of a port
 * @policy: where to put it; release it with vsw_policy_release()
 * @port: the port
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_policy_get(struct vsw_policy *policy, const struct vsw_port *port)
{
	memset(policy, 0, sizeof(*policy));
	policy->vlans = vsw_vlans_dup(rtnl_dereference(port->vlans));
	if (!policy->vlans)
		return -ENOMEM;

	policy->flags = port->flags & VSW_PORT_POLICY_MASK;
	/* Set by promiscuity of the switch device, and not by policy */
	if (vsw_port_is_host(port) && port->dev->flags & IFF_PROMISC)
		policy->flags &= ~VSW_PORT_UNICAST_FLOOD;
	policy->pcp = port->pcp >> VLAN_PRIO_SHIFT;
	policy->fdb_max = port->fdb.learned_max;
	ether_addr_copy(policy->mac, port->mac);
	if (port->vf)
		policy->vf = port->vf->policy;
	return 0;
}

/**
 * vsw_policy_release - free what a policy holds
 * @policy: the policy
 */
void vsw_policy_release(struct vsw_policy *policy)
{
	kfree(policy->vlans);
	policy->vlans = NULL;
}

/**
 * vsw_policy_set_access - make a policy that of an access port
 * @policy: the policy
 * @vid: the VLAN, 0 for none
 *
 * An access port takes no tagged frames: what is behind it does not know that
 * there are VLANs, unless it is up to something.
 */
void vsw_policy_set_access(struct vsw_policy *policy, u16 vid)
{
	vsw_vlans_set_access(policy->vlans, vid);
	policy->flags &= ~VSW_PORT_ADMIT;
	policy->flags |= VSW_PORT_ADMIT_UNTAGGED;
}

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
	return rtnl_dereference(dev->rx_handler_data);
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
	struct vsw_switch *sw;
	struct vsw_port *port;

	ASSERT_RTNL();
	vsw_switch_for_each(sw, net)
		list_for_each_entry(port, &sw->ports, list)
			if (!strcmp(port->name, name))
				return port;
	return NULL;
}

/**
 * vsw_port_is_up - can frames go out of a port?
 * @port: the port
 */
bool vsw_port_is_up(const struct vsw_port *port)
{
	const struct net_device *dev = port->egress->dev;

	return netif_running(dev) && netif_carrier_ok(dev);
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

/* What the port sees: its policy, and what it is. */
static u32 vsw_port_all_flags(const struct vsw_port *port, u32 policy)
{
	u32 flags = (port->flags & ~VSW_PORT_POLICY_MASK) | policy;

	if ((flags & VSW_PORT_HOST) && port->dev->flags & IFF_PROMISC)
		flags |= VSW_PORT_UNICAST_FLOOD;
	return flags;
}

static int vsw_port_check_mac(const struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	if (is_zero_ether_addr(policy->mac))
		return 0;
	if (is_multicast_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "A port cannot have a multicast MAC address: clear the lowest bit of the first byte");
		return -EADDRNOTAVAIL;
	}
	if (!policy->vlans->pvid) {
		NL_SET_ERR_MSG(extack,
			       "The MAC address of a port lives in the VLAN of its PVID: give the port a PVID too");
		return -EINVAL;
	}
	return 0;
}

/* What the embedded switch of a NIC cannot do is refused, not ignored. */
static int vsw_port_check_vf(const struct vsw_port *port,
			     const struct vsw_policy *policy,
			     struct netlink_ext_ack *extack)
{
	const struct vsw_port *uplink = port->egress;
	u16 vid = policy->vlans->pvid;

	if (!vid || policy->vlans->count != 1) {
		NL_SET_ERR_MSG(extack,
			       "A VF port is an access port of one VLAN: set its PVID and no other VLAN");
		return -EINVAL;
	}
	if (!vsw_vlans_has(rtnl_dereference(uplink->vlans), vid)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Uplink %s does not carry VLAN %u: add it there first",
				   uplink->name, vid);
		return -EINVAL;
	}
	if (policy->pcp &&
	    vsw_vlans_untagged(rtnl_dereference(uplink->vlans), vid)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VLAN %u has no tag on %s to hold a priority: set pcp 0",
				   vid, uplink->name);
		return -EINVAL;
	}
	if (policy->flags & ~(VSW_PORT_INGRESS_FILTERING | VSW_PORT_ADMIT)) {
		NL_SET_ERR_MSG(extack,
			       "The embedded switch of the NIC cannot learn, flood, isolate or hairpin per VF: leave that out");
		return -EOPNOTSUPP;
	}
	if (is_zero_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "A VF port needs a MAC address: the NIC delivers by it");
		return -EINVAL;
	}
	return 0;
}

/* An uplink must go on to carry the VLANs of its VFs, tagged as they are. */
static int vsw_port_check_uplink(const struct vsw_port *port,
				 const struct vsw_policy *policy,
				 struct netlink_ext_ack *extack)
{
	const struct vsw_vlans *old = rtnl_dereference(port->vlans);
	const struct vsw_vf *vf;

	list_for_each_entry(vf, &port->vf_ports, list) {
		u16 vid = vsw_port_pvid(vf->port);

		if (vsw_vlans_has(policy->vlans, vid) &&
		    vsw_vlans_untagged(policy->vlans, vid) ==
		    vsw_vlans_untagged(old, vid))
			continue;
		NL_SET_ERR_MSG_FMT(extack,
				   "VF port %s uses VLAN %u: move that port first",
				   vf->port->name, vid);
		return -EBUSY;
	}
	return 0;
}

static int vsw_port_check(const struct vsw_port *port,
			  const struct vsw_policy *policy,
			  struct netlink_ext_ack *extack)
{
	int err;

	err = vsw_port_check_mac(policy, extack);
	if (err)
		return err;
	if (vsw_port_is_host(port) && !is_zero_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "The address of the host port is that of the switch device: ip link set address");
		return -EINVAL;
	}
	if (port->vf)
		return vsw_port_check_vf(port, policy, extack);
	if (vsw_port_is_uplink(port))
		return vsw_port_check_uplink(port, policy, extack);
	return 0;
}

static bool vsw_port_mac_stays(const struct vsw_port *port,
			       const struct vsw_policy *policy)
{
	return ether_addr_equal(port->mac, policy->mac) &&
	       vsw_port_pvid(port) == policy->vlans->pvid;
}

/* Make the new address of a port a local entry. */
static int vsw_port_claim_mac(struct vsw_port *port,
			      const struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (is_zero_ether_addr(policy->mac) ||
	    vsw_port_mac_stays(port, policy))
		return 0;

	err = vsw_fdb_set(&port->sw->fdb, policy->mac, policy->vlans->pvid,
			  &port->fdb, VSW_FDB_TYPE_LOCAL);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_FMT(extack,
				   "%pM is another's in VLAN %u: see fdb show",
				   policy->mac, policy->vlans->pvid);
	return err;
}

static void vsw_port_disclaim_mac(struct vsw_port *port, const u8 *mac,
				  u16 vid)
{
	if (!is_zero_ether_addr(mac))
		vsw_fdb_del(&port->sw->fdb, mac, vid, &port->fdb,
			    BIT(VSW_FDB_TYPE_LOCAL));
}

/* What the NIC shall hold for a VF so that the policy is kept. */
static void vsw_port_vf_wanted(const struct vsw_port *port,
			       const struct vsw_policy *policy,
			       struct vsw_vf_state *wanted)
{
	const struct vsw_vlans *carried =
		rtnl_dereference(port->egress->vlans);
	u16 vid = policy->vlans->pvid;

	ether_addr_copy(wanted->mac, policy->mac);
	wanted->vlan = vsw_vlans_untagged(carried, vid) ? 0 : vid;
	wanted->pcp = policy->pcp;
	wanted->spoofchk = policy->vf.spoofchk;
	wanted->trust = policy->vf.trust;
	wanted->link_state = policy->vf.link_state;
	wanted->min_tx_rate = policy->vf.min_tx_rate;
	wanted->max_tx_rate = policy->vf.max_tx_rate;
}

static int vsw_port_program_vf(struct vsw_port *port,
			       const struct vsw_policy *policy,
			       struct netlink_ext_ack *extack)
{
	struct vsw_vf *vf = port->vf;
	struct vsw_vf_state wanted;
	int err;

	if (!vf)
		return 0;

	vsw_port_vf_wanted(port, policy, &wanted);
	err = vsw_vf_program(vf->uplink->dev, vf->index, &vf->wanted, &wanted,
			     extack);
	if (err)
		return err;
	vf->wanted = wanted;
	vf->policy = policy->vf;
	return 0;
}

/* The part of applying a policy that cannot fail. */
static void vsw_port_commit(struct vsw_port *port, struct vsw_policy *policy)
{
	struct vsw_vlans *old = rtnl_dereference(port->vlans);
	struct vsw_vlans *new = policy->vlans;
	const struct vsw_fdb_filter left = {
		.port = &port->fdb,
		.keep_vids = new->member,
		.types = VSW_FDB_ALL,
	};
	u8 old_mac[ETH_ALEN] __aligned(2);
	bool mac_stays = vsw_port_mac_stays(port, policy);
	u16 old_pvid = old->pvid;

	ether_addr_copy(old_mac, port->mac);
	ether_addr_copy(port->mac, policy->mac);
	WRITE_ONCE(port->fdb.learned_max, policy->fdb_max);
	WRITE_ONCE(port->pcp, policy->pcp << VLAN_PRIO_SHIFT);
	WRITE_ONCE(port->flags, vsw_port_all_flags(port, policy->flags));
	rcu_assign_pointer(port->vlans, new);
	policy->vlans = NULL;

	if (!mac_stays)
		vsw_port_disclaim_mac(port, old_mac, old_pvid);
	vsw_nicsync_vids_shrink(port, old, new);
	if (!bitmap_subset(old->member, new->member, VLAN_N_VID)) {
		/* Frames that saw the old set may still be learning. */
		synchronize_net();
		vsw_fdb_flush(&port->sw->fdb, &left);
	}
	if (vsw_port_is_host(port))
		vsw_switch_host_macs_sync(port->sw);
	kfree_rcu(old, rcu);
}

static int __vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
			    struct netlink_ext_ack *extack)
{
	const struct vsw_vlans *old = rtnl_dereference(port->vlans);
	int err;

	err = vsw_port_check(port, policy, extack);
	if (err)
		return err;

	err = vsw_port_claim_mac(port, policy, extack);
	if (err)
		return err;

	err = vsw_nicsync_vids_grow(port, old, policy->vlans);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "An uplink refused a VLAN filter entry: use fewer VLANs or switch its rx-vlan-filter off");
		goto err_mac;
	}

	err = vsw_port_program_vf(port, policy, extack);
	if (err)
		goto err_vids;

	vsw_port_commit(port, policy);
	return 0;

err_vids:
	vsw_nicsync_vids_shrink(port, policy->vlans, old);
err_mac:
	if (!vsw_port_mac_stays(port, policy))
		vsw_port_disclaim_mac(port, policy->mac, policy->vlans->pvid);
	return err;
}

/**
 * vsw_port_apply - change the policy of a port, whole or not at all
 * @port: the port
 * @policy: its new policy; its VLANs become the port's
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
		   struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = __vsw_port_apply(port, policy, extack);
	if (err)
		return err;

	vsw_switch_update(port->sw);
	return 0;
}

/* By whom a device is used already. */
static int vsw_port_check_free(const struct net_device *dev,
			       struct netlink_ext_ack *extack)
{
	struct net_device *master;

	master = netdev_master_upper_dev_get((struct net_device *)dev);
	if (master) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s is enslaved to %s (%s): take it out there first",
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
	if (netif_is_bridge_master(dev) || dev->priv_flags & IFF_DONT_BRIDGE ||
	    netdev_uses_dsa(dev)) {
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
				   "MTU %u of %s is below the %u of %s: make them equal",
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
	if (vsw_port_find(net, name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Port %s exists already: choose another name",
				   name);
		return -EEXIST;
	}
	return 0;
}

static void vsw_port_free(struct vsw_port *port)
{
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

/* A port without policy, path and place. */
static struct vsw_port *vsw_port_alloc(struct vsw_switch *sw,
				       const struct vsw_port_config *config)
{
	struct vsw_port *port;
	struct vsw_vlans *none;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;

	INIT_LIST_HEAD(&port->list);
	INIT_LIST_HEAD(&port->vf_ports);
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
	port->id = sw->next_port_id++;
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

/* The mirror of vsw_port_attach(): the device is as it was. */
static void vsw_port_detach(struct vsw_port *port)
{
	struct net_device *dev = port->dev;

	if (vsw_port_is_uplink(port)) {
		vsw_nicsync_uplink_del(port);
		dev_set_allmulti(dev, -1);
	}
	/* Waits until no frame is between the handler and the switch. */
	netdev_rx_handler_unregister(dev);
	netdev_upper_dev_unlink(dev, port->sw->dev);
	vsw_port_restore_lro(port);
	netdev_put(dev, &port->tracker);
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
	err = vsw_vf_read(vf->uplink->dev, vf->index, &vf->saved);
	if (err) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot tell what its VF %u is (error %d)",
				   vf->uplink->dev->name, vf->index, -err);
		return err;
	}
	vf->wanted = vf->saved;

	/* Without a wish the address is that of the VF, or one for good. */
	if (is_zero_ether_addr(policy->mac)) {
		if (is_valid_ether_addr(vf->saved.mac))
			ether_addr_copy(policy->mac, vf->saved.mac);
		else
			eth_random_addr(policy->mac);
	}
	list_add_tail(&vf->list, &vf->uplink->vf_ports);
	return 0;
}

static void vsw_port_detach_vf(struct vsw_port *port)
{
	list_del(&port->vf->list);
	vsw_vf_restore(port->vf);
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
	err = vsw_port_check_name(dev_net(sw->dev), config->name, extack);
	if (err)
		return ERR_PTR(err);
	if (config->dev && !(config->flags & VSW_PORT_HOST)) {
		err = vsw_port_check_dev(sw, config->dev, extack);
		if (err)
			return ERR_PTR(err);
	}

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
				   "VF port %s uses this uplink: delete that port first",
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
