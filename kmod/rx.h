/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which VLAN a frame belongs to, and whether its port may send in it. One
 * answer for frames with and without an skb, compiled into both paths.
 */
#ifndef VSW_RX_H
#define VSW_RX_H

#include <linux/if_vlan.h>

#include "drop.h"
#include "vsw.h"

/**
 * vsw_rx_classify - which VLAN does a frame belong to (IEEE 802.1Q clause 6.9)?
 * @port: the port that sent it
 * @vlans: VLANs of @port
 * @flags: policy of @port
 * @tagged: it has a C-tag
 * @tci: of that tag; becomes VID and priority of the frame
 *
 * Return: VSW_FORWARD or a drop reason.
 */
static inline int vsw_rx_classify(const struct vsw_port *port,
				  const struct vsw_vlans *vlans, u32 flags,
				  bool tagged, u16 *tci)
{
	if (tagged) {
		if (*tci & VLAN_VID_MASK) {
			/* Tagged */
			if (unlikely(!(flags & VSW_PORT_ADMIT_TAGGED)))
				return VSW_DROP_REASON_FRAME_TYPE;
			if (unlikely((*tci & VLAN_VID_MASK) == VLAN_VID_MASK))
				return VSW_DROP_REASON_RESERVED_VID;
			return VSW_FORWARD;
		}
		/* Priority-tagged: the PVID with the priority of the frame */
	} else {
		/* Untagged: the PVID with the priority of the port */
		*tci = READ_ONCE(port->pcp);
	}

	if (unlikely(!(flags & VSW_PORT_ADMIT_UNTAGGED)))
		return VSW_DROP_REASON_FRAME_TYPE;
	if (unlikely(!vlans->pvid))
		return VSW_DROP_REASON_NO_PVID;
	*tci |= vlans->pvid;
	return VSW_FORWARD;
}

/**
 * vsw_rx_member - may a port send in a VLAN (clause 8.6.2)?
 * @vlans: VLANs of the port
 * @flags: policy of the port
 * @vid: the VLAN
 */
static inline bool vsw_rx_member(const struct vsw_vlans *vlans, u32 flags,
				 u16 vid)
{
	return vsw_vlans_has(vlans, vid) ||
	       !(flags & VSW_PORT_INGRESS_FILTERING);
}

#endif /* VSW_RX_H */
