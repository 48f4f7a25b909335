/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The paths of a port.
 *
 * A port has a soft path, which is a net device, or a VF path, which is a PF and
 * the number of a VF, or both. Then one of them is active (failover.h), and the
 * port can only do what both can do.
 */
#ifndef VSW_PATH_H
#define VSW_PATH_H

#include "port.h"

/* All of these are called under RTNL. */
int vsw_path_check_dev(const struct vsw_switch *sw, struct net_device *dev,
		       struct netlink_ext_ack *extack);

/* What vsw_port_add() and its mirror are made of */
int vsw_path_attach_soft(struct vsw_port *port, struct netlink_ext_ack *extack);
void vsw_path_detach_soft(struct vsw_port *port);
void vsw_path_put_dev(struct vsw_port *port);
int vsw_path_attach_vf(struct vsw_port *port, struct vsw_port *uplink,
		       u32 index, u8 *mac, struct netlink_ext_ack *extack);
void vsw_path_detach_vf(struct vsw_port *port);
void vsw_path_reattach_vf(struct vsw_port *port);

/* A port that others see gets a second path, or is left with one */
int vsw_path_add_soft(struct vsw_port *port, struct net_device *dev,
		      struct netlink_ext_ack *extack);
int vsw_path_del_soft(struct vsw_port *port, struct netlink_ext_ack *extack);
void vsw_path_lose_soft(struct vsw_port *port);
int vsw_path_add_vf(struct vsw_port *port, struct vsw_port *uplink, u32 index,
		    const struct vsw_vf_policy *vf_policy,
		    struct netlink_ext_ack *extack);
int vsw_path_del_vf(struct vsw_port *port, struct netlink_ext_ack *extack);
void vsw_path_lose_vf(struct vsw_port *port);

#endif /* VSW_PATH_H */
