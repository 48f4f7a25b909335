/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What root of a user namespace may have. His switches and devices are his own, but
 * RTNL and the memory of the kernel are everybody's: what takes as long as there are
 * ports, uplinks, entries or addresses has limits in his network namespaces, above what
 * a host needs. Each is refused with a sentence; who owns the host has none.
 */
#ifndef VSW_USERS_H
#define VSW_USERS_H

#include <linux/types.h>

struct net;
struct netlink_ext_ack;
struct vsw_switch;

/* As many as a bridge has */
#define VSW_USERS_PORTS		1024
/* Each of them has 4,094 VLANs in its filter. */
#define VSW_USERS_UPLINKS	32
/* Forwarding entries, before one can be added: the host's, learned ones, and as many */
#ifndef VSW_USERS_ENTRIES
#define VSW_USERS_ENTRIES	(3 * VSW_FDB_MAX_DEFAULT)
#endif

bool vsw_users_own(const struct net *net);
int vsw_users_check_port(const struct vsw_switch *sw, bool is_uplink,
			 struct netlink_ext_ack *extack);
int vsw_users_check_entry(const struct vsw_switch *sw,
			  struct netlink_ext_ack *extack);
int vsw_users_check_max(const struct net *net, const char *name, u32 value,
			u32 max, struct netlink_ext_ack *extack);

#endif /* VSW_USERS_H */
