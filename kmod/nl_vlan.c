// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": VLANs of ports. See netlink.h.
 */
#include <linux/rtnetlink.h>

#include "generated/netlink.h"
#include "netlink.h"
#include "port.h"
#include "txn.h"

static int vsw_nl_fill_vlan(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			    const struct vsw_port *port,
			    const struct vsw_vlan_range *range)
{
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_VLAN_SWITCH, port->sw->dev->ifindex) ||
		nla_put_string(skb, VSW_A_VLAN_PORT, port->name) ||
		nla_put_u16(skb, VSW_A_VLAN_FIRST, range->first) ||
		nla_put_u16(skb, VSW_A_VLAN_LAST, range->last) ||
		nla_put_u32(skb, VSW_A_VLAN_FLAGS, range->flags));
}

void vsw_netlink_vlan_notify(struct vsw_port *port,
			     const struct vsw_vlan_range *range, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_VLAN_DEL_NTF : VSW_CMD_VLAN_NTF,
	};
	struct net *net = dev_net(port->sw->dev);
	struct sk_buff *skb;

	/* It was told when a transaction has deleted the switch. */
	if (port->sw->dying)
		return;
	skb = vsw_nl_event_new(net, VSW_NLGRP_CONFIG, GFP_KERNEL);
	if (skb)
		vsw_nl_event_send(net, skb,
				  vsw_nl_fill_vlan(skb, &msg, port, range),
				  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

static int vsw_nl_reply_vlan(struct genl_info *info,
			     const struct vsw_port *port,
			     const struct vsw_vlan_range *range)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb;

	if (vsw_txn_is_on())
		return 0;
	skb = vsw_nl_reply_new(info, &msg);
	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_vlan(skb, &msg, port,
							     range));
}

/**
 * vsw_nl_check_range - is a range of VLANs one?
 * @range: the range, its VIDs 1 to 4094
 * @attr: attribute to blame
 * @extack: why not
 *
 * Return: 0 or -EINVAL.
 */
int vsw_nl_check_range(const struct vsw_vlan_range *range,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	if (range->last < range->first) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A range of VLANs ends before it begins");
		return -EINVAL;
	}
	if (range->flags & VSW_VLAN_FLAG_PVID && range->first != range->last) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A port has one PVID: give it a VLAN, not a range");
		return -EINVAL;
	}
	return 0;
}

static int vsw_nl_parse_range(struct vsw_vlan_range *range,
			      struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, VSW_A_VLAN_FIRST)) {
		GENL_SET_ERR_MSG(info, "A range of VLANs needs its first VID");
		return -EINVAL;
	}
	range->first = nla_get_u16(attrs[VSW_A_VLAN_FIRST]);
	range->last = attrs[VSW_A_VLAN_LAST] ?
		      nla_get_u16(attrs[VSW_A_VLAN_LAST]) : range->first;
	if (attrs[VSW_A_VLAN_FLAGS])
		range->flags = nla_get_u32(attrs[VSW_A_VLAN_FLAGS]);
	return vsw_nl_check_range(range, attrs[VSW_A_VLAN_FIRST],
				  info->extack);
}

static int vsw_nl_vlan_change(struct genl_info *info, bool add)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_VLAN_PORT);
	struct vsw_vlan_range range = {};
	struct vsw_policy policy;
	bool changed, told;
	int err;

	if (IS_ERR(port))
		return PTR_ERR(port);
	err = vsw_nl_parse_range(&range, info);
	if (err)
		return err;

	err = vsw_policy_get(&policy, port);
	if (err)
		return err;
	if (add)
		changed = vsw_vlans_add(policy.vlans, &range);
	else
		changed = vsw_vlans_del(policy.vlans, range.first, range.last);
	/* The port is another one then, and not only in that VLAN. */
	told = policy.vlans->pvid != vsw_port_pvid(port);
	told |= vsw_policy_leave_access(&policy, port);
	if (changed) {
		err = vsw_port_apply(port, &policy, info->extack);
	} else if (!add) {
		GENL_SET_ERR_MSG(info,
				 "The port is no member of that VLAN: see vswctl vlan show");
		err = -ENOENT;
	}
	vsw_policy_release(&policy);
	if (err)
		return err;
	if (changed)
		vsw_netlink_vlan_notify(port, &range, !add);
	if (changed && told)
		vsw_netlink_port_notify(port, false);
	return add ? vsw_nl_reply_vlan(info, port, &range) : 0;
}

int vsw_nl_vlan_new(struct genl_info *info)
{
	return vsw_nl_vlan_change(info, true);
}

int vsw_nl_vlan_del(struct genl_info *info)
{
	return vsw_nl_vlan_change(info, false);
}

VSW_NL_DOIT(vlan_new)
VSW_NL_DOIT(vlan_del)

static int vsw_nl_dump_vlans(struct sk_buff *skb, struct vsw_nl_dump *dump,
			     struct vsw_port *port)
{
	const struct vsw_vlans *vlans = vsw_port_vlans(port);
	struct vsw_nl_cursor *cursor = dump->cursor;
	struct vsw_vlan_range range;
	int err;

	while (vsw_vlans_next(vlans, cursor->sub, &range)) {
		err = vsw_nl_fill_vlan(skb, &dump->msg, port, &range);
		if (err)
			return err;
		cursor->sub = range.last + 1;
	}
	return 0;
}

int vsw_nl_vlan_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_port = vsw_nl_dump_vlans };

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_VLAN_SWITCH,
			       VSW_A_VLAN_PORT);
}
