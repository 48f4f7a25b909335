/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Newer kernels call the ndo_*_vf_*() of some devices with the lock of the
 * device held (net/netdev_lock.h); older ones have no such lock.
 */
#ifndef VSW_COMPAT_NETDEV_LOCK_H
#define VSW_COMPAT_NETDEV_LOCK_H

#include <linux/netdevice.h>

#ifdef VSW_HAVE_NETDEV_LOCK_OPS
#include <net/netdev_lock.h>

static inline void vsw_netdev_lock(struct net_device *dev)
{
	netdev_lock_ops(dev);
}

static inline void vsw_netdev_unlock(struct net_device *dev)
{
	netdev_unlock_ops(dev);
}
#else
static inline void vsw_netdev_lock(struct net_device *dev)
{
}

static inline void vsw_netdev_unlock(struct net_device *dev)
{
}
#endif

#endif /* VSW_COMPAT_NETDEV_LOCK_H */
