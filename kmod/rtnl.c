// SPDX-License-Identifier: GPL-2.0-only
/*
 * The link kind "vsw". See rtnl.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include <uapi/linux/vsw_link.h>

#include "port.h"
#include "rtnl.h"
#include "switch.h"
#include "users.h"

static const struct nla_policy vsw_link_policy[IFLA_VSW_MAX + 1] = {
	[IFLA_VSW_AGEING_TIME] = { .type = NLA_U32 },
	[IFLA_VSW_DEFAULT_PVID] = NLA_POLICY_MAX(NLA_U16, VSW_VID_MAX),
	[IFLA_VSW_FDB_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IFLA_VSW_FDB_LEARNED] = { .type = NLA_REJECT },
};

static const struct nla_policy vsw_link_slave_policy[IFLA_VSW_PORT_MAX + 1] = {
	[IFLA_VSW_PORT_NAME] = { .type = NLA_REJECT },
	[IFLA_VSW_PORT_ROLE] = { .type = NLA_REJECT },
	[IFLA_VSW_PORT_LEARNING] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VSW_PORT_UNICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VSW_PORT_MULTICAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VSW_PORT_BROADCAST_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VSW_PORT_HAIRPIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VSW_PORT_ISOLATED] = NLA_POLICY_MAX(NLA_U8, 1),
};

static int vsw_link_validate(struct nlattr *tb[], struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS] &&
	    (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN ||
	     !is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS])))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "A switch needs a unicast MAC address");
		return -EADDRNOTAVAIL;
	}
	if (data && data[IFLA_VSW_AGEING_TIME])
		return vsw_switch_check_ageing(nla_get_u32(data[IFLA_VSW_AGEING_TIME]),
					       extack);
	return 0;
}

/* What only the network namespace decides */
static int vsw_link_check(const struct net_device *dev, struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	if (!data || !data[IFLA_VSW_FDB_MAX])
		return 0;
	return vsw_users_check_max(dev_net(dev), "fdb-max",
				   nla_get_u32(data[IFLA_VSW_FDB_MAX]),
				   VSW_FDB_MAX_DEFAULT, extack);
}

static void vsw_link_change(struct net_device *dev, struct nlattr *data[])
{
	struct vsw_switch *sw = netdev_priv(dev);

	if (!data)
		return;
	if (data[IFLA_VSW_AGEING_TIME])
		vsw_fdb_set_ageing(&sw->fdb,
				   (unsigned long)HZ *
				   nla_get_u32(data[IFLA_VSW_AGEING_TIME]));
	if (data[IFLA_VSW_DEFAULT_PVID])
		sw->default_pvid = nla_get_u16(data[IFLA_VSW_DEFAULT_PVID]);
	if (data[IFLA_VSW_FDB_MAX])
		WRITE_ONCE(sw->fdb.learned_max,
			   nla_get_u32(data[IFLA_VSW_FDB_MAX]));
}

static int vsw_link_changelink(struct net_device *dev, struct nlattr *tb[],
			       struct nlattr *data[],
			       struct netlink_ext_ack *extack)
{
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	err = vsw_link_check(dev, data, extack);
	if (err)
		return err;
	vsw_link_change(dev, data);
	vsw_net(dev_net(dev))->generation++;
	vsw_netlink_switch_notify(sw, false);
	return 0;
}

static int VSW_NEWLINK(vsw_link_newlink)
{
	VSW_NEWLINK_DATA(data);
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	/* Before registration, so that the host port has the right PVID. */
	if (data && data[IFLA_VSW_DEFAULT_PVID])
		sw->default_pvid = nla_get_u16(data[IFLA_VSW_DEFAULT_PVID]);

	/* For the sentence: the device has none for what its init says. */
	err = vsw_port_check_id(dev_net(dev), extack) ?:
	      vsw_link_check(dev, data, extack) ?:
	      register_netdevice(dev);
	if (err)
		return err;
	vsw_link_change(dev, data);
	vsw_switch_announce(sw);
	return 0;
}

static size_t vsw_link_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) * 3 + nla_total_size(sizeof(u16));
}

static int vsw_link_fill_info(struct sk_buff *skb,
			      const struct net_device *dev)
{
	const struct vsw_switch *sw = netdev_priv(dev);

	if (nla_put_u32(skb, IFLA_VSW_AGEING_TIME,
			READ_ONCE(sw->fdb.ageing_time) / HZ) ||
	    nla_put_u16(skb, IFLA_VSW_DEFAULT_PVID,
			READ_ONCE(sw->default_pvid)) ||
	    nla_put_u32(skb, IFLA_VSW_FDB_MAX,
			READ_ONCE(sw->fdb.learned_max)) ||
	    nla_put_u32(skb, IFLA_VSW_FDB_LEARNED,
			READ_ONCE(sw->fdb.learned)))
		return -EMSGSIZE;
	return 0;
}

static size_t vsw_link_get_slave_size(const struct net_device *dev,
				      const struct net_device *slave)
{
	return nla_total_size(VSW_PORT_NAME_MAX + 1) +
	       nla_total_size(sizeof(u32)) +
	       nla_total_size(sizeof(u8)) * vsw_port_flag_count;
}

static u32 vsw_port_role(const struct vsw_port *port)
{
	return vsw_port_is_uplink(port) ? VSW_PORT_ROLE_UPLINK :
					  VSW_PORT_ROLE_LOCAL;
}

static int vsw_link_fill_slave_info(struct sk_buff *skb,
				    const struct net_device *dev,
				    const struct net_device *slave)
{
	const struct vsw_port *port = vsw_port_get_rtnl(slave);
	unsigned int i;

	if (!port)
		return 0;
	if (nla_put_string(skb, IFLA_VSW_PORT_NAME, port->name) ||
	    nla_put_u32(skb, IFLA_VSW_PORT_ROLE, vsw_port_role(port)))
		return -EMSGSIZE;
	for (i = 0; i < vsw_port_flag_count; i++)
		if (vsw_port_flags[i].slave &&
		    nla_put_u8(skb, vsw_port_flags[i].slave,
			       !!(port->flags & vsw_port_flags[i].flag)))
			return -EMSGSIZE;
	return 0;
}

static int vsw_link_slave_changelink(struct net_device *dev,
				     struct net_device *slave,
				     struct nlattr *tb[],
				     struct nlattr *data[],
				     struct netlink_ext_ack *extack)
{
	struct vsw_port *port = vsw_port_get_rtnl(slave);
	struct vsw_policy policy;
	unsigned int i;
	int err;

	if (!port || !data)
		return 0;
	err = vsw_policy_get(&policy, port);
	if (err)
		return err;
	for (i = 0; i < vsw_port_flag_count; i++)
		if (vsw_port_flags[i].slave)
			vsw_policy_set_flag(&policy, vsw_port_flags[i].flag,
					    data[vsw_port_flags[i].slave]);
	err = vsw_port_apply(port, &policy, extack);
	vsw_policy_release(&policy);
	if (!err)
		vsw_netlink_port_notify(port, false);
	return err;
}

struct rtnl_link_ops vsw_link_ops = {
	.kind = "vsw",
	.priv_size = sizeof(struct vsw_switch),
	.setup = vsw_switch_setup,
	.maxtype = IFLA_VSW_MAX,
	.policy = vsw_link_policy,
	.validate = vsw_link_validate,
	.newlink = vsw_link_newlink,
	.changelink = vsw_link_changelink,
	.get_size = vsw_link_get_size,
	.fill_info = vsw_link_fill_info,
	.slave_maxtype = IFLA_VSW_PORT_MAX,
	.slave_policy = vsw_link_slave_policy,
	.slave_changelink = vsw_link_slave_changelink,
	.get_slave_size = vsw_link_get_slave_size,
	.fill_slave_info = vsw_link_fill_slave_info,
};
