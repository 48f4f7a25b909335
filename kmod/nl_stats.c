// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": counters. See netlink.h.
 */

#include "generated/netlink.h"
#include "netlink.h"

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
				 VSW_A_STATS_TX_DROP) ||
		nla_put_uint(skb, VSW_A_STATS_RX_FASTPATH, sum.rx_fastpath));
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
