// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFs that no port owns. See park.h.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "park.h"
#include "switchdev.h"
#include "vf.h"

/* What keeps others safe from a VF; a driver may lack any of it */
#define VSW_PARK_ATTRS	(VSW_VF_CAPABILITY_SPOOFCHK | \
			 VSW_VF_CAPABILITY_TRUST | \
			 VSW_VF_CAPABILITY_LINK_STATE)

static void vsw_park_set(struct vsw_port *uplink, u32 index,
			 struct vsw_parked *parked,
			 const struct vsw_vf_state *effective)
{
	struct vsw_vf_change change = {
		.from = effective,
		.to = &parked->set,
		.optional = VSW_PARK_ATTRS,
	};
	struct netlink_ext_ack extack = {};

	parked->set = *effective;
	parked->set.spoofchk = 1;
	parked->set.trust = 0;
	parked->set.link_state = VSW_LINK_STATE_DISABLE;
	if (vsw_vf_program(uplink->dev, index, &change, &extack))
		net_warn_ratelimited("%s: VF %u cannot be parked: %s\n",
				     uplink->name, index, extack._msg ?: "-");
	parked->unenforced = change.unenforced;
}

/**
 * vsw_park_vf - shut a VF that no port owns, and keep it shut
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 */
void vsw_park_vf(struct vsw_port *uplink, u32 index)
{
	struct vsw_parked *parked = xa_load(&uplink->parked, index);
	unsigned int removals = atomic_read(&uplink->pf.removals);
	struct vsw_vf_state effective;
	bool is_new = !parked;

	ASSERT_RTNL();
	/* In switchdev mode a VF without a port reaches nobody as it is. */
	if (uplink->unowned != VSW_UNOWNED_PARK ||
	    index >= vsw_vf_count(uplink->dev) ||
	    vsw_switchdev_rep(uplink->dev, index) ||
	    vsw_vf_read(uplink->dev, index, &effective))
		return;
	if (parked && !(vsw_vf_diff(&effective, &parked->set) &
			VSW_PARK_ATTRS & ~parked->unenforced))
		return;

	if (is_new) {
		parked = kzalloc(sizeof(*parked), GFP_KERNEL);
		if (!parked ||
		    xa_err(xa_store(&uplink->parked, index, parked,
				    GFP_KERNEL))) {
			kfree(parked);
			return;
		}
	}
	/* Another VF of that number is restored to what that one was. */
	if (is_new || parked->removals != removals)
		parked->saved = effective;
	parked->removals = removals;
	vsw_park_set(uplink, index, parked, &effective);
}

/**
 * vsw_park_leave - a parked VF becomes what it was
 * @uplink: the uplink whose device is the PF
 * @index: number of the VF
 */
void vsw_park_leave(struct vsw_port *uplink, u32 index)
{
	struct vsw_parked *parked = xa_erase(&uplink->parked, index);

	ASSERT_RTNL();
	if (!parked)
		return;
	if (index < vsw_vf_count(uplink->dev))
		vsw_vf_revert(uplink->dev, index, &parked->set,
			      &parked->saved,
			      parked->unenforced | ~VSW_PARK_ATTRS);
	kfree(parked);
}

/**
 * vsw_park_leave_all - VFs that no port owns are nobody's
 * @uplink: the uplink whose device is the PF
 */
void vsw_park_leave_all(struct vsw_port *uplink)
{
	struct vsw_parked *parked;
	unsigned long index;

	xa_for_each(&uplink->parked, index, parked)
		vsw_park_leave(uplink, index);
}

/* Of VFs that are gone there is nothing to be restored. */
static void vsw_park_forget(struct vsw_port *uplink)
{
	u32 count = vsw_vf_count(uplink->dev);
	struct vsw_parked *parked;
	unsigned long index;

	xa_for_each_start(&uplink->parked, index, parked, count) {
		xa_erase(&uplink->parked, index);
		kfree(parked);
	}
}

/**
 * vsw_park_look - is every VF that no port owns shut?
 * @uplink: the uplink whose device is the PF
 *
 * Return: is there something to be looked at again?
 */
bool vsw_park_look(struct vsw_port *uplink)
{
	u32 count = vsw_vf_count(uplink->dev);
	u32 index;

	ASSERT_RTNL();
	vsw_park_forget(uplink);
	if (uplink->unowned != VSW_UNOWNED_PARK)
		return false;
	for (index = 0; index < count; index++)
		if (!vsw_vf_find(uplink, index))
			vsw_park_vf(uplink, index);
	return true;
}
