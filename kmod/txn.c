// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions. See txn.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include "netlink.h"
#include "port.h"
#include "stage.h"
#include "switch.h"
#include "team.h"
#include "txn.h"

/* The one that goes on. Written under RTNL; its owner knows itself */
static struct vsw_txn *vsw_txn;
static struct task_struct *vsw_txn_owner;

/**
 * vsw_txn_is_on - does a transaction go on?
 */
bool vsw_txn_is_on(void)
{
	ASSERT_RTNL();
	return vsw_txn;
}

/**
 * vsw_txn_begin - what is done from now on is a transaction
 * @txn: where to keep it
 * @net: network namespace of all of it
 * @trusted: is whoever wants it an administrator of the host, not of a namespace only?
 */
void vsw_txn_begin(struct vsw_txn *txn, struct net *net, bool trusted)
{
	ASSERT_RTNL();
	txn->net = net;
	txn->trusted = trusted;
	INIT_LIST_HEAD(&txn->changes);
	skb_queue_head_init(&txn->events);
	txn->lost = 0;
	WRITE_ONCE(vsw_txn, txn);
	WRITE_ONCE(vsw_txn_owner, current);
}

/**
 * vsw_txn_add - note a change
 * @change: the change
 * @ops: what becomes of it
 */
void vsw_txn_add(struct vsw_change *change, const struct vsw_change_ops *ops)
{
	change->ops = ops;
	list_add_tail(&change->list, &vsw_txn->changes);
}

/**
 * vsw_txn_keep_event - an event of a transaction waits for its end
 * @skb: the event, kept if so
 * @group: VSW_NLGRP_*
 *
 * What the datapath has to tell meanwhile does not wait. Who may make a batch may
 * not fill the memory by it: listeners are told that they have missed something.
 *
 * Return: was it kept?
 */
bool vsw_txn_keep_event(struct sk_buff *skb, unsigned int group)
{
	/* Nobody else passes, so nobody else looks into the transaction. */
	if (READ_ONCE(vsw_txn_owner) != current || !in_task())
		return false;
	if (skb_queue_len(&vsw_txn->events) >= VSW_TXN_EVENTS_MAX) {
		__set_bit(group, &vsw_txn->lost);
		nlmsg_free(skb);
		return true;
	}
	skb->cb[0] = group;
	__skb_queue_tail(&vsw_txn->events, skb);
	return true;
}

/**
 * vsw_txn_keep_events - do events of the owner wait for the end?
 * @keep: else they are sent at once
 */
void vsw_txn_keep_events(bool keep)
{
	ASSERT_RTNL();
	WRITE_ONCE(vsw_txn_owner, keep ? current : NULL);
}

static void vsw_txn_send_events(struct vsw_txn *txn)
{
	struct sk_buff *skb;
	unsigned int lost;

	while ((skb = __skb_dequeue(&txn->events))) {
		unsigned int group = skb->cb[0];

		memset(skb->cb, 0, sizeof(skb->cb));
		vsw_nl_multicast(txn->net, skb, group, GFP_KERNEL);
	}
	for_each_set_bit(lost, &txn->lost, BITS_PER_LONG)
		vsw_nl_missed(txn->net, lost);
}

static int vsw_txn_publish(void *data)
{
	const struct vsw_txn *txn = data;
	struct vsw_change *change;

	list_for_each_entry(change, &txn->changes, list)
		if (change->ops->publish)
			change->ops->publish(change);
	return 0;
}

/* Is there more than one thing that the datapath must not see half of? */
static bool vsw_txn_is_manifold(const struct vsw_txn *txn)
{
	const struct vsw_change *change;
	unsigned int count = 0;

	list_for_each_entry(change, &txn->changes, list)
		count += !!change->ops->publish;
	return count > 1;
}

/* Nothing passes an uplink that is to be deleted: no port uses it any more. */
static void vsw_txn_update_teams(const struct vsw_txn *txn)
{
	struct vsw_switch *sw;

	vsw_switch_for_each(sw, txn->net)
		vsw_team_update(sw);
}

static void vsw_txn_update_switches(const struct vsw_txn *txn)
{
	struct vsw_switch *sw;

	vsw_switch_for_each(sw, txn->net)
		vsw_switch_update(sw);
}

/**
 * vsw_txn_commit - the transaction is whole
 * @txn: the transaction
 *
 * ORDER: the datapath gets all of it while every CPU is stopped, and none of them
 * is between the first look at a port and the last, because that is not
 * preempted. One grace period later nobody knows of the old. Who is not trusted to stop
 * them has one change after the other: a frame may meet a part.
 */
void vsw_txn_commit(struct vsw_txn *txn)
{
	struct vsw_change *change;

	ASSERT_RTNL();
	if (!list_empty(&txn->changes)) {
		if (txn->trusted && vsw_txn_is_manifold(txn))
			stop_machine(vsw_txn_publish, txn, NULL);
		else
			vsw_txn_publish(txn);
		vsw_txn_update_teams(txn);
		synchronize_net();
	}
	/* Events of deletions are the transaction's, updates are not. */
	vsw_txn_keep_events(false);
	WRITE_ONCE(vsw_txn, NULL);
	vsw_txn_send_events(txn);
	while ((change = list_first_entry_or_null(&txn->changes,
						  struct vsw_change, list)))
		change->ops->finish(change);
	vsw_txn_update_switches(txn);
}

/**
 * vsw_txn_abort - nothing of the transaction has happened
 * @txn: the transaction
 */
void vsw_txn_abort(struct vsw_txn *txn)
{
	struct vsw_change *change;

	ASSERT_RTNL();
	list_for_each_entry(change, &txn->changes, list)
		if (change->ops->release)
			change->ops->release(change);
	while (!list_empty(&txn->changes)) {
		change = list_last_entry(&txn->changes, struct vsw_change,
					 list);
		change->ops->undo(change);
	}
	__skb_queue_purge(&txn->events);
	vsw_txn_keep_events(false);
	WRITE_ONCE(vsw_txn, NULL);
	vsw_txn_update_switches(txn);
}

/**
 * struct vsw_switch_change - a switch that is changed
 * @change: in the transaction
 * @sw: the switch
 * @ageing_time: of &vsw_fdb.ageing_time, as it was; likewise what follows
 * @learned_max: of &vsw_fdb
 * @teaming: of &vsw_switch
 * @default_pvid: of &vsw_switch
 * @primary: of &vsw_switch
 */
struct vsw_switch_change {
	struct vsw_change change;
	struct vsw_switch *sw;
	unsigned long ageing_time;
	u32 learned_max;
	u32 teaming;
	u16 default_pvid;
	char primary[VSW_PORT_NAME_MAX + 1];
};

static void vsw_txn_free(struct vsw_change *change, void *memory)
{
	list_del(&change->list);
	kfree(memory);
}

static struct vsw_switch_change *vsw_txn_switch_of(struct vsw_change *change)
{
	return container_of(change, struct vsw_switch_change, change);
}

static void vsw_txn_keep_switch(struct vsw_change *change)
{
	vsw_txn_free(change, vsw_txn_switch_of(change));
}

static void vsw_txn_restore_switch(struct vsw_change *change)
{
	struct vsw_switch_change *old = vsw_txn_switch_of(change);
	struct vsw_switch *sw = old->sw;

	vsw_fdb_set_ageing(&sw->fdb, old->ageing_time);
	WRITE_ONCE(sw->fdb.learned_max, old->learned_max);
	sw->default_pvid = old->default_pvid;
	strscpy(sw->primary, old->primary);
	vsw_team_set(sw, old->teaming);
	vsw_txn_keep_switch(change);
}

static const struct vsw_change_ops vsw_txn_switch_ops = {
	.finish = vsw_txn_keep_switch,
	.undo = vsw_txn_restore_switch,
};

/* One that nobody was told of, or everybody that it goes */
static void vsw_txn_remove_switch(struct vsw_change *change)
{
	struct vsw_switch *sw = vsw_txn_switch_of(change)->sw;

	vsw_txn_keep_switch(change);
	sw->dying = true;
	unregister_netdevice(sw->dev);
}

static const struct vsw_change_ops vsw_txn_new_switch_ops = {
	.finish = vsw_txn_keep_switch,
	.undo = vsw_txn_remove_switch,
};

static void vsw_txn_spare_switch(struct vsw_change *change)
{
	vsw_txn_switch_of(change)->sw->dying = false;
	vsw_txn_keep_switch(change);
}

static const struct vsw_change_ops vsw_txn_del_switch_ops = {
	.finish = vsw_txn_remove_switch,
	.undo = vsw_txn_spare_switch,
};

static int vsw_txn_add_switch(struct vsw_switch *sw,
			      const struct vsw_change_ops *ops)
{
	struct vsw_switch_change *old;

	if (!vsw_txn_is_on())
		return 0;
	old = kzalloc(sizeof(*old), GFP_KERNEL);
	if (!old)
		return -ENOMEM;
	old->sw = sw;
	old->ageing_time = sw->fdb.ageing_time;
	old->learned_max = sw->fdb.learned_max;
	old->teaming = sw->teaming;
	old->default_pvid = sw->default_pvid;
	strscpy(old->primary, sw->primary);
	vsw_txn_add(&old->change, ops);
	return 0;
}

/**
 * vsw_txn_note_switch - a switch is about to be changed
 * @sw: the switch
 *
 * Return: 0, also without transaction, or -ENOMEM.
 */
int vsw_txn_note_switch(struct vsw_switch *sw)
{
	return vsw_txn_add_switch(sw, &vsw_txn_switch_ops);
}

/**
 * vsw_txn_note_new_switch - a switch is new
 * @sw: the switch
 *
 * Return: 0, also without transaction, or -ENOMEM.
 */
int vsw_txn_note_new_switch(struct vsw_switch *sw)
{
	return vsw_txn_add_switch(sw, &vsw_txn_new_switch_ops);
}

/**
 * vsw_txn_del_switch - delete a switch at the end of the transaction
 * @sw: the switch; all that its ports have is free at once
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_txn_del_switch(struct vsw_switch *sw)
{
	int err;

	err = vsw_stage_del_all(sw) ?:
	      vsw_txn_add_switch(sw, &vsw_txn_del_switch_ops);
	if (err)
		return err;
	/* Now, because another may have these names before the end */
	vsw_netlink_port_notify(sw->host, true);
	vsw_netlink_switch_notify(sw, true);
	sw->dying = true;
	return 0;
}

/**
 * struct vsw_fdb_change - a forwarding entry that is changed
 * @change: in the transaction
 * @sw: the switch
 * @mac: MAC address of the entry
 * @vid: VLAN of the entry
 * @type: enum vsw_fdb_type that it had
 * @owner: the port that it was of, or NULL if there was none
 */
struct vsw_fdb_change {
	struct vsw_change change;
	struct vsw_switch *sw;
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vid;
	u8 type;
	struct vsw_fdb_port *owner;
};

static struct vsw_fdb_change *vsw_txn_fdb_of(struct vsw_change *change)
{
	return container_of(change, struct vsw_fdb_change, change);
}

static void vsw_txn_keep_fdb(struct vsw_change *change)
{
	vsw_txn_free(change, vsw_txn_fdb_of(change));
}

static void vsw_txn_restore_fdb(struct vsw_change *change)
{
	struct vsw_fdb_change *old = vsw_txn_fdb_of(change);
	int err = 0;

	/* The address of a port is the business of that port. */
	if (old->owner && old->type != VSW_FDB_TYPE_LOCAL)
		err = vsw_fdb_set(&old->sw->fdb, old->mac, old->vid,
				  old->owner, old->type, GFP_KERNEL);
	else if (!old->owner)
		vsw_fdb_del(&old->sw->fdb, old->mac, old->vid, NULL,
			    VSW_FDB_ALL & ~BIT(VSW_FDB_TYPE_LOCAL));
	if (err)
		netdev_warn(old->sw->dev,
			    "vsw: %pM in VLAN %u is lost, a transaction that failed had changed it\n",
			    old->mac, old->vid);
	vsw_txn_keep_fdb(change);
}

static const struct vsw_change_ops vsw_txn_fdb_ops = {
	.finish = vsw_txn_keep_fdb,
	.undo = vsw_txn_restore_fdb,
};

/**
 * vsw_txn_note_fdb - a forwarding entry is about to be changed
 * @sw: the switch
 * @mac: MAC address
 * @vid: VLAN
 *
 * Return: 0, also without transaction, or -ENOMEM.
 */
int vsw_txn_note_fdb(struct vsw_switch *sw, const u8 *mac, u16 vid)
{
	const struct vsw_fdb_entry *entry;
	struct vsw_fdb_change *old;

	if (!vsw_txn_is_on())
		return 0;
	old = kzalloc(sizeof(*old), GFP_KERNEL);
	if (!old)
		return -ENOMEM;
	old->sw = sw;
	ether_addr_copy(old->mac, mac);
	old->vid = vid;
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac, vid);
	if (entry) {
		old->type = READ_ONCE(entry->type);
		old->owner = READ_ONCE(entry->port);
	}
	rcu_read_unlock();
	vsw_txn_add(&old->change, &vsw_txn_fdb_ops);
	return 0;
}

/**
 * vsw_txn_forget_owner - a port is lost, and nothing can be given back to it
 * @owner: of the port
 */
void vsw_txn_forget_owner(const struct vsw_fdb_port *owner)
{
	struct vsw_change *change;

	list_for_each_entry(change, &vsw_txn->changes, list)
		if (change->ops == &vsw_txn_fdb_ops &&
		    vsw_txn_fdb_of(change)->owner == owner)
			vsw_txn_fdb_of(change)->owner = NULL;
}
