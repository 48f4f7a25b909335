// SPDX-License-Identifier: GPL-2.0-only
/*
 * NIC filters of uplinks follow the switch. See nicsync.h.
 *
 * Addresses come and go in the datapath, filters change in process context: the
 * datapath counts who needs an address and puts it on a list, a work item
 * brings the filters of all uplinks in line with the list.
 *
 * A filter may be too small for all. The addresses have an order, in which they
 * came to be needed, and each filter holds a head of it, as long as fits: so
 * one place says for each uplink what it holds, and the oldest have precedence.
 */
#include <linux/if_vlan.h>
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "nicsync.h"
#include "port.h"
#include "stage.h"
#include "switch.h"
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
 * @beyond: those of VFs and static ones of uplinks; likewise
 * @dirty: in &vsw_nicsync.dirty, or empty; likewise
 * @order: in &vsw_nicsync.order, or empty; protected by RTNL, and by the lock
 *	of the database when it changes
 * @age: grows along &vsw_nicsync.order; protected by RTNL
 * @rcu: frees the address
 */
struct vsw_nicsync_mac {
	struct rhash_head node;
	u8 mac[ETH_ALEN] __aligned(2);
	unsigned int refs;
	unsigned int beyond;
	struct list_head dirty;
	struct list_head order;
	u64 age;
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

/* Shall filters have it? */
static bool vsw_nicsync_mac_wanted(const struct vsw_nicsync_mac *mac)
{
	return mac->refs && !mac->beyond;
}

static bool vsw_nicsync_mac_used(const struct vsw_nicsync_mac *mac)
{
	return mac->refs || mac->beyond;
}

/* One entry more or less; an address that is to come or to go is dirty then. */
static void vsw_nicsync_mac_count(struct vsw_switch *sw,
				  struct vsw_nicsync_mac *mac, u8 kind, int by)
{
	bool wanted = vsw_nicsync_mac_wanted(mac);

	if (kind == VSW_NICSYNC_BEYOND)
		mac->beyond += by;
	else
		mac->refs += by;
	if (wanted != vsw_nicsync_mac_wanted(mac))
		vsw_nicsync_mac_dirty(sw, mac);
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
 * vsw_nicsync_mac_get - one more forwarding entry has an address
 * @sw: the switch
 * @addr: the address
 * @kind: enum vsw_nicsync_kind, whose it is
 *
 * Context: lock of the forwarding database.
 * Return: 0 or -ENOMEM.
 */
int vsw_nicsync_mac_get(struct vsw_switch *sw, const u8 *addr, u8 kind)
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
		INIT_LIST_HEAD(&mac->order);
		err = rhashtable_insert_fast(&sw->nicsync.hash, &mac->node,
					     vsw_nicsync_params);
		if (err) {
			kfree(mac);
			return err;
		}
	}
	vsw_nicsync_mac_count(sw, mac, kind, 1);
	return 0;
}

/**
 * vsw_nicsync_mac_put - one forwarding entry less has an address
 * @sw: the switch
 * @addr: the address
 * @kind: whose it was
 *
 * Context: lock of the forwarding database.
 */
void vsw_nicsync_mac_put(struct vsw_switch *sw, const u8 *addr, u8 kind)
{
	struct vsw_nicsync_mac *mac;

	mac = rhashtable_lookup_fast(&sw->nicsync.hash, addr,
				     vsw_nicsync_params);
	if (WARN_ON_ONCE(!mac))
		return;
	vsw_nicsync_mac_count(sw, mac, kind, -1);
	if (!vsw_nicsync_mac_used(mac) && list_empty(&mac->order))
		vsw_nicsync_mac_free(sw, mac);
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

/* Is an address that has its place in the order in the filter of an uplink? */
static bool vsw_nicsync_holds(const struct vsw_port *uplink,
			      const struct vsw_nicsync_mac *mac)
{
	return uplink->nic.count &&
	       mac->age <= list_entry(uplink->nic.last, struct vsw_nicsync_mac,
				      order)->age;
}

static void vsw_nicsync_take_out(struct vsw_port *uplink,
				 const struct vsw_nicsync_mac *mac)
{
	if (uplink->nic.last == &mac->order)
		uplink->nic.last = mac->order.prev;
	uplink->nic.count--;
	vsw_nicsync_filter_del(uplink, mac->mac);
}

/* Take the youngest address out of a filter. */
static void vsw_nicsync_shrink(struct vsw_port *uplink)
{
	vsw_nicsync_take_out(uplink, list_entry(uplink->nic.last,
						struct vsw_nicsync_mac, order));
}

/* Put the oldest address into a filter that is not in it. */
static int vsw_nicsync_grow(struct vsw_port *uplink)
{
	struct list_head *next = uplink->nic.last->next;
	int err;

	err = vsw_nicsync_filter_add(uplink,
				     list_entry(next, struct vsw_nicsync_mac,
						order)->mac);
	if (err)
		return err;
	uplink->nic.last = next;
	uplink->nic.count++;
	return 0;
}

/**
 * vsw_nicsync_over - how many addresses have no place in a filter
 * @uplink: the uplink
 */
unsigned int vsw_nicsync_over(const struct vsw_port *uplink)
{
	unsigned int count = uplink->sw->nicsync.count;
	unsigned int max = vsw_nicsync_max(uplink);

	return uplink->nic.synced && count > max ? count - max : 0;
}

/*
 * Bring a filter in line with the order, some steps of the way.
 *
 * Return: 0, 1 if there is more to do, or a negative error.
 */
static int vsw_nicsync_align(struct vsw_port *uplink)
{
	unsigned int batch = VSW_NICSYNC_BATCH;
	unsigned int wanted;
	int err;

	if (!uplink->nic.synced)
		return 0;
	wanted = uplink->sw->nicsync.count - vsw_nicsync_over(uplink);
	for (; uplink->nic.count != wanted && batch; batch--) {
		if (uplink->nic.count > wanted) {
			vsw_nicsync_shrink(uplink);
			continue;
		}
		err = vsw_nicsync_grow(uplink);
		if (err)
			return err;
	}
	return uplink->nic.count != wanted;
}

/* Likewise for all filters; the time until the next run, or 0. */
static unsigned long vsw_nicsync_align_all(struct vsw_switch *sw)
{
	unsigned long delay = 0;
	struct vsw_port *port;
	int ret;

	list_for_each_entry(port, &sw->ports, list) {
		ret = vsw_nicsync_align(port);
		if (ret < 0) {
			net_warn_ratelimited("%s: no memory for filter entries of %s, trying again\n",
					     sw->dev->name, port->name);
			return VSW_NICSYNC_RETRY;
		}
		if (ret)
			delay = 1;
	}
	return delay;
}

/* An address that nobody needs any more leaves all filters, and the order. */
static void vsw_nicsync_drop(struct vsw_switch *sw,
			     struct vsw_nicsync_mac *mac)
{
	struct vsw_port *port;

	list_for_each_entry(port, &sw->ports, list)
		if (vsw_nicsync_holds(port, mac))
			vsw_nicsync_take_out(port, mac);

	xa_lock_bh(&sw->fdb.index);
	list_del_init(&mac->order);
	sw->nicsync.count--;
	/*
	 * Else a VF has it, or somebody needs it again: then it is dirty, and
	 * will be the youngest.
	 */
	if (!vsw_nicsync_mac_used(mac))
		vsw_nicsync_mac_free(sw, mac);
	xa_unlock_bh(&sw->fdb.index);
}

/*
 * Give an address its place in the order, or drop it. Only this puts addresses
 * into the order and takes them out, so one that is in it stays while the lock
 * is not held.
 */
static void vsw_nicsync_settle(struct vsw_switch *sw, const u8 *addr)
{
	struct vsw_nicsync *sync = &sw->nicsync;
	struct vsw_nicsync_mac *mac;
	bool drop;

	xa_lock_bh(&sw->fdb.index);
	mac = rhashtable_lookup_fast(&sync->hash, addr, vsw_nicsync_params);
	if (mac)
		list_del_init(&mac->dirty);
	if (mac && vsw_nicsync_mac_wanted(mac) && list_empty(&mac->order)) {
		list_add_tail(&mac->order, &sync->order);
		mac->age = sync->next_age++;
		sync->count++;
	}
	drop = mac && !vsw_nicsync_mac_wanted(mac) && !list_empty(&mac->order);
	xa_unlock_bh(&sw->fdb.index);

	if (drop)
		vsw_nicsync_drop(sw, mac);
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
	ASSERT_RTNL();
	vsw_nicsync_settle(sw, addr);
	/* Whether there is too much now is told by the work item. */
	vsw_nicsync_queue(sw, vsw_nicsync_align_all(sw));
}

static bool vsw_nicsync_next(struct vsw_switch *sw, u8 *addr)
{
	struct vsw_nicsync_mac *mac;

	xa_lock_bh(&sw->fdb.index);
	mac = list_first_entry_or_null(&sw->nicsync.dirty,
				       struct vsw_nicsync_mac, dirty);
	if (mac)
		ether_addr_copy(addr, mac->mac);
	xa_unlock_bh(&sw->fdb.index);
	return mac;
}

/* Tell whether the addresses fit into a filter, when that changes. */
static void vsw_nicsync_tell(struct vsw_port *uplink)
{
	unsigned int over = vsw_nicsync_over(uplink);

	if (uplink->nic.over == !!over)
		return;
	uplink->nic.over = over;
	vsw_switch_update_promisc(uplink->sw);
	trace_vsw_nic_overflow(uplink, over);
	vsw_netlink_port_notify(uplink, false);
	if (!over || uplink->nic.warned)
		return;
	uplink->nic.warned = true;
	netdev_warn(uplink->dev,
		    "vsw: more addresses than %u (filter-max): vswctl uplink show %s\n",
		    vsw_nicsync_max(uplink), uplink->name);
}

static void vsw_nicsync_work(struct work_struct *work)
{
	struct vsw_switch *sw = container_of(to_delayed_work(work),
					     struct vsw_switch, nicsync.work);
	u8 addr[ETH_ALEN] __aligned(2);
	int batch = VSW_NICSYNC_BATCH;
	struct vsw_port *port;
	unsigned long delay;

	rtnl_lock();
	while (batch && vsw_nicsync_next(sw, addr)) {
		vsw_nicsync_settle(sw, addr);
		batch--;
		cond_resched();
	}
	delay = vsw_nicsync_align_all(sw);
	list_for_each_entry(port, &sw->ports, list)
		vsw_nicsync_tell(port);
	if (delay || !batch)
		vsw_nicsync_queue(sw, delay ?: 1);
	rtnl_unlock();
	dev_put(sw->dev);
}

/**
 * vsw_nicsync_uplink_add - from now on fill the unicast filter of an uplink
 * @uplink: the uplink, not a port of its switch yet
 *
 * The work item does it, when the uplink has its policy.
 *
 * Return: 0 or a negative error.
 */
int vsw_nicsync_uplink_add(struct vsw_port *uplink)
{
	struct vsw_switch *sw = uplink->sw;
	int err;

	ASSERT_RTNL();
	if (!vsw_nicsync_filters(uplink))
		return 0;

	/* Who owns which address is of interest from the first filter on. */
	if (!sw->nicsync.uplinks) {
		err = vsw_fdb_bind(&sw->fdb);
		if (err)
			return err;
	}
	uplink->nic.last = &sw->nicsync.order;
	uplink->nic.synced = true;
	sw->nicsync.uplinks++;
	vsw_nicsync_queue(sw, 0);
	return 0;
}

/**
 * vsw_nicsync_uplink_set - what an uplink's filter may hold, and what if not
 * @uplink: the uplink
 * @max: most addresses, 0 for VSW_NICSYNC_MAX, and beyond that promiscuous
 * @overflow: enum vsw_filter_overflow
 *
 * The work item brings the filter in line.
 */
void vsw_nicsync_uplink_set(struct vsw_port *uplink, unsigned int max,
			    u32 overflow)
{
	ASSERT_RTNL();
	uplink->nic.overflow = overflow;
	if (uplink->nic.max == max)
		return;
	uplink->nic.max = max;
	vsw_nicsync_queue(uplink->sw, 0);
}

/**
 * vsw_nicsync_uplink_del - take our addresses out of the filter of an uplink
 * @uplink: the uplink
 */
void vsw_nicsync_uplink_del(struct vsw_port *uplink)
{
	struct vsw_nicsync *sync = &uplink->sw->nicsync;

	ASSERT_RTNL();
	if (!uplink->nic.synced)
		return;

	/* Each time the driver looks at all of them. */
	while (uplink->nic.count) {
		vsw_nicsync_shrink(uplink);
		cond_resched();
	}
	uplink->nic.last = NULL;
	uplink->nic.synced = false;
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
	bool last = false;

	for_each_andnot_bit(vid, these->member, but->member, VLAN_N_VID) {
		if (--sw->vid_users[vid])
			continue;
		__clear_bit(vid, sw->vids);
		last = true;
	}
	/* Of a thousand ports few are the last of a VLAN. */
	if (!last)
		return;

	list_for_each_entry(port, &sw->ports, list)
		if (port->flags & VSW_PORT_UPLINK)
			vsw_nicsync_vids_trim(port,
					      vsw_stage_held(port)->member);
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
	bool first = false;
	unsigned int vid;
	int err;

	ASSERT_RTNL();
	if (port->flags & VSW_PORT_UPLINK) {
		err = vsw_nicsync_vids_fill(port, new->member);
		if (err)
			vsw_nicsync_vids_trim(port, old->member);
		return err;
	}

	for_each_andnot_bit(vid, new->member, old->member, VLAN_N_VID) {
		if (sw->vid_users[vid]++)
			continue;
		__set_bit(vid, sw->vids);
		first = true;
	}
	if (!first)
		return 0;

	list_for_each_entry(uplink, &sw->ports, list) {
		if (!(uplink->flags & VSW_PORT_UPLINK))
			continue;
		err = vsw_nicsync_vids_fill(uplink,
					    vsw_port_vlans(uplink)->member);
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
	INIT_LIST_HEAD(&sw->nicsync.order);
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
