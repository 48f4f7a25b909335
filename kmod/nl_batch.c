// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": batches, each a transaction (txn.h), and the
 * batch that waits to be confirmed. See netlink.h.
 */
#include <linux/rtnetlink.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#include "generated/netlink.h"
#include "netlink.h"
#include "switch.h"
#include "txn.h"

/**
 * struct vsw_nl_batch_op - an operation that may be an entry
 * @cmd: the one that it is outside of a batch, VSW_CMD_*
 * @run: carries it out, under RTNL
 */
struct vsw_nl_batch_op {
	u8 cmd;
	int (*run)(struct genl_info *info);
};

static const struct vsw_nl_batch_op vsw_nl_batch_ops[] = {
	[VSW_BATCH_OP_SWITCH_NEW] = { VSW_CMD_SWITCH_NEW, vsw_nl_switch_new },
	[VSW_BATCH_OP_SWITCH_SET] = { VSW_CMD_SWITCH_SET, vsw_nl_switch_set },
	[VSW_BATCH_OP_SWITCH_DEL] = { VSW_CMD_SWITCH_DEL, vsw_nl_switch_del },
	[VSW_BATCH_OP_PORT_NEW] = { VSW_CMD_PORT_NEW, vsw_nl_port_new },
	[VSW_BATCH_OP_PORT_SET] = { VSW_CMD_PORT_SET, vsw_nl_port_set },
	[VSW_BATCH_OP_PORT_DEL] = { VSW_CMD_PORT_DEL, vsw_nl_port_del },
	[VSW_BATCH_OP_VLAN_NEW] = { VSW_CMD_VLAN_NEW, vsw_nl_vlan_new },
	[VSW_BATCH_OP_VLAN_DEL] = { VSW_CMD_VLAN_DEL, vsw_nl_vlan_del },
	[VSW_BATCH_OP_FDB_NEW] = { VSW_CMD_FDB_NEW, vsw_nl_fdb_new },
	[VSW_BATCH_OP_FDB_DEL] = { VSW_CMD_FDB_DEL, vsw_nl_fdb_del },
};

/*
 * Most entries of a batch of somebody who is an administrator in a namespace of his own
 * only: all are carried out, and perhaps taken back, under one hold of RTNL.
 */
#define VSW_NL_BATCH_MAX	256

/* As many as the largest set of an operation has */
#define VSW_NL_BATCH_ATTRS	(VSW_A_PORT_MAX + 1)

/**
 * struct vsw_nl_batch - entries that are to be carried out
 * @info: what each of them is given as its request
 * @attrs: their attributes, one entry after the other
 * @head: first attribute of those that @entry are among
 * @len: length of all those
 * @entry: type of the attributes that are entries, VSW_A_BATCH_*
 * @trusted: see &vsw_txn.trusted
 */
struct vsw_nl_batch {
	struct genl_info info;
	struct nlattr *attrs[VSW_NL_BATCH_ATTRS];
	const struct nlattr *head;
	int len;
	int entry;
	bool trusted;
};

/* The entry after one, or the first after NULL; NULL at the end */
static const struct nlattr *vsw_nl_batch_next(const struct vsw_nl_batch *batch,
					      const struct nlattr *entry)
{
	const struct nlattr *nla = entry ?: batch->head;
	int rem = batch->len - ((const char *)nla - (const char *)batch->head);

	if (entry)
		nla = nla_next(nla, &rem);
	while (nla_ok(nla, rem) && nla_type(nla) != batch->entry)
		nla = nla_next(nla, &rem);
	return nla_ok(nla, rem) ? nla : NULL;
}

/* What checks and carries out an operation that stands alone */
static const struct genl_split_ops *vsw_nl_batch_find(u8 cmd)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vsw_nl_ops); i++)
		if (vsw_nl_ops[i].cmd == cmd &&
		    vsw_nl_ops[i].flags & GENL_CMD_CAP_DO)
			return &vsw_nl_ops[i];
	return NULL;
}

/* The request that an entry is */
static int vsw_nl_batch_parse(struct vsw_nl_batch *batch,
			      const struct nlattr *entry,
			      const struct vsw_nl_batch_op **op)
{
	struct netlink_ext_ack *extack = batch->info.extack;
	struct nlattr *tb[VSW_A_ENTRY_MAX + 1];
	const struct genl_split_ops *ops;
	int err;

	err = nla_parse_nested(tb, VSW_A_ENTRY_MAX, entry, vsw_entry_nl_policy,
			       extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, entry, tb, VSW_A_ENTRY_OP) ||
	    NL_REQ_ATTR_CHECK(extack, entry, tb, VSW_A_ENTRY_ATTRS)) {
		NL_SET_ERR_MSG(extack,
			       "An entry of a batch needs an operation and its attributes");
		return -EINVAL;
	}
	*op = &vsw_nl_batch_ops[nla_get_u32(tb[VSW_A_ENTRY_OP])];
	ops = vsw_nl_batch_find((*op)->cmd);
	if (WARN_ON_ONCE(!ops || ops->maxattr >= VSW_NL_BATCH_ATTRS))
		return -EINVAL;
	memset(batch->attrs, 0, sizeof(batch->attrs));
	batch->info.user_ptr[VSW_NL_INFO_ENTRY] = tb[VSW_A_ENTRY_ATTRS];
	return nla_parse(batch->attrs, ops->maxattr,
			 nla_data(tb[VSW_A_ENTRY_ATTRS]),
			 nla_len(tb[VSW_A_ENTRY_ATTRS]), ops->policy, extack);
}

/* Whatever is to blame lies in the entry: who has sent it finds it by that. */
static void vsw_nl_batch_blame(struct netlink_ext_ack *extack,
			       const struct nlattr *entry)
{
	const char *begin = (const char *)entry;
	const char *bad = (const char *)extack->bad_attr;

	if (bad < begin || bad >= begin + entry->nla_len)
		extack->bad_attr = entry;
	if (!extack->_msg)
		NL_SET_ERR_MSG(extack, "This entry failed, and so did the batch");
}

static int vsw_nl_batch_check(struct vsw_nl_batch *batch)
{
	const struct vsw_nl_batch_op *op;
	const struct nlattr *entry = NULL;
	unsigned int count = 0;
	int err;

	while ((entry = vsw_nl_batch_next(batch, entry))) {
		if (++count > VSW_NL_BATCH_MAX && !batch->trusted) {
			NL_SET_ERR_MSG_ATTR_FMT(batch->info.extack, entry,
						"In a namespace of your own a batch has %u entries at most: make several",
						VSW_NL_BATCH_MAX);
			return -E2BIG;
		}
		err = vsw_nl_batch_parse(batch, entry, &op);
		if (err) {
			vsw_nl_batch_blame(batch->info.extack, entry);
			return err;
		}
	}
	return 0;
}

static int vsw_nl_batch_entry(struct vsw_nl_batch *batch,
			      const struct nlattr *entry)
{
	struct netlink_ext_ack *extack = batch->info.extack;
	const struct vsw_nl_batch_op *op;
	int err;

	/* What one has warned of is not why another fails. */
	extack->_msg = NULL;
	extack->bad_attr = NULL;
	err = vsw_nl_batch_parse(batch, entry, &op) ?: op->run(&batch->info);
	/* Not the way back: nobody else would take it. */
	if (!err && batch->entry == VSW_A_BATCH_ENTRY &&
	    fatal_signal_pending(current))
		err = -EINTR;
	if (err)
		vsw_nl_batch_blame(extack, entry);
	cond_resched();
	return err;
}

/* All entries or none */
static int vsw_nl_batch_run(struct vsw_nl_batch *batch)
{
	const struct nlattr *entry = NULL;
	struct vsw_txn txn;
	int err = 0;

	vsw_txn_begin(&txn, genl_info_net(&batch->info), batch->trusted);
	while (!err && (entry = vsw_nl_batch_next(batch, entry)))
		err = vsw_nl_batch_entry(batch, entry);
	if (err)
		vsw_txn_abort(&txn);
	else
		vsw_txn_commit(&txn);
	return err;
}

/* As many entries as can be, each whole */
static int vsw_nl_batch_run_each(struct vsw_nl_batch *batch)
{
	const struct nlattr *entry = NULL;
	struct vsw_txn txn;
	int failed = 0;

	while ((entry = vsw_nl_batch_next(batch, entry))) {
		*batch->info.extack = (struct netlink_ext_ack) {};
		vsw_txn_begin(&txn, genl_info_net(&batch->info),
			      batch->trusted);
		if (!vsw_nl_batch_entry(batch, entry)) {
			vsw_txn_commit(&txn);
			continue;
		}
		vsw_txn_abort(&txn);
		failed++;
		pr_warn_ratelimited("vsw: cannot take back a change that nobody has confirmed: %s\n",
				    batch->info.extack->_msg);
	}
	return failed;
}

static void vsw_nl_batch_prepare(struct vsw_nl_batch *batch, struct net *net,
				 struct genlmsghdr *head,
				 struct netlink_ext_ack *extack)
{
	batch->info.family = &vsw_nl_family;
	batch->info.genlhdr = head;
	batch->info.attrs = batch->attrs;
	batch->info.extack = extack;
	genl_info_net_set(&batch->info, net);
}

static u32 vsw_nl_batch_left(const struct vsw_net *vnet)
{
	return vnet->undo ? max_t(long, vnet->undo_at - jiffies, 0) / HZ : 0;
}

static int vsw_nl_fill_batch(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			     const struct vsw_net *vnet, const u32 *event)
{
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		(vnet->undo &&
		 (nla_put_u32(skb, VSW_A_BATCH_LEFT,
			      vsw_nl_batch_left(vnet)) ||
		  nla_put_u32(skb, VSW_A_BATCH_TIMEOUT,
			      vnet->undo_timeout))) ||
		(event && nla_put_u32(skb, VSW_A_BATCH_EVENT, *event)));
}

static void vsw_nl_batch_event(struct vsw_net *vnet, u32 event)
{
	const struct vsw_nl_msg msg = { .cmd = VSW_CMD_BATCH_NTF };
	struct net *net = vnet->net;
	struct sk_buff *skb;

	skb = vsw_nl_event_new(net, VSW_NLGRP_CONFIG, GFP_KERNEL);
	if (skb)
		vsw_nl_event_send(net, skb,
				  vsw_nl_fill_batch(skb, &msg, vnet, &event),
				  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

/* No batch waits any longer. */
static void vsw_nl_batch_settle(struct vsw_net *vnet, u32 event)
{
	kvfree(vnet->undo);
	vnet->undo = NULL;
	cancel_delayed_work(&vnet->undo_work);
	vsw_nl_batch_event(vnet, event);
}

/* Take it back, as one, or else as much of it as can be. */
static void vsw_nl_batch_take_back(struct vsw_net *vnet,
				   struct vsw_nl_batch *batch)
{
	struct netlink_ext_ack extack = {};
	struct genlmsghdr head = { .cmd = VSW_CMD_BATCH };
	u32 event = VSW_BATCH_EVENT_UNDONE;

	vsw_nl_batch_prepare(batch, vnet->net, &head, &extack);
	batch->head = vnet->undo;
	batch->len = vnet->undo_len;
	batch->trusted = vnet->undo_trusted;
	batch->entry = VSW_A_BATCH_UNDO;
	if (vsw_nl_batch_run(batch) && vsw_nl_batch_run_each(batch))
		event = VSW_BATCH_EVENT_UNDONE_IN_PART;
	vsw_nl_batch_settle(vnet, event);
}

static void vsw_nl_batch_work(struct work_struct *work)
{
	struct vsw_net *vnet = container_of(to_delayed_work(work),
					    struct vsw_net, undo_work);
	struct vsw_nl_batch *batch = kzalloc(sizeof(*batch), GFP_KERNEL);

	rtnl_lock();
	if (!vsw_nl_is_up() || !vnet->undo ||
	    time_before(jiffies, vnet->undo_at)) {
		/* Somebody was faster, be it who unloads the module. */
	} else if (batch) {
		pr_warn_ratelimited("vsw: nobody has confirmed a batch in %u s: it is taken back\n",
				    vnet->undo_timeout);
		vsw_nl_batch_take_back(vnet, batch);
	} else {
		queue_delayed_work(vsw_wq, &vnet->undo_work, HZ);
	}
	rtnl_unlock();
	kfree(batch);
}

void vsw_nl_batch_init(struct net *net)
{
	struct vsw_net *vnet = vsw_net(net);

	vnet->net = net;
	INIT_DELAYED_WORK(&vnet->undo_work, vsw_nl_batch_work);
}

void vsw_nl_batch_exit(struct net *net)
{
	struct vsw_net *vnet = vsw_net(net);

	cancel_delayed_work_sync(&vnet->undo_work);
	kvfree(vnet->undo);
	vnet->undo = NULL;
}

static int vsw_nl_batch_check_request(struct vsw_nl_batch *batch,
				      struct genl_info *info)
{
	struct vsw_net *vnet = vsw_net(genl_info_net(info));
	const struct nlattr *timeout = info->attrs[VSW_A_BATCH_TIMEOUT];
	int err;

	/* One that has no way back to keep is as good as single requests. */
	if (vnet->undo && timeout) {
		GENL_SET_ERR_MSG(info,
				 "A batch waits to be confirmed: do that first, or take it back (vswctl config confirm, rollback)");
		return -EBUSY;
	}
	if (!timeout != !info->attrs[VSW_A_BATCH_UNDO]) {
		GENL_SET_ERR_MSG(info,
				 "A timeout and what is to be done then belong together: give both or none");
		return -EINVAL;
	}
	err = vsw_nl_batch_check(batch);
	if (err || !timeout)
		return err;
	batch->entry = VSW_A_BATCH_UNDO;
	err = vsw_nl_batch_check(batch);
	batch->entry = VSW_A_BATCH_ENTRY;
	return err;
}

/* From now on it has to be confirmed. */
static void vsw_nl_batch_wait(struct vsw_net *vnet, void *undo,
			      const struct vsw_nl_batch *batch, u32 seconds)
{
	unsigned long delay = (unsigned long)seconds * HZ;

	vnet->undo = undo;
	vnet->undo_len = batch->len;
	vnet->undo_trusted = batch->trusted;
	vnet->undo_timeout = seconds;
	vnet->undo_at = jiffies + delay;
	queue_delayed_work(vsw_wq, &vnet->undo_work, delay);
	vsw_nl_batch_event(vnet, VSW_BATCH_EVENT_WAITS);
}

static int __vsw_nl_batch(struct vsw_nl_batch *batch, struct genl_info *info)
{
	const struct nlattr *timeout = info->attrs[VSW_A_BATCH_TIMEOUT];
	void *undo = NULL;
	int err;

	err = vsw_nl_batch_check_request(batch, info);
	if (err)
		return err;
	if (timeout) {
		undo = kvmalloc(batch->len, GFP_KERNEL_ACCOUNT);
		if (!undo)
			return -ENOMEM;
		memcpy(undo, batch->head, batch->len);
	}
	err = vsw_nl_batch_run(batch);
	if (err)
		kvfree(undo);
	else if (undo)
		vsw_nl_batch_wait(vsw_net(genl_info_net(info)), undo, batch,
				  nla_get_u32(timeout));
	return err;
}

int vsw_nl_batch_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vsw_nl_batch *batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	int err;

	if (!batch)
		return -ENOMEM;
	vsw_nl_batch_prepare(batch, genl_info_net(info), info->genlhdr,
			     info->extack);
	batch->head = vsw_nl_attrs(info, &batch->len);
	batch->entry = VSW_A_BATCH_ENTRY;
	batch->trusted = netlink_capable(skb, CAP_NET_ADMIN);
	rtnl_lock();
	err = __vsw_nl_batch(batch, info);
	rtnl_unlock();
	kfree(batch);
	return err;
}

static int vsw_nl_batch_get(struct genl_info *info)
{
	struct vsw_nl_msg msg;
	struct sk_buff *skb = vsw_nl_reply_new(info, &msg);

	if (!skb)
		return -ENOMEM;
	return vsw_nl_reply_send(info, skb,
				 vsw_nl_fill_batch(skb, &msg,
						   vsw_net(genl_info_net(info)),
						   NULL));
}

static struct vsw_net *vsw_nl_batch_waiting(struct genl_info *info)
{
	struct vsw_net *vnet = vsw_net(genl_info_net(info));

	if (vnet->undo)
		return vnet;
	GENL_SET_ERR_MSG(info,
			 "No batch waits to be confirmed: it was, or has been taken back");
	return NULL;
}

static int vsw_nl_batch_confirm(struct genl_info *info)
{
	struct vsw_net *vnet = vsw_nl_batch_waiting(info);

	if (!vnet)
		return -ENOENT;
	vsw_nl_batch_settle(vnet, VSW_BATCH_EVENT_CONFIRMED);
	return 0;
}

static int vsw_nl_batch_undo(struct genl_info *info)
{
	struct vsw_net *vnet = vsw_nl_batch_waiting(info);
	struct vsw_nl_batch *batch;

	if (!vnet)
		return -ENOENT;
	batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	vsw_nl_batch_take_back(vnet, batch);
	kfree(batch);
	return 0;
}

VSW_NL_DOIT(batch_get)
VSW_NL_DOIT(batch_confirm)
VSW_NL_DOIT(batch_undo)
