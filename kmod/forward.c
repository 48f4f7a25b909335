// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where does a frame go: look up, deliver to one port or flood to many.
 */
#include <linux/etherdevice.h>
#include <linux/skbuff.h>

#include "forward.h"

/*
 * Send a frame to every port that may have it. A copy is made only when a
 * further port is found; the last port gets the frame itself. VF ports have no
 * flood flags: the uplink that is their PF is flooded, and the NIC copies.
 */
static void vsw_flood(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		      u32 kind)
{
	int reason, why = VSW_DROP_REASON_NO_MEMBER;
	struct vsw_port *to, *prev = NULL;
	struct sk_buff *copy;

	list_for_each_entry_rcu(to, &from->sw->ports, list) {
		if (!(READ_ONCE(to->flags) & kind))
			continue;
		reason = vsw_forward_check(from, to, vid);
		if (reason != VSW_FORWARD) {
			if (reason == VSW_DROP_REASON_NOT_PINNED)
				why = reason;
			else if (reason == VSW_DROP_REASON_PORT_DOWN)
				vsw_team_wake(from, to);
			continue;
		}
		if (prev) {
			copy = skb_clone(skb, GFP_ATOMIC);
			if (likely(copy))
				vsw_tx(prev, copy, vid);
			else
				vsw_stats_drop(prev->stats,
					       VSW_DROP_REASON_NO_MEMORY,
					       false);
		}
		prev = to;
	}

	if (prev)
		vsw_tx(prev, skb, vid);
	else
		vsw_drop(from, skb, vid, why, true);
}

/**
 * vsw_forward - send a frame where its destination address lives
 * @from: port that sent it
 * @skb: the frame, its VID in the metadata, its data behind the Ethernet header
 * @vid: its VLAN
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct vsw_fdb_entry *entry;
	struct vsw_port *to;
	int reason;

	if (unlikely(is_multicast_ether_addr(dest))) {
		vsw_flood(from, skb, vid, is_broadcast_ether_addr(dest) ?
					  VSW_PORT_BROADCAST_FLOOD :
					  VSW_PORT_MULTICAST_FLOOD);
		return;
	}

	entry = vsw_fdb_find_rcu(&from->sw->fdb, dest, vid);
	if (unlikely(!entry)) {
		vsw_flood(from, skb, vid,
			  VSW_PORT_UNICAST_FLOOD | VSW_PORT_PROMISC);
		return;
	}

	to = vsw_team_target(from, vsw_fdb_owner(entry));
	reason = vsw_forward_check(from, to, vid);
	if (likely(reason == VSW_FORWARD)) {
		vsw_tx(to, skb, vid);
		return;
	}
	if (reason == VSW_DROP_REASON_PORT_DOWN)
		vsw_team_wake(from, to);
	vsw_drop(from, skb, vid, reason, true);
}
