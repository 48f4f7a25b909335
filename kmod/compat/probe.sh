#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print -DVSW_HAVE_* for what the headers of a kernel have. Headers are probed
# and not versions, because distributions back-port.
#
# usage: probe.sh INCLUDE_DIR
set -u

include=$1

# have NAME FILE PATTERN: prototypes span lines, so the file is one string
have()
{
	if [ -e "$include/$2" ] && tr '\n' ' ' <"$include/$2" |
	   grep -q -- "$3"; then
		printf '%s' "-DVSW_HAVE_$1 "
	fi
}

have NETDEV_LOCK_OPS net/netdev_lock.h 'netdev_lock_ops('
have NEWLINK_PARAMS net/rtnetlink.h 'struct rtnl_newlink_params'
have NETNS_IMMUTABLE linux/netdevice.h 'netns_immutable'
have FDB_NOTIFIED linux/netdevice.h '(\*ndo_fdb_add)([^)]*bool \*notified'
have FDB_DUMP_CONTEXT linux/rtnetlink.h 'struct ndo_fdb_dump_context'
have NETIF_GET_FLAGS linux/netdevice.h 'netif_get_flags('
have NETIF_GET_PORT_PARENT_ID linux/netdevice.h 'netif_get_port_parent_id('
