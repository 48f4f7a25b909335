// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VF path. See vf.h.
 */
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "await.h"
#include "compat/netdev_lock.h"
#include "port.h"
#include "stage.h"
#include "switchdev.h"
#include "vf.h"
#include "vsw.h"

/**
 * vsw_vf_count - number of VFs that a device has now
 * @pf: any net device
 *
 * Return: the number, 0 for what is no PF.
 */
u32 vsw_vf_count(const struct net_device *pf)
{
	return pf->dev.parent ? dev_num_vf(pf->dev.parent) : 0;
}

/**
 * vsw_vf_capability - what the driver of a PF lets the host set
 * @pf: the PF
 *
 * Return: mask of enum vsw_vf_capability.
 */
u32 vsw_vf_capability(const struct net_device *pf)
{
	const struct net_device_ops *ops = pf->netdev_ops;

	return (ops->ndo_set_vf_mac ? VSW_VF_CAPABILITY_MAC : 0) |
	       (ops->ndo_set_vf_vlan ? VSW_VF_CAPABILITY_VLAN : 0) |
	       (ops->ndo_set_vf_rate ? VSW_VF_CAPABILITY_RATE : 0) |
	       (ops->ndo_set_vf_spoofchk ? VSW_VF_CAPABILITY_SPOOFCHK : 0) |
	       (ops->ndo_set_vf_link_state ? VSW_VF_CAPABILITY_LINK_STATE : 0) |
	       (ops->ndo_set_vf_trust ? VSW_VF_CAPABILITY_TRUST : 0) |
	       (ops->ndo_get_vf_stats ? VSW_VF_CAPABILITY_STATS : 0);
}

/**
 * vsw_vf_read - ask the driver what a VF is
 * @pf: the PF
 * @index: number of the VF
 * @state: where to put the answer
 *
 * Return: 0 or the driver's error.
 */
int vsw_vf_read(struct net_device *pf, u32 index, struct vsw_vf_state *state)
{
	/* What a driver leaves alone it does not know; as rtnetlink has it. */
	struct ifla_vf_info info = {
		.spoofchk = -1,
		.trusted = -1,
		.vlan_proto = htons(ETH_P_8021Q),
	};
	int err;

	ASSERT_RTNL();
	if (!pf->netdev_ops->ndo_get_vf_config)
		return -EOPNOTSUPP;

	vsw_netdev_lock(pf);
	err = pf->netdev_ops->ndo_get_vf_config(pf, index, &info);
	vsw_netdev_unlock(pf);
	if (err)
		return err;

	ether_addr_copy(state->mac, info.mac);
	state->vlan = info.vlan;
	state->pcp = info.qos;
	state->vlan_proto = info.vlan_proto == htons(ETH_P_8021AD) ?
			    VSW_VLAN_PROTO_8021AD : VSW_VLAN_PROTO_8021Q;
	state->spoofchk = (int)info.spoofchk;
	state->trust = (int)info.trusted;
	state->link_state = info.linkstate;
	state->min_tx_rate = info.min_tx_rate;
	state->max_tx_rate = info.max_tx_rate;
	return 0;
}

/**
 * vsw_vf_read_stats - ask the driver for the counters of a VF
 * @pf: the PF
 * @index: number of the VF
 * @stats: where to put the answer
 *
 * Return: 0 or the driver's error.
 */
int vsw_vf_read_stats(struct net_device *pf, u32 index,
		      struct ifla_vf_stats *stats)
{
	int err;

	ASSERT_RTNL();
	if (!pf->netdev_ops->ndo_get_vf_stats)
		return -EOPNOTSUPP;

	memset(stats, 0, sizeof(*stats));
	vsw_netdev_lock(pf);
	err = pf->netdev_ops->ndo_get_vf_stats(pf, index, stats);
	vsw_netdev_unlock(pf);
	return err;
}

/**
 * vsw_vf_find - the VF path that owns a VF
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 *
 * Return: the path, or NULL.
 */
struct vsw_vf *vsw_vf_find(const struct vsw_port *uplink, u32 index)
{
	struct vsw_vf *vf;

	ASSERT_RTNL();
	list_for_each_entry(vf, &uplink->vf_ports, list)
		if (vf->index == index)
			return vf;
	return NULL;
}

/* The first that is no port's, or that of a port which is going to be deleted */
static bool vsw_vf_find_of(const struct vsw_port *uplink, bool dying,
			   u32 *index)
{
	u32 count = vsw_vf_count(uplink->dev);
	const struct vsw_vf *vf;
	bool found;

	for (*index = 0; *index < count; ++*index) {
		vf = vsw_vf_find(uplink, *index);
		found = dying ? vf && vsw_stage_dying(vf->port) : !vf;
		if (found && !vsw_await_has_vf(uplink, *index))
			return true;
	}
	return false;
}

/**
 * vsw_vf_find_free - the first VF that no port owns
 * @uplink: the uplink whose device is the PF
 * @index: where to put its number
 * @extack: why there is none
 *
 * Return: 0 or -ENOSPC.
 */
int vsw_vf_find_free(const struct vsw_port *uplink, u32 *index,
		     struct netlink_ext_ack *extack)
{
	u32 count = vsw_vf_count(uplink->dev);

	if (vsw_vf_find_of(uplink, false, index) ||
	    vsw_vf_find_of(uplink, true, index))
		return 0;
	/* Of a PF without VFs vsw_vf_check() has more to say. */
	if (!count)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "All %u VFs of %s belong to ports: delete one, or use a tap",
			   count, uplink->dev->name);
	return -ENOSPC;
}

/**
 * vsw_vf_check - may a new port have this VF?
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 * @extack: why not
 *
 * Return: 0 or a negative error.
 */
int vsw_vf_check(struct vsw_port *uplink, u32 index,
		 struct netlink_ext_ack *extack)
{
	struct net_device *pf = uplink->dev;
	u32 count = vsw_vf_count(pf);
	const struct vsw_vf *vf = vsw_vf_find(uplink, index);

	if (!pf->netdev_ops->ndo_set_vf_mac ||
	    !pf->netdev_ops->ndo_get_vf_config) {
		if (vsw_switchdev_is_port(pf))
			NL_SET_ERR_MSG(extack,
				       "The PF has no calls for VFs, as in legacy mode, and no representors of them here: see devlink dev eswitch");
		else
			NL_SET_ERR_MSG_FMT(extack,
					   "%s is no SR-IOV PF: name one that has VFs",
					   pf->name);
		return -EOPNOTSUPP;
	}
	if (!count) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%s has no VFs: vswctl uplink set %s vfs N",
				   pf->name, uplink->name);
		return -ENODEV;
	}
	if (index >= count) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VF %u is out of range: %s has VFs 0 to %u",
				   index, pf->name, count - 1);
		return -ERANGE;
	}
	/* A port that is going to be deleted has no use for it any more. */
	if (vf && !vsw_stage_yield(vf->port)) {
		NL_SET_ERR_MSG_FMT(extack, "VF %u of %s belongs to port %s",
				   index, pf->name, vf->port->name);
		return -EBUSY;
	}
	return 0;
}

static int vsw_vf_set_mac(struct net_device *pf, u32 index,
			  const struct vsw_vf_state *to)
{
	if (!pf->netdev_ops->ndo_set_vf_mac)
		return -EOPNOTSUPP;
	return pf->netdev_ops->ndo_set_vf_mac(pf, index, (u8 *)to->mac);
}

static int vsw_vf_set_vlan(struct net_device *pf, u32 index,
			   const struct vsw_vf_state *to)
{
	if (!pf->netdev_ops->ndo_set_vf_vlan)
		return -EOPNOTSUPP;
	return pf->netdev_ops->ndo_set_vf_vlan(pf, index, to->vlan, to->pcp,
					       to->vlan_proto ==
					       VSW_VLAN_PROTO_8021AD ?
					       htons(ETH_P_8021AD) :
					       htons(ETH_P_8021Q));
}

static int vsw_vf_set_spoofchk(struct net_device *pf, u32 index,
			       const struct vsw_vf_state *to)
{
	/* What a driver did not tell cannot be restored. */
	if (to->spoofchk < 0)
		return 0;
	if (!pf->netdev_ops->ndo_set_vf_spoofchk)
		return to->spoofchk ? -EOPNOTSUPP : 0;
	return pf->netdev_ops->ndo_set_vf_spoofchk(pf, index,
						   to->spoofchk);
}

static int vsw_vf_set_trust(struct net_device *pf, u32 index,
			    const struct vsw_vf_state *to)
{
	if (to->trust < 0)
		return 0;
	if (!pf->netdev_ops->ndo_set_vf_trust)
		return to->trust ? -EOPNOTSUPP : 0;
	return pf->netdev_ops->ndo_set_vf_trust(pf, index, to->trust);
}

static int vsw_vf_set_rate(struct net_device *pf, u32 index,
			   const struct vsw_vf_state *to)
{
	if (!pf->netdev_ops->ndo_set_vf_rate)
		return -EOPNOTSUPP;
	return pf->netdev_ops->ndo_set_vf_rate(pf, index, to->min_tx_rate,
					       to->max_tx_rate);
}

static int vsw_vf_set_link_state(struct net_device *pf, u32 index,
				 const struct vsw_vf_state *to)
{
	if (!pf->netdev_ops->ndo_set_vf_link_state)
		return -EOPNOTSUPP;
	return pf->netdev_ops->ndo_set_vf_link_state(pf, index,
						     to->link_state);
}

static bool vsw_vf_mac_differs(const struct vsw_vf_state *a,
			       const struct vsw_vf_state *b)
{
	return !ether_addr_equal(a->mac, b->mac);
}

static bool vsw_vf_vlan_differs(const struct vsw_vf_state *a,
				const struct vsw_vf_state *b)
{
	/* No tag is of no kind. */
	return a->vlan != b->vlan || a->pcp != b->pcp ||
	       (a->vlan && a->vlan_proto != b->vlan_proto);
}

static bool vsw_vf_spoofchk_differs(const struct vsw_vf_state *a,
				    const struct vsw_vf_state *b)
{
	return a->spoofchk != b->spoofchk;
}

static bool vsw_vf_trust_differs(const struct vsw_vf_state *a,
				 const struct vsw_vf_state *b)
{
	return a->trust != b->trust;
}

static bool vsw_vf_rate_differs(const struct vsw_vf_state *a,
				const struct vsw_vf_state *b)
{
	return a->min_tx_rate != b->min_tx_rate ||
	       a->max_tx_rate != b->max_tx_rate;
}

static bool vsw_vf_link_state_differs(const struct vsw_vf_state *a,
				      const struct vsw_vf_state *b)
{
	return a->link_state != b->link_state;
}

/**
 * struct vsw_vf_attr - something that can be set for a VF
 * @bit: VSW_VF_CAPABILITY_*
 * @name: as in the message that it failed
 * @differs: does it differ between two states?
 * @set: make it so; called with the lock of the PF held
 */
struct vsw_vf_attr {
	u32 bit;
	const char *name;
	bool (*differs)(const struct vsw_vf_state *a,
			const struct vsw_vf_state *b);
	int (*set)(struct net_device *pf, u32 index,
		   const struct vsw_vf_state *to);
};

/* ORDER: what keeps a VF from doing harm comes first. */
static const struct vsw_vf_attr vsw_vf_attrs[] = {
	{ VSW_VF_CAPABILITY_VLAN, "VLAN",
	  vsw_vf_vlan_differs, vsw_vf_set_vlan },
	{ VSW_VF_CAPABILITY_MAC, "MAC address",
	  vsw_vf_mac_differs, vsw_vf_set_mac },
	{ VSW_VF_CAPABILITY_SPOOFCHK, "spoofchk",
	  vsw_vf_spoofchk_differs, vsw_vf_set_spoofchk },
	{ VSW_VF_CAPABILITY_TRUST, "trust",
	  vsw_vf_trust_differs, vsw_vf_set_trust },
	{ VSW_VF_CAPABILITY_RATE, "rate",
	  vsw_vf_rate_differs, vsw_vf_set_rate },
	{ VSW_VF_CAPABILITY_LINK_STATE, "link state",
	  vsw_vf_link_state_differs, vsw_vf_set_link_state },
};

/* What a driver may not quietly ignore, even if it says that it has set it */
#define VSW_VF_VERIFIED	(VSW_VF_CAPABILITY_VLAN | VSW_VF_CAPABILITY_MAC | \
			 VSW_VF_CAPABILITY_SPOOFCHK)

/**
 * vsw_vf_leave_unasked - what a port does not ask for is anybody's
 * @to: what the VF shall be; what is not asked for becomes as it is
 * @effective: what it is
 * @asked: VSW_VF_CAPABILITY_*; only rate and link state can be left out
 */
void vsw_vf_leave_unasked(struct vsw_vf_state *to,
			  const struct vsw_vf_state *effective, u32 asked)
{
	if (!(asked & VSW_VF_CAPABILITY_LINK_STATE))
		to->link_state = effective->link_state;
	if (!(asked & VSW_VF_CAPABILITY_RATE)) {
		to->min_tx_rate = effective->min_tx_rate;
		to->max_tx_rate = effective->max_tx_rate;
	}
}

/**
 * vsw_vf_diff - in what is a VF not what it should be?
 * @effective: what the driver says it is
 * @wanted: what it should be
 *
 * What the driver does not tell does not count.
 *
 * Return: mask of VSW_VF_CAPABILITY_*.
 */
u32 vsw_vf_diff(const struct vsw_vf_state *effective,
		const struct vsw_vf_state *wanted)
{
	struct vsw_vf_state told = *effective;
	u32 diff = 0;
	int i;

	if (told.spoofchk < 0 || wanted->spoofchk < 0)
		told.spoofchk = wanted->spoofchk;
	if (told.trust < 0 || wanted->trust < 0)
		told.trust = wanted->trust;
	for (i = 0; i < ARRAY_SIZE(vsw_vf_attrs); i++)
		if (vsw_vf_attrs[i].differs(&told, wanted))
			diff |= vsw_vf_attrs[i].bit;
	return diff;
}

static void vsw_vf_explain(const struct net_device *pf, u32 index,
			   const struct vsw_vf_attr *attr, int err,
			   struct netlink_ext_ack *extack)
{
	if (err == -EPROTONOSUPPORT)
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot give the frames of a VF that tag: use vlan-proto 8021q",
				   pf->name);
	else if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG_FMT(extack,
				   "%s cannot set the %s of a VF: do without it",
				   pf->name, attr->name);
	else
		NL_SET_ERR_MSG_FMT(extack,
				   "%s refuses that %s for VF %u (error %d): try another",
				   pf->name, attr->name, index, -err);
}

/**
 * vsw_vf_drift - in what is a VF not what its port asks for?
 * @vf: the VF path
 * @effective: what the driver says it is
 *
 * Return: mask of VSW_VF_CAPABILITY_*.
 */
u32 vsw_vf_drift(const struct vsw_vf *vf, const struct vsw_vf_state *effective)
{
	struct vsw_vf_state wanted = vf->wanted;

	vsw_vf_leave_unasked(&wanted, effective, vf->asked);
	return vsw_vf_diff(effective, &wanted) & ~vf->unenforced;
}

static int vsw_vf_set(struct net_device *pf, u32 index,
		      const struct vsw_vf_attr *attr,
		      const struct vsw_vf_state *to)
{
	int err;

	vsw_netdev_lock(pf);
	err = attr->set(pf, index, to);
	vsw_netdev_unlock(pf);
	return err;
}

static void vsw_vf_undo(struct net_device *pf, u32 index,
			const struct vsw_vf_attr *attr,
			const struct vsw_vf_state *to)
{
	if (vsw_vf_set(pf, index, attr, to))
		netdev_warn(pf, "vsw: cannot restore the %s of VF %u\n",
			    attr->name, index);
}

static int vsw_vf_change_one(struct net_device *pf, u32 index,
			     const struct vsw_vf_attr *attr,
			     struct vsw_vf_change *change, u32 *done,
			     struct netlink_ext_ack *extack)
{
	int err;

	if (!attr->differs(change->from, change->to))
		return 0;
	err = vsw_vf_set(pf, index, attr, change->to);
	if (err == -EOPNOTSUPP && attr->bit & change->optional) {
		change->unenforced |= attr->bit;
		return 0;
	}
	if (err)
		vsw_vf_explain(pf, index, attr, err, extack);
	else
		*done |= attr->bit;
	return err;
}

/*
 * What matters must have been kept. The rest that the driver has rounded or
 * ignored it does not enforce.
 */
static int vsw_vf_verify(struct net_device *pf, u32 index,
			 struct vsw_vf_change *change, u32 done,
			 struct netlink_ext_ack *extack)
{
	struct vsw_vf_state effective;
	u32 diff;
	int err;

	err = vsw_vf_read(pf, index, &effective);
	if (err)
		return err;
	diff = vsw_vf_diff(&effective, change->to) & ~change->unenforced;
	change->unenforced |= diff & done & ~VSW_VF_VERIFIED;
	if (!(diff & VSW_VF_VERIFIED))
		return 0;

	NL_SET_ERR_MSG_FMT(extack,
			   "%s did not keep what was set for VF %u: see vf show",
			   pf->name, index);
	return -EIO;
}

/**
 * vsw_vf_revert - make a VF what it was
 * @pf: the PF
 * @index: number of the VF
 * @from: what we made of it
 * @to: what it was before
 * @skip: VSW_VF_CAPABILITY_*, what we did not make of it
 */
void vsw_vf_revert(struct net_device *pf, u32 index,
		   const struct vsw_vf_state *from,
		   const struct vsw_vf_state *to, u32 skip)
{
	int i;

	ASSERT_RTNL();
	for (i = ARRAY_SIZE(vsw_vf_attrs) - 1; i >= 0; i--)
		if (vsw_vf_attrs[i].differs(from, to) &&
		    !(vsw_vf_attrs[i].bit & skip))
			vsw_vf_undo(pf, index, &vsw_vf_attrs[i], to);
}

/**
 * vsw_vf_program - make a VF what it should be
 * @pf: the PF
 * @index: number of the VF
 * @change: what it is and what it shall be
 * @extack: what failed
 *
 * Return: 0, or the first error; of a change that is whole or nothing the VF is
 * what it was then.
 */
int vsw_vf_program(struct net_device *pf, u32 index,
		   struct vsw_vf_change *change,
		   struct netlink_ext_ack *extack)
{
	int err, first = 0;
	u32 done = 0;
	int i;

	ASSERT_RTNL();
	change->unenforced = 0;
	for (i = 0; i < ARRAY_SIZE(vsw_vf_attrs); i++) {
		err = vsw_vf_change_one(pf, index, &vsw_vf_attrs[i], change,
					&done, extack);
		if (err && change->whole)
			goto undo;
		first = first ?: err;
	}

	err = vsw_vf_verify(pf, index, change, done, first ? NULL : extack);
	if (err && change->whole)
		goto undo;
	return first ?: err;

undo:
	vsw_vf_revert(pf, index, change->to, change->from, ~done);
	return err;
}

/**
 * vsw_vf_restore - make a VF what it was before it was ours
 * @vf: the VF path
 *
 * A VF that is gone has nothing to restore.
 */
void vsw_vf_restore(const struct vsw_vf *vf)
{
	struct net_device *pf = vf->uplink->dev;

	if (vf->index < vsw_vf_count(pf))
		vsw_vf_revert(pf, vf->index, &vf->wanted, &vf->saved,
			      vf->unenforced);
}
