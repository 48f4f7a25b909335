/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * May a frame go from one port to another? One answer for frames with and
 * without an skb, compiled into both paths.
 */
#ifndef VSW_FORWARD_H
#define VSW_FORWARD_H

#include "drop.h"
#include "team.h"
#include "vsw.h"

/**
 * vsw_forward_check - may a frame go from one port to another?
 * @from: port that sent it
 * @to: port where its destination lives
 * @vid: its VLAN
 *
 * Context: RCU read side.
 * Return: VSW_FORWARD or a drop reason.
 */
static inline int vsw_forward_check(const struct vsw_port *from,
				    const struct vsw_port *to, u16 vid)
{
	u32 common = READ_ONCE(from->flags) & READ_ONCE(to->flags);
	const struct vsw_port *out = READ_ONCE(to->egress);
	const struct vsw_port *in = READ_ONCE(from->egress);
	const struct net_device *dev = out->dev;

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

	if (unlikely(!vsw_team_allows(from, to)))
		return VSW_DROP_REASON_NOT_PINNED;

	if (unlikely(!vsw_vlans_has(rcu_dereference(to->vlans), vid)))
		return VSW_DROP_REASON_EGRESS_VLAN;

	if (unlikely(!netif_running(dev) ||
		     (!netif_carrier_ok(dev) &&
		      !(READ_ONCE(to->flags) & VSW_PORT_HOST))))
		return VSW_DROP_REASON_PORT_DOWN;

	return VSW_FORWARD;
}

#endif /* VSW_FORWARD_H */
