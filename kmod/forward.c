// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where does a frame go: look up, deliver to one port or flood to many. What this
 * is made of is in forward.h.
 */
#include "forward.h"

static noinline void vsw_flood(struct vsw_port *from, struct sk_buff *skb,
			       u16 vid, u32 kind)
{
	vsw_forward_flood(from, skb, vid, kind, false);
}

/**
 * vsw_forward - send a frame where its destination address lives
 * @from: port that sent it
 * @skb: the frame, its VID in the metadata, its data behind the Ethernet header
 * @vid: its VLAN
 * @key: what it looks like
 * @source: the entry of its source, which is behind @from, or NULL if the next one like
 *	it has to be asked, too
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid,
		 const struct vsw_flow_key *key, struct vsw_fdb_entry *source)
{
	if (vsw_team_any())
		vsw_team_forward(from, skb, vid, key, source);
	else
		vsw_forward_frame(from, skb, vid, vsw_flood, false, key,
				  source);
}

/**
 * vsw_forward_flow - send a frame where the one before it went
 * @flow: what became of that
 * @skb: the frame, its data behind the Ethernet header
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_forward_flow(struct vsw_flow *flow, struct sk_buff *skb)
{
	prefetch(READ_ONCE(flow->to->ahead));
	vsw_flow_refresh(flow);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), flow->tci);
	vsw_tx(flow->to, vsw_flow_dev(flow), skb, flow->tci & VLAN_VID_MASK,
	       vsw_flow_untagged(flow));
}
