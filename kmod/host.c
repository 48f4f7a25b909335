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

/*
 * The addresses of a device are looked at with BH off: after so many entries others have
 * their turn. One address is not divided.
 */
#define VSW_HOST_ENTRIES_AT_ONCE	VLAN_N_VID

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

/*
 * Is an entry to be made? Early, before it is sure that the host joins a VLAN, nothing is
 * replaced that does not come back by itself.
 */
static bool vsw_host_lacks(struct vsw_switch *sw, const u8 *mac, u16 vid,
			   bool early)
{
	const struct vsw_fdb_entry *entry;
	bool lacks = true;
	u8 type;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac, vid);
	if (entry) {
		type = READ_ONCE(entry->type);
		lacks = READ_ONCE(entry->port) == &sw->host->fdb ?
			type != VSW_FDB_TYPE_LOCAL :
			!early || type == VSW_FDB_TYPE_DYNAMIC;
	}
	rcu_read_unlock();
	return lacks;
}

/* Make local entries of an address in some VLANs: all that are missing, or none. */
static int vsw_host_mac_add(struct vsw_switch *sw, const u8 *mac,
			    const unsigned long *vids, bool early, gfp_t gfp)
{
	DECLARE_BITMAP(added, VLAN_N_VID) = {};
	u8 addr[ETH_ALEN] __aligned(2);
	unsigned int vid;
	int err;

	memcpy(addr, mac, ETH_ALEN);
	for_each_set_bit(vid, vids, VLAN_N_VID) {
		if (!vsw_host_lacks(sw, addr, vid, early))
			continue;
		err = vsw_fdb_set(&sw->fdb, addr, vid, &sw->host->fdb,
				  VSW_FDB_TYPE_LOCAL, gfp);
		if (err)
			WRITE_ONCE(sw->host_owed, true);
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
			   const unsigned long *vids, unsigned int count,
			   bool early)
{
	if ((u64)netdev_uc_count(sw->dev) * count <= VSW_HOST_ENTRIES_MAX)
		return vsw_host_mac_add(sw, mac, vids, early, GFP_ATOMIC);
	WRITE_ONCE(sw->host_owed, true);
	netdev_warn_once(sw->dev,
			 "the host has too many addresses for so many VLANs: take it out of VLANs, or take addresses away\n");
	return -ENOSPC;
}

/* Is it the turn of an address with so many entries? Under the address lock */
static bool vsw_host_may_go_on(struct vsw_switch *sw, unsigned int count)
{
	if (sw->host_entries &&
	    sw->host_entries + count > VSW_HOST_ENTRIES_AT_ONCE) {
		sw->host_more = true;
		return false;
	}
	sw->host_entries += count;
	return true;
}

static int vsw_host_uc_sync(struct net_device *dev, const unsigned char *mac)
{
	struct vsw_switch *sw = netdev_priv(dev);
	const struct vsw_vlans *vlans;
	int err;

	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	err = vsw_host_may_go_on(sw, vlans->count) ?
	      vsw_host_uc_add(sw, mac, vlans->member, vlans->count, false) :
	      -EAGAIN;
	rcu_read_unlock();
	return err;
}

static int vsw_host_uc_unsync(struct net_device *dev, const unsigned char *mac)
{
	struct vsw_switch *sw = netdev_priv(dev);
	const struct vsw_vlans *vlans;
	int err = 0;

	if (ether_addr_equal(mac, dev->dev_addr))
		return 0;
	rcu_read_lock();
	vlans = rcu_dereference(sw->host->vlans);
	if (vsw_host_may_go_on(sw, vlans->count))
		vsw_host_mac_del(sw, mac, vlans->member);
	else
		err = -EAGAIN;
	rcu_read_unlock();
	return err;
}

/*
 * Under the address lock: VSW_HOST_ENTRIES_AT_ONCE entries that come or go, or those of
 * one address. Is there more to do, &vsw_switch.host_more says so.
 */
static int vsw_host_uc_sync_some(struct vsw_switch *sw)
{
	sw->host_entries = 0;
	sw->host_more = false;
	return __dev_uc_sync(sw->dev, vsw_host_uc_sync, vsw_host_uc_unsync);
}

/*
 * Of those besides the device's own some, from the one at *@at on, in some of so many
 * VLANs. The first error, or 1 if there are more; *@at is the next one then.
 */
static int vsw_host_ucs_add_some(struct vsw_switch *sw, unsigned int *at,
				 const unsigned long *vids, unsigned int count,
				 bool early)
{
	struct netdev_hw_addr *uc;
	unsigned int number = 0;
	int err = 0;

	netif_addr_lock_bh(sw->dev);
	sw->host_entries = 0;
	netdev_for_each_uc_addr(uc, sw->dev) {
		/* Of others vsw_host_uc_unsync() is not told, or will be next. */
		if (number++ < *at || !uc->sync_cnt || uc->refcount <= 1)
			continue;
		if (!vsw_host_may_go_on(sw, count)) {
			err = 1;
			break;
		}
		*at = number;
		err = vsw_host_uc_add(sw, uc->addr, vids, count, early);
		if (err)
			break;
	}
	netif_addr_unlock_bh(sw->dev);
	return err;
}

/* All of those; the first error */
static int vsw_host_ucs_add(struct vsw_switch *sw, const unsigned long *vids,
			    unsigned int count, bool early)
{
	unsigned int at = 0;
	int err;

	while ((err = vsw_host_ucs_add_some(sw, &at, vids, count, early)) > 0)
		cond_resched();
	return err;
}

/* Does it go away by itself? Of too many addresses somebody has to take one away. */
static bool vsw_host_is_passing(int err)
{
	return err && err != -ENOSPC;
}

/**
 * vsw_host_look - what was in the way of entries may be so no more
 * @sw: the switch
 *
 * Context: any.
 */
void vsw_host_look(struct vsw_switch *sw)
{
	if (READ_ONCE(sw->host_owed) &&
	    sw->dev->reg_state == NETREG_REGISTERED)
		vsw_keeper_look(sw);
}

void vsw_host_set_rx_mode(struct net_device *dev)
{
	struct vsw_switch *sw = netdev_priv(dev);

	vsw_host_uc_sync_some(sw);
	if (sw->host_more)
		WRITE_ONCE(sw->host_owed, true);
	/* There may be room for others, or not have been for one. */
	vsw_host_look(sw);
}

/* Make the entries that are missing. Has it to be tried again? */
static bool vsw_host_try(struct vsw_switch *sw)
{
	const struct vsw_vlans *vlans;
	bool again, more;
	int err;

	ASSERT_RTNL();
	/* Not before vsw_switch_announce() */
	if (sw->dev->reg_state != NETREG_REGISTERED)
		return false;

	WRITE_ONCE(sw->host_owed, false);
	/* In a transaction: what it has still */
	vlans = rtnl_dereference(sw->host->vlans);
	again = vsw_host_is_passing(vsw_host_mac_add(sw, sw->dev->dev_addr,
						     vlans->member, false,
						     GFP_KERNEL));
	again |= vsw_host_is_passing(vsw_host_ucs_add(sw, vlans->member,
						      vlans->count, false));
	do {
		netif_addr_lock_bh(sw->dev);
		err = vsw_host_uc_sync_some(sw);
		more = sw->host_more;
		netif_addr_unlock_bh(sw->dev);
		cond_resched();
	} while (more);
	return again | vsw_host_is_passing(err);
}

/**
 * vsw_host_macs_sync - make local entries of all the host's addresses
 * @sw: the switch
 *
 * An address that another port owns already stays with it until that gives it up.
 */
void vsw_host_macs_sync(struct vsw_switch *sw)
{
	if (vsw_host_try(sw))
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
 * Return: 0, or a negative error and nothing has changed.
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

	err = vsw_host_mac_add(sw, sw->dev->dev_addr, joined, true, GFP_KERNEL) ?:
	      vsw_host_ucs_add(sw, joined, new->count, true);
	/* Of too many addresses none is in the new VLANs. */
	if (!vsw_host_is_passing(err))
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

	err = vsw_host_mac_add(sw, dev->dev_addr, vids, false, GFP_KERNEL);
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

/* Leave the VLANs whose devices have gone. Is one left that it could not leave? */
static bool vsw_host_leave(struct vsw_switch *sw)
{
	unsigned int vid;

	ASSERT_RTNL();
	for_each_set_bit(vid, sw->host_vids_left, VLAN_N_VID) {
		if (vsw_vlans_has(vsw_port_vlans(sw->host), vid) &&
		    vsw_host_set_vid(sw, vid, false))
			continue;
		__clear_bit(vid, sw->host_vids);
		__clear_bit(vid, sw->host_vids_left);
	}
	return !bitmap_empty(sw->host_vids_left, VLAN_N_VID);
}

/**
 * vsw_host_mend - make entries that could not be made before, and leave VLANs that could
 * not be left
 * @sw: the switch
 *
 * Return: does something go on to be in the way that passes by itself?
 */
bool vsw_host_mend(struct vsw_switch *sw)
{
	bool again = sw->dev->reg_state == NETREG_REGISTERED && vsw_host_leave(sw);

	if (READ_ONCE(sw->host_owed))
		again |= vsw_host_try(sw);
	return again;
}

int vsw_host_vlan_rx_add_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	if (proto != htons(ETH_P_8021Q) || !vid || vid > VSW_VID_MAX)
		return 0;
	/* It need not be left any more. */
	__clear_bit(vid, sw->host_vids_left);
	if (vsw_vlans_has(vsw_port_vlans(sw->host), vid))
		return 0;

	err = vsw_host_set_vid(sw, vid, true);
	if (!err)
		__set_bit(vid, sw->host_vids);
	return err;
}

int vsw_host_vlan_rx_kill_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct vsw_switch *sw = netdev_priv(dev);

	if (proto != htons(ETH_P_8021Q) || !test_bit(vid, sw->host_vids))
		return 0;
	/* All VLAN devices of a switch that goes come here: so does its host port. */
	if (dev->reg_state != NETREG_REGISTERED)
		return 0;
	__set_bit(vid, sw->host_vids_left);
	if (!vsw_host_leave(sw))
		return 0;
	/* The device is gone, and nobody can be told. */
	net_warn_ratelimited("%s: no memory to leave VLAN %u, trying again\n",
			     dev->name, vid);
	vsw_keeper_look(sw);
	return 0;
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
