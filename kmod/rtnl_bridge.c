// SPDX-License-Identifier: GPL-2.0-only
/*
 * "bridge link" and "bridge vlan" on switches and ports. See rtnl.h.
 */
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "port.h"
#include "rtnl.h"
#include "switch.h"

/* The port that a bridge message is about; the switch is its host port. */
struct vsw_port *vsw_rtnl_port(struct net_device *dev)
{
	if (vsw_switch_is(dev))
		return ((struct vsw_switch *)netdev_priv(dev))->host;
	return vsw_port_get_rtnl(dev);
}

/*
 * More VLANs of a port are told as ranges, whether asked for or not. An uplink has all
 * by default, which do not fit into the first message: a bridge's dump ends there with
 * an error. The rest of what is told of a port needs less than 256 bytes.
 */
#define VSW_RTNL_SINGLE_MAX \
	((NLMSG_GOODSIZE - 256) / nla_total_size(sizeof(struct bridge_vlan_info)))

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
	const struct vsw_vlans *vlans = rcu_dereference_rtnl(port->vlans);
	struct vsw_vlan_range range;
	struct nlattr *nest;
	u16 from;

	if (vlans->count > VSW_RTNL_SINGLE_MAX)
		compressed = true;
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
static int vsw_rtnl_walk_ranges(struct vsw_port *port,
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
		err = vsw_rtnl_walk_ranges(port, &policy, afspec, add,
					   extack);
	if (!err)
		vsw_policy_leave_access(&policy, port);
	if (!err)
		err = vsw_port_apply(port, &policy, extack);
	vsw_policy_release(&policy);
	if (err)
		return err;

	if (afspec)
		vsw_rtnl_walk_ranges(port, NULL, afspec, add, NULL);
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
