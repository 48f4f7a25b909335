/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callbacks of rtnetlink whose arguments differ between kernels. Each macro
 * declares the function with the names below in scope, whatever the kernel.
 */
#ifndef VSW_COMPAT_RTNL_H
#define VSW_COMPAT_RTNL_H

#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "vsw needs Linux 6.12 or newer"
#endif

/* newlink: dev, data, extack */
#ifdef VSW_HAVE_NEWLINK_PARAMS
#define VSW_NEWLINK(fn)							\
	fn(struct net_device *dev, struct rtnl_newlink_params *params,	\
	   struct netlink_ext_ack *extack)
#define VSW_NEWLINK_DATA(data)	struct nlattr **(data) = params->data
#else
#define VSW_NEWLINK(fn)							\
	fn(struct net *src_net, struct net_device *dev,			\
	   struct nlattr *tb[], struct nlattr *data[],			\
	   struct netlink_ext_ack *extack)
#define VSW_NEWLINK_DATA(data)
#endif

/* fdb_add, fdb_del: our own notification replaces that of the core */
#ifdef VSW_HAVE_FDB_NOTIFIED
#define VSW_FDB_ADD(fn)							\
	fn(struct ndmsg *ndm, struct nlattr *tb[],			\
	   struct net_device *dev, const unsigned char *addr, u16 vid,	\
	   u16 flags, bool *notified, struct netlink_ext_ack *extack)
#define VSW_FDB_DEL(fn)							\
	fn(struct ndmsg *ndm, struct nlattr *tb[],			\
	   struct net_device *dev, const unsigned char *addr, u16 vid,	\
	   bool *notified, struct netlink_ext_ack *extack)
#define VSW_FDB_NOTIFIED()	(*notified = true)
#else
#define VSW_FDB_ADD(fn)							\
	fn(struct ndmsg *ndm, struct nlattr *tb[],			\
	   struct net_device *dev, const unsigned char *addr, u16 vid,	\
	   u16 flags, struct netlink_ext_ack *extack)
#define VSW_FDB_DEL(fn)							\
	fn(struct ndmsg *ndm, struct nlattr *tb[],			\
	   struct net_device *dev, const unsigned char *addr, u16 vid,	\
	   struct netlink_ext_ack *extack)
#define VSW_FDB_NOTIFIED()	do { } while (0)
#endif

/* Where ndo_fdb_dump() finds the index to go on from. */
static inline int vsw_fdb_dump_start(struct netlink_callback *cb)
{
#ifdef VSW_HAVE_FDB_DUMP_CONTEXT
	return ((struct ndo_fdb_dump_context *)cb->ctx)->fdb_idx;
#else
	return cb->args[2];
#endif
}

/* IFF_* of a device as user space knows them. */
static inline unsigned int vsw_dev_get_flags(const struct net_device *dev)
{
#ifdef VSW_HAVE_NETIF_GET_FLAGS
	return netif_get_flags(dev);
#else
	return dev_get_flags(dev);
#endif
}

/* A switch stays in the network namespace that it was made in. */
static inline void vsw_netdev_set_immutable(struct net_device *dev)
{
#ifdef VSW_HAVE_NETNS_IMMUTABLE
	dev->netns_immutable = true;
#else
	dev->netns_local = true;
#endif
}

#endif /* VSW_COMPAT_RTNL_H */
