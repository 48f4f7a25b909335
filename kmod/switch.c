// SPDX-License-Identifier: GPL-2.0-only
/*
 * Switches. See switch.h.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "compat/rtnl.h"
#include "await.h"
#include "failover.h"
#include "flow.h"
#include "host.h"
#include "keeper.h"
#include "netlink.h"
#include "nicsync.h"
#include "path.h"
#include "rtnl.h"
#include "switch.h"
#include "team.h"
#include "trace.h"
#include "txn.h"

#define VSW_SWITCH_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | \
				 NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE | \
				 NETIF_F_HW_CSUM)

unsigned int vsw_net_id;

static struct vsw_switch *vsw_switch_of_fdb(struct vsw_fdb *fdb)
{
	return container_of(fdb, struct vsw_switch, fdb);
}

/*
 * What an address behind a port is to the filters of uplinks. Those know no VLAN: what
 * an administrator says is on the wire nobody may take off it from another VLAN.
 */
static u8 vsw_switch_owner_kind(const struct vsw_fdb_port *owner,
				enum vsw_fdb_type type)
{
	const struct vsw_port *port = container_of(owner, struct vsw_port,
						   fdb);
	u32 flags = READ_ONCE(port->flags);

	if (flags & VSW_PORT_UPLINK)
		return type == VSW_FDB_TYPE_STATIC ? VSW_NICSYNC_BEYOND :
						     VSW_NICSYNC_NONE;
	return flags & VSW_PORT_VF ? VSW_NICSYNC_BEYOND : VSW_NICSYNC_SOFT;
}

static int vsw_switch_fdb_bind(struct vsw_fdb *fdb,
			       const struct vsw_fdb_key *key,
			       struct vsw_fdb_port *owner,
			       enum vsw_fdb_type type)
{
	u8 kind = vsw_switch_owner_kind(owner, type);

	if (kind == VSW_NICSYNC_NONE)
		return 0;
	return vsw_nicsync_mac_get(vsw_switch_of_fdb(fdb), key->mac, kind) ?:
	       kind;
}

static void vsw_switch_fdb_unbind(struct vsw_fdb *fdb,
				  const struct vsw_fdb_key *key,
				  struct vsw_fdb_port *owner, u8 kind)
{
	vsw_nicsync_mac_put(vsw_switch_of_fdb(fdb), key->mac, kind);
}

static void vsw_switch_fdb_notify(struct vsw_fdb *fdb,
				  const struct vsw_fdb_entry *entry, bool gone)
{
	struct vsw_switch *sw = vsw_switch_of_fdb(fdb);

	trace_vsw_fdb(sw, entry, gone);
	vsw_netlink_fdb_notify(sw, entry, gone);
	vsw_rtnl_fdb_notify(sw, entry, gone);
	/* It may have been in the way of one of the host's, unless it is one. */
	if (gone && !vsw_fdb_ages(entry->type) &&
	    !(entry->type == VSW_FDB_TYPE_LOCAL && entry->port == &sw->host->fdb))
		vsw_host_look(sw);
}

static const struct vsw_fdb_ops vsw_switch_fdb_ops = {
	.bind = vsw_switch_fdb_bind,
	.unbind = vsw_switch_fdb_unbind,
	.notify = vsw_switch_fdb_notify,
};

/*
 * An uplink has to be promiscuous when something may live behind a local port
 * whose address we do not know yet: then only a flooded frame reaches it. Ports
 * whose address is configured do not need that.
 */
static bool vsw_switch_wants_unknown(const struct vsw_switch *sw)
{
	const struct vsw_port *port;

	list_for_each_entry(port, &sw->ports, list)
		if (port->flags & (VSW_PORT_UNICAST_FLOOD | VSW_PORT_PROMISC) &&
		    !vsw_port_is_uplink(port) &&
		    is_zero_ether_addr(port->mac))
			return true;
	return false;
}

/*
 * Nor does it get what its filter has no room for, if that is wanted, or if nobody has
 * said how many addresses are too many.
 */
static bool vsw_switch_overflows(const struct vsw_port *uplink)
{
	return (uplink->nic.overflow == VSW_FILTER_OVERFLOW_PROMISC ||
		!uplink->nic.max) && vsw_nicsync_over(uplink);
}

/**
 * vsw_switch_update_promisc - make devices promiscuous that have to be
 * @sw: the switch
 */
void vsw_switch_update_promisc(struct vsw_switch *sw)
{
	bool unknown = vsw_switch_wants_unknown(sw);
	struct vsw_port *port;
	bool promisc;

	list_for_each_entry(port, &sw->ports, list) {
		if (vsw_port_is_host(port) || !port->dev)
			continue;
		/* What is local sends to any address. */
		promisc = !vsw_port_is_uplink(port) || unknown ||
			  !port->nic.synced || vsw_switch_overflows(port);
		if (promisc == port->promisc)
			continue;
		if (!dev_set_promiscuity(port->dev, promisc ? 1 : -1))
			port->promisc = promisc;
	}
}

static unsigned int vsw_switch_min_mtu(const struct vsw_switch *sw)
{
	const struct vsw_port *port;
	unsigned int mtu = ETH_MAX_MTU;

	list_for_each_entry(port, &sw->ports, list)
		if (port->dev && !vsw_port_is_host(port))
			mtu = min(mtu, port->dev->mtu);
	return mtu;
}

static void vsw_switch_update_mtu(struct vsw_switch *sw)
{
	unsigned int max = vsw_switch_min_mtu(sw);
	unsigned int mtu;

	mtu = sw->mtu_wanted ?: sw->port_count ? max : ETH_DATA_LEN;
	mtu = min(mtu, max);
	/* The core refuses more, with a message. */
	sw->dev->max_mtu = max;
	if (sw->dev->mtu == mtu)
		return;
	sw->mtu_auto = true;
	dev_set_mtu(sw->dev, mtu);
	sw->mtu_auto = false;
}

static void vsw_switch_update_carrier(struct vsw_switch *sw)
{
	const struct vsw_port *port;
	bool carrier = false;

	list_for_each_entry(port, &sw->ports, list)
		if (!vsw_port_is_host(port) && vsw_port_is_up(port))
			carrier = true;

	if (carrier)
		netif_carrier_on(sw->dev);
	else
		netif_carrier_off(sw->dev);
}

static void vsw_switch_update_headroom(struct vsw_switch *sw)
{
	const struct vsw_port *port;
	unsigned int headroom = 0;

	list_for_each_entry(port, &sw->ports, list)
		if (port->dev && !vsw_port_is_host(port))
			headroom = max_t(unsigned int, headroom,
					 netdev_get_fwd_headroom(port->dev));
	WRITE_ONCE(sw->dev->needed_headroom, headroom);
}

/**
 * vsw_switch_refresh - a device of a port has changed
 * @sw: the switch
 *
 * Touches no device but that of the switch.
 */
void vsw_switch_refresh(struct vsw_switch *sw)
{
	ASSERT_RTNL();
	vsw_switch_update_mtu(sw);
	vsw_switch_update_carrier(sw);
	vsw_switch_update_headroom(sw);
	netdev_update_features(sw->dev);
}

/* Not while the host port comes and goes with the switch, nor half of a transaction */
static bool vsw_switch_is_whole(const struct vsw_switch *sw)
{
	return sw->dev->reg_state == NETREG_REGISTERED && !vsw_txn_is_on();
}

/**
 * vsw_switch_update_policy - the policy of a port has changed, and no device
 * @sw: the switch
 *
 * Context: as vsw_switch_update().
 */
void vsw_switch_update_policy(struct vsw_switch *sw)
{
	ASSERT_RTNL();
	if (!vsw_txn_is_on())
		vsw_net(dev_net(sw->dev))->generation++;
	if (!vsw_switch_is_whole(sw))
		return;
	vsw_team_update(sw);
	vsw_switch_update_promisc(sw);
}

/**
 * vsw_switch_update - ports, or their devices, have changed
 * @sw: the switch
 *
 * Context: RTNL, from our own operations and NETDEV_UNREGISTER: see DOC:
 * Locking. Other notifiers call vsw_switch_refresh().
 */
void vsw_switch_update(struct vsw_switch *sw)
{
	vsw_switch_update_policy(sw);
	if (vsw_switch_is_whole(sw))
		vsw_switch_refresh(sw);
}

/* Groups that end at the switch end here for the host, too. */
static void vsw_switch_send(struct vsw_port *host, struct sk_buff *skb)
{
	if (likely(!is_link_local_ether_addr(eth_hdr(skb)->h_dest))) {
		vsw_rx_frame(host, skb);
		return;
	}
	vsw_stats_rx(host->stats, vsw_frame_len(skb));
	vsw_drop(host, skb, 0, VSW_DROP_REASON_LINK_LOCAL, true);
}

/*
 * A packet socket says of what type its frame is, whatever the frame says. Here
 * only the frame counts, or a tag in it would be none to us, and one to all who
 * receive it.
 */
static void vsw_switch_set_protocol(struct sk_buff *skb)
{
	__be16 type = eth_hdr(skb)->h_proto;

	if (eth_type_vlan(type) || eth_type_vlan(skb->protocol))
		skb->protocol = type;
}

static netdev_tx_t vsw_switch_start_xmit(struct sk_buff *skb,
					 struct net_device *dev)
{
	struct vsw_switch *sw = netdev_priv(dev);

	dev_sw_netstats_tx_add(dev, 1, skb->len);

	rcu_read_lock();
	skb_reset_mac_header(skb);
	if (likely(pskb_may_pull(skb, ETH_HLEN))) {
		skb_pull(skb, ETH_HLEN);
		skb_reset_mac_len(skb);
		vsw_switch_set_protocol(skb);
		vsw_switch_send(sw->host, skb);
	} else {
		kfree_skb(skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int vsw_switch_open(struct net_device *dev)
{
	netif_start_queue(dev);
	return 0;
}

static int vsw_switch_stop(struct net_device *dev)
{
	netif_stop_queue(dev);
	return 0;
}

static int vsw_switch_change_mtu(struct net_device *dev, int mtu)
{
	struct vsw_switch *sw = netdev_priv(dev);

	WRITE_ONCE(dev->mtu, mtu);
	if (!sw->mtu_auto)
		sw->mtu_wanted = mtu;
	return 0;
}

/* What all ports can do, the switch can do; the rest is done in software. */
static netdev_features_t vsw_switch_fix_features(struct net_device *dev,
						 netdev_features_t features)
{
	const struct vsw_switch *sw = netdev_priv(dev);
	netdev_features_t mask = features;
	const struct vsw_port *port;

	if (!sw->port_count)
		return features;

	features &= ~NETIF_F_ONE_FOR_ALL;
	list_for_each_entry(port, &sw->ports, list)
		if (port->dev && !vsw_port_is_host(port))
			features = netdev_increment_features(features,
							     port->dev->features,
							     mask);
	return netdev_add_tso_features(features, mask);
}

static int vsw_switch_add_slave(struct net_device *dev,
				struct net_device *slave,
				struct netlink_ext_ack *extack)
{
	struct vsw_switch *sw = netdev_priv(dev);
	const struct vsw_port_config config = {
		.name = slave->name,
		.dev = slave,
	};
	struct vsw_policy policy;
	struct vsw_port *port;
	int err;

	err = vsw_policy_init(&policy, sw, 0);
	if (err)
		return err;
	port = vsw_port_add(sw, &config, &policy, extack);
	vsw_policy_release(&policy);
	if (IS_ERR(port))
		return PTR_ERR(port);
	vsw_netlink_port_notify(port, false);
	return 0;
}

static int vsw_switch_del_slave(struct net_device *dev,
				struct net_device *slave)
{
	struct vsw_port *port = vsw_port_get_rtnl(slave);

	if (!port || port->sw->dev != dev)
		return -EINVAL;
	if (!port->vf)
		return vsw_port_del(port, NULL);
	/* It has its VF left. */
	vsw_path_lose_soft(port);
	return 0;
}

/**
 * vsw_switch_announce - a new switch is all that it shall be
 * @sw: the switch, registered
 *
 * Only now has the device an index that events can name.
 */
void vsw_switch_announce(struct vsw_switch *sw)
{
	ASSERT_RTNL();
	sw->announced = true;
	vsw_netlink_switch_notify(sw, false);
	vsw_netlink_port_notify(sw->host, false);
	vsw_host_macs_sync(sw);
}

static int vsw_switch_dev_init(struct net_device *dev)
{
	struct vsw_net *net = vsw_net(dev_net(dev));
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	/* ip link add mtu N type vsw */
	if (dev->mtu != ETH_DATA_LEN)
		sw->mtu_wanted = dev->mtu;

	err = vsw_nicsync_init(sw);
	if (err)
		return err;
	err = vsw_fdb_init(&sw->fdb, &vsw_switch_fdb_ops, vsw_wq);
	if (err)
		goto err_nicsync;
	err = vsw_host_add(sw);
	if (err)
		goto err_fdb;
	sw->number = net->next_number++;
	net->generation++;
	list_add_tail(&sw->list, &net->switches);
	return 0;

err_fdb:
	vsw_fdb_destroy(&sw->fdb);
err_nicsync:
	vsw_nicsync_destroy(sw);
	return err;
}

/* The device is down and off the lists: no frame comes from the host. */
static void vsw_switch_dev_uninit(struct net_device *dev)
{
	struct vsw_switch *sw = netdev_priv(dev);

	vsw_team_set(sw, VSW_TEAMING_NONE);
	vsw_port_del_all(sw);
	vsw_await_del_all(sw);
	vsw_keeper_stop(sw);
	vsw_failover_stop(sw);
	vsw_netlink_switch_notify(sw, true);
	list_del(&sw->list);
	/* A dump adds them up: it does not go back by what this one has had. */
	vsw_net(dev_net(dev))->generation += READ_ONCE(sw->fdb.generation) + 1;
	vsw_fdb_destroy(&sw->fdb);
}

/* The last reference is gone. */
static void vsw_switch_dev_free(struct net_device *dev)
{
	vsw_nicsync_destroy(netdev_priv(dev));
}

static const struct net_device_ops vsw_switch_netdev_ops = {
	.ndo_init = vsw_switch_dev_init,
	.ndo_uninit = vsw_switch_dev_uninit,
	.ndo_open = vsw_switch_open,
	.ndo_stop = vsw_switch_stop,
	.ndo_start_xmit = vsw_switch_start_xmit,
	.ndo_set_rx_mode = vsw_host_set_rx_mode,
	.ndo_change_rx_flags = vsw_host_change_rx_flags,
	.ndo_set_mac_address = vsw_host_set_mac_address,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = vsw_switch_change_mtu,
	.ndo_fix_features = vsw_switch_fix_features,
	.ndo_features_check = passthru_features_check,
	.ndo_vlan_rx_add_vid = vsw_host_vlan_rx_add_vid,
	.ndo_vlan_rx_kill_vid = vsw_host_vlan_rx_kill_vid,
	.ndo_add_slave = vsw_switch_add_slave,
	.ndo_del_slave = vsw_switch_del_slave,
	.ndo_bridge_getlink = vsw_rtnl_bridge_getlink,
	.ndo_bridge_setlink = vsw_rtnl_bridge_setlink,
	.ndo_bridge_dellink = vsw_rtnl_bridge_dellink,
	.ndo_fdb_add = vsw_rtnl_fdb_add,
	.ndo_fdb_del = vsw_rtnl_fdb_del,
	.ndo_fdb_dump = vsw_rtnl_fdb_dump,
	.ndo_fdb_get = vsw_rtnl_fdb_get,
};

static void vsw_switch_get_drvinfo(struct net_device *dev,
				   struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "vsw", sizeof(info->driver));
	strscpy(info->version, VSW_VERSION, sizeof(info->version));
}

static const struct ethtool_ops vsw_switch_ethtool_ops = {
	.get_drvinfo = vsw_switch_get_drvinfo,
	.get_link = ethtool_op_get_link,
};

static const struct device_type vsw_switch_type = {
	.name = "vsw",
};

/**
 * vsw_switch_setup - give a new device what every switch has
 * @dev: zeroed device with room for struct vsw_switch
 */
void vsw_switch_setup(struct net_device *dev)
{
	struct vsw_switch *sw = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &vsw_switch_netdev_ops;
	dev->ethtool_ops = &vsw_switch_ethtool_ops;
	SET_NETDEV_DEVTYPE(dev, &vsw_switch_type);
	dev->needs_free_netdev = true;
	dev->priv_destructor = vsw_switch_dev_free;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_UNICAST_FLT |
			   IFF_LIVE_ADDR_CHANGE;
	/* It sends by devices that have locks of their own, with interrupts on. */
	dev->priv_flags |= IFF_DISABLE_NETPOLL;
	/* We change what we send. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->lltx = true;
	vsw_netdev_set_immutable(dev);
	dev->max_mtu = ETH_MAX_MTU;
	dev->hw_features = VSW_SWITCH_FEATURES | NETIF_F_HW_VLAN_CTAG_TX |
			   NETIF_F_HW_VLAN_STAG_TX;
	dev->features = dev->hw_features | NETIF_F_HW_VLAN_CTAG_FILTER;
	dev->vlan_features = VSW_SWITCH_FEATURES;
	eth_hw_addr_random(dev);
	netif_carrier_off(dev);

	sw->dev = dev;
	sw->default_pvid = 1;
	vsw_keeper_start(sw);
	vsw_failover_start(sw);
	vsw_flow_forget(sw);
	vsw_team_start(sw);
	INIT_LIST_HEAD(&sw->ports);
	INIT_LIST_HEAD(&sw->awaited);
}

/**
 * vsw_switch_is - is a device a switch?
 * @dev: any device
 */
bool vsw_switch_is(const struct net_device *dev)
{
	return dev->netdev_ops == &vsw_switch_netdev_ops;
}

/**
 * vsw_switch_find - the switch of an index
 * @net: network namespace
 * @ifindex: index of the switch device
 *
 * Context: RTNL or RCU.
 * Return: the switch, or NULL.
 */
struct vsw_switch *vsw_switch_find(struct net *net, u32 ifindex)
{
	struct net_device *dev = __dev_get_by_index(net, ifindex);
	struct vsw_switch *sw;

	if (!dev || !vsw_switch_is(dev))
		return NULL;
	sw = netdev_priv(dev);
	return sw->dying ? NULL : sw;
}

/**
 * vsw_switch_check_ageing - is an ageing time one of the standard?
 * @seconds: the time, 0 for never
 * @extack: why not
 *
 * Return: 0 or -ERANGE.
 */
int vsw_switch_check_ageing(u32 seconds, struct netlink_ext_ack *extack)
{
	if (!seconds || (seconds >= VSW_AGEING_MIN && seconds <= 1000000))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "The ageing time is 10 to 1000000 seconds, or 0 for never");
	return -ERANGE;
}

static int __net_init vsw_net_init(struct net *net)
{
	INIT_LIST_HEAD(&vsw_net(net)->switches);
	vsw_net(net)->generation = 1;
	vsw_nl_batch_init(net);
	return 0;
}

static void __net_exit vsw_net_exit(struct net *net)
{
	vsw_nl_batch_exit(net);
}

static struct pernet_operations vsw_net_ops = {
	.init = vsw_net_init,
	.pre_exit = vsw_net_exit,
	.id = &vsw_net_id,
	.size = sizeof(struct vsw_net),
};

int vsw_switch_init(void)
{
	return register_pernet_subsys(&vsw_net_ops);
}

void vsw_switch_exit(void)
{
	unregister_pernet_subsys(&vsw_net_ops);
}
