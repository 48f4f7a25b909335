/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NIC filters of uplinks follow the switch.
 *
 * The embedded switch of an SR-IOV NIC delivers to the PF only what is in the
 * PF's filters. So every address that lives on a soft path is kept in the
 * unicast filter of each uplink, and the VLAN filter of an uplink holds the
 * VLANs that it carries and that some port uses.
 *
 * The filter knows no VLANs. An address that a VF has in one VLAN is not put
 * there for whoever uses it in another: what a NIC does with an address that is
 * the PF's and a VF's is its own secret, and a guest could try. Nor is one that a
 * static entry says is on the wire: VFs would not reach it there any more.
 */
#ifndef VSW_NICSYNC_H
#define VSW_NICSYNC_H

#include "vsw.h"

int vsw_nicsync_init(struct vsw_switch *sw);
void vsw_nicsync_destroy(struct vsw_switch *sw);

/**
 * enum vsw_nicsync_kind - what the owner of a forwarding entry is
 * @VSW_NICSYNC_NONE: an uplink, where it was learned: of no interest
 * @VSW_NICSYNC_SOFT: a soft path: filters need the address
 * @VSW_NICSYNC_BEYOND: a VF, or the wire by a static entry: filters must not have it
 */
enum vsw_nicsync_kind {
	VSW_NICSYNC_NONE,
	VSW_NICSYNC_SOFT,
	VSW_NICSYNC_BEYOND,
};

/*
 * Most addresses of a filter, unless somebody knows better: with each that comes or goes
 * the kernel and most drivers look at all of them, and a guest can have as many as it
 * likes. No NIC has room for more; their drivers turn promiscuous far below.
 */
#define VSW_NICSYNC_MAX		4096

/* Called under the lock of the forwarding database */
int vsw_nicsync_mac_get(struct vsw_switch *sw, const u8 *mac, u8 kind);
void vsw_nicsync_mac_put(struct vsw_switch *sw, const u8 *mac, u8 kind);

/* Called under RTNL */
void vsw_nicsync_mac_settle(struct vsw_switch *sw, const u8 *addr);
int vsw_nicsync_uplink_add(struct vsw_port *uplink);
void vsw_nicsync_uplink_del(struct vsw_port *uplink);
void vsw_nicsync_uplink_set(struct vsw_port *uplink, unsigned int max,
			    u32 overflow);
unsigned int vsw_nicsync_over(const struct vsw_port *uplink);
int vsw_nicsync_vids_grow(struct vsw_port *port, const struct vsw_vlans *old,
			  const struct vsw_vlans *new);
void vsw_nicsync_vids_shrink(struct vsw_port *port,
			     const struct vsw_vlans *old,
			     const struct vsw_vlans *new);

static inline unsigned int vsw_nicsync_max(const struct vsw_port *uplink)
{
	return uplink->nic.max ?: VSW_NICSYNC_MAX;
}

#endif /* VSW_NICSYNC_H */
