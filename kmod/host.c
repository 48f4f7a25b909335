// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host port: what the host does to the switch device becomes policy and
 * forwarding entries. See host.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "host.h"
#include "keeper.h"
#include "port.h"
#include "switch.h"

/*
 * Each address of the host has an entry in each of its VLANs, and whoever may make
 * VLAN devices and macvlans in a namespace of his own can ask for many. Where they
 * would have more entries than that, none are made for those besides the device's own.
 */
#define VSW_HOST_ENTRIES_MAX	VSW_FDB_MAX_DEFAULT

static void vsw_host_mac_del(struct vsw_switch *sw, const u8 *mac,
			     const unsigned long *vids)
{
	u8 addr[ETH_ALEN] __aligned(2);
	unsigned int vid;

	memcpy(addr, mac, ETH_ALEN);
	for_each_set_bit(vid, vids, VLAN_N_VID)
		vsw_fdb_del(&sw->fdb, addr, vid, &sw->host->fdb,
			    BIT(VSW_FDB_TYPE_LOCAL));
}

static bool vsw_host_has(struct vsw_switch *sw, const u8 *mac, u16 vid)
{
	const struct vsw_fdb_entry *entry;
	bool has;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac, vid);
	has = entry && READ_ONCE(entry->port) == &sw->host->fdb &&
	      READ_ONCE(entry->type) == VSW_FDB_TYPE_LOCAL;
	rcu_read_unlock();
	return has;
}

/* Make local entries of an address in some VLANs: all that are missing, or none. */
static int vsw_host_mac_add(struct vsw_switch *sw, const u8 *mac,
			    const unsigned long *vids, gfp_t gfp)
{
	DECLARE_BITMAP(added, VLAN_N_VID) = {};
	u8 addr[ETH_ALEN] __aligned(2);
	unsigned int vid;
	int err;

	memcpy(addr, mac, ETH_ALEN);
	for_each_set_bit(vid, vids, VLAN_N_VID) {
		if (vsw_host_has(sw, addr, vid))
			continue;
		err = vsw_fdb_set(&sw->fdb, addr, vid, &sw->host->fdb,
				  VSW_FDB_TYPE_LOCAL, gfp);
		/* What another port owns stays with it. */
		if (err == -EEXIST)
			continue;
		if (err) {
			vsw_host_mac_del(sw, mac, added);
			return err;
		}
		__set_bit(vid, added);
	}
	return 0;
}

/* Of an address besides the device's own, if all may have so many VLANs */
static int vsw_host_uc_add(struct vsw_switch *sw, const u8 *mac,
			   const unsigned long *vids, unsigned int count)
{
	if ((u64)netdev_uc_count(sw->dev) * count <= VSW_HOST_ENTRIES_MAX)
		return vsw_host_mac_add(sw, mac, vids, GFP_ATOMIC);
	netdev_warn_once(sw->dev,
			 "the host has too many addresses for so many VLANs: take it out of VLANs, or take addresses away\n");
	return -ENOSPC;
}

static int vsw_host_uc_sync(struct net_device *dev, const unsigned char *mac)
{
	struct vsw_switch *sw = netdev_priv(dev);
	const struct vsw_vlans *vlans;
	int err;

	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	err = vsw_host_uc_add(sw, mac, vlans->member, vlans->count);
	rcu_read_unlock();
	return err;
}

static int vsw_host_uc_unsync(struct net_device *dev, const unsigned char *mac)
{
	struct vsw_switch *sw = netdev_priv(dev);

	if (ether_addr_equal(mac, dev->dev_addr))
		return 0;
	rcu_read_lock();
	vsw_host_mac_del(sw, mac, rcu_dereference(sw->host->vlans)->member);
	rcu_read_unlock();
	return 0;
}

/* Those besides the device's own, in some of so many VLANs; the first error */
static int vsw_host_ucs_add(struct vsw_switch *sw, const unsigned long *vids,
			    unsigned int count)
{
	struct netdev_hw_addr *uc;
	int err = 0;

	netif_addr_lock_bh(sw->dev);
	netdev_for_each_uc_addr(uc, sw->dev)
		/* Of the others vsw_host_uc_unsync() is not told. */
		if (uc->sync_cnt)
			err = err ?: vsw_host_uc_add(sw, uc->addr, vids, count);
	netif_addr_unlock_bh(sw->dev);
	return err;
}

void vsw_host_set_rx_mode(struct net_device *dev)
{
	if (__dev_uc_sync(dev, vsw_host_uc_sync, vsw_host_uc_unsync) == -ENOMEM)
		vsw_keeper_look(netdev_priv(dev));
}

/**
 * vsw_host_macs_mend - make the local entries of the host's addresses that are missing
 * @sw: the switch
 *
 * An address that another port owns already stays with it.
 *
 * Return: is memory so short that it has to be tried again?
 */
bool vsw_host_macs_mend(struct vsw_switch *sw)
{
	const struct vsw_vlans *vlans;
	bool again;

	ASSERT_RTNL();
	/* Not before vsw_switch_announce() */
	if (sw->dev->reg_state != NETREG_REGISTERED)
		return false;

	vlans = vsw_port_vlans(sw->host);
	again = vsw_host_mac_add(sw, sw->dev->dev_addr, vlans->member,
				 GFP_KERNEL) == -ENOMEM;
	again |= vsw_host_ucs_add(sw, vlans->member, vlans->count) == -ENOMEM;

	netif_addr_lock_bh(sw->dev);
	again |= __dev_uc_sync(sw->dev, vsw_host_uc_sync,
			       vsw_host_uc_unsync) == -ENOMEM;
	netif_addr_unlock_bh(sw->dev);
	return again;
}

/**
 * vsw_host_macs_sync - likewise, and later where memory is short
 * @sw: the switch
 */
void vsw_host_macs_sync(struct vsw_switch *sw)
{
	if (vsw_host_macs_mend(sw))
		vsw_keeper_look(sw);
}

/**
 * vsw_host_vids_shrink - the host leaves VLANs
 * @sw: the switch
 * @old: those that it was in
 * @new: those that it stays in
 */
void vsw_host_vids_shrink(struct vsw_switch *sw, const struct vsw_vlans *old,
			  const struct vsw_vlans *new)
{
	const struct vsw_fdb_filter left = {
		.port = &sw->host->fdb,
		.keep_vids = new->member,
		.types = BIT(VSW_FDB_TYPE_LOCAL),
	};

	if (!bitmap_subset(old->member, new->member, VLAN_N_VID))
		vsw_fdb_flush(&sw->fdb, &left);
}

/**
 * vsw_host_vids_grow - the host is about to join VLANs: it can be reached in each
 * @sw: the switch
 * @old: those that it is in
 * @new: those that it will be in
 *
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int vsw_host_vids_grow(struct vsw_switch *sw, const struct vsw_vlans *old,
		       const struct vsw_vlans *new)
{
	DECLARE_BITMAP(joined, VLAN_N_VID);
	int err;

	ASSERT_RTNL();
	if (sw->dev->reg_state != NETREG_REGISTERED ||
	    !bitmap_andnot(joined, new->member, old->member, VLAN_N_VID))
		return 0;

	err = vsw_host_mac_add(sw, sw->dev->dev_addr, joined, GFP_KERNEL) ?:
	      vsw_host_ucs_add(sw, joined, new->count);
	/* Of too many addresses none is in the new VLANs. */
	if (err != -ENOMEM)
		return 0;
	vsw_host_vids_shrink(sw, new, old);
	return err;
}

int vsw_host_set_mac_address(struct net_device *dev, void *p)
{
	struct vsw_switch *sw = netdev_priv(dev);
	const unsigned long *vids = vsw_port_vlans(sw->host)->member;
	u8 old[ETH_ALEN] __aligned(2);
	int err;

	ether_addr_copy(old, dev->dev_addr);
	err = eth_mac_addr(dev, p);
	if (err || ether_addr_equal(old, dev->dev_addr))
		return err;

	err = vsw_host_mac_add(sw, dev->dev_addr, vids, GFP_KERNEL);
	if (err) {
		eth_hw_addr_set(dev, old);
		return err;
	}
	vsw_host_mac_del(sw, old, vids);
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
