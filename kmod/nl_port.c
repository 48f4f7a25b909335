// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": ports. See netlink.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "await.h"
#include "generated/netlink.h"
#include "netlink.h"
#include "nicsync.h"
#include "path.h"
#include "stage.h"
#include "switch.h"
#include "team.h"
#include "txn.h"

static u32 vsw_nl_role(const struct vsw_port *port)
{
	if (vsw_port_is_host(port))
		return VSW_PORT_ROLE_HOST;
	return vsw_port_is_uplink(port) ? VSW_PORT_ROLE_UPLINK :
					  VSW_PORT_ROLE_LOCAL;
}

static u32 vsw_nl_frames(const struct vsw_port *port)
{
	switch (vsw_stage_flags(port) & VSW_PORT_ADMIT) {
	case VSW_PORT_ADMIT_TAGGED:
		return VSW_FRAMES_TAGGED;
	case VSW_PORT_ADMIT_UNTAGGED:
		return VSW_FRAMES_UNTAGGED;
	default:
		return VSW_FRAMES_ALL;
	}
}

/* What is left of the path of a port that waits. */
static bool vsw_nl_put_await(struct sk_buff *skb, const struct vsw_port *port)
{
	return nla_put_string(skb, VSW_A_PORT_AWAITS, port->await->device) ||
	       (port->vf &&
		nla_put_u32(skb, VSW_A_PORT_VF, port->vf->index));
}

/* What only a VF path has. */
static bool vsw_nl_put_vf(struct sk_buff *skb, const struct vsw_vf *vf)
{
	const struct net_device *pf = vf->uplink->dev;

	return nla_put_u32(skb, VSW_A_PORT_PF, pf->ifindex) ||
	       nla_put_string(skb, VSW_A_PORT_PF_NAME, pf->name) ||
	       nla_put_u32(skb, VSW_A_PORT_VF, vf->index) ||
	       nla_put_u8(skb, VSW_A_PORT_SPOOFCHK, vf->policy.spoofchk) ||
	       nla_put_u8(skb, VSW_A_PORT_TRUST, vf->policy.trust) ||
	       nla_put_u32(skb, VSW_A_PORT_LINK_STATE,
			   vf->policy.link_state) ||
	       nla_put_u32(skb, VSW_A_PORT_MIN_TX_RATE,
			   vf->policy.min_tx_rate) ||
	       nla_put_u32(skb, VSW_A_PORT_MAX_TX_RATE,
			   vf->policy.max_tx_rate) ||
	       nla_put_u32(skb, VSW_A_PORT_ENFORCEMENT,
			   vf->policy.enforcement) ||
	       nla_put_u32(skb, VSW_A_PORT_ON_DRIFT, vf->policy.on_drift) ||
	       nla_put_u32(skb, VSW_A_PORT_FAILOVER, vf->policy.failover) ||
	       nla_put_u32(skb, VSW_A_PORT_VLAN_PROTO, vf->policy.vlan_proto);
}

static bool vsw_nl_put_dev(struct sk_buff *skb, const struct vsw_port *port)
{
	const struct net_device *dev = port->dev;

	return nla_put_u32(skb, VSW_A_PORT_IFINDEX, dev->ifindex) ||
	       nla_put_string(skb, VSW_A_PORT_IFNAME, dev->name) ||
	       nla_put_u8(skb, VSW_A_PORT_PROMISC, port->promisc) ||
	       (dev->dev.parent &&
		nla_put_string(skb, VSW_A_PORT_NIC, dev_name(dev->dev.parent)));
}

/* What only a port has that can change its path. */
static bool vsw_nl_put_failover(struct sk_buff *skb,
				const struct vsw_port *port)
{
	return nla_put_u32(skb, VSW_A_PORT_FAILOVERS, port->failovers) ||
	       nla_put_u32(skb, VSW_A_PORT_FAILOVER_CAUSE,
			   port->failover_cause) ||
	       (!(port->flags & VSW_PORT_VF) &&
		nla_put_u32(skb, VSW_A_PORT_UNENFORCED,
			    vsw_policy_unenforced(&port->vf->policy)));
}

/* What only an uplink has. */
static bool vsw_nl_put_uplink(struct sk_buff *skb, const struct vsw_port *port)
{
	return nla_put_u32(skb, VSW_A_PORT_NIC_MACS, port->nic.count) ||
	       nla_put_u32(skb, VSW_A_PORT_UNOWNED, port->unowned) ||
	       nla_put_u32(skb, VSW_A_PORT_FILTER_MAX, port->nic.max) ||
	       nla_put_u32(skb, VSW_A_PORT_FILTER_OVERFLOW,
			   port->nic.overflow) ||
	       nla_put_u32(skb, VSW_A_PORT_NIC_MACS_OVER,
			   vsw_nicsync_over(port));
}

/* What only a port without VF has. */
static bool vsw_nl_put_soft(struct sk_buff *skb, const struct vsw_port *port)
{
	u32 flags = vsw_stage_flags(port);
	unsigned int i;

	if (nla_put_u32(skb, VSW_A_PORT_FRAMES, vsw_nl_frames(port)) ||
	    nla_put_u32(skb, VSW_A_PORT_FDB_MAX, port->fdb.learned_max) ||
	    nla_put_u32(skb, VSW_A_PORT_FDB_LEARNED,
			READ_ONCE(port->fdb.learned)))
		return true;
	for (i = 0; i < vsw_port_flag_count; i++)
		if (nla_put_u8(skb, vsw_port_flags[i].genl,
			       !!(flags & vsw_port_flags[i].flag)))
			return true;
	if (port->await_vf &&
	    (nla_put_string(skb, VSW_A_PORT_AWAITS, port->await_vf->device) ||
	     nla_put_u32(skb, VSW_A_PORT_VF, port->await_vf->vf)))
		return true;
	if (vsw_switchdev_put(skb, port))
		return true;
	return vsw_port_is_uplink(port) && vsw_nl_put_uplink(skb, port);
}

/* How it shares the uplinks of the switch. */
static bool vsw_nl_put_team(struct sk_buff *skb, const struct vsw_port *port)
{
	const struct vsw_port *uplink = rtnl_dereference(port->pinned);

	return (uplink &&
		nla_put_string(skb, VSW_A_PORT_UPLINK, uplink->name)) ||
	       (*port->pin && nla_put_string(skb, VSW_A_PORT_PIN, port->pin)) ||
	       (vsw_port_is_uplink(port) &&
		port->sw->teaming != VSW_TEAMING_NONE &&
		nla_put_u32(skb, VSW_A_PORT_TEAM_PORTS,
			    vsw_team_count(port)));
}

static bool vsw_nl_put_path(struct sk_buff *skb, const struct vsw_port *port)
{
	if (port->await)
		return vsw_nl_put_await(skb, port);
	if (port->dev && vsw_nl_put_dev(skb, port))
		return true;
	if (!port->vf)
		return vsw_nl_put_soft(skb, port);
	return vsw_nl_put_vf(skb, port->vf) ||
	       (port->dev && vsw_nl_put_failover(skb, port));
}

static int vsw_nl_fill_port(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			    const struct vsw_port *port)
{
	const struct vsw_vlans *vlans = vsw_port_vlans(port);
	const struct net_device *sw = port->sw->dev;
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_PORT_SWITCH, sw->ifindex) ||
		nla_put_string(skb, VSW_A_PORT_SWITCH_NAME, sw->name) ||
		nla_put_u32(skb, VSW_A_PORT_ID, port->id) ||
		nla_put_string(skb, VSW_A_PORT_NAME, port->name) ||
		nla_put_u32(skb, VSW_A_PORT_ROLE, vsw_nl_role(port)) ||
		nla_put_u32(skb, VSW_A_PORT_PATH,
			    port->flags & VSW_PORT_VF ? VSW_PATH_VF :
							VSW_PATH_SOFT) ||
		nla_put(skb, VSW_A_PORT_MAC, ETH_ALEN, port->mac) ||
		nla_put_u16(skb, VSW_A_PORT_PVID, vlans->pvid) ||
		nla_put_u8(skb, VSW_A_PORT_PCP,
			   vsw_stage_pcp(port) >> VLAN_PRIO_SHIFT) ||
		nla_put_u32(skb, VSW_A_PORT_VLAN_COUNT, vlans->count) ||
		nla_put_u8(skb, VSW_A_PORT_UP, vsw_port_is_up(port)) ||
		(*port->profile &&
		 nla_put_string(skb, VSW_A_PORT_PROFILE, port->profile)) ||
		vsw_nl_put_path(skb, port) || vsw_nl_put_team(skb, port));
}

void vsw_netlink_port_notify(struct vsw_port *port, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_PORT_DEL_NTF : VSW_CMD_PORT_NTF,
	};
	struct net *net = dev_net(port->sw->dev);
	struct sk_buff *skb;

	/* It was told when a transaction has deleted it, or its switch, or never was. */
	if (port->sw->dying || !port->sw->announced ||
	    (!gone && vsw_stage_dying(port)))
		return;
	skb = vsw_nl_event_new(net, VSW_NLGRP_CONFIG, GFP_KERNEL);
	if (skb)
		vsw_nl_event_send(net, skb, vsw_nl_fill_port(skb, &msg, port),
				  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

static int vsw_nl_reply_port(struct genl_info *info,
			     const struct vsw_port *port)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb;

	if (vsw_txn_is_on())
		return 0;
	skb = vsw_nl_reply_new(info, &msg);
	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_port(skb, &msg, port));
}

static int vsw_nl_port_get(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port_any(info, VSW_A_PORT_NAME);

	return IS_ERR(port) ? PTR_ERR(port) : vsw_nl_reply_port(info, port);
}

static const int vsw_nl_vf_only[] = {
	VSW_A_PORT_SPOOFCHK, VSW_A_PORT_TRUST, VSW_A_PORT_LINK_STATE,
	VSW_A_PORT_MIN_TX_RATE, VSW_A_PORT_MAX_TX_RATE,
	VSW_A_PORT_ENFORCEMENT, VSW_A_PORT_ON_DRIFT, VSW_A_PORT_FAILOVER,
	VSW_A_PORT_VLAN_PROTO,
};

static const int vsw_nl_soft_only[] = {
	VSW_A_PORT_FRAMES, VSW_A_PORT_INGRESS_FILTERING, VSW_A_PORT_LEARNING,
	VSW_A_PORT_UNICAST_FLOOD, VSW_A_PORT_MULTICAST_FLOOD,
	VSW_A_PORT_BROADCAST_FLOOD, VSW_A_PORT_HAIRPIN, VSW_A_PORT_ISOLATED,
	VSW_A_PORT_FDB_MAX, VSW_A_PORT_VLAN,
};

/* What a path cannot enforce is refused. */
static int vsw_nl_port_check_path(struct genl_info *info, bool vf)
{
	const int *foreign = vf ? vsw_nl_soft_only : vsw_nl_vf_only;
	int count = vf ? ARRAY_SIZE(vsw_nl_soft_only) :
			 ARRAY_SIZE(vsw_nl_vf_only);
	int i;

	for (i = 0; i < count; i++) {
		if (!info->attrs[foreign[i]])
			continue;
		if (vf)
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[foreign[i]],
					    "The embedded switch of the NIC cannot enforce that for a VF: leave it out, or use a tap");
		else
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[foreign[i]],
					    "Only a VF port has that: leave it out");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int vsw_nl_parse_membership(struct vsw_policy *policy,
				   const struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[VSW_A_MEMBERSHIP_MAX + 1];
	struct vsw_vlan_range range = {};
	int err;

	err = nla_parse_nested(tb, VSW_A_MEMBERSHIP_MAX, attr,
			       vsw_membership_nl_policy, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, attr, tb, VSW_A_MEMBERSHIP_FIRST)) {
		NL_SET_ERR_MSG(extack, "A range of VLANs needs its first VID");
		return -EINVAL;
	}
	range.first = nla_get_u16(tb[VSW_A_MEMBERSHIP_FIRST]);
	range.last = tb[VSW_A_MEMBERSHIP_LAST] ?
		     nla_get_u16(tb[VSW_A_MEMBERSHIP_LAST]) : range.first;
	if (tb[VSW_A_MEMBERSHIP_FLAGS])
		range.flags = nla_get_u32(tb[VSW_A_MEMBERSHIP_FLAGS]);
	err = vsw_nl_check_range(&range, attr, extack);
	if (!err)
		vsw_vlans_add(policy->vlans, &range);
	return err;
}

static int vsw_nl_parse_vlans(struct vsw_policy *policy,
			      struct genl_info *info)
{
	const struct nlattr *attr, *attrs;
	bool first = true;
	int len, rem, err;

	if (info->attrs[VSW_A_PORT_PVID]) {
		if (info->attrs[VSW_A_PORT_VLAN]) {
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[VSW_A_PORT_VLAN],
					    "A port has a PVID alone (access) or a list of VLANs (trunk), not both");
			return -EINVAL;
		}
		vsw_policy_set_access(policy,
				      nla_get_u16(info->attrs[VSW_A_PORT_PVID]));
		return 0;
	}

	attrs = vsw_nl_attrs(info, &len);
	nla_for_each_attr(attr, attrs, len, rem) {
		if (nla_type(attr) != VSW_A_PORT_VLAN)
			continue;
		if (first) {
			/* Tagged frames, too, if frames says nothing else */
			vsw_vlans_set_access(policy->vlans, 0);
			policy->flags |= VSW_PORT_ADMIT;
		}
		first = false;
		err = vsw_nl_parse_membership(policy, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static void vsw_nl_parse_flags(struct vsw_policy *policy,
			       struct genl_info *info)
{
	static const u32 admit[] = {
		[VSW_FRAMES_ALL] = VSW_PORT_ADMIT,
		[VSW_FRAMES_TAGGED] = VSW_PORT_ADMIT_TAGGED,
		[VSW_FRAMES_UNTAGGED] = VSW_PORT_ADMIT_UNTAGGED,
	};
	const struct nlattr *attr;
	unsigned int i;

	for (i = 0; i < vsw_port_flag_count; i++)
		vsw_policy_set_flag(policy, vsw_port_flags[i].flag,
				    info->attrs[vsw_port_flags[i].genl]);
	attr = info->attrs[VSW_A_PORT_FRAMES];
	if (attr) {
		policy->flags &= ~VSW_PORT_ADMIT;
		policy->flags |= admit[nla_get_u32(attr)];
	}
}

static void vsw_nl_parse_vf(struct vsw_vf_policy *vf, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[VSW_A_PORT_SPOOFCHK])
		vf->spoofchk = nla_get_u8(attrs[VSW_A_PORT_SPOOFCHK]);
	if (attrs[VSW_A_PORT_TRUST])
		vf->trust = nla_get_u8(attrs[VSW_A_PORT_TRUST]);
	if (attrs[VSW_A_PORT_LINK_STATE]) {
		vf->link_state = nla_get_u32(attrs[VSW_A_PORT_LINK_STATE]);
		vf->has_link_state = true;
	}
	if (attrs[VSW_A_PORT_MIN_TX_RATE])
		vf->min_tx_rate = nla_get_u32(attrs[VSW_A_PORT_MIN_TX_RATE]);
	if (attrs[VSW_A_PORT_MAX_TX_RATE])
		vf->max_tx_rate = nla_get_u32(attrs[VSW_A_PORT_MAX_TX_RATE]);
	if (attrs[VSW_A_PORT_MIN_TX_RATE] || attrs[VSW_A_PORT_MAX_TX_RATE])
		vf->has_rate = true;
	if (attrs[VSW_A_PORT_ENFORCEMENT])
		vf->enforcement = nla_get_u32(attrs[VSW_A_PORT_ENFORCEMENT]);
	if (attrs[VSW_A_PORT_ON_DRIFT])
		vf->on_drift = nla_get_u32(attrs[VSW_A_PORT_ON_DRIFT]);
	if (attrs[VSW_A_PORT_FAILOVER])
		vf->failover = nla_get_u32(attrs[VSW_A_PORT_FAILOVER]);
	if (attrs[VSW_A_PORT_VLAN_PROTO])
		vf->vlan_proto = nla_get_u32(attrs[VSW_A_PORT_VLAN_PROTO]);
}

/* What only an uplink has */
static int vsw_nl_parse_uplink(struct vsw_policy *policy,
			       struct genl_info *info, u32 flags)
{
	const struct {
		int attr;
		u32 *value;
	} uplink_only[] = {
		{ VSW_A_PORT_UNOWNED, &policy->unowned },
		{ VSW_A_PORT_FILTER_MAX, &policy->filter_max },
		{ VSW_A_PORT_FILTER_OVERFLOW, &policy->filter_overflow },
	};
	const struct nlattr *attr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(uplink_only); i++) {
		attr = info->attrs[uplink_only[i].attr];
		if (!attr)
			continue;
		if (!(flags & VSW_PORT_UPLINK)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "Only an uplink has that: leave it out");
			return -EOPNOTSUPP;
		}
		*uplink_only[i].value = nla_get_u32(attr);
	}
	return 0;
}

/* Edit a policy as a request wants it. */
static int vsw_nl_parse_policy(struct vsw_policy *policy,
			       struct genl_info *info, u32 flags)
{
	struct nlattr **attrs = info->attrs;
	bool vf = flags & VSW_PORT_VF;
	int err;

	err = vsw_nl_port_check_path(info, vf);
	if (err)
		return err;
	err = vsw_nl_parse_uplink(policy, info, flags);
	if (err)
		return err;
	err = vsw_nl_parse_vlans(policy, info);
	if (err)
		return err;
	vsw_nl_parse_flags(policy, info);
	if (vf)
		vsw_nl_parse_vf(&policy->vf, info);
	if (attrs[VSW_A_PORT_MAC])
		memcpy(policy->mac, nla_data(attrs[VSW_A_PORT_MAC]), ETH_ALEN);
	if (attrs[VSW_A_PORT_PCP])
		policy->pcp = nla_get_u8(attrs[VSW_A_PORT_PCP]);
	if (attrs[VSW_A_PORT_PIN])
		nla_strscpy(policy->pin, attrs[VSW_A_PORT_PIN],
			    sizeof(policy->pin));
	if (attrs[VSW_A_PORT_PROFILE])
		nla_strscpy(policy->profile, attrs[VSW_A_PORT_PROFILE],
			    sizeof(policy->profile));
	if (attrs[VSW_A_PORT_FDB_MAX])
		policy->fdb_max = nla_get_u32(attrs[VSW_A_PORT_FDB_MAX]);
	return 0;
}

int vsw_nl_port_new(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by(info, VSW_A_PORT_SWITCH,
						 VSW_A_PORT_SWITCH_NAME);
	struct vsw_port_config config = {};
	struct vsw_policy policy;
	struct vsw_port *port;
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	if (GENL_REQ_ATTR_CHECK(info, VSW_A_PORT_NAME)) {
		GENL_SET_ERR_MSG(info, "A port needs a name");
		return -EINVAL;
	}
	config.name = nla_data(info->attrs[VSW_A_PORT_NAME]);
	err = vsw_nl_parse_path(&config, sw, info) ?:
	      vsw_switchdev_check(info, config.uplink ? NULL : config.dev);
	if (err)
		return err;

	err = vsw_policy_init(&policy, sw, config.flags);
	if (err)
		return err;
	err = vsw_nl_parse_policy(&policy, info, config.flags);
	if (err)
		goto out;
	port = vsw_port_add(sw, &config, &policy, info->extack);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
		goto out;
	}
	err = vsw_nl_reply_port(info, port);
	if (err)
		vsw_port_vanish(port);
	else
		vsw_netlink_port_notify(port, false);
out:
	vsw_policy_release(&policy);
	return err;
}

static int vsw_nl_set_policy(struct vsw_port *port, struct genl_info *info)
{
	struct vsw_policy policy;
	int err;

	err = vsw_switchdev_check(info, port->vf ? NULL : port->dev) ?:
	      vsw_policy_get(&policy, port);
	if (err)
		return err;
	err = vsw_nl_parse_policy(&policy, info,
				  port->flags | (port->vf ? VSW_PORT_VF : 0));
	if (!err)
		err = vsw_port_apply(port, &policy, info->extack);
	vsw_policy_release(&policy);
	return err;
}

int vsw_nl_port_set(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_PORT_NAME);
	int err;

	if (IS_ERR(port))
		return PTR_ERR(port);
	err = vsw_nl_sets_paths(info) ? vsw_nl_set_paths(port, info) :
					vsw_nl_set_policy(port, info);
	if (err)
		return err;
	vsw_switchdev_keep(port, info);
	vsw_netlink_port_notify(port, false);
	return vsw_nl_reply_port(info, port);
}

int vsw_nl_port_del(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port_any(info, VSW_A_PORT_NAME);
	const struct nlattr *id = info->attrs[VSW_A_PORT_ID];

	if (IS_ERR(port))
		return PTR_ERR(port);
	if (id && nla_get_u32(id) != port->id) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
					"Port %s has the id %u: it is not the one that you mean",
					port->name, port->id);
		return -ESTALE;
	}
	if (!port->await)
		return vsw_port_del(port, info->extack);
	if (vsw_txn_is_on())
		return vsw_stage_del(port);
	vsw_netlink_port_notify(port, true);
	vsw_await_del(port);
	return 0;
}

VSW_NL_DOIT(port_get)
VSW_NL_DOIT(port_new)
VSW_NL_DOIT(port_set)
VSW_NL_DOIT(port_del)

static int vsw_nl_fill_port_dump(struct sk_buff *skb, struct vsw_nl_dump *dump,
				 struct vsw_port *port)
{
	return vsw_nl_fill_port(skb, &dump->msg, port);
}

int vsw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = {
		.fill_port = vsw_nl_fill_port_dump,
		.awaited = true,
	};

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_PORT_SWITCH, 0);
}
