/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * rtnetlink attributes of a vsw switch and of its ports, within
 * IFLA_LINKINFO (kind and slave kind "vsw").
 */
#ifndef _UAPI_LINUX_VSW_LINK_H
#define _UAPI_LINUX_VSW_LINK_H

/* IFLA_INFO_DATA */
enum {
	IFLA_VSW_AGEING_TIME = 1,	/* u32, seconds, 0 for never */
	IFLA_VSW_DEFAULT_PVID,		/* u16, 0 for none */
	IFLA_VSW_FDB_MAX,		/* u32, most learned addresses */
	IFLA_VSW_FDB_LEARNED,		/* u32, learned addresses; read only */

	__IFLA_VSW_MAX,
	IFLA_VSW_MAX = __IFLA_VSW_MAX - 1
};

/* IFLA_INFO_SLAVE_DATA */
enum {
	IFLA_VSW_PORT_NAME = 1,		/* string; read only */
	IFLA_VSW_PORT_ROLE,		/* u32, enum vsw_port_role; read only */
	IFLA_VSW_PORT_LEARNING,		/* u8, 0 or 1; likewise the others */
	IFLA_VSW_PORT_UNICAST_FLOOD,
	IFLA_VSW_PORT_MULTICAST_FLOOD,
	IFLA_VSW_PORT_BROADCAST_FLOOD,
	IFLA_VSW_PORT_HAIRPIN,
	IFLA_VSW_PORT_ISOLATED,

	__IFLA_VSW_PORT_MAX,
	IFLA_VSW_PORT_MAX = __IFLA_VSW_PORT_MAX - 1
};

#endif /* _UAPI_LINUX_VSW_LINK_H */
