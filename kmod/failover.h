/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of its two paths a port uses.
 *
 * One path is active. The other stands by: a soft path takes no frames, a VF is
 * in a VLAN of its own (VSW_VF_STANDBY_VID). Everything that depends on the
 * active path moves as one under RTNL: what the NIC holds for the VF, the filter
 * of the PF, where the datapath sends, and what it takes.
 *
 * With failover auto a port follows its frames. A driver in a VM that has both
 * paths under one address (net_failover) sends on one of them at a time: the
 * first frame from the path that stands by says that it has changed.
 */
#ifndef VSW_FAILOVER_H
#define VSW_FAILOVER_H

#include "drop.h"
#include "port.h"

void vsw_failover_start(struct vsw_switch *sw);
void vsw_failover_stop(struct vsw_switch *sw);

/* Under RTNL */
int vsw_failover(struct vsw_port *port, u32 path, u32 cause,
		 struct netlink_ext_ack *extack);
void vsw_failover_force(struct vsw_port *port, u32 path);

/* Under RTNL: follow the frames from an address. Prepare, then one of two */
u64 vsw_failover_key(const struct vsw_port *port, const u8 *mac,
		     const struct vsw_vf_policy *policy);
int vsw_failover_prepare(struct vsw_port *port, u64 key,
			 struct netlink_ext_ack *extack);
void vsw_failover_commit(struct vsw_port *port, u64 key);
void vsw_failover_abort(struct vsw_port *port, u64 key);
int vsw_failover_watch(struct vsw_port *port, struct netlink_ext_ack *extack);
void vsw_failover_unwatch(struct vsw_port *port);
void vsw_failover_vf_returned(struct vsw_port *port);

/* Under RCU, BH off */
void __vsw_failover_hear(struct vsw_port *port, const struct sk_buff *skb,
			 u32 path);

/**
 * vsw_failover_hear - a frame is dropped: does it say that a path is in use?
 * @port: the port that it came from
 * @skb: the frame
 * @reason: why it is dropped
 *
 * Return: the reason, or a better one.
 */
static inline int vsw_failover_hear(struct vsw_port *port,
				    const struct sk_buff *skb, int reason)
{
	u32 flags = READ_ONCE(port->flags);

	/* No frame is of a type that a path takes which stands by. */
	if (reason == VSW_DROP_REASON_FRAME_TYPE && flags & VSW_PORT_VF) {
		__vsw_failover_hear(port, skb, VSW_PATH_SOFT);
		return VSW_DROP_REASON_STANDBY;
	}
	if (reason == VSW_DROP_REASON_RESERVED_VID && flags & VSW_PORT_UPLINK)
		__vsw_failover_hear(port, skb, VSW_PATH_VF);
	return reason;
}

#endif /* VSW_FAILOVER_H */
