// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a transaction makes of a port. See stage.h.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "await.h"
#include "failover.h"
#include "host.h"
#include "nicsync.h"
#include "park.h"
#include "stage.h"

static struct vsw_stage *vsw_stage_of(struct vsw_change *change)
{
	return container_of(change, struct vsw_stage, change);
}

static void vsw_stage_publish(struct vsw_change *change)
{
	struct vsw_stage *stage = vsw_stage_of(change);
	struct vsw_port *port = stage->port;
	struct vsw_vlans *old = rcu_dereference_raw(port->vlans);

	vsw_port_set_policy(port, stage->vlans, stage->flags, stage->pcp);
	if (!stage->vlans)
		return;
	stage->old = old;
	stage->vlans = NULL;
}

/* ORDER: VFs before their PF, whichever was touched first */
static void vsw_stage_bury(struct vsw_port *port)
{
	struct vsw_port *other, *next;

	list_for_each_entry_safe(other, next, &port->sw->ports, list)
		if (other->vf && other->vf->uplink == port &&
		    vsw_stage_dying(other))
			vsw_port_bury(other);
	vsw_port_bury(port);
}

static void vsw_stage_finish(struct vsw_change *change)
{
	struct vsw_stage *stage = vsw_stage_of(change);
	struct vsw_port *port = stage->port;
	const struct vsw_vlans *now = rtnl_dereference(port->vlans);

	if (stage->dying && port->await) {
		vsw_stage_drop(port);
		vsw_await_del(port);
	} else if (stage->dying) {
		vsw_stage_bury(port);
	} else {
		vsw_nicsync_vids_shrink(port, &stage->held, now);
		vsw_port_flush_stale(port, &stage->held, stage->saved.flags);
		if (vsw_port_is_host(port))
			vsw_host_macs_sync(port->sw);
		vsw_stage_drop(port);
	}
}

/* A port is lost, and with an uplink the VF ports that are on it or were */
static void vsw_stage_lose(struct vsw_port *port, const char *why)
{
	struct vsw_port *other, *next;

	list_for_each_entry_safe(other, next, &port->sw->ports, list) {
		if (!other->vf || other->vf->uplink != port)
			continue;
		if (vsw_stage_detached(other))
			vsw_stage_lose(other, "its uplink is");
		else if (!other->dev)
			vsw_txn_forget_owner(&other->fdb);
	}
	vsw_park_leave_all(port);
	/* Nor are VFs parked that its ports give back now. */
	port->unowned = VSW_UNOWNED_LEAVE;
	pr_warn("vsw: port %s is lost, a transaction that failed had detached it: %s\n",
		port->name, why);
	vsw_txn_forget_owner(&port->fdb);
	/* Of one that is new nobody was told. */
	vsw_txn_keep_events(port->stage->fresh);
	vsw_port_vanish(port);
	vsw_txn_keep_events(true);
}

static bool vsw_stage_reattach(struct vsw_stage *stage)
{
	struct netlink_ext_ack extack = {};
	struct vsw_port *port = stage->port;

	if (stage->detached && vsw_port_reattach(port, &extack)) {
		vsw_stage_lose(port, extack._msg ?: "its device is gone");
		return false;
	}
	stage->detached = false;
	return true;
}

/* The policy that it had, which the datapath has seen no other than. */
static void vsw_stage_restore(struct vsw_stage *stage)
{
	struct netlink_ext_ack extack = {};
	struct vsw_port *port = stage->port;

	port->before = stage->before;
	if (vsw_port_restore(port, &stage->saved, &extack))
		pr_warn("vsw: port %s is not what it was before a transaction that failed: %s\n",
			port->name, extack._msg ?: "out of memory");
	vsw_nicsync_vids_shrink(port, &stage->held,
				rtnl_dereference(port->vlans));
	/* Whose driver has gone meanwhile is missed at the next look. */
	if (port->vf && port->vf->watched)
		port->vf->alive |= stage->alive;
	vsw_stage_drop(port);
}

/* What it has now may be another's, and what it shall be nobody has to know. */
static void vsw_stage_release(struct vsw_change *change)
{
	struct vsw_stage *stage = vsw_stage_of(change);

	if (!stage->port->await)
		vsw_port_release(stage->port, &stage->saved);
	if (vsw_port_is_host(stage->port))
		vsw_host_vids_shrink(stage->port->sw, &stage->held,
				     rtnl_dereference(stage->port->vlans));
	kfree(stage->vlans);
	stage->vlans = NULL;
}

static void vsw_stage_undo(struct vsw_change *change)
{
	struct vsw_stage *stage = vsw_stage_of(change);
	struct vsw_port *port = stage->port;

	if (stage->fresh) {
		vsw_port_remove(port);
		return;
	}
	stage->dying = false;
	if (port->await)
		vsw_stage_drop(port);
	else if (vsw_stage_reattach(stage))
		vsw_stage_restore(stage);
}

static const struct vsw_change_ops vsw_stage_ops = {
	.publish = vsw_stage_publish,
	.finish = vsw_stage_finish,
	.release = vsw_stage_release,
	.undo = vsw_stage_undo,
};

/**
 * vsw_stage_prepare - a port is about to be changed
 * @port: the port
 *
 * Return: 0, also without transaction, or -ENOMEM.
 */
int vsw_stage_prepare(struct vsw_port *port)
{
	struct vsw_stage *stage;

	ASSERT_RTNL();
	if (!vsw_txn_is_on() || port->stage)
		return 0;
	stage = kzalloc(sizeof(*stage), GFP_KERNEL);
	if (!stage)
		return -ENOMEM;
	if (vsw_policy_get(&stage->saved, port)) {
		kfree(stage);
		return -ENOMEM;
	}
	stage->port = port;
	stage->before = port->before;
	stage->held = *rtnl_dereference(port->vlans);
	stage->flags = port->flags & VSW_PORT_POLICY_MASK;
	stage->pcp = port->pcp;
	stage->alive = port->vf && port->vf->alive;
	port->stage = stage;
	vsw_txn_add(&stage->change, &vsw_stage_ops);
	return 0;
}

/**
 * vsw_stage_set - what the datapath is to get
 * @port: a port that is prepared
 * @vlans: its VLANs, which become the stage's
 * @flags: VSW_PORT_* in VSW_PORT_POLICY_MASK
 * @pcp: &vsw_port.pcp
 */
void vsw_stage_set(struct vsw_port *port, struct vsw_vlans *vlans, u32 flags,
		   u16 pcp)
{
	struct vsw_stage *stage = port->stage;

	kfree(stage->vlans);
	stage->vlans = vlans;
	stage->flags = flags;
	stage->pcp = pcp;
	bitmap_or(stage->held.member, stage->held.member, vlans->member,
		  VLAN_N_VID);
}

/**
 * vsw_stage_del - delete a port at the end of the transaction
 * @port: the port, which may be deleted; its address is free at once
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_stage_del(struct vsw_port *port)
{
	struct vsw_vlans *nothing = vsw_vlans_alloc();

	if (!nothing || vsw_stage_prepare(port)) {
		kfree(nothing);
		return -ENOMEM;
	}
	/* Now, because another may have its name before the end */
	vsw_netlink_port_notify(port, true);
	vsw_port_disown_mac(port);
	if (port->vf && !port->await)
		vsw_failover_unwatch(port);
	vsw_stage_set(port, nothing, 0, 0);
	port->stage->dying = true;
	return 0;
}

static int vsw_stage_del_list(struct list_head *ports)
{
	struct vsw_port *port;
	int err;

	/* ORDER: VF ports before their uplinks, for who is told */
	list_for_each_entry_reverse(port, ports, list) {
		if (vsw_port_is_host(port) || vsw_stage_dying(port))
			continue;
		err = vsw_stage_del(port);
		if (err)
			return err;
	}
	return 0;
}

/**
 * vsw_stage_del_all - delete all ports of a switch but that of the host
 * @sw: the switch
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_stage_del_all(struct vsw_switch *sw)
{
	return vsw_stage_del_list(&sw->ports) ?:
	       vsw_stage_del_list(&sw->awaited);
}

/**
 * vsw_stage_free_mac - a port gives up a static entry of a VLAN that it leaves
 * @sw: the switch
 * @mac: MAC address
 * @vid: VLAN
 *
 * The transaction has noted the entry. A port that is to be deleted leaves all VLANs.
 *
 * Return: 0 and there is no such entry any more, or -EEXIST if it is another's
 * that stays.
 */
int vsw_stage_free_mac(struct vsw_switch *sw, const u8 *mac, u16 vid)
{
	const struct vsw_fdb_entry *entry;
	struct vsw_port *owner = NULL;

	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac, vid);
	if (entry)
		owner = vsw_fdb_owner(entry);
	rcu_read_unlock();
	if (!owner || vsw_vlans_has(vsw_port_vlans(owner), vid))
		return -EEXIST;
	return vsw_fdb_del(&sw->fdb, mac, vid, &owner->fdb,
			   VSW_FDB_ALL & ~BIT(VSW_FDB_TYPE_LOCAL));
}

/**
 * vsw_stage_yield - a port that is to be deleted gives its paths to another
 * @port: the port, or NULL
 *
 * Return: has it?
 */
bool vsw_stage_yield(struct vsw_port *port)
{
	struct vsw_vf *vf, *next;

	if (!port || !vsw_stage_dying(port))
		return false;
	/* ORDER: VFs before their PF */
	list_for_each_entry_safe(vf, next, &port->vf_ports, list)
		vsw_stage_yield(vf->port);
	if (!port->stage->detached)
		vsw_port_detach(port);
	port->stage->detached = true;
	return true;
}

/**
 * vsw_stage_drop - a port has no stage any more
 * @port: the port
 */
void vsw_stage_drop(struct vsw_port *port)
{
	struct vsw_stage *stage = port->stage;

	if (!stage)
		return;
	port->stage = NULL;
	list_del(&stage->change.list);
	vsw_policy_release(&stage->saved);
	kfree(stage->vlans);
	kfree(stage->old);
	kfree(stage);
}

/**
 * vsw_stage_held - the VLANs that a port is counted for
 * @port: the port
 *
 * Return: its VLANs, or while a transaction goes on, some more.
 */
const struct vsw_vlans *vsw_stage_held(const struct vsw_port *port)
{
	return port->stage ? &port->stage->held : rtnl_dereference(port->vlans);
}
