/* SPDX-License-Identifier: GPL-2.0-only */
/* The id of the switch that a device is a port of has two names. */
#ifndef VSW_COMPAT_PORT_PARENT_H
#define VSW_COMPAT_PORT_PARENT_H

#include <linux/netdevice.h>

/* Of the device itself, and not of what is below it. */
static inline int vsw_port_parent_id(struct net_device *dev,
				     struct netdev_phys_item_id *id)
{
#ifdef VSW_HAVE_NETIF_GET_PORT_PARENT_ID
	return netif_get_port_parent_id(dev, id, false);
#else
	return dev_get_port_parent_id(dev, id, false);
#endif
}

#endif /* VSW_COMPAT_PORT_PARENT_H */
