// SPDX-License-Identifier: GPL-2.0-only
/*
 * "bridge fdb" and "bridge monitor fdb" on switches. See rtnl.h.
 *
 * The core hands "bridge fdb ... master" only to what has IFF_BRIDGE_PORT, so a
 * switch is reached by "dev SWITCH self", and a port is named by "via DEV".
 */
#include <linux/etherdevice.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/neighbour.h>
#include <net/netlink.h>

#include "host.h"
#include "port.h"
#include "rtnl.h"
#include "switch.h"
#include "users.h"

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
	/* rtnetlink has looked at no attribute of a neighbour. */
	if (nla_len(tb[NDA_IFINDEX]) != sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NDA_IFINDEX],
				    "The index of a device has four bytes");
		return NULL;
	}
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
	if (!vid || !vsw_vlans_has(vsw_port_vlans(port), vid)) {
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
	err = vsw_users_check_entry(sw, extack) ?:
	      vsw_fdb_set(&sw->fdb, mac, vid, &port->fdb, type,
			  GFP_KERNEL_ACCOUNT);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "The address belongs to a port by configuration: change that port");
	if (err)
		return err;
	/* A static one may have been in the way of one of the host's. */
	if (vsw_fdb_ages(type))
		vsw_host_look(sw);
	VSW_FDB_NOTIFIED();
	return 0;
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
