// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VLANs of a port. See vlan.h.
 */
#include <linux/slab.h>

#include "vlan.h"

/**
 * vsw_vlans_alloc - make an empty set
 *
 * Return: the set, to be freed with kfree(), or NULL.
 */
struct vsw_vlans *vsw_vlans_alloc(void)
{
	return kzalloc(sizeof(struct vsw_vlans), GFP_KERNEL);
}

/**
 * vsw_vlans_dup - make an editable copy of a set
 * @vlans: the set
 *
 * Return: the copy, to be freed with kfree(), or NULL.
 */
struct vsw_vlans *vsw_vlans_dup(const struct vsw_vlans *vlans)
{
	return kmemdup(vlans, sizeof(*vlans), GFP_KERNEL);
}

static u32 vsw_vlans_flags(const struct vsw_vlans *vlans, u16 vid)
{
	u32 flags = 0;

	if (vlans->pvid == vid)
		flags |= VSW_VLAN_FLAG_PVID;
	if (test_bit(vid, vlans->untagged))
		flags |= VSW_VLAN_FLAG_UNTAGGED;
	return flags;
}

/**
 * vsw_vlans_add - make a range of VLANs members, or change how they are
 * @vlans: unpublished set
 * @range: VIDs 1 to 4094; the PVID flag only with a range of one
 *
 * As with a bridge, adding the PVID again without the flag takes it away.
 *
 * Return: whether anything changed.
 */
bool vsw_vlans_add(struct vsw_vlans *vlans, const struct vsw_vlan_range *range)
{
	bool changed = false;
	u16 vid;

	for (vid = range->first; vid <= range->last; vid++) {
		if (!test_bit(vid, vlans->member)) {
			vlans->count++;
			changed = true;
		} else if (vsw_vlans_flags(vlans, vid) != range->flags) {
			changed = true;
		}

		__set_bit(vid, vlans->member);
		__assign_bit(vid, vlans->untagged,
			     range->flags & VSW_VLAN_FLAG_UNTAGGED);
		if (range->flags & VSW_VLAN_FLAG_PVID)
			vlans->pvid = vid;
		else if (vlans->pvid == vid)
			vlans->pvid = 0;
	}
	return changed;
}

/**
 * vsw_vlans_del - end the membership in a range of VLANs
 * @vlans: unpublished set
 * @first: first VID
 * @last: last VID
 *
 * Return: whether anything changed.
 */
bool vsw_vlans_del(struct vsw_vlans *vlans, u16 first, u16 last)
{
	unsigned int vid = first;
	bool changed = false;

	for_each_set_bit_from(vid, vlans->member, last + 1) {
		__clear_bit(vid, vlans->member);
		__clear_bit(vid, vlans->untagged);
		if (vlans->pvid == vid)
			vlans->pvid = 0;
		vlans->count--;
		changed = true;
	}
	return changed;
}

/**
 * vsw_vlans_set_access - make the set that of an access port
 * @vlans: unpublished set
 * @vid: the only VLAN, untagged and PVID; 0 for none at all
 */
void vsw_vlans_set_access(struct vsw_vlans *vlans, u16 vid)
{
	const struct vsw_vlan_range range = {
		.first = vid,
		.last = vid,
		.flags = VSW_VLAN_FLAG_PVID | VSW_VLAN_FLAG_UNTAGGED,
	};

	vsw_vlans_del(vlans, 1, VSW_VID_MAX);
	if (vid)
		vsw_vlans_add(vlans, &range);
}

/**
 * vsw_vlans_next - find the next range of VLANs with the same flags
 * @vlans: the set
 * @from: first VID to look at
 * @range: where to put the range
 *
 * Return: whether there is one.
 */
bool vsw_vlans_next(const struct vsw_vlans *vlans, u16 from,
		    struct vsw_vlan_range *range)
{
	u16 vid = find_next_bit(vlans->member, VLAN_N_VID, from);

	if (vid >= VLAN_N_VID)
		return false;

	range->first = vid;
	range->last = vid;
	range->flags = vsw_vlans_flags(vlans, vid);
	while (++vid < VLAN_N_VID && test_bit(vid, vlans->member) &&
	       vsw_vlans_flags(vlans, vid) == range->flags)
		range->last = vid;
	return true;
}
