/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keeper: a VF is what its port wants, and stays that.
 *
 * A VF changes without us: somebody runs "ip link set PF vf", the PF is reset,
 * the number of VFs becomes 0 and 4 again. Notifiers tell of most of that; what
 * a driver does silently is found by a look every few seconds. Everything is done
 * by one work item per switch, under RTNL.
 */
#ifndef VSW_KEEPER_H
#define VSW_KEEPER_H

#include "port.h"

/* All of these are called under RTNL. */
int vsw_keeper_program(struct vsw_port *port, const struct vsw_policy *policy,
		       struct netlink_ext_ack *extack);
int vsw_keeper_check_present(const struct vsw_port *port,
			     struct netlink_ext_ack *extack);
void vsw_keeper_want(struct vsw_port *port, const struct vsw_policy *policy);
void vsw_keeper_watch(struct vsw_port *uplink);
void vsw_keeper_unwatch(struct vsw_port *uplink);
void vsw_keeper_apply(struct vsw_port *uplink);
void vsw_keeper_look(struct vsw_switch *sw);
void vsw_keeper_pf_up(struct vsw_port *uplink);
void vsw_keeper_start(struct vsw_switch *sw);
void vsw_keeper_stop(struct vsw_switch *sw);

int vsw_keeper_init(void);
void vsw_keeper_exit(void);

#endif /* VSW_KEEPER_H */
