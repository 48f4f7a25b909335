// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": switches. See netlink.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "generated/netlink.h"
#include "netlink.h"
#include "port.h"
#include "rtnl.h"
#include "switch.h"
#include "team.h"
#include "txn.h"
#include "users.h"

static int vsw_nl_fill_switch(struct sk_buff *skb,
			      const struct vsw_nl_msg *msg,
			      const struct vsw_switch *sw)
{
	const struct net_device *dev = sw->dev;
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_SWITCH_IFINDEX, dev->ifindex) ||
		nla_put_string(skb, VSW_A_SWITCH_NAME, dev->name) ||
		nla_put_u32(skb, VSW_A_SWITCH_AGEING_TIME,
			    sw->fdb.ageing_time / HZ) ||
		nla_put_u16(skb, VSW_A_SWITCH_DEFAULT_PVID,
			    sw->default_pvid) ||
		nla_put_u32(skb, VSW_A_SWITCH_FDB_MAX, sw->fdb.learned_max) ||
		nla_put_u32(skb, VSW_A_SWITCH_FDB_LEARNED,
			    READ_ONCE(sw->fdb.learned)) ||
		nla_put_u32(skb, VSW_A_SWITCH_FDB_STATIC,
			    READ_ONCE(sw->fdb.fixed)) ||
		nla_put_u32(skb, VSW_A_SWITCH_PORTS, sw->port_count) ||
		nla_put_u32(skb, VSW_A_SWITCH_MTU, dev->mtu) ||
		nla_put(skb, VSW_A_SWITCH_MAC, ETH_ALEN, dev->dev_addr) ||
		nla_put_u32(skb, VSW_A_SWITCH_TEAMING, sw->teaming) ||
		(*sw->primary &&
		 nla_put_string(skb, VSW_A_SWITCH_PRIMARY, sw->primary)));
}

void vsw_netlink_switch_notify(struct vsw_switch *sw, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_SWITCH_DEL_NTF : VSW_CMD_SWITCH_NTF,
	};
	struct net *net = dev_net(sw->dev);
	struct sk_buff *skb;

	/* It was told when a transaction has deleted it, or never was. */
	if (sw->dying || !sw->announced)
		return;
	skb = vsw_nl_event_new(net, VSW_NLGRP_CONFIG, GFP_KERNEL);
	if (skb)
		vsw_nl_event_send(net, skb, vsw_nl_fill_switch(skb, &msg, sw),
				  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

static int vsw_nl_reply_switch(struct genl_info *info,
			       const struct vsw_switch *sw)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb;

	if (vsw_txn_is_on())
		return 0;
	skb = vsw_nl_reply_new(info, &msg);
	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_switch(skb, &msg, sw));
}

static int vsw_nl_switch_get(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by(info, VSW_A_SWITCH_IFINDEX,
						 VSW_A_SWITCH_NAME);

	return IS_ERR(sw) ? PTR_ERR(sw) : vsw_nl_reply_switch(info, sw);
}

static int vsw_nl_switch_check(struct genl_info *info)
{
	const struct nlattr *ageing = info->attrs[VSW_A_SWITCH_AGEING_TIME];
	const struct nlattr *max = info->attrs[VSW_A_SWITCH_FDB_MAX];
	int err = 0;

	if (ageing)
		err = vsw_switch_check_ageing(nla_get_u32(ageing), info->extack);
	if (!err && max)
		err = vsw_users_check_max(genl_info_net(info), "fdb-max",
					  nla_get_u32(max), VSW_FDB_MAX_DEFAULT,
					  info->extack);
	return err;
}

/* An uplink that all ports are to prefer must be there. */
static int vsw_nl_switch_check_primary(const struct vsw_switch *sw,
				       struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[VSW_A_SWITCH_PRIMARY];

	if (!attr || !*(const char *)nla_data(attr))
		return 0;
	NL_SET_BAD_ATTR(info->extack, attr);
	return vsw_team_check_uplink(sw, nla_data(attr), info->extack);
}

static void vsw_nl_switch_change_team(struct vsw_switch *sw,
				      struct genl_info *info)
{
	const struct nlattr *teaming = info->attrs[VSW_A_SWITCH_TEAMING];
	const struct nlattr *primary = info->attrs[VSW_A_SWITCH_PRIMARY];

	if (primary)
		nla_strscpy(sw->primary, primary, sizeof(sw->primary));
	if (teaming)
		vsw_team_set(sw, nla_get_u32(teaming));
	else if (primary)
		vsw_team_update(sw);
}

static void vsw_nl_switch_change(struct vsw_switch *sw,
				 struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[VSW_A_SWITCH_AGEING_TIME])
		vsw_fdb_set_ageing(&sw->fdb, (unsigned long)HZ *
				   nla_get_u32(attrs[VSW_A_SWITCH_AGEING_TIME]));
	if (attrs[VSW_A_SWITCH_DEFAULT_PVID])
		sw->default_pvid =
			nla_get_u16(attrs[VSW_A_SWITCH_DEFAULT_PVID]);
	if (attrs[VSW_A_SWITCH_FDB_MAX])
		WRITE_ONCE(sw->fdb.learned_max,
			   nla_get_u32(attrs[VSW_A_SWITCH_FDB_MAX]));
	vsw_nl_switch_change_team(sw, info);
}

static int vsw_nl_switch_check_new(struct genl_info *info, const char *name)
{
	const struct nlattr *mac = info->attrs[VSW_A_SWITCH_MAC];
	const struct nlattr *primary = info->attrs[VSW_A_SWITCH_PRIMARY];
	const struct nlattr *attr = info->attrs[VSW_A_SWITCH_NAME];

	if (mac && !is_valid_ether_addr(nla_data(mac))) {
		NL_SET_ERR_MSG_ATTR(info->extack, mac,
				    "A switch needs a unicast MAC address");
		return -EADDRNOTAVAIL;
	}
	if (primary && *(const char *)nla_data(primary)) {
		NL_SET_ERR_MSG_ATTR(info->extack, primary,
				    "A new switch has no uplink yet: set the primary one later");
		return -EINVAL;
	}
	if (!attr)
		return vsw_nl_switch_check(info);
	if (!dev_valid_name(name) || strchr(name, '%')) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "That cannot be the name of a net device");
		return -EINVAL;
	}
	if (__dev_get_by_name(genl_info_net(info), name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A device of that name exists already: choose another name");
		return -EEXIST;
	}
	if (vsw_port_find_any(genl_info_net(info), name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A port of that name exists already: choose another name");
		return -EEXIST;
	}
	/* The host's */
	return vsw_port_check_id(genl_info_net(info), info->extack) ?:
	       vsw_nl_switch_check(info);
}

int vsw_nl_switch_new(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[VSW_A_SWITCH_NAME];
	const char *name = attr ? nla_data(attr) : "vsw%d";
	struct nlattr *tb[IFLA_MAX + 1] = {};
	struct net_device *dev;
	struct vsw_switch *sw;
	int err;

	err = vsw_nl_switch_check_new(info, name);
	if (err)
		return err;

	tb[IFLA_ADDRESS] = info->attrs[VSW_A_SWITCH_MAC];
	dev = rtnl_create_link(genl_info_net(info), name,
			       attr ? NET_NAME_USER : NET_NAME_ENUM,
			       &vsw_link_ops, tb, info->extack);
	if (IS_ERR(dev))
		return PTR_ERR(dev);

	sw = netdev_priv(dev);
	/* The host port is made with the switch: it needs its PVID before. */
	if (info->attrs[VSW_A_SWITCH_DEFAULT_PVID])
		sw->default_pvid =
			nla_get_u16(info->attrs[VSW_A_SWITCH_DEFAULT_PVID]);
	err = register_netdevice(dev);
	if (err) {
		/* "all" and "default" are names of sysctl. */
		if (err == -EINVAL)
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "The kernel has no net device of that name: choose another one");
		free_netdev(dev);
		return err;
	}
	vsw_nl_switch_change(sw, info);

	err = rtnl_configure_link(dev, NULL, 0, NULL);
	if (!err) {
		vsw_switch_announce(sw);
		err = vsw_nl_reply_switch(info, sw) ?:
		      vsw_txn_note_new_switch(sw);
	}
	if (err)
		unregister_netdevice(dev);
	return err;
}

int vsw_nl_switch_set(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by(info, VSW_A_SWITCH_IFINDEX,
						 VSW_A_SWITCH_NAME);
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	err = vsw_nl_switch_check(info) ?:
	      vsw_nl_switch_check_primary(sw, info) ?:
	      vsw_txn_note_switch(sw);
	if (err)
		return err;
	vsw_nl_switch_change(sw, info);
	vsw_net(genl_info_net(info))->generation++;
	vsw_netlink_switch_notify(sw, false);
	return vsw_nl_reply_switch(info, sw);
}

int vsw_nl_switch_del(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by(info, VSW_A_SWITCH_IFINDEX,
						 VSW_A_SWITCH_NAME);

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	if (vsw_txn_is_on())
		return vsw_txn_del_switch(sw);
	unregister_netdevice(sw->dev);
	return 0;
}

VSW_NL_DOIT(switch_get)
VSW_NL_DOIT(switch_new)
VSW_NL_DOIT(switch_set)
VSW_NL_DOIT(switch_del)

static int vsw_nl_dump_switch(struct sk_buff *skb, struct vsw_nl_dump *dump,
			      struct vsw_switch *sw)
{
	return vsw_nl_fill_switch(skb, &dump->msg, sw);
}

int vsw_nl_switch_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_switch = vsw_nl_dump_switch };

	return vsw_nl_dump_run(skb, cb, &dump, 0, 0);
}
