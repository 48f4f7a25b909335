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
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_forward(struct vsw_port *from, struct sk_buff *skb, u16 vid)
{
	if (vsw_team_any())
		vsw_team_forward(from, skb, vid);
	else
		vsw_forward_frame(from, skb, vid, vsw_flood, false);
}
