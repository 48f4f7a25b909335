// SPDX-License-Identifier: GPL-2.0-only
/*
 * What iproute2 sees. See rtnl.h.
 *
 * Neither IFF_EBRIDGE nor IFF_BRIDGE_PORT is ever set: the core takes private
 * data of devices with them for the bridge's own. So "bridge fdb" reaches a
 * switch by "dev SWITCH self", and names a port by "via DEV".
 */
#include <linux/etherdevice.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/neighbour.h>
#include <net/netlink.h>

#include <uapi/linux/vsw_link.h>

#include "port.h"
#include "rtnl.h"
#include "switch.h"

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

static int vsw_link_change(struct net_device *dev, struct nlattr *tb[],
			   struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	struct vsw_switch *sw = netdev_priv(dev);

	if (!data)
		return 0;
	if (data[IFLA_VSW_AGEING_TIME])
		vsw_fdb_set_ageing(&sw->fdb,
				   (unsigned long)HZ *
				   nla_get_u32(data[IFLA_VSW_AGEING_TIME]));
	if (data[IFLA_VSW_DEFAULT_PVID])
		sw->default_pvid = nla_get_u16(data[IFLA_VSW_DEFAULT_PVID]);
	if (data[IFLA_VSW_FDB_MAX])
		WRITE_ONCE(sw->fdb.learned_max,
			   nla_get_u32(data[IFLA_VSW_FDB_MAX]));
	return 0;
}

static int vsw_link_changelink(struct net_device *dev, struct nlattr *tb[],
			       struct nlattr *data[],
			       struct netlink_ext_ack *extack)
{
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	err = vsw_link_change(dev, tb, data, extack);
	if (err)
		return err;
	vsw_net(dev_net(dev))->generation++;
	vsw_netlink_switch_notify(sw, false);
	return 0;
}

static int VSW_NEWLINK(vsw_link_newlink)
{
	VSW_NEWLINK_TB(tb);
	VSW_NEWLINK_DATA(data);
	struct vsw_switch *sw = netdev_priv(dev);
	int err;

	/* Before registration, so that the host port has the right PVID. */
	if (data && data[IFLA_VSW_DEFAULT_PVID])
		sw->default_pvid = nla_get_u16(data[IFLA_VSW_DEFAULT_PVID]);

	err = register_netdevice(dev);
	if (err)
		return err;
	vsw_link_change(dev, tb, data, extack);
	vsw_netlink_switch_notify(sw, false);
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

static void vsw_policy_set_flag(struct vsw_policy *policy, u32 flag,
				const struct nlattr *attr)
{
	if (!attr)
		return;
	if (nla_get_u8(attr))
		policy->flags |= flag;
	else
		policy->flags &= ~flag;
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

/* The port that a bridge message is about; the switch is its host port. */
static struct vsw_port *vsw_rtnl_port(struct net_device *dev)
{
	if (vsw_switch_is(dev))
		return ((struct vsw_switch *)netdev_priv(dev))->host;
	return vsw_port_get_rtnl(dev);
}

static u16 vsw_rtnl_vlan_flags(u32 flags)
{
	return (flags & VSW_VLAN_FLAG_PVID ? BRIDGE_VLAN_INFO_PVID : 0) |
	       (flags & VSW_VLAN_FLAG_UNTAGGED ?
		BRIDGE_VLAN_INFO_UNTAGGED : 0);
}

static int vsw_rtnl_put_vid(struct sk_buff *skb, u16 vid, u16 flags)
{
	const struct bridge_vlan_info info = { .flags = flags, .vid = vid };

	return nla_put(skb, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

static int vsw_rtnl_put_range(struct sk_buff *skb,
			      const struct vsw_vlan_range *range,
			      bool compressed)
{
	u16 flags = vsw_rtnl_vlan_flags(range->flags);
	u16 vid;

	if (compressed && range->first != range->last)
		return vsw_rtnl_put_vid(skb, range->first, flags |
					BRIDGE_VLAN_INFO_RANGE_BEGIN) ?:
		       vsw_rtnl_put_vid(skb, range->last, flags |
					BRIDGE_VLAN_INFO_RANGE_END);

	for (vid = range->first; vid <= range->last; vid++)
		if (vsw_rtnl_put_vid(skb, vid, flags))
			return -EMSGSIZE;
	return 0;
}

static int vsw_rtnl_put_vlans(struct sk_buff *skb, const struct vsw_port *port,
			      bool compressed)
{
	const struct vsw_vlans *vlans = rtnl_dereference(port->vlans);
	struct vsw_vlan_range range;
	struct nlattr *nest;
	u16 from;

	nest = nla_nest_start_noflag(skb, IFLA_AF_SPEC);
	if (!nest)
		return -EMSGSIZE;
	for (from = 1; vsw_vlans_next(vlans, from, &range);
	     from = range.last + 1)
		if (vsw_rtnl_put_range(skb, &range, compressed))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int vsw_rtnl_put_protinfo(struct sk_buff *skb,
				 const struct vsw_port *port)
{
	struct nlattr *nest;
	unsigned int i;

	nest = nla_nest_start(skb, IFLA_PROTINFO);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(skb, IFLA_BRPORT_STATE,
		       vsw_port_is_up(port) ? BR_STATE_FORWARDING :
					      BR_STATE_DISABLED))
		return -EMSGSIZE;
	for (i = 0; i < vsw_port_flag_count; i++)
		if (vsw_port_flags[i].brport &&
		    nla_put_u8(skb, vsw_port_flags[i].brport,
			       !!(port->flags & vsw_port_flags[i].flag)))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int vsw_rtnl_put_link(struct sk_buff *skb, const struct vsw_port *port)
{
	const struct net_device *dev = port->dev;

	if (nla_put_string(skb, IFLA_IFNAME, dev->name) ||
	    nla_put_u32(skb, IFLA_MASTER, port->sw->dev->ifindex) ||
	    nla_put_u32(skb, IFLA_MTU, dev->mtu) ||
	    nla_put_u8(skb, IFLA_OPERSTATE,
		       netif_running(dev) ? dev->operstate : IF_OPER_DOWN) ||
	    nla_put(skb, IFLA_ADDRESS, dev->addr_len, dev->dev_addr) ||
	    (dev->ifindex != dev_get_iflink(dev) &&
	     nla_put_u32(skb, IFLA_LINK, dev_get_iflink(dev))))
		return -EMSGSIZE;
	return 0;
}

int vsw_rtnl_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
			    struct net_device *dev, u32 filter_mask,
			    int nlflags)
{
	bool compressed = filter_mask & RTEXT_FILTER_BRVLAN_COMPRESSED;
	bool vlans = compressed || filter_mask & RTEXT_FILTER_BRVLAN;
	const struct vsw_port *port = vsw_rtnl_port(dev);
	struct ifinfomsg *hdr;
	struct nlmsghdr *nlh;

	if (!port || (vsw_port_is_host(port) && !vlans))
		return 0;

	nlh = nlmsg_put(skb, pid, seq, RTM_NEWLINK, sizeof(*hdr), nlflags);
	if (!nlh)
		return -EMSGSIZE;
	hdr = nlmsg_data(nlh);
	memset(hdr, 0, sizeof(*hdr));
	hdr->ifi_family = AF_BRIDGE;
	hdr->ifi_type = dev->type;
	hdr->ifi_index = dev->ifindex;
	hdr->ifi_flags = vsw_dev_get_flags(dev);

	if (vsw_rtnl_put_link(skb, port) ||
	    (!vlans && vsw_rtnl_put_protinfo(skb, port)) ||
	    (vlans && vsw_rtnl_put_vlans(skb, port, compressed))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static int vsw_rtnl_parse_protinfo(struct vsw_policy *policy,
				   const struct nlattr *protinfo,
				   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	unsigned int i;
	int rem;

	nla_for_each_nested(attr, protinfo, rem) {
		for (i = 0; i < vsw_port_flag_count; i++)
			if (vsw_port_flags[i].brport &&
			    vsw_port_flags[i].brport == nla_type(attr))
				break;
		if (i == vsw_port_flag_count) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "A vsw port has learning, flood, mcast_flood, bcast_flood, hairpin and isolated, and no other bridge option");
			return -EOPNOTSUPP;
		}
		if (nla_len(attr) != sizeof(u8)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "A bridge port flag has one byte");
			return -EINVAL;
		}
		vsw_policy_set_flag(policy, vsw_port_flags[i].flag, attr);
	}
	return 0;
}

static int vsw_rtnl_parse_vid(const struct nlattr *attr,
			      struct vsw_vlan_range *range, bool *complete,
			      struct netlink_ext_ack *extack)
{
	const struct bridge_vlan_info *info = nla_data(attr);

	if (nla_len(attr) != sizeof(*info) || !info->vid ||
	    info->vid > VSW_VID_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "A VID is 1 to 4094");
		return -ERANGE;
	}
	if (info->flags & BRIDGE_VLAN_INFO_RANGE_END) {
		if (!range->first || info->vid < range->first) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "A range of VLANs ends before it begins");
			return -EINVAL;
		}
	} else {
		range->first = info->vid;
	}
	range->last = info->vid;
	range->flags = (info->flags & BRIDGE_VLAN_INFO_PVID ?
			VSW_VLAN_FLAG_PVID : 0) |
		       (info->flags & BRIDGE_VLAN_INFO_UNTAGGED ?
			VSW_VLAN_FLAG_UNTAGGED : 0);
	*complete = !(info->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN);
	if (*complete && range->first != range->last &&
	    range->flags & VSW_VLAN_FLAG_PVID) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "A port has one PVID: give it a VLAN, not a range");
		return -EINVAL;
	}
	return 0;
}

/* Apply the VLANs of a message to a policy, or tell who watches. */
static int vsw_rtnl_for_each_range(struct vsw_port *port,
				   struct vsw_policy *policy,
				   const struct nlattr *afspec, bool add,
				   struct netlink_ext_ack *extack)
{
	struct vsw_vlan_range range = {};
	const struct nlattr *attr;
	bool complete = true;
	int rem, err;

	nla_for_each_nested(attr, afspec, rem) {
		if (nla_type(attr) != IFLA_BRIDGE_VLAN_INFO)
			continue;
		err = vsw_rtnl_parse_vid(attr, &range, &complete, extack);
		if (err)
			return err;
		if (!complete)
			continue;
		if (!policy)
			vsw_netlink_vlan_notify(port, &range, !add);
		else if (add)
			vsw_vlans_add(policy->vlans, &range);
		else
			vsw_vlans_del(policy->vlans, range.first, range.last);
		range.first = 0;
	}
	if (!complete) {
		NL_SET_ERR_MSG(extack, "A range of VLANs has no end");
		return -EINVAL;
	}
	return 0;
}

static int vsw_rtnl_bridge_change(struct net_device *dev,
				  const struct nlmsghdr *nlh, bool add,
				  struct netlink_ext_ack *extack)
{
	const struct nlattr *protinfo, *afspec;
	struct vsw_port *port = vsw_rtnl_port(dev);
	struct vsw_policy policy;
	int err;

	if (!port)
		return -EINVAL;
	protinfo = add ? nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
					 IFLA_PROTINFO) : NULL;
	afspec = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg), IFLA_AF_SPEC);

	err = vsw_policy_get(&policy, port);
	if (err)
		return err;
	if (protinfo)
		err = vsw_rtnl_parse_protinfo(&policy, protinfo, extack);
	if (!err && afspec)
		err = vsw_rtnl_for_each_range(port, &policy, afspec, add,
					      extack);
	/* An access port that is given more VLANs is one no longer. */
	if (!err && policy.vlans->count > 1)
		policy.flags |= VSW_PORT_ADMIT;
	if (!err)
		err = vsw_port_apply(port, &policy, extack);
	vsw_policy_release(&policy);
	if (err)
		return err;

	if (afspec)
		vsw_rtnl_for_each_range(port, NULL, afspec, add, NULL);
	vsw_netlink_port_notify(port, false);
	return 0;
}

int vsw_rtnl_bridge_setlink(struct net_device *dev, struct nlmsghdr *nlh,
			    u16 flags, struct netlink_ext_ack *extack)
{
	return vsw_rtnl_bridge_change(dev, nlh, true, extack);
}

int vsw_rtnl_bridge_dellink(struct net_device *dev, struct nlmsghdr *nlh,
			    u16 flags)
{
	return vsw_rtnl_bridge_change(dev, nlh, false, NULL);
}

static u16 vsw_rtnl_fdb_state(u8 type)
{
	switch (type) {
	case VSW_FDB_TYPE_STATIC:
		return NUD_NOARP;
	case VSW_FDB_TYPE_LOCAL:
		return NUD_PERMANENT;
	default:
		return NUD_REACHABLE;
	}
}

static int vsw_rtnl_fdb_fill(struct sk_buff *skb, const struct vsw_switch *sw,
			     const struct vsw_fdb_entry *entry, u32 portid,
			     u32 seq, int cmd, unsigned int flags)
{
	unsigned long age = jiffies - READ_ONCE(entry->updated);
	const struct nda_cacheinfo info = {
		.ndm_used = jiffies_to_clock_t(age),
		.ndm_updated = jiffies_to_clock_t(age),
	};
	u8 type = READ_ONCE(entry->type);
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	nlh = nlmsg_put(skb, portid, seq, cmd, sizeof(*ndm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = sw->dev->ifindex;
	ndm->ndm_flags = NTF_SELF |
			 (type == VSW_FDB_TYPE_STICKY ? NTF_STICKY : 0);
	ndm->ndm_state = vsw_rtnl_fdb_state(type);

	if (nla_put(skb, NDA_LLADDR, ETH_ALEN, entry->key.mac) ||
	    nla_put_u16(skb, NDA_VLAN, entry->key.vid) ||
	    nla_put_u32(skb, NDA_IFINDEX,
			vsw_fdb_owner(entry)->egress->dev->ifindex) ||
	    nla_put(skb, NDA_CACHEINFO, sizeof(info), &info)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static size_t vsw_rtnl_fdb_size(void)
{
	return NLMSG_ALIGN(sizeof(struct ndmsg)) + nla_total_size(ETH_ALEN) +
	       nla_total_size(sizeof(u16)) + nla_total_size(sizeof(u32)) +
	       nla_total_size(sizeof(struct nda_cacheinfo));
}

void vsw_rtnl_fdb_notify(struct vsw_switch *sw,
			 const struct vsw_fdb_entry *entry, bool gone)
{
	struct net *net = dev_net(sw->dev);
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_NEIGH))
		return;
	skb = nlmsg_new(vsw_rtnl_fdb_size(), GFP_ATOMIC);
	if (!skb || vsw_rtnl_fdb_fill(skb, sw, entry, 0, 0, gone ?
				      RTM_DELNEIGH : RTM_NEWNEIGH, 0)) {
		kfree_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_NEIGH, -ENOBUFS);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_NEIGH, NULL, GFP_ATOMIC);
}

/* The port that "via DEV" names; without it the host port. */
static struct vsw_port *vsw_rtnl_fdb_port(struct vsw_switch *sw,
					  struct nlattr *tb[],
					  struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct vsw_port *port;

	if (!tb[NDA_IFINDEX])
		return sw->host;
	dev = __dev_get_by_index(dev_net(sw->dev),
				 nla_get_u32(tb[NDA_IFINDEX]));
	port = dev ? vsw_rtnl_port(dev) : NULL;
	if (port && port->sw == sw)
		return port;
	NL_SET_ERR_MSG_ATTR(extack, tb[NDA_IFINDEX],
			    "The device after via is no port of this switch");
	return NULL;
}

int VSW_FDB_ADD(vsw_rtnl_fdb_add)
{
	struct vsw_switch *sw = netdev_priv(dev);
	enum vsw_fdb_type type = VSW_FDB_TYPE_STATIC;
	u8 mac[ETH_ALEN] __aligned(2);
	struct vsw_port *port;
	int err;

	port = vsw_rtnl_fdb_port(sw, tb, extack);
	if (!port)
		return -ENODEV;
	memcpy(mac, addr, ETH_ALEN);
	if (!is_valid_ether_addr(mac)) {
		NL_SET_ERR_MSG(extack,
			       "A forwarding entry needs a unicast MAC address");
		return -EADDRNOTAVAIL;
	}
	vid = vid ?: vsw_port_pvid(port);
	if (!vid || !vsw_vlans_has(rtnl_dereference(port->vlans), vid)) {
		NL_SET_ERR_MSG(extack,
			       "The port is no member of that VLAN: name one by vlan VID");
		return -EINVAL;
	}
	if (ndm->ndm_flags & NTF_STICKY)
		type = VSW_FDB_TYPE_STICKY;
	else if (!(ndm->ndm_state & (NUD_PERMANENT | NUD_NOARP)))
		type = VSW_FDB_TYPE_DYNAMIC;

	if (flags & NLM_F_EXCL) {
		rcu_read_lock();
		err = vsw_fdb_find_rcu(&sw->fdb, mac, vid) ? -EEXIST : 0;
		rcu_read_unlock();
		if (err)
			return err;
	}
	err = vsw_fdb_set(&sw->fdb, mac, vid, &port->fdb, type);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "The address belongs to a port by configuration: change that port");
	if (!err)
		VSW_FDB_NOTIFIED();
	return err;
}

int VSW_FDB_DEL(vsw_rtnl_fdb_del)
{
	struct vsw_switch *sw = netdev_priv(dev);
	u8 mac[ETH_ALEN] __aligned(2);
	int err;

	memcpy(mac, addr, ETH_ALEN);
	vid = vid ?: vsw_port_pvid(sw->host);
	err = vsw_fdb_del(&sw->fdb, mac, vid, NULL,
			  VSW_FDB_ALL & ~BIT(VSW_FDB_TYPE_LOCAL));
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack,
			       "There is no such entry in that VLAN: see bridge fdb show");
	else if (err)
		NL_SET_ERR_MSG(extack,
			       "The address belongs to a port by configuration: change that port");
	if (!err)
		VSW_FDB_NOTIFIED();
	return err;
}

/* *idx is not a count but the number of the entry to go on from. */
int vsw_rtnl_fdb_dump(struct sk_buff *skb, struct netlink_callback *cb,
		      struct net_device *dev, struct net_device *filter_dev,
		      int *idx)
{
	struct vsw_switch *sw = netdev_priv(dev);
	struct vsw_fdb_entry *entry;
	unsigned long id;
	int err = 0;

	rcu_read_lock();
	xa_for_each_start(&sw->fdb.index, id, entry,
			  (u32)vsw_fdb_dump_start(cb)) {
		err = vsw_rtnl_fdb_fill(skb, sw, entry,
					NETLINK_CB(cb->skb).portid,
					cb->nlh->nlmsg_seq, RTM_NEWNEIGH,
					NLM_F_MULTI);
		if (err) {
			*idx = id;
			break;
		}
	}
	rcu_read_unlock();
	return err;
}

int vsw_rtnl_fdb_get(struct sk_buff *skb, struct nlattr *tb[],
		     struct net_device *dev, const unsigned char *addr,
		     u16 vid, u32 portid, u32 seq,
		     struct netlink_ext_ack *extack)
{
	struct vsw_switch *sw = netdev_priv(dev);
	struct vsw_fdb_entry *entry;
	u8 mac[ETH_ALEN] __aligned(2);
	int err;

	memcpy(mac, addr, ETH_ALEN);
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac,
				 vid ?: vsw_port_pvid(sw->host));
	if (entry) {
		err = vsw_rtnl_fdb_fill(skb, sw, entry, portid, seq,
					RTM_NEWNEIGH, 0);
	} else {
		NL_SET_ERR_MSG(extack, "There is no such entry in that VLAN");
		err = -ENOENT;
	}
	rcu_read_unlock();
	return err;
}
