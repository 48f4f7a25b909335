/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May a frame go from one port to another, and how does it get there? The first
 * has one answer for frames with and without an skb, compiled into both paths.
 */
#ifndef VSW_FORWARD_H
#define VSW_FORWARD_H

#include <linux/etherdevice.h>
#include <linux/prefetch.h>
#include <linux/skbuff.h>

#include "drop.h"
#include "flow.h"
#include "team.h"
#include "vsw.h"

/* Does a port of that device get frames? The host port is up without carrier. */
static inline bool vsw_forward_is_up(const struct vsw_port *to,
				     const struct net_device *dev)
{
	unsigned long state = READ_ONCE(dev->state);

	return state & BIT(__LINK_STATE_START) &&
	       (!(state & BIT(__LINK_STATE_NOCARRIER)) ||
		READ_ONCE(to->flags) & VSW_PORT_HOST);
}

static inline bool vsw_flow_is_up(const struct vsw_flow *flow)
{
	return vsw_forward_is_up(flow->to, vsw_flow_dev(flow));
}

/* Send a frame out of a port, with or without a tag as its VLAN says. */
static inline void vsw_forward_to(struct vsw_port *to, struct sk_buff *skb,
				  u16 vid)
{
	const struct vsw_port *egress = READ_ONCE(to->egress);

	vsw_tx(to, egress->dev, skb, vid,
	       vsw_vlans_untagged(rcu_dereference(egress->vlans), vid));
}

/**
 * vsw_forward_check - may a frame go from one port to another?
 * @from: port that sent it
 * @to: port where its destination lives
 * @vid: its VLAN
 * @team: some switch has a team
 *
 * Context: RCU read side.
 * Return: VSW_FORWARD or a drop reason.
 */
static __always_inline int vsw_forward_check(const struct vsw_port *from,
					     const struct vsw_port *to,
					     u16 vid, bool team)
{
	u32 common = READ_ONCE(from->flags) & READ_ONCE(to->flags);
	const struct vsw_port *out = READ_ONCE(to->egress);
	const struct vsw_port *in = READ_ONCE(from->egress);

	/* From a VF to its own PF, and back, is the business of the NIC. */
	if (unlikely(in == out) &&
	    !(from == to && (common & VSW_PORT_HAIRPIN)))
		return VSW_DROP_REASON_SAME_PORT;

	/*
	 * Uplinks never forward to uplinks, nor isolated to isolated ports.
	 * What a VF sends came in by an uplink, too: the NIC has put it on the
	 * wire already.
	 */
	if (unlikely((READ_ONCE(in->flags) & READ_ONCE(to->flags) &
		      VSW_PORT_UPLINK) ||
		     ((common & VSW_PORT_ISOLATED) && from != to)))
		return VSW_DROP_REASON_EGRESS_POLICY;

	if (team && !vsw_team_allows(from, to))
		return VSW_DROP_REASON_NOT_PINNED;

	if (unlikely(!vsw_vlans_has(rcu_dereference(to->vlans), vid)))
		return VSW_DROP_REASON_EGRESS_VLAN;

	if (unlikely(!vsw_forward_is_up(to, out->dev)))
		return VSW_DROP_REASON_PORT_DOWN;

	return VSW_FORWARD;
}

/*
 * What follows is compiled twice, in forward.c without the rules of a team and in
 * team.c with them: in one function, or in one file, they would cost those a dozen
 * instructions for each frame who have no team.
 */

/*
 * Of a thousand ports none is in the cache: ask for what the next one, which may be the
 * head of the list, begins with, and for what a frame that leaves by this one needs.
 */
static inline void vsw_forward_expect_next(const struct vsw_port *port)
{
	const struct vsw_port *next = list_entry_rcu(port->list.next,
						     struct vsw_port, list);

	prefetch(next);
	prefetch(&next->list);
}

static inline void vsw_forward_expect(const struct vsw_port *to)
{
	const struct vsw_port *egress = READ_ONCE(to->egress);

	prefetchw(this_cpu_ptr(&to->stats->tx_packets));
	prefetch(netdev_get_tx_queue(egress->dev, 0));
}

/*
 * Send a frame to every port that may have it. A copy is made only when a
 * further port is found; the last port gets the frame itself. VF ports have no
 * flood flags: the uplink that is their PF is flooded, and the NIC copies.
 */
static __always_inline void vsw_forward_flood(struct vsw_port *from,
					      struct sk_buff *skb, u16 vid,
					      u32 kind, bool team)
{
	int reason, why = VSW_DROP_REASON_NO_MEMBER;
	struct vsw_port *to, *prev = NULL;
	struct sk_buff *copy;

	list_for_each_entry_rcu(to, &from->sw->ports, list) {
		vsw_forward_expect_next(to);
		if (!(READ_ONCE(to->flags) & kind))
			continue;
		reason = vsw_forward_check(from, to, vid, team);
		if (reason != VSW_FORWARD) {
			if (team && reason == VSW_DROP_REASON_NOT_PINNED)
				why = reason;
			else if (team && reason == VSW_DROP_REASON_PORT_DOWN)
				vsw_team_wake(from, to);
			continue;
		}
		vsw_forward_expect(to);
		if (prev) {
			copy = skb_clone(skb, GFP_ATOMIC);
			if (likely(copy))
				vsw_forward_to(prev, copy, vid);
			else
				vsw_stats_drop(prev->stats,
					       VSW_DROP_REASON_NO_MEMORY,
					       false);
		}
		prev = to;
	}

	if (prev)
		vsw_forward_to(prev, skb, vid);
	else
		vsw_drop(from, skb, vid, why, true);
}

/*
 * Send a frame where its destination lives; flood() is as vsw_forward_flood(). With
 * a source the next one that looks like the key goes the same way.
 */
static __always_inline void
vsw_forward_frame(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		  void (*flood)(struct vsw_port *from, struct sk_buff *skb,
				u16 vid, u32 kind), bool team,
		  const struct vsw_flow_key *key, struct vsw_fdb_entry *source)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct vsw_fdb_entry *entry;
	struct vsw_port *to;
	int reason;

	if (unlikely(is_multicast_ether_addr(dest))) {
		flood(from, skb, vid, is_broadcast_ether_addr(dest) ?
				      VSW_PORT_BROADCAST_FLOOD :
				      VSW_PORT_MULTICAST_FLOOD);
		return;
	}

	entry = vsw_fdb_find_rcu(&from->sw->fdb, dest, vid);
	if (unlikely(!entry)) {
		flood(from, skb, vid,
		      VSW_PORT_UNICAST_FLOOD | VSW_PORT_PROMISC);
		return;
	}

	to = vsw_fdb_owner(entry);
	if (team)
		to = vsw_team_target(from, to);
	reason = vsw_forward_check(from, to, vid, team);
	if (likely(reason == VSW_FORWARD)) {
		if (source)
			vsw_flow_add(key, source, entry, to,
				     skb_vlan_tag_get(skb));
		vsw_forward_to(to, skb, vid);
		return;
	}
	if (team && reason == VSW_DROP_REASON_PORT_DOWN)
		vsw_team_wake(from, to);
	vsw_drop(from, skb, vid, reason, true);
}

#endif /* VSW_FORWARD_H */
