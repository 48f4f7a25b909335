/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFs that no port owns.
 *
 * With "unowned park" an uplink shuts them: no link, no trust, anti-spoofing.
 * What a driver cannot do of that is reported. A port that takes such a VF gets
 * it as it was before, and so does the host when the uplink goes.
 */
#ifndef VSW_PARK_H
#define VSW_PARK_H

#include "port.h"

/**
 * struct vsw_parked - a parked VF; protected by RTNL
 * @saved: what the VF was
 * @set: what we made of it
 * @unenforced: VSW_VF_CAPABILITY_*, what the driver could not
 * @removals: &vsw_keeper_pf.removals at that time
 */
struct vsw_parked {
	struct vsw_vf_state saved;
	struct vsw_vf_state set;
	u32 unenforced;
	unsigned int removals;
};

/* All of these are called under RTNL. */
bool vsw_park_look(struct vsw_port *uplink);
void vsw_park_vf(struct vsw_port *uplink, u32 index);
void vsw_park_leave(struct vsw_port *uplink, u32 index);
void vsw_park_leave_all(struct vsw_port *uplink);

#endif /* VSW_PARK_H */
