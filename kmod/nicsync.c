// SPDX-License-Identifier: GPL-2.0-only
/*
 * NIC filters of uplinks follow the switch. See nicsync.h.
 *
 * Addresses come and go in the datapath, filters change in process context: the
 * datapath counts who needs an address and puts it on a list, a work item
 * brings the filters of all uplinks in line with the list.
 */
#include <linux/if_vlan.h>
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "nicsync.h"
#include "port.h"
#include "trace.h"

static bool nic_sync = true;
module_param(nic_sync, bool, 0444);
MODULE_PARM_DESC(nic_sync,
		 "Keep addresses of soft ports in the unicast filters of uplinks (default Y; N only to show what happens without)");

#define VSW_NICSYNC_RETRY	HZ

/* So many addresses at a time, so that a flood of them holds up nobody. */
#define VSW_NICSYNC_BATCH	64

/**
 * struct vsw_nicsync_mac - an address that filters hold or should hold
 * @node: in &vsw_nicsync.hash; protected by the lock of the database
 * @mac: immutable
 * @refs: forwarding entries on soft paths with this address; likewise
 * @dirty: in &vsw_nicsync.dirty, or empty; likewise
 * @programmed: in &vsw_nicsync.programmed, or empty; protected by RTNL, and
 *	by the lock of the database when it changes
 * @rcu: frees the address
 */
struct vsw_nicsync_mac {
	struct rhash_head node;
	u8 mac[ETH_ALEN] __aligned(2);
	unsigned int refs;
	struct list_head dirty;
	struct list_head programmed;
	struct rcu_head rcu;
};

static const struct rhashtable_params vsw_nicsync_params = {
	.head_offset = offsetof(struct vsw_nicsync_mac, node),
	.key_offset = offsetof(struct vsw_nicsync_mac, mac),
	.key_len = ETH_ALEN,
	.automatic_shrinking = true,
};

static void vsw_nicsync_queue(struct vsw_switch *sw, unsigned long delay)
{
	/* One reference for each run: the switch stays until it is over. */
	dev_hold(sw->dev);
	if (!queue_delayed_work(vsw_wq, &sw->nicsync.work, delay))
		dev_put(sw->dev);
}

static void vsw_nicsync_mac_dirty(struct vsw_switch *sw,
				  struct vsw_nicsync_mac *mac)
{
	if (list_empty(&mac->dirty))
		list_add_tail(&mac->dirty, &sw->nicsync.dirty);
	vsw_nicsync_queue(sw, 0);
}

static void vsw_nicsync_mac_free(struct vsw_switch *sw,
				 struct vsw_nicsync_mac *mac)
{
	list_del(&mac->dirty);
	rhashtable_remove_fast(&sw->nicsync.hash, &mac->node,
			       vsw_nicsync_params);
	/* Lookups are under the lock, but walk the chain under RCU rules. */
	kfree_rcu(mac, rcu);
}

/**
 * vsw_nicsync_mac_get - one more forwarding entry on a soft path has an address
 * @sw: the switch
 * @addr: the address
 *
 * Context: lock of the forwarding database.
 * Return: 0 or -ENOMEM.
 */
int vsw_nicsync_mac_get(struct vsw_switch *sw, const u8 *addr)
{
	struct vsw_nicsync_mac *mac;
	int err;

	mac = rhashtable_lookup_fast(&sw->nicsync.hash, addr,
				     vsw_nicsync_params);
	if (!mac) {
		mac = kzalloc(sizeof(*mac), GFP_ATOMIC | __GFP_NOWARN);
		if (!mac)
			return -ENOMEM;
		ether_addr_copy(mac->mac, addr);
		INIT_LIST_HEAD(&mac->dirty);
		INIT_LIST_HEAD(&mac->programmed);
		err = rhashtable_insert_fast(&sw->nicsync.hash, &mac->node,
					     vsw_nicsync_params);
		if (err) {
			kfree(mac);
			return err;
		}
	}
	if (!mac->refs++)
		vsw_nicsync_mac_dirty(sw, mac);
	return 0;
}

/**
 * vsw_nicsync_mac_put - one forwarding entry less has an address
 * @sw: the switch
 * @addr: the address
 *
 * Context: lock of the forwarding database.
 */
void vsw_nicsync_mac_put(struct vsw_switch *sw, const u8 *addr)
{
	struct vsw_nicsync_mac *mac;

	mac = rhashtable_lookup_fast(&sw->nicsync.hash, addr,
				     vsw_nicsync_params);
	if (WARN_ON_ONCE(!mac) || --mac->refs)
		return;
	if (list_empty(&mac->programmed))
		vsw_nicsync_mac_free(sw, mac);
	else
		vsw_nicsync_mac_dirty(sw, mac);
}

/* Only a device that filters unicast addresses has a filter to fill. */
static bool vsw_nicsync_filters(const struct vsw_port *uplink)
{
	return nic_sync && (uplink->dev->priv_flags & IFF_UNICAST_FLT);
}

static int vsw_nicsync_filter_add(struct vsw_port *uplink, const u8 *mac)
{
	int err = dev_uc_add(uplink->dev, mac);

	trace_vsw_nic_filter(uplink->dev, mac, true, err);
	return err;
}

static void vsw_nicsync_filter_del(struct vsw_port *uplink, const u8 *mac)
{
	int err = dev_uc_del(uplink->dev, mac);

	trace_vsw_nic_filter(uplink->dev, mac, false, err);
}

static void vsw_nicsync_unprogram(struct vsw_switch *sw, const u8 *mac,
				  const struct vsw_port *until)
{
	struct vsw_port *port;

	list_for_each_entry(port, &sw->ports, list) {
		if (port == until)
			break;
		if (port->nic_synced)
			vsw_nicsync_filter_del(port, mac);
	}
}

static int vsw_nicsync_program(struct vsw_switch *sw, const u8 *mac)
{
	struct vsw_port *port;
	int err;

	list_for_each_entry(port, &sw->ports, list) {
		if (!port->nic_synced)
			continue;
		err = vsw_nicsync_filter_add(port, mac);
		if (err) {
			vsw_nicsync_unprogram(sw, mac, port);
			return err;
		}
	}
	return 0;
}

/*
 * Bring the filters in line for one address. Only this work puts addresses on
 * the list of programmed ones and takes them off, so one that is on it stays
 * while the lock is not held.
 */
static int vsw_nicsync_settle(struct vsw_switch *sw, const u8 *addr)
{
	struct vsw_nicsync *sync = &sw->nicsync;
	struct vsw_nicsync_mac *mac;
	bool wanted, programmed;
	int err = 0;

	xa_lock_bh(&sw->fdb.index);
	mac = rhashtable_lookup_fast(&sync->hash, addr, vsw_nicsync_params);
	wanted = mac && mac->refs;
	programmed = mac && !list_empty(&mac->programmed);
	if (wanted && !programmed) {
		list_add_tail(&mac->programmed, &sync->programmed);
		sync->count++;
	}
	xa_unlock_bh(&sw->fdb.index);

	if (wanted == programmed)
		return 0;

	if (wanted)
		err = vsw_nicsync_program(sw, addr);
	else
		vsw_nicsync_unprogram(sw, addr, NULL);
	if (wanted && !err)
		return 0;

	xa_lock_bh(&sw->fdb.index);
	list_del_init(&mac->programmed);
	sync->count--;
	if (!mac->refs)
		vsw_nicsync_mac_free(sw, mac);
	else if (list_empty(&mac->dirty))
		list_add_tail(&mac->dirty, &sync->dirty);
	xa_unlock_bh(&sw->fdb.index);
	return err;
}

/**
 * vsw_nicsync_mac_settle - bring the filters in line for one address, now
 * @sw: the switch
 * @addr: the address
 *
 * What the work item would do in a while, for who cannot wait. If memory is
 * short it is done in a while all the same.
 *
 * Context: process, RTNL.
 */
void vsw_nicsync_mac_settle(struct vsw_switch *sw, const u8 *addr)
{
	struct vsw_nicsync_mac *mac;

	ASSERT_RTNL();
	xa_lock_bh(&sw->fdb.index);
	mac = rhashtable_lookup_fast(&sw->nicsync.hash, addr,
				     vsw_nicsync_params);
	if (mac)
		list_del_init(&mac->dirty);
	xa_unlock_bh(&sw->fdb.index);

	if (mac && vsw_nicsync_settle(sw, addr))
		vsw_nicsync_queue(sw, VSW_NICSYNC_RETRY);
}

static bool vsw_nicsync_next(struct vsw_switch *sw, u8 *addr)
{
	struct vsw_nicsync_mac *mac;

	xa_lock_bh(&sw->fdb.index);
	mac = list_first_entry_or_null(&sw->nicsync.dirty,
				       struct vsw_nicsync_mac, dirty);
	if (mac) {
		list_del_init(&mac->dirty);
		ether_addr_copy(addr, mac->mac);
	}
	xa_unlock_bh(&sw->fdb.index);
	return mac;
}

static void vsw_nicsync_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(to_delayed_work(work),
					     struct vsw_switch, nicsync.work);
	u8 addr[ETH_ALEN] __aligned(2);
	int batch = VSW_NICSYNC_BATCH;

	rtnl_lock();
	while (vsw_nicsync_next(sw, addr)) {
		if (vsw_nicsync_settle(sw, addr)) {
			net_warn_ratelimited("%s: no memory for the filter entry %pM, trying again\n",
					     sw->dev->name, addr);
			vsw_nicsync_queue(sw, VSW_NICSYNC_RETRY);
			break;
		}
		if (sw->nicsync.uplinks && !--batch) {
			vsw_nicsync_queue(sw, 1);
			break;
		}
	}
	rtnl_unlock();
	dev_put(sw->dev);
}

/**
 * vsw_nicsync_uplink_add - fill the unicast filter of a new uplink
 * @uplink: the uplink
 *
 * Return: 0, or a negative error and nothing is in the filter.
 */
int vsw_nicsync_uplink_add(struct vsw_port *uplink)
{
	struct vsw_switch *sw = uplink->sw;
	struct vsw_nicsync *sync = &sw->nicsync;
	struct vsw_nicsync_mac *mac;
	int err;

	ASSERT_RTNL();
	if (!vsw_nicsync_filters(uplink))
		return 0;

	/* Who owns which address is of interest from the first filter on. */
	if (!sync->uplinks) {
		err = vsw_fdb_bind(&sw->fdb);
		if (err)
			return err;
	}

	list_for_each_entry(mac, &sync->programmed, programmed) {
		err = vsw_nicsync_filter_add(uplink, mac->mac);
		if (err)
			goto err_undo;
	}
	uplink->nic_synced = true;
	sync->uplinks++;
	return 0;

err_undo:
	list_for_each_entry_continue_reverse(mac, &sync->programmed,
					     programmed)
		vsw_nicsync_filter_del(uplink, mac->mac);
	if (!sync->uplinks)
		vsw_fdb_unbind(&sw->fdb);
	return err;
}

/**
 * vsw_nicsync_uplink_del - take our addresses out of the filter of an uplink
 * @uplink: the uplink
 */
void vsw_nicsync_uplink_del(struct vsw_port *uplink)
{
	struct vsw_nicsync *sync = &uplink->sw->nicsync;
	struct vsw_nicsync_mac *mac;

	ASSERT_RTNL();
	if (!uplink->nic_synced)
		return;

	list_for_each_entry(mac, &sync->programmed, programmed)
		vsw_nicsync_filter_del(uplink, mac->mac);
	uplink->nic_synced = false;
	if (!--sync->uplinks)
		vsw_fdb_unbind(&uplink->sw->fdb);
}

/* Remove the VIDs from an uplink's filter that it need not hold any more. */
static void vsw_nicsync_vids_trim(struct vsw_port *uplink,
				  const unsigned long *member)
{
	const struct vsw_switch *sw = uplink->sw;
	unsigned int vid;

	for_each_set_bit(vid, uplink->nic_vids, VLAN_N_VID) {
		if (test_bit(vid, member) && test_bit(vid, sw->vids))
			continue;
		vlan_vid_del(uplink->dev, htons(ETH_P_8021Q), vid);
		__clear_bit(vid, uplink->nic_vids);
	}
}

/* Add the VIDs to an uplink's filter that it has to hold. */
static int vsw_nicsync_vids_fill(struct vsw_port *uplink,
				 const unsigned long *member)
{
	const struct vsw_switch *sw = uplink->sw;
	unsigned int vid;
	int err;

	for_each_and_bit(vid, member, sw->vids, VLAN_N_VID) {
		if (test_bit(vid, uplink->nic_vids))
			continue;
		err = vlan_vid_add(uplink->dev, htons(ETH_P_8021Q), vid);
		if (err)
			return err;
		__set_bit(vid, uplink->nic_vids);
	}
	return 0;
}

static void vsw_nicsync_vids_unuse(struct vsw_switch *sw,
				   const struct vsw_vlans *these,
				   const struct vsw_vlans *but)
{
	struct vsw_port *port;
	unsigned int vid;

	for_each_andnot_bit(vid, these->member, but->member, VLAN_N_VID)
		if (!--sw->vid_users[vid])
			__clear_bit(vid, sw->vids);

	list_for_each_entry(port, &sw->ports, list)
		if (port->flags & VSW_PORT_UPLINK)
			vsw_nicsync_vids_trim(port,
					      rtnl_dereference(port->vlans)->member);
}

/**
 * vsw_nicsync_vids_grow - a port is about to become a member of more VLANs
 * @port: the port
 * @old: the VLANs it is a member of
 * @new: the VLANs it will be a member of
 *
 * Return: 0, or the error of a device, and the filters are as before.
 */
int vsw_nicsync_vids_grow(struct vsw_port *port, const struct vsw_vlans *old,
			  const struct vsw_vlans *new)
{
	struct vsw_switch *sw = port->sw;
	struct vsw_port *uplink;
	unsigned int vid;
	int err;

	ASSERT_RTNL();
	if (port->flags & VSW_PORT_UPLINK) {
		err = vsw_nicsync_vids_fill(port, new->member);
		if (err)
			vsw_nicsync_vids_trim(port, old->member);
		return err;
	}

	for_each_andnot_bit(vid, new->member, old->member, VLAN_N_VID)
		if (!sw->vid_users[vid]++)
			__set_bit(vid, sw->vids);

	list_for_each_entry(uplink, &sw->ports, list) {
		if (!(uplink->flags & VSW_PORT_UPLINK))
			continue;
		err = vsw_nicsync_vids_fill(uplink,
					    rtnl_dereference(uplink->vlans)->member);
		if (err) {
			vsw_nicsync_vids_unuse(sw, new, old);
			return err;
		}
	}
	return 0;
}

/**
 * vsw_nicsync_vids_shrink - a port has left VLANs
 * @port: the port
 * @old: the VLANs it was a member of
 * @new: the VLANs it is a member of
 */
void vsw_nicsync_vids_shrink(struct vsw_port *port,
			     const struct vsw_vlans *old,
			     const struct vsw_vlans *new)
{
	ASSERT_RTNL();
	if (port->flags & VSW_PORT_UPLINK)
		vsw_nicsync_vids_trim(port, new->member);
	else
		vsw_nicsync_vids_unuse(port->sw, old, new);
}

/**
 * vsw_nicsync_init - start with no address
 * @sw: the switch
 *
 * Return: 0 or a negative error.
 */
int vsw_nicsync_init(struct vsw_switch *sw)
{
	INIT_LIST_HEAD(&sw->nicsync.dirty);
	INIT_LIST_HEAD(&sw->nicsync.programmed);
	INIT_DELAYED_WORK(&sw->nicsync.work, vsw_nicsync_work);
	return rhashtable_init(&sw->nicsync.hash, &vsw_nicsync_params);
}

static void vsw_nicsync_free(void *mac, void *arg)
{
	kfree(mac);
}

/**
 * vsw_nicsync_destroy - free what a switch without ports and users has left
 * @sw: the switch; nobody holds a reference, so no work is queued
 */
void vsw_nicsync_destroy(struct vsw_switch *sw)
{
	rhashtable_free_and_destroy(&sw->nicsync.hash, vsw_nicsync_free, NULL);
}
