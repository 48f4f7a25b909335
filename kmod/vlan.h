/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VLANs of a port (IEEE 802.1Q clause 8.8.9, static VLAN registration):
 * its PVID, its member set and its untagged set.
 *
 * A closed table: it knows neither ports nor net devices. A set is immutable
 * once it has been published; to change it, duplicate it, edit the copy and
 * swap the pointer, so that the datapath sees the old set or the new one and
 * never a half.
 */
#ifndef VSW_VLAN_H
#define VSW_VLAN_H

#include <linux/bitmap.h>
#include <linux/if_vlan.h>
#include <linux/rcupdate.h>

#include <uapi/linux/vsw.h>

/**
 * struct vsw_vlans - the VLANs of a port
 * @member: VIDs that the port is a member of; 0 and 4095 are never set
 * @untagged: the subset of @member whose frames leave without a tag
 * @rcu: frees a set that readers may still see
 * @pvid: VID of untagged and priority-tagged frames received, 0 for none;
 *	if set, it is in @member
 * @count: number of bits in @member
 *
 * Immutable after publication; before that private to its maker.
 */
struct vsw_vlans {
	DECLARE_BITMAP(member, VLAN_N_VID);
	DECLARE_BITMAP(untagged, VLAN_N_VID);
	struct rcu_head rcu;
	u16 pvid;
	u16 count;
};

/**
 * struct vsw_vlan_range - VLANs with one way of being a member
 * @first: first VID
 * @last: last VID
 * @flags: enum vsw_vlan_flag
 */
struct vsw_vlan_range {
	u16 first;
	u16 last;
	u32 flags;
};

static inline bool vsw_vlans_has(const struct vsw_vlans *vlans, u16 vid)
{
	return test_bit(vid, vlans->member);
}

static inline bool vsw_vlans_untagged(const struct vsw_vlans *vlans, u16 vid)
{
	return test_bit(vid, vlans->untagged);
}

struct vsw_vlans *vsw_vlans_alloc(void);
struct vsw_vlans *vsw_vlans_dup(const struct vsw_vlans *vlans);
bool vsw_vlans_add(struct vsw_vlans *vlans, const struct vsw_vlan_range *range);
bool vsw_vlans_del(struct vsw_vlans *vlans, u16 first, u16 last);
void vsw_vlans_set_access(struct vsw_vlans *vlans, u16 vid);
bool vsw_vlans_next(const struct vsw_vlans *vlans, u16 from,
		    struct vsw_vlan_range *range);

#endif /* VSW_VLAN_H */
