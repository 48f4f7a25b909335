// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": the forwarding database. See netlink.h.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "generated/netlink.h"
#include "host.h"
#include "netlink.h"
#include "port.h"
#include "txn.h"
#include "users.h"

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

/* Context: lock of the forwarding database. */
void vsw_netlink_fdb_notify(struct vsw_switch *sw,
			    const struct vsw_fdb_entry *entry, bool gone)
{
	const struct vsw_nl_msg msg = {
		.cmd = gone ? VSW_CMD_FDB_DEL_NTF : VSW_CMD_FDB_NTF,
	};
	struct net *net = dev_net(sw->dev);
	struct sk_buff *skb;

	skb = vsw_nl_event_new(net, VSW_NLGRP_FDB, GFP_ATOMIC);
	if (skb)
		vsw_nl_event_send(net, skb,
				  vsw_nl_fill_fdb(skb, &msg, sw, entry),
				  VSW_NLGRP_FDB, GFP_ATOMIC);
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

static int vsw_nl_fdb_get(struct genl_info *info)
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

int vsw_nl_fdb_new(struct genl_info *info)
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
	if (vsw_port_is_apart(port)) {
		GENL_SET_ERR_MSG(info,
				 "The S-VLAN of that port is the NIC's: it has no addresses in the switch");
		return -EOPNOTSUPP;
	}
	vid = info->attrs[VSW_A_FDB_VID] ?
	      nla_get_u16(info->attrs[VSW_A_FDB_VID]) : vsw_port_pvid(port);
	if (!vid || !vsw_vlans_has(vsw_port_vlans(port), vid)) {
		GENL_SET_ERR_MSG(info,
				 "The port is no member of that VLAN: name another one, or vswctl vlan add");
		return -EINVAL;
	}
	err = vsw_users_check_entry(port->sw, info->extack) ?:
	      vsw_txn_note_fdb(port->sw, mac, vid) ?:
	      vsw_fdb_set(&port->sw->fdb, mac, vid, &port->fdb, type,
			  GFP_KERNEL_ACCOUNT);
	if (err == -EEXIST)
		GENL_SET_ERR_MSG(info,
				 "The address belongs to a port by configuration: vswctl port set");
	/* A static one may have been in the way of one of the host's. */
	if (!err && vsw_fdb_ages(type))
		vsw_host_look(port->sw);
	if (err || vsw_txn_is_on())
		return err;
	return vsw_nl_reply_fdb(info, port->sw, mac, vid);
}

int vsw_nl_fdb_del(struct genl_info *info)
{
	struct vsw_switch *sw = vsw_nl_switch_by(info, VSW_A_FDB_SWITCH,
						 VSW_A_FDB_SWITCH_NAME);
	u8 mac[ETH_ALEN] __aligned(2);
	u16 vid;
	int err;

	if (IS_ERR(sw))
		return PTR_ERR(sw);
	err = vsw_nl_parse_mac(mac, info) ?: vsw_nl_parse_vid(&vid, info);
	if (err)
		return err;
	err = vsw_txn_note_fdb(sw, mac, vid);
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

static int vsw_nl_fdb_flush(struct genl_info *info)
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
		if (port->sw != sw) {
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[VSW_A_FDB_PORT],
					    "That is a port of another switch");
			return -EINVAL;
		}
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

VSW_NL_DOIT(fdb_get)
VSW_NL_DOIT(fdb_new)
VSW_NL_DOIT(fdb_del)
VSW_NL_DOIT(fdb_flush)

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
	int slice, err;

	do {
		slice = VSW_FDB_SLICE;
		err = 0;
		rcu_read_lock();
		xa_for_each_start(&sw->fdb.index, id, entry, cursor->sub) {
			cursor->sub = id;
			if (!slice--)
				break;
			if (!vsw_nl_fdb_matches(dump, entry))
				continue;
			err = vsw_nl_fill_fdb(skb, &dump->msg, sw, entry);
			if (err)
				break;
		}
		rcu_read_unlock();
		cond_resched();
	} while (entry && !err);
	return err;
}

int vsw_nl_fdb_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vsw_nl_dump dump = { .fill_switch = vsw_nl_dump_fdb };

	return vsw_nl_dump_run(skb, cb, &dump, VSW_A_FDB_SWITCH,
			       VSW_A_FDB_PORT);
}
