// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw". Policies and the operation table are
 * generated from Documentation/netlink/specs/vsw.yaml, which also says what
 * each operation and attribute means.
 *
 * Each object has one fill function, used for replies, dumps and events. All
 * operations and dumps take RTNL.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "generated/netlink.h"
#include "port.h"
#include "rtnl.h"
#include "switch.h"

static struct genl_family vsw_nl_family;

/* Events stop before the family is gone, but switches go after it. */
static bool vsw_nl_up;

/**
 * struct vsw_nl_msg - the head of a message to be filled
 * @portid: receiver
 * @seq: sequence number
 * @flags: NLM_F_*
 * @cmd: VSW_CMD_*
 * @cb: the dump that the message is a part of, or NULL
 */
struct vsw_nl_msg {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
};

static void *vsw_nl_put_head(struct sk_buff *skb, const struct vsw_nl_msg *msg)
{
	void *head = genlmsg_put(skb, msg->portid, msg->seq, &vsw_nl_family,
				 msg->flags, msg->cmd);

	if (head && msg->cb)
		genl_dump_check_consistent(msg->cb, head);
	return head;
}

/* End a message, or take back what did not fit. */
static int vsw_nl_put_tail(struct sk_buff *skb, void *head, bool failed)
{
	if (failed) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

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
		nla_put(skb, VSW_A_SWITCH_MAC, ETH_ALEN, dev->dev_addr));
}

static u32 vsw_nl_role(const struct vsw_port *port)
{
	if (vsw_port_is_host(port))
		return VSW_PORT_ROLE_HOST;
	return vsw_port_is_uplink(port) ? VSW_PORT_ROLE_UPLINK :
					  VSW_PORT_ROLE_LOCAL;
}

static u32 vsw_nl_frames(const struct vsw_port *port)
{
	switch (port->flags & VSW_PORT_ADMIT) {
	case VSW_PORT_ADMIT_TAGGED:
		return VSW_FRAMES_TAGGED;
	case VSW_PORT_ADMIT_UNTAGGED:
		return VSW_FRAMES_UNTAGGED;
	default:
		return VSW_FRAMES_ALL;
	}
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
			   vf->policy.max_tx_rate);
}

/* What only a soft path has. */
static bool vsw_nl_put_soft(struct sk_buff *skb, const struct vsw_port *port)
{
	unsigned int i;

	if (nla_put_u32(skb, VSW_A_PORT_IFINDEX, port->dev->ifindex) ||
	    nla_put_string(skb, VSW_A_PORT_IFNAME, port->dev->name) ||
	    nla_put_u32(skb, VSW_A_PORT_FRAMES, vsw_nl_frames(port)) ||
	    nla_put_u32(skb, VSW_A_PORT_FDB_MAX, port->fdb.learned_max) ||
	    nla_put_u32(skb, VSW_A_PORT_FDB_LEARNED,
			READ_ONCE(port->fdb.learned)) ||
	    nla_put_u8(skb, VSW_A_PORT_PROMISC, port->promisc))
		return true;
	for (i = 0; i < vsw_port_flag_count; i++)
		if (nla_put_u8(skb, vsw_port_flags[i].genl,
			       !!(port->flags & vsw_port_flags[i].flag)))
			return true;
	return vsw_port_is_uplink(port) &&
	       nla_put_u32(skb, VSW_A_PORT_NIC_MACS, port->nic_synced ?
			   port->sw->nicsync.count : 0);
}

static int vsw_nl_fill_port(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			    const struct vsw_port *port)
{
	const struct vsw_vlans *vlans = rtnl_dereference(port->vlans);
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
			    port->vf ? VSW_PATH_VF : VSW_PATH_SOFT) ||
		nla_put(skb, VSW_A_PORT_MAC, ETH_ALEN, port->mac) ||
		nla_put_u16(skb, VSW_A_PORT_PVID, vlans->pvid) ||
		nla_put_u8(skb, VSW_A_PORT_PCP,
			   port->pcp >> VLAN_PRIO_SHIFT) ||
		nla_put_u32(skb, VSW_A_PORT_VLAN_COUNT, vlans->count) ||
		nla_put_u8(skb, VSW_A_PORT_UP, vsw_port_is_up(port)) ||
		(port->vf ? vsw_nl_put_vf(skb, port->vf) :
			    vsw_nl_put_soft(skb, port)));
}

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

static int vsw_nl_fill_fdb(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			   const struct vsw_switch *sw,
			   const struct vsw_fdb_entry *entry)
{
	const struct vsw_port *port = vsw_fdb_owner(entry);
	u8 type = READ_ONCE(entry->type);
	void *head = vsw_nl_put_head(skb, msg);
	unsigned long age;

	if (!head)
		return -EMSGSIZE;
	age = (jiffies - READ_ONCE(entry->updated)) / HZ;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_FDB_SWITCH, sw->dev->ifindex) ||
		nla_put(skb, VSW_A_FDB_MAC, ETH_ALEN, entry->key.mac) ||
		nla_put_u16(skb, VSW_A_FDB_VID, entry->key.vid) ||
		nla_put_string(skb, VSW_A_FDB_PORT, port->name) ||
		nla_put_u32(skb, VSW_A_FDB_IFINDEX,
			    port->egress->dev->ifindex) ||
		nla_put_u32(skb, VSW_A_FDB_TYPE, type) ||
		(vsw_fdb_ages(type) &&
		 nla_put_u32(skb, VSW_A_FDB_AGE, age)));
}

static bool vsw_nl_put_vf_effective(struct sk_buff *skb,
				    const struct vsw_vf_state *state)
{
	return nla_put(skb, VSW_A_VF_MAC, ETH_ALEN, state->mac) ||
	       nla_put_u16(skb, VSW_A_VF_VLAN, state->vlan) ||
	       nla_put_u8(skb, VSW_A_VF_PCP, state->pcp) ||
	       (state->spoofchk >= 0 &&
		nla_put_u8(skb, VSW_A_VF_SPOOFCHK, state->spoofchk)) ||
	       (state->trust >= 0 &&
		nla_put_u8(skb, VSW_A_VF_TRUST, state->trust)) ||
	       nla_put_u32(skb, VSW_A_VF_LINK_STATE, state->link_state) ||
	       nla_put_u32(skb, VSW_A_VF_MIN_TX_RATE, state->min_tx_rate) ||
	       nla_put_u32(skb, VSW_A_VF_MAX_TX_RATE, state->max_tx_rate);
}

static bool vsw_nl_put_vf_wanted(struct sk_buff *skb,
				 const struct vsw_vf_state *state)
{
	return nla_put(skb, VSW_A_VF_WANTED_MAC, ETH_ALEN, state->mac) ||
	       nla_put_u16(skb, VSW_A_VF_WANTED_VLAN, state->vlan) ||
	       nla_put_u8(skb, VSW_A_VF_WANTED_PCP, state->pcp) ||
	       nla_put_u8(skb, VSW_A_VF_WANTED_SPOOFCHK, state->spoofchk) ||
	       nla_put_u8(skb, VSW_A_VF_WANTED_TRUST, state->trust) ||
	       nla_put_u32(skb, VSW_A_VF_WANTED_LINK_STATE,
			   state->link_state) ||
	       nla_put_u32(skb, VSW_A_VF_WANTED_MIN_TX_RATE,
			   state->min_tx_rate) ||
	       nla_put_u32(skb, VSW_A_VF_WANTED_MAX_TX_RATE,
			   state->max_tx_rate);
}

static bool vsw_nl_put_vf_stats(struct sk_buff *skb, struct net_device *pf,
				u32 index)
{
	struct ifla_vf_stats stats;

	if (vsw_vf_read_stats(pf, index, &stats))
		return false;
	return nla_put_uint(skb, VSW_A_VF_RX_PACKETS, stats.rx_packets) ||
	       nla_put_uint(skb, VSW_A_VF_RX_BYTES, stats.rx_bytes) ||
	       nla_put_uint(skb, VSW_A_VF_TX_PACKETS, stats.tx_packets) ||
	       nla_put_uint(skb, VSW_A_VF_TX_BYTES, stats.tx_bytes);
}

static const struct vsw_vf *vsw_nl_vf_owner(const struct vsw_port *uplink,
					    u32 index)
{
	const struct vsw_vf *vf;

	list_for_each_entry(vf, &uplink->vf_ports, list)
		if (vf->index == index)
			return vf;
	return NULL;
}

static int vsw_nl_fill_vf(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			  const struct vsw_port *uplink, u32 index)
{
	const struct vsw_vf *owner = vsw_nl_vf_owner(uplink, index);
	struct net_device *pf = uplink->dev;
	struct vsw_vf_state effective;
	bool known = !vsw_vf_read(pf, index, &effective);
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_VF_PF, pf->ifindex) ||
		nla_put_string(skb, VSW_A_VF_PF_NAME, pf->name) ||
		nla_put_u32(skb, VSW_A_VF_VF, index) ||
		nla_put_u32(skb, VSW_A_VF_SWITCH, uplink->sw->dev->ifindex) ||
		nla_put_u32(skb, VSW_A_VF_CAPABILITY,
			    vsw_vf_capability(pf)) ||
		(known && vsw_nl_put_vf_effective(skb, &effective)) ||
		(owner &&
		 (nla_put_string(skb, VSW_A_VF_PORT, owner->port->name) ||
		  vsw_nl_put_vf_wanted(skb, &owner->wanted))) ||
		(owner && known &&
		 nla_put_u8(skb, VSW_A_VF_DRIFT,
			    vsw_vf_differs(&effective, &owner->wanted))) ||
		vsw_nl_put_vf_stats(skb, pf, index));
}

/* The reasons that are not 0, each a nest, and their sum. */
static bool vsw_nl_put_drops(struct sk_buff *skb, const u64 *drops,
			     int sum_attr, int drop_attr)
{
	struct nlattr *nest;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < VSW_DROP_REASON_COUNT; i++)
		sum += drops[i];
	if (nla_put_uint(skb, sum_attr, sum))
		return true;

	for (i = 0; i < VSW_DROP_REASON_COUNT; i++) {
		if (!drops[i])
			continue;
		nest = nla_nest_start(skb, drop_attr);
		if (!nest || nla_put_u32(skb, VSW_A_DROP_REASON, i) ||
		    nla_put_uint(skb, VSW_A_DROP_PACKETS, drops[i]))
			return true;
		nla_nest_end(skb, nest);
	}
	return false;
}

static int vsw_nl_fill_stats(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			     const struct vsw_port *port)
{
	struct vsw_stats_sum sum;
	void *head;

	vsw_stats_sum(port->stats, &sum);
	head = vsw_nl_put_head(skb, msg);
	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_STATS_SWITCH, port->sw->dev->ifindex) ||
		nla_put_string(skb, VSW_A_STATS_PORT, port->name) ||
		nla_put_uint(skb, VSW_A_STATS_RX_PACKETS, sum.rx_packets) ||
		nla_put_uint(skb, VSW_A_STATS_RX_BYTES, sum.rx_bytes) ||
		nla_put_uint(skb, VSW_A_STATS_TX_PACKETS, sum.tx_packets) ||
		nla_put_uint(skb, VSW_A_STATS_TX_BYTES, sum.tx_bytes) ||
		vsw_nl_put_drops(skb, sum.rx_drop, VSW_A_STATS_RX_DROPPED,
				 VSW_A_STATS_RX_DROP) ||
		vsw_nl_put_drops(skb, sum.tx_drop, VSW_A_STATS_TX_DROPPED,
				 VSW_A_STATS_TX_DROP));
}

/* Events. A listener that misses one is told so. */
static void vsw_nl_send_event(const struct vsw_switch *sw, struct sk_buff *skb,
			      int err, unsigned int group, gfp_t gfp)
{
	struct net *net = dev_net(sw->dev);

	if (err) {
		nlmsg_free(skb);
		genl_set_err(&vsw_nl_family, net, 0, group, err);
		return;
	}
	genlmsg_multicast_netns(&vsw_nl_family, net, skb, 0, group, gfp);
}

static bool vsw_nl_wanted(const struct vsw_switch *sw, unsigned int group)
{
	return READ_ONCE(vsw_nl_up) &&
	       genl_has_listeners(&vsw_nl_family, dev_net(sw->dev), group);
}

void vsw_netlink_switch_notify(struct vsw_switch *sw, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_SWITCH_DEL_NTF : VSW_CMD_SWITCH_NTF,
	};
	struct sk_buff *skb;

	if (!vsw_nl_wanted(sw, VSW_NLGRP_CONFIG))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	vsw_nl_send_event(sw, skb, skb ? vsw_nl_fill_switch(skb, &msg, sw) :
					 -ENOBUFS,
			  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

void vsw_netlink_port_notify(struct vsw_port *port, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_PORT_DEL_NTF : VSW_CMD_PORT_NTF,
	};
	struct vsw_switch *sw = port->sw;
	struct sk_buff *skb;

	if (!vsw_nl_wanted(sw, VSW_NLGRP_CONFIG))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	vsw_nl_send_event(sw, skb, skb ? vsw_nl_fill_port(skb, &msg, port) :
					 -ENOBUFS,
			  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

void vsw_netlink_vlan_notify(struct vsw_port *port,
			     const struct vsw_vlan_range *range, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_VLAN_DEL_NTF : VSW_CMD_VLAN_NTF,
	};
	struct vsw_switch *sw = port->sw;
	struct sk_buff *skb;

	if (!vsw_nl_wanted(sw, VSW_NLGRP_CONFIG))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	vsw_nl_send_event(sw, skb,
			  skb ? vsw_nl_fill_vlan(skb, &msg, port, range) :
				-ENOBUFS,
			  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

/* Context: lock of the forwarding database. */
void vsw_netlink_fdb_notify(struct vsw_switch *sw,
			    const struct vsw_fdb_entry *entry, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_FDB_DEL_NTF : VSW_CMD_FDB_NTF,
	};
	struct sk_buff *skb;

	if (!vsw_nl_wanted(sw, VSW_NLGRP_FDB))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	vsw_nl_send_event(sw, skb, skb ? vsw_nl_fill_fdb(skb, &msg, sw, entry) :
					 -ENOBUFS,
			  VSW_NLGRP_FDB, GFP_ATOMIC);
}

static struct sk_buff *vsw_nl_reply_new(const struct genl_info *info,
					struct vsw_nl_msg *msg)
{
	*msg = (struct vsw_nl_msg) {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
	return genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
}

static int vsw_nl_reply_send(struct genl_info *info, struct sk_buff *skb,
			     int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

static int vsw_nl_reply_switch(struct genl_info *info,
			       const struct vsw_switch *sw)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb = vsw_nl_reply_new(info, &msg);

	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_switch(skb, &msg, sw));
}

static int vsw_nl_reply_port(struct genl_info *info,
			     const struct vsw_port *port)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb = vsw_nl_reply_new(info, &msg);

	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_port(skb, &msg, port));
}

static int vsw_nl_reply_vlan(struct genl_info *info,
			     const struct vsw_port *port,
			     const struct vsw_vlan_range *range)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb = vsw_nl_reply_new(info, &msg);

	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb, vsw_nl_fill_vlan(skb, &msg, port,
							     range));
}

static int vsw_nl_reply_fdb(struct genl_info *info, struct vsw_switch *sw,
			    const u8 *mac, u16 vid)
{
	struct vsw_fdb_entry *entry;
	struct vsw_nl_msg msg;
	struct sk_buff *skb = vsw_nl_reply_new(info, &msg);
	int err = -ENOENT;

	if (!skb)
		return -ENOMEM;
	rcu_read_lock();
	entry = vsw_fdb_find_rcu(&sw->fdb, mac, vid);
	if (entry)
		err = vsw_nl_fill_fdb(skb, &msg, sw, entry);
	rcu_read_unlock();
	if (err == -ENOENT)
		GENL_SET_ERR_MSG(info,
				 "There is no entry for that address in that VLAN: see fdb show");
	return vsw_nl_reply_send(info, skb, err);
}

/* The switch that a request names by index, and maybe by name. */
static struct vsw_switch *vsw_nl_switch(struct genl_info *info, int attr)
{
	struct vsw_switch *sw;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		GENL_SET_ERR_MSG(info, "Name the switch by the index of its device");
		return ERR_PTR(-EINVAL);
	}
	sw = vsw_switch_find(genl_info_net(info),
			     nla_get_u32(info->attrs[attr]));
	if (sw)
		return sw;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
			    "That device is no vsw switch: see vswctl switch show");
	return ERR_PTR(-ENODEV);
}

static struct vsw_switch *vsw_nl_switch_by_either(struct genl_info *info)
{
	const struct nlattr *name = info->attrs[VSW_A_SWITCH_NAME];
	struct net_device *dev;

	if (info->attrs[VSW_A_SWITCH_IFINDEX] || !name)
		return vsw_nl_switch(info, VSW_A_SWITCH_IFINDEX);

	dev = __dev_get_by_name(genl_info_net(info), nla_data(name));
	if (dev && vsw_switch_is(dev))
		return netdev_priv(dev);
	NL_SET_ERR_MSG_ATTR(info->extack, name,
			    "There is no vsw switch of that name: see vswctl switch show");
	return ERR_PTR(-ENODEV);
}

static struct vsw_port *vsw_nl_port(struct genl_info *info, int attr)
{
	struct vsw_port *port;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		GENL_SET_ERR_MSG(info, "Name the port");
		return ERR_PTR(-EINVAL);
	}
	port = vsw_port_find(genl_info_net(info),
			     nla_data(info->attrs[attr]));
	if (port)
		return port;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
			    "There is no port of that name: see vswctl port show");
	return ERR_PTR(-ENOENT);
}

static int __vsw_nl_switch_get(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by_either(info);

	return IS_ERR(sw) ? PTR_ERR(sw) : vsw_nl_reply_switch(info, sw);
}

static int vsw_nl_switch_check(struct genl_info *info)
{
	const struct nlattr *ageing = info->attrs[VSW_A_SWITCH_AGEING_TIME];

	if (!ageing)
		return 0;
	return vsw_switch_check_ageing(nla_get_u32(ageing), info->extack);
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
}

static int vsw_nl_switch_check_new(struct genl_info *info, const char *name)
{
	const struct nlattr *mac = info->attrs[VSW_A_SWITCH_MAC];
	const struct nlattr *attr = info->attrs[VSW_A_SWITCH_NAME];

	if (mac && !is_valid_ether_addr(nla_data(mac))) {
		NL_SET_ERR_MSG_ATTR(info->extack, mac,
				    "A switch needs a unicast MAC address");
		return -EADDRNOTAVAIL;
	}
	if (!attr)
		return 0;
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
	if (vsw_port_find(genl_info_net(info), name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "A port of that name exists already: choose another name");
		return -EEXIST;
	}
	return vsw_nl_switch_check(info);
}

static int __vsw_nl_switch_new(struct genl_info *info)
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
		free_netdev(dev);
		return err;
	}
	vsw_nl_switch_change(sw, info);

	err = rtnl_configure_link(dev, NULL, 0, NULL);
	if (!err)
		err = vsw_nl_reply_switch(info, sw);
	if (err) {
		unregister_netdevice(dev);
		return err;
	}
	vsw_netlink_switch_notify(sw, false);
	return 0;
}

static int __vsw_nl_switch_set(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by_either(info);
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	err = vsw_nl_switch_check(info);
	if (err)
		return err;
	vsw_nl_switch_change(sw, info);
	vsw_net(genl_info_net(info))->generation++;
	vsw_netlink_switch_notify(sw, false);
	return vsw_nl_reply_switch(info, sw);
}

static int __vsw_nl_switch_del(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by_either(info);

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	unregister_netdevice(sw->dev);
	return 0;
}

static int __vsw_nl_port_get(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_PORT_NAME);

	return IS_ERR(port) ? PTR_ERR(port) : vsw_nl_reply_port(info, port);
}

static const int vsw_nl_vf_only[] = {
	VSW_A_PORT_SPOOFCHK, VSW_A_PORT_TRUST, VSW_A_PORT_LINK_STATE,
	VSW_A_PORT_MIN_TX_RATE, VSW_A_PORT_MAX_TX_RATE,
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

static int vsw_nl_check_range(const struct vsw_vlan_range *range,
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
	const struct nlattr *attr;
	bool first = true;
	int rem, err;

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

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != VSW_A_PORT_VLAN)
			continue;
		if (first)
			vsw_vlans_set_access(policy->vlans, 0);
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

	for (i = 0; i < vsw_port_flag_count; i++) {
		attr = info->attrs[vsw_port_flags[i].genl];
		if (attr && nla_get_u8(attr))
			policy->flags |= vsw_port_flags[i].flag;
		else if (attr)
			policy->flags &= ~vsw_port_flags[i].flag;
	}
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
	if (attrs[VSW_A_PORT_LINK_STATE])
		vf->link_state = nla_get_u32(attrs[VSW_A_PORT_LINK_STATE]);
	if (attrs[VSW_A_PORT_MIN_TX_RATE])
		vf->min_tx_rate = nla_get_u32(attrs[VSW_A_PORT_MIN_TX_RATE]);
	if (attrs[VSW_A_PORT_MAX_TX_RATE])
		vf->max_tx_rate = nla_get_u32(attrs[VSW_A_PORT_MAX_TX_RATE]);
}

/* Edit a policy as a request wants it. */
static int vsw_nl_parse_policy(struct vsw_policy *policy,
			       struct genl_info *info, bool vf)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = vsw_nl_port_check_path(info, vf);
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
	if (attrs[VSW_A_PORT_FDB_MAX])
		policy->fdb_max = nla_get_u32(attrs[VSW_A_PORT_FDB_MAX]);
	return 0;
}

static int vsw_nl_parse_pf(struct vsw_port_config *config,
			   const struct vsw_switch *sw, struct genl_info *info)
{
	const struct nlattr *pf = info->attrs[VSW_A_PORT_PF];
	struct net_device *dev;
	struct vsw_port *uplink;

	if (config->flags & VSW_PORT_UPLINK || !info->attrs[VSW_A_PORT_VF]) {
		NL_SET_ERR_MSG_ATTR(info->extack, pf,
				    "A VF port is a local port with a PF and the number of a VF");
		return -EINVAL;
	}
	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(pf));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, pf,
				    "There is no such PF device in this network namespace");
		return -ENODEV;
	}
	uplink = vsw_port_get_rtnl(dev);
	if (!uplink || uplink->sw != sw || !vsw_port_is_uplink(uplink)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, pf,
					"%s is no uplink of %s: vswctl uplink add %s %s",
					dev->name, sw->dev->name,
					sw->dev->name, dev->name);
		return -EINVAL;
	}
	config->flags |= VSW_PORT_VF;
	config->uplink = uplink;
	config->vf = nla_get_u32(info->attrs[VSW_A_PORT_VF]);
	return 0;
}

static int vsw_nl_parse_path(struct vsw_port_config *config,
			     const struct vsw_switch *sw,
			     struct genl_info *info)
{
	const struct nlattr *role = info->attrs[VSW_A_PORT_ROLE];
	const struct nlattr *dev = info->attrs[VSW_A_PORT_IFINDEX];
	const struct nlattr *pf = info->attrs[VSW_A_PORT_PF];

	if (role && nla_get_u32(role) == VSW_PORT_ROLE_HOST) {
		NL_SET_ERR_MSG_ATTR(info->extack, role,
				    "Every switch has its host port already");
		return -EINVAL;
	}
	if (role && nla_get_u32(role) == VSW_PORT_ROLE_UPLINK)
		config->flags |= VSW_PORT_UPLINK;

	if (!dev == !pf) {
		GENL_SET_ERR_MSG(info,
				 "A port needs one path: a net device, or a PF and the number of a VF");
		return -EINVAL;
	}
	if (pf)
		return vsw_nl_parse_pf(config, sw, info);

	config->dev = __dev_get_by_index(genl_info_net(info),
					 nla_get_u32(dev));
	if (config->dev)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, dev,
			    "There is no such net device in this network namespace");
	return -ENODEV;
}

static int __vsw_nl_port_new(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch(info, VSW_A_PORT_SWITCH);
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
	err = vsw_nl_parse_path(&config, sw, info);
	if (err)
		return err;

	err = vsw_policy_init(&policy, sw, config.flags);
	if (err)
		return err;
	err = vsw_nl_parse_policy(&policy, info,
				  config.flags & VSW_PORT_VF);
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

static int __vsw_nl_port_set(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_PORT_NAME);
	struct vsw_policy policy;
	int err;

	if (IS_ERR(port))
		return PTR_ERR(port);
	err = vsw_policy_get(&policy, port);
	if (err)
		return err;
	err = vsw_nl_parse_policy(&policy, info, port->vf);
	if (!err)
		err = vsw_port_apply(port, &policy, info->extack);
	vsw_policy_release(&policy);
	if (err)
		return err;
	vsw_netlink_port_notify(port, false);
	return vsw_nl_reply_port(info, port);
}

static int __vsw_nl_port_del(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_PORT_NAME);

	return IS_ERR(port) ? PTR_ERR(port) :
			      vsw_port_del(port, info->extack);
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
	bool changed;
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
	/* An access port that is given more VLANs is one no longer. */
	if (changed && policy.vlans->count > 1)
		policy.flags |= VSW_PORT_ADMIT;
	if (changed)
		err = vsw_port_apply(port, &policy, info->extack);
	vsw_policy_release(&policy);
	if (err)
		return err;
	if (changed)
		vsw_netlink_vlan_notify(port, &range, !add);
	return add ? vsw_nl_reply_vlan(info, port, &range) : 0;
}

static int __vsw_nl_vlan_new(struct genl_info *info)
{
	return vsw_nl_vlan_change(info, true);
}

static int __vsw_nl_vlan_del(struct genl_info *info)
{
	return vsw_nl_vlan_change(info, false);
}

/* The address that an entry is about. */
static int vsw_nl_parse_mac(u8 *mac, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, VSW_A_FDB_MAC)) {
		GENL_SET_ERR_MSG(info, "Name the MAC address");
		return -EINVAL;
	}
	memcpy(mac, nla_data(info->attrs[VSW_A_FDB_MAC]), ETH_ALEN);
	if (is_valid_ether_addr(mac))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VSW_A_FDB_MAC],
			    "A forwarding entry needs a unicast MAC address");
	return -EADDRNOTAVAIL;
}

static int vsw_nl_parse_vid(u16 *vid, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, VSW_A_FDB_VID)) {
		GENL_SET_ERR_MSG(info, "Name the VLAN");
		return -EINVAL;
	}
	*vid = nla_get_u16(info->attrs[VSW_A_FDB_VID]);
	return 0;
}

static int __vsw_nl_fdb_get(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch(info, VSW_A_FDB_SWITCH);
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vid;
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	err = vsw_nl_parse_mac(mac, info) ?: vsw_nl_parse_vid(&vid, info);
	return err ?: vsw_nl_reply_fdb(info, sw, mac, vid);
}

static int vsw_nl_fdb_type(enum vsw_fdb_type *type, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[VSW_A_FDB_TYPE];

	if (!attr)
		return 0;
	*type = nla_get_u32(attr);
	if (*type != VSW_FDB_TYPE_LOCAL)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "Local entries follow the MAC address of a port: vswctl port set NAME mac ADDRESS");
	return -EINVAL;
}

static int __vsw_nl_fdb_new(struct genl_info *info)
{
	struct vsw_port *port = vsw_nl_port(info, VSW_A_FDB_PORT);
	enum vsw_fdb_type type = VSW_FDB_TYPE_STATIC;
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vid;
	int err;

	if (IS_ERR(port))
		return PTR_ERR(port);
	err = vsw_nl_parse_mac(mac, info) ?: vsw_nl_fdb_type(&type, info);
	if (err)
		return err;
	vid = info->attrs[VSW_A_FDB_VID] ?
	      nla_get_u16(info->attrs[VSW_A_FDB_VID]) : vsw_port_pvid(port);
	if (!vid || !vsw_vlans_has(rtnl_dereference(port->vlans), vid)) {
		GENL_SET_ERR_MSG(info,
				 "The port is no member of that VLAN: name another one, or vswctl vlan add");
		return -EINVAL;
	}
	err = vsw_fdb_set(&port->sw->fdb, mac, vid, &port->fdb, type);
	if (err == -EEXIST)
		GENL_SET_ERR_MSG(info,
				 "The address belongs to a port by configuration: vswctl port set");
	return err ?: vsw_nl_reply_fdb(info, port->sw, mac, vid);
}

static int __vsw_nl_fdb_del(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch(info, VSW_A_FDB_SWITCH);
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vid;
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	err = vsw_nl_parse_mac(mac, info) ?: vsw_nl_parse_vid(&vid, info);
	if (err)
		return err;
	err = vsw_fdb_del(&sw->fdb, mac, vid, NULL,
			  VSW_FDB_ALL & ~BIT(VSW_FDB_TYPE_LOCAL));
	if (err == -ENOENT)
		GENL_SET_ERR_MSG(info,
				 "There is no entry for that address in that VLAN: see fdb show");
	else if (err)
		GENL_SET_ERR_MSG(info,
				 "The address belongs to a port by configuration: vswctl port set");
	return err;
}

static int __vsw_nl_fdb_flush(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch(info, VSW_A_FDB_SWITCH);
	struct vsw_fdb_filter filter = { .types = VSW_FDB_LEARNED };
	enum vsw_fdb_type type;
	struct vsw_nl_msg msg;
	struct vsw_port *port;
	struct sk_buff *skb;
	void *head;
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	if (info->attrs[VSW_A_FDB_PORT]) {
		port = vsw_nl_port(info, VSW_A_FDB_PORT);
		if (IS_ERR(port))
			return PTR_ERR(port);
		filter.port = &port->fdb;
	}
	if (info->attrs[VSW_A_FDB_VID])
		filter.vid = nla_get_u16(info->attrs[VSW_A_FDB_VID]);
	err = vsw_nl_fdb_type(&type, info);
	if (err)
		return err;
	if (info->attrs[VSW_A_FDB_TYPE])
		filter.types = BIT(type);

	skb = vsw_nl_reply_new(info, &msg);
	if (!skb)
		return -ENOMEM;
	head = vsw_nl_put_head(skb, &msg);
	return vsw_nl_reply_send(info, skb, vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_FDB_FLUSHED,
			    vsw_fdb_flush(&sw->fdb, &filter))));
}

/* Every operation is the only change of configuration while it lasts. */
#define VSW_NL_DOIT(name)						\
	int vsw_nl_##name##_doit(struct sk_buff *skb,			\
				 struct genl_info *info)		\
	{								\
		int err;						\
									\
		rtnl_lock();						\
		err = __vsw_nl_##name(info);				\
		rtnl_unlock();						\
		return err;						\
	}

VSW_NL_DOIT(switch_get)
VSW_NL_DOIT(switch_new)
VSW_NL_DOIT(switch_set)
VSW_NL_DOIT(switch_del)
VSW_NL_DOIT(port_get)
VSW_NL_DOIT(port_new)
VSW_NL_DOIT(port_set)
VSW_NL_DOIT(port_del)
VSW_NL_DOIT(vlan_new)
VSW_NL_DOIT(vlan_del)
VSW_NL_DOIT(fdb_get)
VSW_NL_DOIT(fdb_new)
VSW_NL_DOIT(fdb_del)
VSW_NL_DOIT(fdb_flush)

int vsw_nl_version_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const u32 features = VSW_FEATURE_VF | VSW_FEATURE_NIC_SYNC |
			     VSW_FEATURE_BRIDGE_NETLINK;
	struct vsw_nl_msg msg;
	struct sk_buff *reply = vsw_nl_reply_new(info, &msg);
	void *head;

	if (!reply)
		return -ENOMEM;
	head = vsw_nl_put_head(reply, &msg);
	return vsw_nl_reply_send(info, reply, vsw_nl_put_tail(reply, head,
		nla_put_string(reply, VSW_A_VERSION_MODULE, VSW_VERSION) ||
		nla_put_u32(reply, VSW_A_VERSION_FEATURES, features)));
}

/**
 * struct vsw_nl_cursor - where a dump goes on; in &netlink_callback.ctx
 * @sw: number of the switch
 * @port: id of the port
 * @sub: place within that port, or within the switch
 *
 * Numbers only grow, and what is new comes last: a dump meets everything that
 * lives through it exactly once.
 */
struct vsw_nl_cursor {
	u32 sw;
	u32 port;
	u32 sub;
};

/**
 * struct vsw_nl_dump - a dump
 * @cb: of netlink
 * @attrs: of the request
 * @cursor: where to go on
 * @msg: head of the messages
 * @sw: only this switch, unless NULL
 * @port: only this port, unless NULL
 * @fill_switch: put a switch, or NULL for all its ports
 * @fill_port: put a port
 */
struct vsw_nl_dump {
	struct netlink_callback *cb;
	struct nlattr **attrs;
	struct vsw_nl_cursor *cursor;
	struct vsw_nl_msg msg;
	const struct vsw_switch *sw;
	const struct vsw_port *port;
	int (*fill_switch)(struct sk_buff *skb, struct vsw_nl_dump *dump,
			   struct vsw_switch *sw);
	int (*fill_port)(struct sk_buff *skb, struct vsw_nl_dump *dump,
			 struct vsw_port *port);
};

static int vsw_nl_dump_ports(struct sk_buff *skb, struct vsw_nl_dump *dump,
			     struct vsw_switch *sw)
{
	struct vsw_nl_cursor *cursor = dump->cursor;
	struct vsw_port *port;
	int err;

	list_for_each_entry(port, &sw->ports, list) {
		if (port->id < cursor->port ||
		    (dump->port && dump->port != port))
			continue;
		if (port->id > cursor->port)
			cursor->sub = 0;
		cursor->port = port->id;
		err = dump->fill_port(skb, dump, port);
		if (err)
			return err;
		cursor->port = port->id + 1;
		cursor->sub = 0;
	}
	return 0;
}

/* A dump is consistent if nobody has configured anything meanwhile. */
static unsigned int vsw_nl_generation(struct net *net)
{
	unsigned int generation = vsw_net(net)->generation;
	struct vsw_switch *sw;

	vsw_switch_for_each(sw, net)
		generation += READ_ONCE(sw->fdb.generation);
	return generation;
}

static int vsw_nl_dump_switches(struct sk_buff *skb, struct vsw_nl_dump *dump)
{
	struct vsw_nl_cursor *cursor = dump->cursor;
	struct net *net = genl_info_net(genl_info_dump(dump->cb));
	struct vsw_switch *sw;
	int err;

	dump->cb->seq = vsw_nl_generation(net);
	vsw_switch_for_each(sw, net) {
		if (sw->number < cursor->sw || (dump->sw && dump->sw != sw))
			continue;
		if (sw->number > cursor->sw)
			cursor->port = cursor->sub = 0;
		cursor->sw = sw->number;
		err = dump->fill_switch(skb, dump, sw);
		if (err)
			return err;
		cursor->sw = sw->number + 1;
		cursor->port = cursor->sub = 0;
	}
	return 0;
}

static int vsw_nl_dump_filter_switch(struct vsw_nl_dump *dump, int attr,
				     const struct genl_info *info)
{
	const struct nlattr *index = attr ? dump->attrs[attr] : NULL;

	if (!index)
		return 0;
	dump->sw = vsw_switch_find(genl_info_net(info), nla_get_u32(index));
	if (dump->sw)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, index,
			    "That device is no vsw switch: see vswctl switch show");
	return -ENODEV;
}

static int vsw_nl_dump_filter_port(struct vsw_nl_dump *dump, int attr,
				   const struct genl_info *info)
{
	const struct nlattr *name = attr ? dump->attrs[attr] : NULL;

	if (!name)
		return 0;
	dump->port = vsw_port_find(genl_info_net(info), nla_data(name));
	if (dump->port) {
		dump->sw = dump->sw ?: dump->port->sw;
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, name,
			    "There is no port of that name: see vswctl port show");
	return -ENOENT;
}

/* Run a dump that asks for one switch and one port by these attributes. */
static int vsw_nl_dump_run(struct sk_buff *skb, struct netlink_callback *cb,
			   struct vsw_nl_dump *dump, int switch_attr,
			   int port_attr)
{
	const struct genl_info *info = genl_info_dump(cb);
	int err;

	BUILD_BUG_ON(sizeof(*dump->cursor) > sizeof(cb->ctx));

	dump->cb = cb;
	dump->attrs = info->attrs;
	dump->cursor = (struct vsw_nl_cursor *)cb->ctx;
	dump->msg = (struct vsw_nl_msg) {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = info->genlhdr->cmd,
		.cb = cb,
	};
	if (!dump->fill_switch)
		dump->fill_switch = vsw_nl_dump_ports;

	rtnl_lock();
	err = vsw_nl_dump_filter_switch(dump, switch_attr, info) ?:
	      vsw_nl_dump_filter_port(dump, port_attr, info) ?:
	      vsw_nl_dump_switches(skb, dump);
	rtnl_unlock();
	return err == -EMSGSIZE && skb->len ? skb->len : err;
}

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

static int vsw_nl_dump_port(struct sk_buff *skb, struct vsw_nl_dump *dump,
			    struct vsw_port *port)
{
	return vsw_nl_fill_port(skb, &dump->msg, port);
}

int vsw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_port = vsw_nl_dump_port };

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_PORT_SWITCH, 0);
}

static int vsw_nl_dump_vlans(struct sk_buff *skb, struct vsw_nl_dump *dump,
			     struct vsw_port *port)
{
	const struct vsw_vlans *vlans = rtnl_dereference(port->vlans);
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

static bool vsw_nl_fdb_matches(const struct vsw_nl_dump *dump,
			       const struct vsw_fdb_entry *entry)
{
	const struct nlattr *vid = dump->attrs[VSW_A_FDB_VID];
	const struct nlattr *type = dump->attrs[VSW_A_FDB_TYPE];

	return (!dump->port || vsw_fdb_owner(entry) == dump->port) &&
	       (!vid || entry->key.vid == nla_get_u16(vid)) &&
	       (!type || READ_ONCE(entry->type) == nla_get_u32(type));
}

static int vsw_nl_dump_fdb(struct sk_buff *skb, struct vsw_nl_dump *dump,
			   struct vsw_switch *sw)
{
	struct vsw_nl_cursor *cursor = dump->cursor;
	struct vsw_fdb_entry *entry;
	unsigned long id;
	int err = 0;

	rcu_read_lock();
	xa_for_each_start(&sw->fdb.index, id, entry, cursor->sub) {
		cursor->sub = id;
		if (!vsw_nl_fdb_matches(dump, entry))
			continue;
		err = vsw_nl_fill_fdb(skb, &dump->msg, sw, entry);
		if (err)
			break;
	}
	rcu_read_unlock();
	return err;
}

int vsw_nl_fdb_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_switch = vsw_nl_dump_fdb };

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_FDB_SWITCH,
			       VSW_A_FDB_PORT);
}

static int vsw_nl_dump_vfs(struct sk_buff *skb, struct vsw_nl_dump *dump,
			   struct vsw_port *port)
{
	const struct nlattr *pf = dump->attrs[VSW_A_VF_PF];
	struct vsw_nl_cursor *cursor = dump->cursor;
	u32 count;
	int err;

	if (!vsw_port_is_uplink(port) ||
	    (pf && nla_get_u32(pf) != port->dev->ifindex))
		return 0;

	count = vsw_vf_count(port->dev);
	for (; cursor->sub < count; cursor->sub++) {
		err = vsw_nl_fill_vf(skb, &dump->msg, port, cursor->sub);
		if (err)
			return err;
	}
	return 0;
}

int vsw_nl_vf_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_port = vsw_nl_dump_vfs };

	return vsw_nl_dump_run(skb, cb, &dump, 0, 0);
}

static int vsw_nl_dump_stats(struct sk_buff *skb, struct vsw_nl_dump *dump,
			     struct vsw_port *port)
{
	return vsw_nl_fill_stats(skb, &dump->msg, port);
}

int vsw_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_port = vsw_nl_dump_stats };

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_STATS_SWITCH,
			       VSW_A_STATS_PORT);
}

static const struct genl_multicast_group vsw_nl_groups[] = {
	[VSW_NLGRP_CONFIG] = { .name = VSW_MCGRP_CONFIG },
	[VSW_NLGRP_FDB] = { .name = VSW_MCGRP_FDB },
};

static struct genl_family vsw_nl_family __ro_after_init = {
	.name = VSW_FAMILY_NAME,
	.version = VSW_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.split_ops = vsw_nl_ops,
	.n_split_ops = ARRAY_SIZE(vsw_nl_ops),
	.mcgrps = vsw_nl_groups,
	.n_mcgrps = ARRAY_SIZE(vsw_nl_groups),
};

int vsw_netlink_init(void)
{
	int err = genl_register_family(&vsw_nl_family);

	WRITE_ONCE(vsw_nl_up, !err);
	return err;
}

void vsw_netlink_exit(void)
{
	rtnl_lock();
	WRITE_ONCE(vsw_nl_up, false);
	rtnl_unlock();
	/* Learning sends events without RTNL. */
	synchronize_net();
	genl_unregister_family(&vsw_nl_family);
}
