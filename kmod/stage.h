/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a transaction makes of a port, until the datapath gets it.
 *
 * The NIC is told at once, and the forwarding database knows the address of the
 * port at once. The policy by which frames are let in and out is staged: the
 * member set, the flags and the priority of all ports are published in one step,
 * and a port that is new is in no VLAN until then, one that is deleted in all of
 * its VLANs.
 */
#ifndef VSW_STAGE_H
#define VSW_STAGE_H

#include "port.h"
#include "txn.h"

/**
 * struct vsw_stage - what becomes of a port; all of it under RTNL
 * @change: in the transaction
 * @port: the port; immutable
 * @saved: the policy that it had; immutable
 * @before: &vsw_port.before as it was; immutable
 * @vlans: the VLANs that it will have, NULL for those that it has
 * @old: the VLANs that it had, once others are published, or NULL
 * @held: VLANs that it counts as a user of, those that it has and all that it
 *	was to have meanwhile
 * @flags: VSW_PORT_* in VSW_PORT_POLICY_MASK that it will have
 * @pcp: likewise &vsw_port.pcp
 * @alive: &vsw_vf.alive as it was; immutable
 * @fresh: the port is new
 * @dying: the port is to be deleted
 * @detached: and others have its paths already
 */
struct vsw_stage {
	struct vsw_change change;
	struct vsw_port *port;
	struct vsw_policy saved;
	struct vsw_before before;
	struct vsw_vlans *vlans;
	struct vsw_vlans *old;
	struct vsw_vlans held;
	u32 flags;
	u16 pcp;
	bool alive;
	bool fresh;
	bool dying;
	bool detached;
};

/* All of these are called under RTNL, and mind a port without stage. */
int vsw_stage_prepare(struct vsw_port *port);
void vsw_stage_set(struct vsw_port *port, struct vsw_vlans *vlans, u32 flags,
		   u16 pcp);
int vsw_stage_del(struct vsw_port *port);
int vsw_stage_del_all(struct vsw_switch *sw);
int vsw_stage_free_mac(struct vsw_switch *sw, const u8 *mac, u16 vid);
bool vsw_stage_yield(struct vsw_port *port);
void vsw_stage_drop(struct vsw_port *port);

const struct vsw_vlans *vsw_stage_held(const struct vsw_port *port);

static inline u32 vsw_stage_flags(const struct vsw_port *port)
{
	return port->stage ? port->stage->flags :
			     port->flags & VSW_PORT_POLICY_MASK;
}

static inline u16 vsw_stage_pcp(const struct vsw_port *port)
{
	return port->stage ? port->stage->pcp : port->pcp;
}

static inline struct vsw_vlans *vsw_stage_vlans(const struct vsw_port *port)
{
	return port->stage ? port->stage->vlans : NULL;
}

static inline bool vsw_stage_dying(const struct vsw_port *port)
{
	return port->stage && port->stage->dying;
}

static inline bool vsw_stage_detached(const struct vsw_port *port)
{
	return port->stage && port->stage->detached;
}

static inline void vsw_stage_fresh(struct vsw_port *port)
{
	if (port->stage)
		port->stage->fresh = true;
}

#endif /* VSW_STAGE_H */
