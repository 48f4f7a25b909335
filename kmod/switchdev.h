/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NICs in switchdev mode: each VF has a representor, a net device that receives
 * what the VF sends and sends what the VF is to receive. It is the soft path of
 * the VF's port.
 *
 * What only the NIC can do for such a VF, its address and its rates, is set
 * through devlink, and that by user space (vswctl). The module cannot: the lock
 * of a devlink instance is outside RTNL, drivers take RTNL under it in the very
 * operations that would have to be called, and an instance cannot be held
 * without either, because its references are not exported. Rates have no
 * interface but netlink at all. What a VF was before is kept with its port all
 * the same, so that whoever deletes the port can restore it.
 */
#ifndef VSW_SWITCHDEV_H
#define VSW_SWITCHDEV_H

#include <linux/if_ether.h>
#include <linux/types.h>

struct genl_info;
struct net_device;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct vsw_port;
struct vsw_port_config;

/**
 * struct vsw_before - what the VF of a representor was before its port; kept for
 *	user space. Protected by RTNL
 * @ifindex: the representor
 * @has: BIT() of those of VSW_A_PORT_BEFORE_* that are known
 * @mac: its MAC address
 * @tx_share: guaranteed rate, as devlink has it
 * @tx_max: highest rate, likewise
 */
struct vsw_before {
	int ifindex;
	u64 has;
	u8 mac[ETH_ALEN] __aligned(2);
	u64 tx_share;
	u64 tx_max;
};

/* All of these are called under RTNL. */
bool vsw_switchdev_is_on(struct net_device *pf);
bool vsw_switchdev_is_port(struct net_device *dev);
struct net_device *vsw_switchdev_rep(struct net_device *pf, u32 index);
int vsw_switchdev_take(struct vsw_port_config *config,
		       const struct vsw_port *uplink,
		       const struct nlattr *index,
		       struct netlink_ext_ack *extack);
int vsw_switchdev_check(struct genl_info *info, const struct net_device *dev);
void vsw_switchdev_keep(struct vsw_port *port, const struct genl_info *info);
bool vsw_switchdev_put(struct sk_buff *skb, const struct vsw_port *port);
bool vsw_switchdev_put_vf(struct sk_buff *skb, struct net_device *pf,
			  u32 index);

#endif /* VSW_SWITCHDEV_H */
