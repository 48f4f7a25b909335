/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions: many changes of configuration, whole or not at all.
 *
 * A transaction begins and ends under one hold of RTNL. What is done in between
 * is checked and carried out as it is alone, but for three things: what the
 * datapath is to see waits until the end (stage.h), deletions wait until the end,
 * and events wait until the end. Each change notes how it is taken back.
 */
#ifndef VSW_TXN_H
#define VSW_TXN_H

#include <linux/if_ether.h>
#include <linux/list.h>
#include <linux/skbuff.h>

struct net;
struct vsw_change;
struct vsw_fdb_port;
struct vsw_switch;

/* More events than that nobody's socket takes */
#define VSW_TXN_EVENTS_MAX	4096

/**
 * struct vsw_change_ops - what becomes of a change
 * @publish: the datapath gets it. All CPUs are stopped: may not sleep. May be NULL
 * @finish: what is left to do when no frame sees the old any more; frees the
 *	change
 * @release: let go of what others are to have back, before any of them is undone:
 *	whoever had it first may be the last to ask. May be NULL
 * @undo: take it back; frees the change
 */
struct vsw_change_ops {
	void (*publish)(struct vsw_change *change);
	void (*finish)(struct vsw_change *change);
	void (*release)(struct vsw_change *change);
	void (*undo)(struct vsw_change *change);
};

/**
 * struct vsw_change - a change that a transaction has made
 * @list: in &vsw_txn.changes, in the order in which they were made; RTNL
 * @ops: what becomes of it; immutable
 */
struct vsw_change {
	struct list_head list;
	const struct vsw_change_ops *ops;
};

/**
 * struct vsw_txn - a transaction
 * @net: its network namespace; immutable
 * @changes: struct vsw_change; RTNL
 * @events: netlink messages for when it is done; only the owner uses it
 * @lost: mask of VSW_NLGRP_* of which there were too many; likewise
 * @trusted: may it stop all CPUs? Immutable
 */
struct vsw_txn {
	struct net *net;
	struct list_head changes;
	struct sk_buff_head events;
	unsigned long lost;
	bool trusted;
};

/* Under RTNL */
void vsw_txn_begin(struct vsw_txn *txn, struct net *net, bool trusted);
void vsw_txn_commit(struct vsw_txn *txn);
void vsw_txn_abort(struct vsw_txn *txn);
bool vsw_txn_is_on(void);
void vsw_txn_add(struct vsw_change *change, const struct vsw_change_ops *ops);

/* Anywhere: keep an event for the end, if it is one of the transaction's */
bool vsw_txn_keep_event(struct sk_buff *skb, unsigned int group);
/* Under RTNL, in a transaction: what is told now is true, whatever becomes of it */
void vsw_txn_keep_events(bool keep);

/* Under RTNL, in a transaction or not: note how something is taken back */
int vsw_txn_note_switch(struct vsw_switch *sw);
int vsw_txn_note_new_switch(struct vsw_switch *sw);
int vsw_txn_note_fdb(struct vsw_switch *sw, const u8 *mac, u16 vid);
int vsw_txn_del_switch(struct vsw_switch *sw);
/* No entry is to be given back to a port that is lost */
void vsw_txn_forget_owner(const struct vsw_fdb_port *owner);

#endif /* VSW_TXN_H */
