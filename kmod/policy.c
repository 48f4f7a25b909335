// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy of a port: what it may be, and applying it whole or not at all.
 * See port.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include <uapi/linux/vsw_link.h>

#include "failover.h"
#include "host.h"
#include "keeper.h"
#include "nicsync.h"
#include "port.h"
#include "stage.h"
#include "switch.h"
#include "team.h"
#include "users.h"

const struct vsw_port_flag vsw_port_flags[] = {
	{ VSW_PORT_LEARNING, VSW_A_PORT_LEARNING,
	  IFLA_BRPORT_LEARNING, IFLA_VSW_PORT_LEARNING },
	{ VSW_PORT_UNICAST_FLOOD, VSW_A_PORT_UNICAST_FLOOD,
	  IFLA_BRPORT_UNICAST_FLOOD, IFLA_VSW_PORT_UNICAST_FLOOD },
	{ VSW_PORT_MULTICAST_FLOOD, VSW_A_PORT_MULTICAST_FLOOD,
	  IFLA_BRPORT_MCAST_FLOOD, IFLA_VSW_PORT_MULTICAST_FLOOD },
	{ VSW_PORT_BROADCAST_FLOOD, VSW_A_PORT_BROADCAST_FLOOD,
	  IFLA_BRPORT_BCAST_FLOOD, IFLA_VSW_PORT_BROADCAST_FLOOD },
	{ VSW_PORT_HAIRPIN, VSW_A_PORT_HAIRPIN,
	  IFLA_BRPORT_MODE, IFLA_VSW_PORT_HAIRPIN },
	{ VSW_PORT_ISOLATED, VSW_A_PORT_ISOLATED,
	  IFLA_BRPORT_ISOLATED, IFLA_VSW_PORT_ISOLATED },
	{ VSW_PORT_INGRESS_FILTERING, VSW_A_PORT_INGRESS_FILTERING, 0, 0 },
};

const unsigned int vsw_port_flag_count = ARRAY_SIZE(vsw_port_flags);

/**
 * vsw_policy_init - the policy of a new port that names none
 * @policy: where to put it; release it with vsw_policy_release()
 * @sw: the switch that the port is to join
 * @flags: what the port is
 *
 * An uplink carries all VLANs, tagged but for the default PVID: which of them
 * it really needs follows from the other ports. Any other port is an access
 * port of the default PVID.
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_policy_init(struct vsw_policy *policy, const struct vsw_switch *sw,
		    u32 flags)
{
	const struct vsw_vlan_range all = { .first = 1, .last = VSW_VID_MAX };
	const struct vsw_vlan_range native = {
		.first = sw->default_pvid,
		.last = sw->default_pvid,
		.flags = VSW_VLAN_FLAG_PVID | VSW_VLAN_FLAG_UNTAGGED,
	};

	memset(policy, 0, sizeof(*policy));
	policy->vlans = vsw_vlans_alloc();
	if (!policy->vlans)
		return -ENOMEM;

	policy->flags = VSW_PORT_POLICY_DEFAULT;
	if (flags & VSW_PORT_VF)
		policy->flags &= ~VSW_PORT_PATH_FLAGS;
	/* The host knows its addresses: nothing unknown is meant for it. */
	if (flags & VSW_PORT_HOST)
		policy->flags &= ~VSW_PORT_UNICAST_FLOOD;

	if (flags & VSW_PORT_UPLINK)
		vsw_vlans_add(policy->vlans, &all);
	if (sw->default_pvid)
		vsw_vlans_add(policy->vlans, &native);

	policy->vf.spoofchk = 1;
	return 0;
}

/**
 * vsw_policy_lend - the present policy of a port, to be read
 * @policy: where to put it; its VLANs are the port's, so change nothing, and do not
 *	release it
 * @port: the port
 */
void vsw_policy_lend(struct vsw_policy *policy, const struct vsw_port *port)
{
	memset(policy, 0, sizeof(*policy));
	policy->vlans = vsw_port_vlans(port);
	policy->flags = vsw_stage_flags(port);
	policy->pcp = vsw_stage_pcp(port) >> VLAN_PRIO_SHIFT;
	policy->fdb_max = port->fdb.learned_max;
	ether_addr_copy(policy->mac, port->mac);
	policy->unowned = port->unowned;
	strscpy(policy->pin, port->pin);
	strscpy(policy->profile, port->profile);
	policy->filter_max = port->nic.max;
	policy->filter_overflow = port->nic.overflow;
	if (port->vf) {
		policy->flags &= ~VSW_PORT_PATH_FLAGS;
		policy->vf = port->vf->policy;
	}
}

/**
 * vsw_policy_get - the present policy of a port
 * @policy: where to put it; release it with vsw_policy_release()
 * @port: the port
 *
 * Return: 0 or -ENOMEM.
 */
int vsw_policy_get(struct vsw_policy *policy, const struct vsw_port *port)
{
	vsw_policy_lend(policy, port);
	policy->vlans = vsw_vlans_dup(policy->vlans);
	return policy->vlans ? 0 : -ENOMEM;
}

/**
 * vsw_policy_release - free what a policy holds
 * @policy: the policy
 */
void vsw_policy_release(struct vsw_policy *policy)
{
	kfree(policy->vlans);
	policy->vlans = NULL;
}

/**
 * vsw_policy_set_access - make a policy that of an access port
 * @policy: the policy
 * @vid: the VLAN, 0 for none
 *
 * An access port takes no tagged frames: what is behind it does not know that
 * there are VLANs, unless it is up to something.
 */
void vsw_policy_set_access(struct vsw_policy *policy, u16 vid)
{
	vsw_vlans_set_access(policy->vlans, vid);
	policy->flags &= ~VSW_PORT_ADMIT;
	policy->flags |= VSW_PORT_ADMIT_UNTAGGED;
}

/**
 * vsw_policy_path_flags - what the active path of a port adds to its flags
 * @port: a port with a VF path
 *
 * The NIC knows whose frame is whose, and floods by itself. What it does for the
 * VF the datapath does on the soft path: the port gets what is meant for all, and
 * with spoofchk sends from its own address only. A soft path that is not active
 * takes no frames at all.
 *
 * Return: VSW_PORT_* in VSW_PORT_PATH_FLAGS.
 */
u32 vsw_policy_path_flags(const struct vsw_port *port)
{
	if (port->flags & VSW_PORT_VF)
		return 0;
	return VSW_PORT_ADMIT_UNTAGGED | VSW_PORT_MULTICAST_FLOOD |
	       VSW_PORT_BROADCAST_FLOOD |
	       (port->vf->policy.spoofchk ? VSW_PORT_SPOOFCHK : 0);
}

/**
 * vsw_policy_unenforced - what of a policy can a soft path not do?
 * @vf: what only a VF path has
 *
 * Return: mask of VSW_VF_CAPABILITY_*.
 */
u32 vsw_policy_unenforced(const struct vsw_vf_policy *vf)
{
	return (vf->has_rate && (vf->min_tx_rate || vf->max_tx_rate) ?
		VSW_VF_CAPABILITY_RATE : 0) |
	       (vf->has_link_state &&
		vf->link_state == VSW_LINK_STATE_DISABLE ?
		VSW_VF_CAPABILITY_LINK_STATE : 0);
}

/**
 * vsw_policy_check_soft - can a soft path stand in for a VF?
 * @vf: what only a VF path has
 * @extack: why not
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int vsw_policy_check_soft(const struct vsw_vf_policy *vf,
			  struct netlink_ext_ack *extack)
{
	if (vf->vlan_proto != VSW_VLAN_PROTO_8021Q) {
		NL_SET_ERR_MSG(extack,
			       "A soft path is in no S-VLAN: use vlan-proto 8021q, or the VF alone");
		return -EOPNOTSUPP;
	}
	if (vf->enforcement == VSW_ENFORCEMENT_BEST_EFFORT ||
	    !vsw_policy_unenforced(vf))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "The soft path of a port can neither limit its rate nor take its link away: leave that out, or do without there (enforcement best-effort)");
	return -EOPNOTSUPP;
}

/**
 * vsw_policy_leave_access - an access port that is given more VLANs is none
 * @policy: the policy to be
 * @port: the port as it is
 *
 * It takes tagged frames from then on, unless it did not take untagged ones.
 *
 * Return: whether it did not take them before.
 */
bool vsw_policy_leave_access(struct vsw_policy *policy,
			     const struct vsw_port *port)
{
	if (policy->flags & VSW_PORT_ADMIT_TAGGED ||
	    vsw_port_vlans(port)->count > 1 || policy->vlans->count <= 1)
		return false;
	policy->flags |= VSW_PORT_ADMIT_TAGGED;
	return true;
}

/**
 * vsw_policy_set_flag - switch a flag as an attribute wants it
 * @policy: the policy
 * @flag: VSW_PORT_*
 * @attr: u8, 0 or 1; NULL to leave the flag as it is
 */
void vsw_policy_set_flag(struct vsw_policy *policy, u32 flag,
			 const struct nlattr *attr)
{
	if (!attr)
		return;
	if (nla_get_u8(attr))
		policy->flags |= flag;
	else
		policy->flags &= ~flag;
}

static int vsw_port_check_mac(const struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	if (is_zero_ether_addr(policy->mac))
		return 0;
	if (is_multicast_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "A port cannot have a multicast MAC address: clear the lowest bit of the first byte");
		return -EADDRNOTAVAIL;
	}
	if (!policy->vlans->pvid) {
		NL_SET_ERR_MSG(extack,
			       "The MAC address of a port lives in the VLAN of its PVID: give the port a PVID too");
		return -EINVAL;
	}
	return 0;
}

/* As rtnetlink has it for "ip link set PF vf N min_tx_rate" */
static int vsw_port_check_rates(const struct vsw_vf_policy *vf,
				struct netlink_ext_ack *extack)
{
	if (!vf->max_tx_rate || vf->min_tx_rate <= vf->max_tx_rate)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "min-tx-rate is above max-tx-rate: lower the one or raise the other");
	return -EINVAL;
}

/* What the embedded switch of a NIC cannot do is refused, not ignored. */
static int vsw_port_check_vf(const struct vsw_port *port,
			     const struct vsw_policy *policy,
			     struct netlink_ext_ack *extack)
{
	const struct vsw_port *uplink = port->vf->uplink;
	u16 vid = policy->vlans->pvid;
	int err;

	if (!vid || policy->vlans->count != 1 ||
	    !vsw_vlans_untagged(policy->vlans, vid)) {
		NL_SET_ERR_MSG(extack,
			       "A VF port is an access port of one VLAN: set its PVID, untagged, and no other VLAN");
		return -EINVAL;
	}
	if (vsw_policy_is_of_switch(policy) &&
	    !vsw_vlans_has(vsw_port_vlans(uplink), vid)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "Uplink %s does not carry VLAN %u: add it there",
				   uplink->name, vid);
		return -EINVAL;
	}
	if (policy->pcp && vsw_policy_is_of_switch(policy) &&
	    vsw_vlans_untagged(vsw_port_vlans(uplink), vid)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VLAN %u has no tag on %s: set pcp 0",
				   vid, uplink->name);
		return -EINVAL;
	}
	if (policy->flags & ~(VSW_PORT_INGRESS_FILTERING | VSW_PORT_ADMIT)) {
		NL_SET_ERR_MSG(extack,
			       "The embedded switch of the NIC cannot learn, flood, isolate or hairpin per VF: leave that out");
		return -EOPNOTSUPP;
	}
	if (is_zero_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "A VF port needs a MAC address: the NIC delivers by it");
		return -EINVAL;
	}
	err = vsw_port_check_rates(&policy->vf, extack);
	if (err)
		return err;
	return port->dev ? vsw_policy_check_soft(&policy->vf, extack) : 0;
}

/* An uplink must go on to carry the VLANs of its VFs, tagged as they are. */
static int vsw_port_check_uplink(const struct vsw_port *port,
				 const struct vsw_policy *policy,
				 struct netlink_ext_ack *extack)
{
	const struct vsw_vlans *old = vsw_port_vlans(port);
	const struct vsw_vf *vf;
	int err;

	err = vsw_users_check_max(dev_net(port->sw->dev), "filter-max",
				  policy->filter_max, VSW_NICSYNC_MAX, extack);
	if (err)
		return err;
	if (policy->filter_max && !port->nic.synced) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has no unicast filter that vsw fills: set filter-max 0",
				   port->dev->name);
		return -EOPNOTSUPP;
	}
	if (policy->flags & VSW_PORT_HAIRPIN) {
		NL_SET_ERR_MSG(extack,
			       "What came from the wire never goes back to it: leave hairpin off");
		return -EOPNOTSUPP;
	}
	list_for_each_entry(vf, &port->vf_ports, list) {
		u16 vid = vsw_port_pvid(vf->port);

		if (vsw_stage_dying(vf->port))
			continue;
		if (vf->policy.vlan_proto != VSW_VLAN_PROTO_8021Q ||
		    (vsw_vlans_has(policy->vlans, vid) &&
		     vsw_vlans_untagged(policy->vlans, vid) ==
		     vsw_vlans_untagged(old, vid)))
			continue;
		NL_SET_ERR_MSG_FMT(extack,
				   "VF port %s uses VLAN %u: move that port first",
				   vf->port->name, vid);
		return -EBUSY;
	}
	return 0;
}

static int vsw_port_check_host(const struct vsw_policy *policy,
			       struct netlink_ext_ack *extack)
{
	if (!is_zero_ether_addr(policy->mac)) {
		NL_SET_ERR_MSG(extack,
			       "The address of the host port is that of the switch device: ip link set address");
		return -EINVAL;
	}
	if (policy->flags & VSW_PORT_HAIRPIN) {
		NL_SET_ERR_MSG(extack,
			       "The host does not want back what it sends: leave hairpin off");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* A pin that is there already stays, even while its uplink is away. */
static int vsw_port_check_pin(const struct vsw_port *port,
			      const struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	if (!*policy->pin || !strcmp(policy->pin, port->pin))
		return 0;
	if (vsw_port_is_uplink(port)) {
		NL_SET_ERR_MSG(extack,
			       "An uplink uses itself: pin the ports that are to use it");
		return -EOPNOTSUPP;
	}
	if (!port->dev) {
		NL_SET_ERR_MSG_FMT(extack,
				   "A VF port uses its PF, %s: leave the pin out",
				   port->egress->name);
		return -EOPNOTSUPP;
	}
	return vsw_team_check_uplink(port->sw, policy->pin, extack);
}

static int vsw_port_check(const struct vsw_port *port,
			  const struct vsw_policy *policy,
			  struct netlink_ext_ack *extack)
{
	int err;

	err = vsw_port_check_mac(policy, extack) ?:
	      vsw_port_check_pin(port, policy, extack);
	if (err)
		return err;
	if (vsw_port_is_host(port))
		return vsw_port_check_host(policy, extack);
	if (port->vf)
		return vsw_port_check_vf(port, policy, extack);
	if (vsw_port_is_uplink(port))
		return vsw_port_check_uplink(port, policy, extack);
	return 0;
}

/* In an S-VLAN the switch does not know where an address is. */
static bool vsw_port_wants_mac(const struct vsw_policy *policy)
{
	return !is_zero_ether_addr(policy->mac) &&
	       vsw_policy_is_of_switch(policy);
}

static bool vsw_port_mac_stays(const struct vsw_port *port,
			       const struct vsw_policy *policy)
{
	return ether_addr_equal(port->mac, policy->mac) &&
	       vsw_port_pvid(port) == policy->vlans->pvid &&
	       port->owns_mac == vsw_port_wants_mac(policy);
}

static bool vsw_port_gains_mac(const struct vsw_port *port,
			       const struct vsw_policy *policy)
{
	return vsw_port_wants_mac(policy) && !vsw_port_mac_stays(port, policy);
}

/* Make the new address of a port a local entry. */
static int vsw_port_set_mac(struct vsw_port *port,
			    const struct vsw_policy *policy)
{
	if (!vsw_port_gains_mac(port, policy))
		return 0;
	return vsw_fdb_set(&port->sw->fdb, policy->mac, policy->vlans->pvid,
			   &port->fdb, VSW_FDB_TYPE_LOCAL, GFP_KERNEL);
}

/* Likewise. What it replaces comes back when the transaction fails. */
static int vsw_port_claim_mac(struct vsw_port *port,
			      const struct vsw_policy *policy,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (!vsw_port_gains_mac(port, policy))
		return 0;
	err = vsw_txn_note_fdb(port->sw, policy->mac, policy->vlans->pvid) ?:
	      vsw_port_set_mac(port, policy);
	if (err == -EEXIST)
		err = vsw_stage_free_mac(port->sw, policy->mac,
					 policy->vlans->pvid) ?:
		      vsw_port_set_mac(port, policy);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_FMT(extack,
				   "%pM is another's in VLAN %u: see fdb show",
				   policy->mac, policy->vlans->pvid);
	return err;
}

/* May there be entries in VLANs that the port is no member of? */
static bool vsw_port_has_left(const struct vsw_port *port,
			      const struct vsw_vlans *old)
{
	return vsw_port_is_apart(port) ||
	       !bitmap_subset(old->member, vsw_port_vlans(port)->member,
			      VLAN_N_VID);
}

/* Did it learn, and does no longer? */
static bool vsw_port_is_muted(const struct vsw_port *port, u32 old)
{
	return old & ~port->flags & VSW_PORT_LEARNING;
}

/**
 * vsw_port_flush_stale - forget of a port what holds no more
 * @port: the port, as it is to be
 * @vlans: those that it was a member of: nothing is left in others
 * @flags: what its flags were. What it learned goes when it learns no longer: an
 *	address that a guest has taken would be its own as long as it sends
 *
 * No frame sees the port as it was any more.
 */
void vsw_port_flush_stale(struct vsw_port *port, const struct vsw_vlans *vlans,
			  u32 flags)
{
	const struct vsw_fdb_filter left = {
		.port = &port->fdb,
		.keep_vids = vsw_port_is_apart(port) ?
			     NULL : vsw_port_vlans(port)->member,
		.types = VSW_FDB_ALL,
	};
	const struct vsw_fdb_filter learned = {
		.port = &port->fdb,
		.types = BIT(VSW_FDB_TYPE_DYNAMIC),
	};

	if (vsw_port_has_left(port, vlans))
		vsw_fdb_flush(&port->sw->fdb, &left);
	if (vsw_port_is_muted(port, flags))
		vsw_fdb_flush(&port->sw->fdb, &learned);
}

static void vsw_port_disclaim_mac(struct vsw_port *port, const u8 *mac,
				  u16 vid)
{
	if (!is_zero_ether_addr(mac))
		vsw_fdb_del(&port->sw->fdb, mac, vid, &port->fdb,
			    BIT(VSW_FDB_TYPE_LOCAL));
}

/* The datapath gets it, and loses what was before. */
static void vsw_port_publish(struct vsw_port *port, struct vsw_vlans *new,
			     u32 flags, u16 pcp)
{
	struct vsw_vlans *old = rtnl_dereference(port->vlans);
	u32 old_flags = port->flags;

	vsw_port_set_policy(port, new, flags, pcp);
	vsw_nicsync_vids_shrink(port, old, new);
	if (vsw_port_has_left(port, old) || vsw_port_is_muted(port, old_flags)) {
		/* Frames that saw it as it was may still be learning. */
		synchronize_net();
		vsw_port_flush_stale(port, old, old_flags);
	}
	kfree_rcu(old, rcu);
}

/* The part of applying a policy that cannot fail. */
static void vsw_port_commit(struct vsw_port *port, struct vsw_policy *policy)
{
	struct vsw_vlans *new = policy->vlans;
	u16 old_pvid = vsw_port_pvid(port);
	u8 old_mac[ETH_ALEN] __aligned(2);
	bool mac_goes = port->owns_mac && !vsw_port_mac_stays(port, policy);
	u32 flags = policy->flags;

	ether_addr_copy(old_mac, port->mac);
	ether_addr_copy(port->mac, policy->mac);
	port->owns_mac = vsw_port_wants_mac(policy);
	port->unowned = policy->unowned;
	strscpy(port->pin, policy->pin);
	strscpy(port->profile, policy->profile);
	WRITE_ONCE(port->fdb.learned_max, policy->fdb_max);
	if (port->vf)
		flags = (flags & ~VSW_PORT_PATH_FLAGS) |
			vsw_policy_path_flags(port);
	if (port->stage)
		vsw_stage_set(port, new, flags, policy->pcp << VLAN_PRIO_SHIFT);
	else
		vsw_port_publish(port, new, flags, policy->pcp << VLAN_PRIO_SHIFT);
	policy->vlans = NULL;

	if (mac_goes)
		vsw_port_disclaim_mac(port, old_mac, old_pvid);
	/* Of a transaction that fails nothing is left: see vsw_stage_finish(). */
	if (vsw_port_is_host(port) && !port->stage)
		vsw_host_macs_sync(port->sw);
	if (vsw_port_is_uplink(port)) {
		vsw_nicsync_uplink_set(port, policy->filter_max,
				       policy->filter_overflow);
		vsw_keeper_apply(port);
	}
}

/**
 * vsw_port_disown_mac - the address of a port is nobody's
 * @port: the port
 */
void vsw_port_disown_mac(struct vsw_port *port)
{
	if (port->owns_mac)
		vsw_port_disclaim_mac(port, port->mac, vsw_port_pvid(port));
	port->owns_mac = false;
}

/**
 * vsw_port_release - others may have what a port has claimed for itself
 * @port: the port
 * @policy: what it is to be again, by vsw_port_restore()
 */
void vsw_port_release(struct vsw_port *port, const struct vsw_policy *policy)
{
	if (!vsw_port_mac_stays(port, policy))
		vsw_port_disown_mac(port);
	if (port->vf && port->vf->watched !=
	    vsw_failover_key(port, policy->mac, &policy->vf))
		vsw_failover_unwatch(port);
}

/**
 * vsw_port_realise - change the policy of a port to one that is known to be good
 * @port: the port
 * @policy: its new policy; its VLANs become the port's
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_port_realise(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack)
{
	u64 watched = vsw_failover_key(port, policy->mac, &policy->vf);
	const struct vsw_vlans *old;
	int err;

	err = vsw_stage_prepare(port);
	if (err)
		return err;
	old = vsw_stage_held(port);

	err = vsw_failover_prepare(port, watched, extack);
	if (err)
		return err;

	err = vsw_port_claim_mac(port, policy, extack);
	if (err)
		goto err_watched;

	if (vsw_port_is_host(port))
		err = vsw_host_vids_grow(port->sw, old, policy->vlans);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "There is no room now for an entry of the host in each of its VLANs: try again, free memory or use fewer VLANs");
		goto err_mac;
	}

	err = vsw_nicsync_vids_grow(port, old, policy->vlans);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "An uplink refused a VLAN filter entry: use fewer VLANs or switch its rx-vlan-filter off");
		goto err_host;
	}

	/* ORDER: never in the filter of the PF and in that of the VF. */
	if (port->flags & VSW_PORT_VF)
		vsw_nicsync_mac_settle(port->sw, policy->mac);
	err = port->vf ? vsw_keeper_program(port, policy, extack) : 0;
	if (err)
		goto err_vids;

	vsw_failover_commit(port, watched);
	vsw_port_commit(port, policy);
	return 0;

err_vids:
	vsw_nicsync_vids_shrink(port, policy->vlans, old);
err_host:
	if (vsw_port_is_host(port))
		vsw_host_vids_shrink(port->sw, policy->vlans, old);
err_mac:
	if (vsw_port_gains_mac(port, policy))
		vsw_port_disclaim_mac(port, policy->mac, policy->vlans->pvid);
err_watched:
	vsw_failover_abort(port, watched);
	return err;
}

/**
 * vsw_port_restore - a port has the policy again that it had before a transaction
 * @port: the port, which is staged
 * @policy: the policy; its VLANs become the port's
 * @extack: what failed
 *
 * VLANs that it had it is counted for still. What cannot be had back now is missing,
 * and nothing else; what a driver refuses the keeper tries again.
 *
 * Return: 0 or the first error.
 */
int vsw_port_restore(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack)
{
	u64 watched = vsw_failover_key(port, policy->mac, &policy->vf);
	int err, first;

	first = vsw_failover_prepare(port, watched, extack);
	if (first)
		watched = port->vf->watched;
	/* A change that is taken back is none to be noted. */
	err = vsw_port_set_mac(port, policy);
	first = first ?: err;
	/* ORDER: never in the filter of the PF and in that of the VF. */
	if (port->flags & VSW_PORT_VF)
		vsw_nicsync_mac_settle(port->sw, policy->mac);
	err = port->vf ? vsw_keeper_program(port, policy, extack) : 0;
	if (err)
		vsw_keeper_want(port, policy);
	vsw_failover_commit(port, watched);
	vsw_port_commit(port, policy);
	return first ?: err;
}

/**
 * __vsw_port_apply - change the policy of a port that nobody sees yet
 * @port: the port
 * @policy: its new policy; its VLANs become the port's
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int __vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
		     struct netlink_ext_ack *extack)
{
	return vsw_port_check(port, policy, extack) ?:
	       vsw_port_realise(port, policy, extack);
}

/**
 * vsw_port_apply - change the policy of a port, whole or not at all
 * @port: the port
 * @policy: its new policy; its VLANs become the port's
 * @extack: what failed
 *
 * Return: 0, or a negative error and nothing has changed.
 */
int vsw_port_apply(struct vsw_port *port, struct vsw_policy *policy,
		   struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	err = __vsw_port_apply(port, policy, extack);
	if (err)
		return err;

	vsw_switch_update_policy(port->sw);
	return 0;
}
