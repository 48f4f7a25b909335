// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host port: what the host does to the switch device becomes policy and
 * forwarding entries. See host.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "host.h"
#include "port.h"
#include "switch.h"

/*
 * Each address of the host has an entry in each of its VLANs, and whoever may make
 * VLAN devices and macvlans in a namespace of his own can ask for many. Where they
 * would have more entries than that, none are made for those besides the device's own.
 */
#define VSW_HOST_ENTRIES_MAX	VSW_FDB_MAX_DEFAULT

static void vsw_host_mac_del(struct vsw_switch *sw, const u8 *mac)
{
	const struct vsw_vlans *vlans;
	u8 addr[ETH_ALEN] __aligned(2);
	unsigned int vid;

	memcpy(addr, mac, ETH_ALEN);
	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	for_each_set_bit(vid, vlans->member, VLAN_N_VID)
		vsw_fdb_del(&sw->fdb, addr, vid, &sw->host->fdb,
			    BIT(VSW_FDB_TYPE_LOCAL));
	rcu_read_unlock();
}

/* The host's addresses are local entries in each of its VLANs. */
static int vsw_host_mac_add(struct vsw_switch *sw, const u8 *mac)
{
	const struct vsw_vlans *vlans;
	u8 addr[ETH_ALEN] __aligned(2);
	unsigned int vid;
	int err = 0;

	memcpy(addr, mac, ETH_ALEN);
	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	for_each_set_bit(vid, vlans->member, VLAN_N_VID) {
		err = vsw_fdb_set(&sw->fdb, addr, vid, &sw->host->fdb,
				  VSW_FDB_TYPE_LOCAL);
		/* What another port owns stays with it. */
		if (err && err != -EEXIST)
			break;
		err = 0;
	}
	rcu_read_unlock();
	if (err)
		vsw_host_mac_del(sw, mac);
	return err;
}

/* Likewise of one besides the device's own; under the address list lock */
static int vsw_host_uc_add(struct vsw_switch *sw, const u8 *mac)
{
	const struct vsw_vlans *vlans;
	u64 entries;

	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	entries = (u64)netdev_uc_count(sw->dev) * vlans->count;
	rcu_read_unlock();
	if (entries <= VSW_HOST_ENTRIES_MAX)
		return vsw_host_mac_add(sw, mac);
	netdev_warn_once(sw->dev,
			 "the host has too many addresses for so many VLANs: take it out of VLANs, or take addresses away\n");
	return -ENOSPC;
}

/**
 * vsw_host_macs_sync - make local entries of all the host's addresses
 * @sw: the switch
 *
 * An address that another port owns already stays with it.
 */
void vsw_host_macs_sync(struct vsw_switch *sw)
{
	struct netdev_hw_addr *uc;

	ASSERT_RTNL();
	/* Not before vsw_switch_announce() */
	if (sw->dev->reg_state != NETREG_REGISTERED)
		return;

	vsw_host_mac_add(sw, sw->dev->dev_addr);
	netif_addr_lock_bh(sw->dev);
	netdev_for_each_uc_addr(uc, sw->dev)
		vsw_host_uc_add(sw, uc->addr);
	netif_addr_unlock_bh(sw->dev);
}

static int vsw_host_uc_sync(struct net_device *dev, const unsigned char *mac)
{
	return vsw_host_uc_add(netdev_priv(dev), mac);
}

static int vsw_host_uc_unsync(struct net_device *dev, const unsigned char *mac)
{
	if (!ether_addr_equal(mac, dev->dev_addr))
		vsw_host_mac_del(netdev_priv(dev), mac);
	return 0;
}

void vsw_host_set_rx_mode(struct net_device *dev)
{
	__dev_uc_sync(dev, vsw_host_uc_sync, vsw_host_uc_unsync);
}

int vsw_host_set_mac_address(struct net_device *dev, void *p)
{
	struct vsw_switch *sw = netdev_priv(dev);
	u8 old[ETH_ALEN] __aligned(2);
	int err;

	ether_addr_copy(old, dev->dev_addr);
	err = eth_mac_addr(dev, p);
	if (err || ether_addr_equal(old, dev->dev_addr))
		return err;

	err = vsw_host_mac_add(sw, dev->dev_addr);
	if (err) {
		eth_hw_addr_set(dev, old);
		return err;
	}
	vsw_host_mac_del(sw, old);
	/* A device on the switch may have the old one, too. */
	vsw_host_macs_sync(sw);
	return 0;
}

void vsw_host_change_rx_flags(struct net_device *dev, int change)
{
	struct vsw_switch *sw = netdev_priv(dev);
	u32 flags = sw->host->flags & ~VSW_PORT_PROMISC;

	if (!(change & IFF_PROMISC))
		return;
	if (dev->flags & IFF_PROMISC)
		flags |= VSW_PORT_PROMISC;
	vsw_port_set_flags(sw->host, flags);
	vsw_switch_update_promisc(sw);
}

/* The host port is a member of the VLANs that have a VLAN device on it. */
static int vsw_host_set_vid(struct vsw_switch *sw, u16 vid, bool add)
{
	const struct vsw_vlan_range range = { .first = vid, .last = vid };
	struct vsw_policy policy;
	bool told;
	int err;

	err = vsw_policy_get(&policy, sw->host);
	if (err)
		return err;
	if (add) {
		vsw_vlans_add(policy.vlans, &range);
		told = vsw_policy_leave_access(&policy, sw->host);
	} else {
		vsw_vlans_del(policy.vlans, vid, vid);
		told = policy.vlans->pvid != vsw_port_pvid(sw->host);
	}
	err = vsw_port_apply(sw->host, &policy, NULL);
	vsw_policy_release(&policy);
	if (err)
		return err;
	vsw_netlink_vlan_notify(sw->host, &range, !add);
	if (told)
		vsw_netlink_port_notify(sw->host, false);
	return 0;
}

int vsw_host_vlan_rx_add_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	if (proto != htons(ETH_P_8021Q) || !vid || vid > VSW_VID_MAX ||
	    vsw_vlans_has(vsw_port_vlans(sw->host), vid))
		return 0;

	err = vsw_host_set_vid(sw, vid, true);
	if (!err)
		__set_bit(vid, sw->host_vids);
	return err;
}

int vsw_host_vlan_rx_kill_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vsw_switch *sw = netdev_priv(dev);

	if (proto != htons(ETH_P_8021Q) ||
	    !__test_and_clear_bit(vid, sw->host_vids))
		return 0;
	return vsw_host_set_vid(sw, vid, false);
}

/**
 * vsw_host_add - make the host port of a new switch
 * @sw: the switch
 *
 * Return: 0 or a negative error.
 */
int vsw_host_add(struct vsw_switch *sw)
{
	const struct vsw_port_config config = {
		.name = sw->dev->name,
		.flags = VSW_PORT_HOST,
		.dev = sw->dev,
	};
	struct vsw_policy policy;
	struct vsw_port *port;
	int err;

	err = vsw_policy_init(&policy, sw, VSW_PORT_HOST);
	if (err)
		return err;
	port = vsw_port_add(sw, &config, &policy, NULL);
	vsw_policy_release(&policy);
	return PTR_ERR_OR_ZERO(port);
}
