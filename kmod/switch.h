/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switches: the device, and what follows from the ports.
 */
#ifndef VSW_SWITCH_H
#define VSW_SWITCH_H

#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "vsw.h"

extern unsigned int vsw_net_id;

/**
 * struct vsw_net - what a network namespace has
 * @switches: its switches, by &vsw_switch.list; protected by RTNL
 * @next_number: &vsw_switch.number of the next; likewise
 * @generation: bumped whenever configuration changes, for dumps; likewise
 * @net: the namespace; immutable
 * @undo: attributes of the batch that waits to be confirmed, or NULL; likewise
 * @undo_len: length of @undo
 * @undo_timeout: seconds that it waits
 * @undo_at: jiffies when it is taken back
 * @undo_trusted: see &vsw_txn.trusted
 * @undo_work: takes it back
 */
struct vsw_net {
	struct list_head switches;
	u32 next_number;
	unsigned int generation;
	struct net *net;
	struct nlattr *undo;
	int undo_len;
	u32 undo_timeout;
	unsigned long undo_at;
	bool undo_trusted;
	struct delayed_work undo_work;
};

static inline struct vsw_net *vsw_net(struct net *net)
{
	return net_generic(net, vsw_net_id);
}

/* Under RTNL */
#define vsw_switch_for_each(sw, net) \
	list_for_each_entry(sw, &vsw_net(net)->switches, list)

#define VSW_AGEING_MIN	10	/* seconds, IEEE 802.1Q table 8-6 */

int vsw_switch_init(void);
void vsw_switch_exit(void);

void vsw_switch_setup(struct net_device *dev);
bool vsw_switch_is(const struct net_device *dev);
struct vsw_switch *vsw_switch_find(struct net *net, u32 ifindex);

/* Under RTNL */
void vsw_switch_update(struct vsw_switch *sw);
void vsw_switch_update_policy(struct vsw_switch *sw);
void vsw_switch_refresh(struct vsw_switch *sw);
void vsw_switch_announce(struct vsw_switch *sw);
void vsw_switch_update_promisc(struct vsw_switch *sw);
int vsw_switch_check_ageing(u32 seconds, struct netlink_ext_ack *extack);

#endif /* VSW_SWITCH_H */
