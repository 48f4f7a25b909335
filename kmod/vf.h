/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VF path: a port's policy as the driver of the PF understands it.
 *
 * Only the legacy ndo_set_vf_*() of the PF are used; they are what every
 * SR-IOV driver in legacy mode has.
 */
#ifndef VSW_VF_H
#define VSW_VF_H

#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>

#include <uapi/linux/vsw.h>

struct pci_dev;
struct vsw_port;

/**
 * struct vsw_vf_policy - what only a VF path has
 * @spoofchk: 1 or 0
 * @trust: 1 or 0
 * @link_state: enum vsw_link_state
 * @min_tx_rate: Mbit/s, 0 for none
 * @max_tx_rate: Mbit/s, 0 for no limit
 * @has_link_state: @link_state is a wish; otherwise it stays what it is
 * @has_rate: the rates are a wish; otherwise they stay what they are
 * @enforcement: enum vsw_enforcement
 * @on_drift: enum vsw_on_drift
 * @failover: enum vsw_failover
 * @vlan_proto: enum vsw_vlan_proto
 */
struct vsw_vf_policy {
	u8 spoofchk;
	u8 trust;
	bool has_link_state;
	bool has_rate;
	u32 link_state;
	u32 min_tx_rate;
	u32 max_tx_rate;
	u32 enforcement;
	u32 on_drift;
	u32 failover;
	u32 vlan_proto;
};

/*
 * While the soft path of a port is active, its VF is in this VLAN: it receives
 * nothing but what others send that stand by, and what it sends no bridge takes
 * (IEEE 802.1Q table 9-2), but the PF sees it. The VF keeps its address, by which
 * drivers in VMs pair it with their other path.
 */
#define VSW_VF_STANDBY_VID	VLAN_VID_MASK

/**
 * struct vsw_vf_state - all that can be set for a VF
 * @mac: MAC address
 * @vlan: port VLAN, 0 for none
 * @pcp: its priority
 * @vlan_proto: enum vsw_vlan_proto, its tag
 * @spoofchk: 1, 0, or negative if the driver does not tell
 * @trust: likewise
 * @link_state: enum vsw_link_state, which has the values of IFLA_VF_LINK_STATE
 * @min_tx_rate: Mbit/s
 * @max_tx_rate: Mbit/s
 */
struct vsw_vf_state {
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vlan;
	u8 pcp;
	u8 vlan_proto;
	int spoofchk;
	int trust;
	u32 link_state;
	u32 min_tx_rate;
	u32 max_tx_rate;
};

/**
 * struct vsw_vf_change - a VF on its way from one state to another
 * @from: what it is
 * @to: what it shall be
 * @optional: VSW_VF_CAPABILITY_*, what a driver without may do without
 * @whole: all or nothing. Otherwise as far as the driver lets us: somebody else
 *	has changed the VF, and a VLAN must not be given up for want of a rate
 * @unenforced: VSW_VF_CAPABILITY_*, what the driver turns out to be without, or
 *	not to keep
 */
struct vsw_vf_change {
	const struct vsw_vf_state *from;
	const struct vsw_vf_state *to;
	u32 optional;
	bool whole;
	u32 unenforced;
};

/**
 * struct vsw_vf - the VF path of a port; protected by RTNL
 * @list: in &vsw_port.vf_ports of the uplink
 * @port: the port
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 * @pdev: the VF on its bus while @watched, or NULL
 * @alive: it had a driver at the last look of &vsw_switch.watch
 * @watched: the address by which it is in &vsw_switch.watched, 0 if it is not
 * @policy: what only a VF path has
 * @asked: VSW_VF_CAPABILITY_*, what of @wanted is a wish. The rest is anybody's
 * @wanted: what we programmed
 * @saved: what the VF was before it was ours
 * @unenforced: VSW_VF_CAPABILITY_*, what the driver cannot set though it is
 *	wanted
 * @drift: VSW_VF_CAPABILITY_*, what was not as wanted at the last look
 * @refused: the driver did not let us correct that
 * @owed: it is our own doing, and not that of somebody else
 * @stale: the PF came up: it may have forgotten what its driver remembers
 * @present: the PF had the VF at the last look
 * @removals: &vsw_keeper_pf.removals at that time
 * @corrections: how often it was made again what it should be
 */
struct vsw_vf {
	struct list_head list;
	struct vsw_port *port;
	struct vsw_port *uplink;
	u32 index;
	struct pci_dev *pdev;
	bool alive;
	u64 watched;
	struct vsw_vf_policy policy;
	u32 asked;
	struct vsw_vf_state wanted;
	struct vsw_vf_state saved;
	u32 unenforced;
	u32 drift;
	bool refused;
	bool owed;
	bool stale;
	bool present;
	unsigned int removals;
	u32 corrections;
};

u32 vsw_vf_count(const struct net_device *pf);
u32 vsw_vf_capability(const struct net_device *pf);
int vsw_vf_read(struct net_device *pf, u32 index, struct vsw_vf_state *state);
int vsw_vf_read_stats(struct net_device *pf, u32 index,
		      struct ifla_vf_stats *stats);
struct vsw_vf *vsw_vf_find(const struct vsw_port *uplink, u32 index);
int vsw_vf_find_free(const struct vsw_port *uplink, u32 *index,
		     struct netlink_ext_ack *extack);
int vsw_vf_check(struct vsw_port *uplink, u32 index,
		 struct netlink_ext_ack *extack);
int vsw_vf_program(struct net_device *pf, u32 index,
		   struct vsw_vf_change *change,
		   struct netlink_ext_ack *extack);
void vsw_vf_leave_unasked(struct vsw_vf_state *to,
			  const struct vsw_vf_state *effective, u32 asked);
u32 vsw_vf_diff(const struct vsw_vf_state *effective,
		const struct vsw_vf_state *wanted);
u32 vsw_vf_drift(const struct vsw_vf *vf, const struct vsw_vf_state *effective);
void vsw_vf_revert(struct net_device *pf, u32 index,
		   const struct vsw_vf_state *from,
		   const struct vsw_vf_state *to, u32 skip);
void vsw_vf_restore(const struct vsw_vf *vf);

#endif /* VSW_VF_H */
