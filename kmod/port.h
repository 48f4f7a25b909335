/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ports: attaching and detaching, and the policy of a port.
 *
 * A change of policy is a whole new policy that is applied or not: get the
 * present one, edit it, apply it.
 */
#ifndef VSW_PORT_H
#define VSW_PORT_H

#include "vf.h"
#include "vsw.h"

#define VSW_PORT_POLICY_MASK	0xffff

/**
 * struct vsw_policy - policy of a port, as it is applied in one go
 * @flags: VSW_PORT_* in VSW_PORT_POLICY_MASK
 * @pcp: priority of untagged frames received, 0 to 7
 * @fdb_max: most addresses learned, 0 for no limit
 * @mac: the address behind the port, zero for none
 * @vlans: VLANs, private to the policy unless it is lent (vsw_policy_lend())
 * @unowned: enum vsw_unowned, what only an uplink has
 * @pin: name of the uplink that is wanted, or empty
 * @profile: name of the template that it comes from, or empty
 * @filter_max: most addresses in the filter of the NIC, 0 for VSW_NICSYNC_MAX;
 *	likewise
 * @filter_overflow: enum vsw_filter_overflow; likewise
 * @vf: what only a VF path has
 */
struct vsw_policy {
	u32 flags;
	u8 pcp;
	u32 fdb_max;
	u8 mac[ETH_ALEN] __aligned(2);
	struct vsw_vlans *vlans;
	u32 unowned;
	char pin[VSW_PORT_NAME_MAX + 1];
	char profile[VSW_PORT_NAME_MAX + 1];
	u32 filter_max;
	u32 filter_overflow;
	struct vsw_vf_policy vf;
};

/**
 * struct vsw_port_config - what a new port is
 * @name: unique in the network namespace
 * @flags: VSW_PORT_UPLINK, VSW_PORT_HOST, VSW_PORT_VF if it has a VF path, or 0
 * @dev: device of the soft path, or NULL
 * @uplink: for a VF path, the uplink whose device is the PF
 * @vf: for a VF path, number of the VF
 * @path: with both paths, the one that it begins with
 */
struct vsw_port_config {
	const char *name;
	u32 flags;
	struct net_device *dev;
	struct vsw_port *uplink;
	u32 vf;
	u32 path;
};

/**
 * struct vsw_port_flag - a policy flag by the names that it has outside
 * @flag: VSW_PORT_*
 * @genl: VSW_A_PORT_*
 * @brport: IFLA_BRPORT_*, 0 if the bridge has no such flag
 * @slave: IFLA_VSW_PORT_*, 0 if there is none
 *
 * All three are u8, 0 or 1.
 */
struct vsw_port_flag {
	u32 flag;
	u16 genl;
	u16 brport;
	u16 slave;
};

extern const struct vsw_port_flag vsw_port_flags[];
extern const unsigned int vsw_port_flag_count;

/* All of these are called under RTNL. */
int vsw_policy_init(struct vsw_policy *policy, const struct vsw_switch *sw,
		    u32 flags);
void vsw_policy_lend(struct vsw_policy *policy, const struct vsw_port *port);
int vsw_policy_get(struct vsw_policy *policy, const struct vsw_port *port);
void vsw_policy_release(struct vsw_policy *policy);
/* Is its VLAN one of the switch, and not an S-VLAN of the wire? */
static inline bool vsw_policy_is_of_switch(const struct vsw_policy *policy)
{
	return policy->vf.vlan_proto == VSW_VLAN_PROTO_8021Q;
}

u32 vsw_policy_path_flags(const struct vsw_port *port);
u32 vsw_policy_unenforced(const struct vsw_vf_policy *vf);
int vsw_policy_check_soft(const struct vsw_vf_policy *vf,
			  struct netlink_ext_ack *extack);
bool vsw_policy_leave_access(struct vsw_policy *policy,
			     const struct vsw_port *port);
void vsw_policy_set_flag(struct vsw_policy *policy, u32 flag,
			 const struct nlattr *attr);
void vsw_policy_set_access(struct vsw_policy *policy, u16 vid);

struct vsw_port *vsw_port_add(struct vsw_switch *sw,
			      const struct vsw_port_config *config,
			      struct vsw_policy *policy,
			      struct netlink_ext_ack *extack);
int vsw_port_check_id(const struct net *net, struct netlink_ext_ack *extack);
struct vsw_port *vsw_port_alloc(struct vsw_switch *sw,
				const struct vsw_port_config *config);
void vsw_port_free(struct vsw_port *port);
int __vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack);
int vsw_port_realise(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack);
int vsw_port_restore(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack);
void vsw_port_disown_mac(struct vsw_port *port);
void vsw_port_release(struct vsw_port *port, const struct vsw_policy *policy);
void vsw_port_flush_stale(struct vsw_port *port, const struct vsw_vlans *vlans,
			  u32 flags);
int vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
		   struct netlink_ext_ack *extack);
int vsw_port_del(struct vsw_port *port, struct netlink_ext_ack *extack);
void vsw_port_set_flags(struct vsw_port *port, u32 flags);
void vsw_port_set_policy(struct vsw_port *port, struct vsw_vlans *vlans,
			 u32 flags, u16 pcp);
int vsw_port_init(void);
void vsw_port_exit(void);
void vsw_port_del_all(struct vsw_switch *sw);
void vsw_port_vanish(struct vsw_port *port);
void vsw_port_bury(struct vsw_port *port);
void vsw_port_remove(struct vsw_port *port);
void vsw_port_detach(struct vsw_port *port);
int vsw_port_reattach(struct vsw_port *port, struct netlink_ext_ack *extack);

struct vsw_port *vsw_port_find(struct net *net, const char *name);
struct vsw_port *vsw_port_find_any(struct net *net, const char *name);
struct vsw_port *vsw_port_get_rtnl(const struct net_device *dev);
bool vsw_port_is_up(const struct vsw_port *port);
u16 vsw_port_pvid(const struct vsw_port *port);
struct vsw_vlans *vsw_port_vlans(const struct vsw_port *port);

static inline bool vsw_port_is_uplink(const struct vsw_port *port)
{
	return port->flags & VSW_PORT_UPLINK;
}

/* Is its VLAN an S-VLAN of the wire, and none of the switch? */
static inline bool vsw_port_is_apart(const struct vsw_port *port)
{
	return port->vf &&
	       port->vf->policy.vlan_proto != VSW_VLAN_PROTO_8021Q;
}

static inline bool vsw_port_is_host(const struct vsw_port *port)
{
	return port->flags & VSW_PORT_HOST;
}

#endif /* VSW_PORT_H */
