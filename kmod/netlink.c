// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": what all objects have in common. See
 * netlink.h.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "await.h"
#include "generated/netlink.h"
#include "netlink.h"
#include "port.h"
#include "switch.h"
#include "txn.h"
#include "xdp.h"

struct genl_family vsw_nl_family;

/* Events stop before the family is gone, but switches go after it. */
static bool vsw_nl_up;

/**
 * vsw_nl_is_up - is there anybody to ask for anything?
 *
 * Under RTNL: while it is not, the module is coming or going.
 */
bool vsw_nl_is_up(void)
{
	return READ_ONCE(vsw_nl_up);
}

void *vsw_nl_put_head(struct sk_buff *skb, const struct vsw_nl_msg *msg)
{
	void *head = genlmsg_put(skb, msg->portid, msg->seq, &vsw_nl_family,
				 msg->flags, msg->cmd);

	if (head && msg->cb)
		genl_dump_check_consistent(msg->cb, head);
	return head;
}

/* End a message, or take back what did not fit. */
int vsw_nl_put_tail(struct sk_buff *skb, void *head, bool failed)
{
	if (failed) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/**
 * vsw_nl_event_new - begin an event, if anybody listens
 * @net: network namespace of the listeners
 * @group: VSW_NLGRP_*
 * @gfp: how to allocate
 *
 * Return: an empty message, or NULL. Listeners that miss one are told so.
 */
struct sk_buff *vsw_nl_event_new(struct net *net, unsigned int group,
				 gfp_t gfp)
{
	struct sk_buff *skb;

	if (!vsw_nl_is_up() ||
	    !genl_has_listeners(&vsw_nl_family, net, group))
		return NULL;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!skb)
		vsw_nl_missed(net, group);
	return skb;
}

/**
 * vsw_nl_event_send - send an event
 * @net: network namespace of the listeners
 * @skb: the message
 * @err: error of filling it
 * @group: VSW_NLGRP_*
 * @gfp: how to allocate
 */
void vsw_nl_event_send(struct net *net, struct sk_buff *skb, int err,
		       unsigned int group, gfp_t gfp)
{
	if (err) {
		nlmsg_free(skb);
		genl_set_err(&vsw_nl_family, net, 0, group, err);
		return;
	}
	if (!vsw_txn_keep_event(skb, group))
		vsw_nl_multicast(net, skb, group, gfp);
}

/**
 * vsw_nl_multicast - send an event now
 * @net: network namespace of the listeners
 * @skb: the message
 * @group: VSW_NLGRP_*
 * @gfp: how to allocate
 */
void vsw_nl_multicast(struct net *net, struct sk_buff *skb, unsigned int group,
		      gfp_t gfp)
{
	if (vsw_nl_is_up())
		genlmsg_multicast_netns(&vsw_nl_family, net, skb, 0, group,
					gfp);
	else
		nlmsg_free(skb);
}

/**
 * vsw_nl_missed - listeners have to ask for everything again
 * @net: network namespace of the listeners
 * @group: VSW_NLGRP_*
 */
void vsw_nl_missed(struct net *net, unsigned int group)
{
	if (vsw_nl_is_up())
		genl_set_err(&vsw_nl_family, net, 0, group, -ENOBUFS);
}

/**
 * vsw_nl_reply_new - begin the reply to a request
 * @info: the request
 * @msg: where to put the head of the reply
 *
 * Return: an empty message, or NULL.
 */
struct sk_buff *vsw_nl_reply_new(struct genl_info *info,
				 struct vsw_nl_msg *msg)
{
	struct sk_buff *skb = info->user_ptr[VSW_NL_INFO_REPLY];

	*msg = (struct vsw_nl_msg) {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
	info->user_ptr[VSW_NL_INFO_REPLY] = NULL;
	return skb ?: genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
}

/**
 * vsw_nl_do - carry out a request that is the only change of configuration
 * @info: the request
 * @op: what it asks for
 *
 * There is memory for the reply before anything is changed: what has been done is
 * not reported as failed for want of it.
 *
 * Return: 0 or a negative error.
 */
int vsw_nl_do(struct genl_info *info, int (*op)(struct genl_info *info))
{
	struct sk_buff *reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!reply)
		return -ENOMEM;
	info->user_ptr[VSW_NL_INFO_REPLY] = reply;
	rtnl_lock();
	err = op(info);
	rtnl_unlock();
	/* One that nobody has taken */
	nlmsg_free(info->user_ptr[VSW_NL_INFO_REPLY]);
	return err;
}

/**
 * vsw_nl_reply_send - send the reply to a request
 * @info: the request
 * @skb: the reply
 * @err: error of filling it
 *
 * Return: 0 or a negative error.
 */
int vsw_nl_reply_send(struct genl_info *info, struct sk_buff *skb, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

/*
 * All attributes of a request, for those that may be there more than once: of the
 * message, or of an entry of a batch.
 */
const struct nlattr *vsw_nl_attrs(const struct genl_info *info, int *len)
{
	const struct nlattr *entry = info->user_ptr[VSW_NL_INFO_ENTRY];

	if (entry) {
		*len = nla_len(entry);
		return nla_data(entry);
	}
	*len = nlmsg_attrlen(info->nlhdr, GENL_HDRLEN);
	return nlmsg_attrdata(info->nlhdr, GENL_HDRLEN);
}

static struct vsw_switch *vsw_nl_switch_by_name(struct genl_info *info,
						int attr)
{
	const struct nlattr *name = info->attrs[attr];
	struct net_device *dev;

	dev = __dev_get_by_name(genl_info_net(info), nla_data(name));
	if (dev && vsw_switch_find(genl_info_net(info), dev->ifindex))
		return netdev_priv(dev);
	NL_SET_ERR_MSG_ATTR(info->extack, name,
			    "There is no vsw switch of that name: see vswctl switch show");
	return ERR_PTR(-ENODEV);
}

/* The switch that a request names by index. */
struct vsw_switch *vsw_nl_switch(struct genl_info *info, int attr)
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

/* By index or by name. In a batch by name, because the batch may have made it */
struct vsw_switch *vsw_nl_switch_by(struct genl_info *info, int attr,
				    int name_attr)
{
	if (info->attrs[attr] || !info->attrs[name_attr])
		return vsw_nl_switch(info, attr);
	return vsw_nl_switch_by_name(info, name_attr);
}

/* The port that a request names, be it one that waits for its device. */
struct vsw_port *vsw_nl_port_any(struct genl_info *info, int attr)
{
	struct vsw_port *port;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		GENL_SET_ERR_MSG(info, "Name the port");
		return ERR_PTR(-EINVAL);
	}
	port = vsw_port_find_any(genl_info_net(info),
				 nla_data(info->attrs[attr]));
	if (port)
		return port;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
			    "There is no port of that name: see vswctl port show");
	return ERR_PTR(-ENOENT);
}

struct vsw_port *vsw_nl_port(struct genl_info *info, int attr)
{
	struct vsw_port *port = vsw_nl_port_any(info, attr);

	if (IS_ERR(port) || !port->await)
		return port;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr],
				"Port %s waits for %s: load its driver, or delete the port",
				port->name, port->await->device);
	return ERR_PTR(-ENODEV);
}

int vsw_nl_version_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const u32 features = VSW_FEATURE_VF | VSW_FEATURE_NIC_SYNC |
			     VSW_FEATURE_BRIDGE_NETLINK |
			     (vsw_xdp_is_available() ? VSW_FEATURE_XDP : 0);
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

static int vsw_nl_dump_port(struct sk_buff *skb, struct vsw_nl_dump *dump,
			    struct vsw_port *port)
{
	struct vsw_nl_cursor *cursor = dump->cursor;
	int err;

	if (port->id < cursor->port || (dump->port && dump->port != port))
		return 0;
	if (port->id > cursor->port)
		cursor->sub = 0;
	cursor->port = port->id;
	err = dump->fill_port(skb, dump, port);
	if (err)
		return err;
	cursor->port = port->id + 1;
	cursor->sub = 0;
	return 0;
}

/* Those that wait and are older than a port */
static int vsw_nl_dump_awaited(struct sk_buff *skb, struct vsw_nl_dump *dump,
			       struct vsw_switch *sw, u32 id)
{
	struct vsw_port *port;
	int err = 0;

	if (!dump->awaited)
		return 0;
	list_for_each_entry(port, &sw->awaited, list) {
		if (port->id < id)
			err = vsw_nl_dump_port(skb, dump, port);
		if (err)
			break;
	}
	return err;
}

static int vsw_nl_dump_ports(struct sk_buff *skb, struct vsw_nl_dump *dump,
			     struct vsw_switch *sw)
{
	struct vsw_port *port;
	int err;

	list_for_each_entry(port, &sw->ports, list) {
		err = vsw_nl_dump_awaited(skb, dump, sw, port->id) ?:
		      vsw_nl_dump_port(skb, dump, port);
		if (err)
			return err;
	}
	return vsw_nl_dump_awaited(skb, dump, sw, U32_MAX);
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
		if (sw->number > cursor->sw) {
			cursor->port = 0;
			cursor->sub = 0;
		}
		cursor->sw = sw->number;
		err = dump->fill_switch(skb, dump, sw);
		if (err)
			return err;
		cursor->sw = sw->number + 1;
		cursor->port = 0;
		cursor->sub = 0;
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

/**
 * vsw_nl_dump_run - go on with a dump
 * @skb: where to put it
 * @cb: of netlink
 * @dump: what to fill
 * @switch_attr: attribute that asks for one switch, or 0
 * @port_attr: attribute that asks for one port, or 0
 *
 * Return: what a dumpit() returns.
 */
int vsw_nl_dump_run(struct sk_buff *skb, struct netlink_callback *cb,
		    struct vsw_nl_dump *dump, int switch_attr, int port_attr)
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

static const struct genl_multicast_group vsw_nl_groups[] = {
	[VSW_NLGRP_CONFIG] = { .name = VSW_MCGRP_CONFIG },
	[VSW_NLGRP_FDB] = { .name = VSW_MCGRP_FDB },
};

struct genl_family vsw_nl_family __ro_after_init = {
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
