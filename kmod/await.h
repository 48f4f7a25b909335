/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ports that wait for their device.
 *
 * When the driver of a NIC is unloaded, its net device is gone, and what an
 * administrator has set for the uplink and for its VFs must not be gone with it.
 * They stay as ports without a path on a list of their own, which neither the
 * datapath nor anything else looks at, and join again when a net device of the
 * same NIC appears, and the VFs of it. A port that has a soft path as well stays
 * where it is, and gets its VF back. Static forwarding entries of a port that goes
 * leave the database, are remembered here, and come back with it.
 */
#ifndef VSW_AWAIT_H
#define VSW_AWAIT_H

#include "port.h"

/**
 * struct vsw_await - what a port waits for
 * @bus: of the NIC; what registers again is of the same, so it stays
 * @device: the NIC on that bus, such as 0000:01:00.0
 * @dev_port: which of its ports
 * @is_pf: it has VFs to set, unlike the representors of a NIC
 * @uplink: for a VF, name of the uplink
 * @vf: for a VF path, number of the VF
 * @policy: for a VF path, what only that has
 * @told: the log says why it cannot join
 * @entry_count: number of @entries
 * @entries: static forwarding entries, which it will have again; none for a VF path
 */
struct vsw_await {
	const struct bus_type *bus;
	char device[64];
	u16 dev_port;
	bool is_pf;
	char uplink[VSW_PORT_NAME_MAX + 1];
	u32 vf;
	struct vsw_vf_policy policy;
	bool told;
	unsigned int entry_count;
	struct vsw_fdb_key entries[];
};

/* All of these are called under RTNL. */
void vsw_await_uplink(struct vsw_port *uplink);
void vsw_await_look(struct net_device *dev);
bool vsw_await_join(struct vsw_switch *sw);
void vsw_await_del(struct vsw_port *port);
void vsw_await_forget_vf(struct vsw_port *port);
void vsw_await_del_all(struct vsw_switch *sw);
bool vsw_await_has_vf(const struct vsw_port *uplink, u32 index);

#endif /* VSW_AWAIT_H */
