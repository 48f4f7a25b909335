/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host port: the switch device as a port of its own switch. Its addresses
 * are those of the device, its VLANs those that have a VLAN device on it.
 */
#ifndef VSW_HOST_H
#define VSW_HOST_H

#include "vsw.h"

/* Anywhere */
void vsw_host_look(struct vsw_switch *sw);

/* Under RTNL */
int vsw_host_add(struct vsw_switch *sw);
void vsw_host_macs_sync(struct vsw_switch *sw);
bool vsw_host_mend(struct vsw_switch *sw);
int vsw_host_vids_grow(struct vsw_switch *sw, const struct vsw_vlans *old,
		       const struct vsw_vlans *new);
void vsw_host_vids_shrink(struct vsw_switch *sw, const struct vsw_vlans *old,
			  const struct vsw_vlans *new);

/* Callbacks of the switch device; set_rx_mode under its address list lock */
void vsw_host_set_rx_mode(struct net_device *dev);
int vsw_host_set_mac_address(struct net_device *dev, void *p);
void vsw_host_change_rx_flags(struct net_device *dev, int change);
int vsw_host_vlan_rx_add_vid(struct net_device *dev, __be16 proto, u16 vid);
int vsw_host_vlan_rx_kill_vid(struct net_device *dev, __be16 proto, u16 vid);

#endif /* VSW_HOST_H */
