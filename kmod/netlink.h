/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family "vsw". Policies and the operation table are
 * generated from Documentation/netlink/specs/vsw.yaml, which also says what
 * each operation and attribute means. Each object has a file nl_OBJECT.c with
 * one fill function, used for replies, dumps and events.
 *
 * All operations and dumps take RTNL.
 */
#ifndef VSW_NETLINK_H
#define VSW_NETLINK_H

#include <net/genetlink.h>

#include "vsw.h"

struct vsw_port_config;

extern struct genl_family vsw_nl_family;

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
 * @awaited: ports that wait for their device, too
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
	bool awaited;
};

void *vsw_nl_put_head(struct sk_buff *skb, const struct vsw_nl_msg *msg);
int vsw_nl_put_tail(struct sk_buff *skb, void *head, bool failed);

struct sk_buff *vsw_nl_event_new(struct net *net, unsigned int group,
				 gfp_t gfp);
void vsw_nl_event_send(struct net *net, struct sk_buff *skb, int err,
		       unsigned int group, gfp_t gfp);
void vsw_nl_multicast(struct net *net, struct sk_buff *skb, unsigned int group,
		      gfp_t gfp);
void vsw_nl_missed(struct net *net, unsigned int group);
bool vsw_nl_is_up(void);

struct sk_buff *vsw_nl_reply_new(struct genl_info *info,
				 struct vsw_nl_msg *msg);
int vsw_nl_reply_send(struct genl_info *info, struct sk_buff *skb, int err);

const struct nlattr *vsw_nl_attrs(const struct genl_info *info, int *len);
struct vsw_switch *vsw_nl_switch(struct genl_info *info, int attr);
struct vsw_switch *vsw_nl_switch_by(struct genl_info *info, int attr,
				    int name_attr);
struct vsw_port *vsw_nl_port(struct genl_info *info, int attr);
struct vsw_port *vsw_nl_port_any(struct genl_info *info, int attr);
int vsw_nl_check_range(const struct vsw_vlan_range *range,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack);

int vsw_nl_parse_path(struct vsw_port_config *config,
		      const struct vsw_switch *sw, struct genl_info *info);
bool vsw_nl_sets_paths(const struct genl_info *info);
int vsw_nl_set_paths(struct vsw_port *port, struct genl_info *info);

int vsw_nl_dump_run(struct sk_buff *skb, struct netlink_callback *cb,
		    struct vsw_nl_dump *dump, int switch_attr, int port_attr);

/* nl_batch.c, of a network namespace that comes and goes */
void vsw_nl_batch_init(struct net *net);
void vsw_nl_batch_exit(struct net *net);

/* What may be an entry of a batch, under RTNL */
int vsw_nl_switch_new(struct genl_info *info);
int vsw_nl_switch_set(struct genl_info *info);
int vsw_nl_switch_del(struct genl_info *info);
int vsw_nl_port_new(struct genl_info *info);
int vsw_nl_port_set(struct genl_info *info);
int vsw_nl_port_del(struct genl_info *info);
int vsw_nl_vlan_new(struct genl_info *info);
int vsw_nl_vlan_del(struct genl_info *info);
int vsw_nl_fdb_new(struct genl_info *info);
int vsw_nl_fdb_del(struct genl_info *info);

/* In &genl_info.user_ptr: the entry of a batch; memory for the reply */
#define VSW_NL_INFO_ENTRY	0
#define VSW_NL_INFO_REPLY	1

int vsw_nl_do(struct genl_info *info, int (*op)(struct genl_info *info));

#define VSW_NL_DOIT(name)						\
	int vsw_nl_##name##_doit(struct sk_buff *skb,			\
				 struct genl_info *info)		\
	{								\
		return vsw_nl_do(info, vsw_nl_##name);			\
	}

#endif /* VSW_NETLINK_H */
