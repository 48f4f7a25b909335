/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What iproute2 sees: the link kind "vsw", and the callbacks that make its
 * bridge tool work on switches and ports.
 *
 * Neither IFF_EBRIDGE nor IFF_BRIDGE_PORT is ever set: the core takes private
 * data of devices with them for the bridge's own.
 */
#ifndef VSW_RTNL_H
#define VSW_RTNL_H

#include "compat/rtnl.h"
#include "vsw.h"

extern struct rtnl_link_ops vsw_link_ops;

/* Under RTNL */
struct vsw_port *vsw_rtnl_port(struct net_device *dev);
int vsw_rtnl_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			    struct net_device *dev, u32 filter_mask,
			    int nlflags);
int vsw_rtnl_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh,
			    u16 flags, struct netlink_ext_ack *extack);
int vsw_rtnl_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
			    u16 flags);

int VSW_FDB_ADD(vsw_rtnl_fdb_add);
int VSW_FDB_DEL(vsw_rtnl_fdb_del);
int vsw_rtnl_fdb_dump(struct sk_buff *skb, struct netlink_callback *cb,
		      struct net_device *dev, struct net_device *filter_dev,
		      int *idx);
int vsw_rtnl_fdb_get(struct sk_buff *skb, struct nlattr *tb[],
		     struct net_device *dev, const unsigned char *addr,
		     u16 vid, u32 portid, u32 seq,
		     struct netlink_ext_ack *extack);

/* Under the lock of the forwarding database */
void vsw_rtnl_fdb_notify(struct vsw_switch *sw,
			 const struct vsw_fdb_entry *entry, bool gone);

#endif /* VSW_RTNL_H */
