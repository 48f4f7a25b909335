// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of user namespaces. See users.h.
 */
#include <linux/user_namespace.h>

#include "port.h"
#include "users.h"

/**
 * vsw_users_own - does a user namespace own it, and not the host?
 * @net: a network namespace
 */
bool vsw_users_own(const struct net *net)
{
	return net->user_ns != &init_user_ns;
}

static u32 vsw_users_count_uplinks(const struct vsw_switch *sw)
{
	const struct vsw_port *port;
	u32 count = 0;

	list_for_each_entry(port, &sw->ports, list)
		count += vsw_port_is_uplink(port);
	return count;
}

/**
 * vsw_users_check_port - may a switch have one more port?
 * @sw: the switch
 * @is_uplink: is it to be an uplink?
 * @extack: if not
 *
 * Return: 0 or -ENOSPC.
 */
int vsw_users_check_port(const struct vsw_switch *sw, bool is_uplink,
			 struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!vsw_users_own(dev_net(sw->dev)))
		return 0;
	if (sw->port_count >= VSW_USERS_PORTS) {
		NL_SET_ERR_MSG_FMT(extack,
				   "A switch of a user namespace has %u ports at most: make another one",
				   VSW_USERS_PORTS);
		return -ENOSPC;
	}
	if (is_uplink && vsw_users_count_uplinks(sw) >= VSW_USERS_UPLINKS) {
		NL_SET_ERR_MSG_FMT(extack,
				   "A switch of a user namespace has %u uplinks at most",
				   VSW_USERS_UPLINKS);
		return -ENOSPC;
	}
	return 0;
}

/**
 * vsw_users_check_entry - may somebody add one more forwarding entry?
 * @sw: the switch
 * @extack: if not
 *
 * Return: 0 or -ENOSPC.
 */
int vsw_users_check_entry(const struct vsw_switch *sw,
			  struct netlink_ext_ack *extack)
{
	if (!vsw_users_own(dev_net(sw->dev)) ||
	    READ_ONCE(sw->fdb.learned) + READ_ONCE(sw->fdb.fixed) <
	    VSW_USERS_ENTRIES)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "A switch of a user namespace has %u entries at most: delete some",
			   VSW_USERS_ENTRIES);
	return -ENOSPC;
}

/**
 * vsw_users_check_max - may somebody have so many of something?
 * @net: the network namespace of his switch
 * @name: what it is called
 * @value: how many
 * @max: how many root of a user namespace may have
 * @extack: if not
 *
 * Return: 0 or -ERANGE.
 */
int vsw_users_check_max(const struct net *net, const char *name, u32 value,
			u32 max, struct netlink_ext_ack *extack)
{
	if (!vsw_users_own(net) || value <= max)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "In a user namespace %s is %u at most", name,
			   max);
	return -ERANGE;
}
