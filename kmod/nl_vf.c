// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vsw": virtual functions. See netlink.h.
 */
#include <linux/rtnetlink.h>

#include "generated/netlink.h"
#include "netlink.h"
#include "park.h"
#include "port.h"

static bool vsw_nl_put_vf_effective(struct sk_buff *skb,
				    const struct vsw_vf_state *state)
{
	return nla_put(skb, VSW_A_VF_MAC, ETH_ALEN, state->mac) ||
	       nla_put_u16(skb, VSW_A_VF_VLAN, state->vlan) ||
	       nla_put_u8(skb, VSW_A_VF_PCP, state->pcp) ||
	       nla_put_u32(skb, VSW_A_VF_VLAN_PROTO, state->vlan_proto) ||
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
	       nla_put_u32(skb, VSW_A_VF_WANTED_VLAN_PROTO,
			   state->vlan_proto) ||
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

/*
 * A VF without a VLAN of its own may ask its PF for any, and drivers grant it: what it
 * is confined to is the VLAN of its port only if that has a tag on the uplink.
 */
static u32 vsw_nl_vf_unenforced(const struct vsw_vf *vf)
{
	return vf->unenforced |
	       (vf->wanted.vlan ? 0 : VSW_VF_CAPABILITY_VLAN);
}

/* What the keeper knows of the VF of a port. */
static bool vsw_nl_put_vf_kept(struct sk_buff *skb, const struct vsw_vf *vf,
			       const struct vsw_vf_state *effective)
{
	struct vsw_vf_state wanted = vf->wanted;

	/* What the port does not ask for it wants as it is. */
	if (effective)
		vsw_vf_leave_unasked(&wanted, effective, vf->asked);
	return nla_put_string(skb, VSW_A_VF_PORT, vf->port->name) ||
	       vsw_nl_put_vf_wanted(skb, &wanted) ||
	       (effective && nla_put_u8(skb, VSW_A_VF_DRIFT,
					!!vsw_vf_drift(vf, effective))) ||
	       nla_put_u8(skb, VSW_A_VF_PRESENT, !!effective) ||
	       nla_put_u32(skb, VSW_A_VF_UNENFORCED,
			   vsw_nl_vf_unenforced(vf)) ||
	       nla_put_u32(skb, VSW_A_VF_ON_DRIFT, vf->policy.on_drift) ||
	       nla_put_u32(skb, VSW_A_VF_CORRECTIONS, vf->corrections) ||
	       nla_put_u8(skb, VSW_A_VF_STANDBY,
			  !(vf->port->flags & VSW_PORT_VF));
}

static bool vsw_nl_put_parked(struct sk_buff *skb, struct vsw_port *uplink,
			      u32 index)
{
	const struct vsw_parked *parked = xa_load(&uplink->parked, index);

	return parked &&
	       (nla_put_u8(skb, VSW_A_VF_PARKED, 1) ||
		nla_put_u32(skb, VSW_A_VF_UNENFORCED, parked->unenforced));
}

static int vsw_nl_fill_vf(struct sk_buff *skb, const struct vsw_nl_msg *msg,
			  struct vsw_port *uplink, u32 index,
			  const u32 *event)
{
	const struct vsw_vf *owner = vsw_vf_find(uplink, index);
	struct net_device *pf = uplink->dev;
	struct vsw_vf_state effective;
	bool present = index < vsw_vf_count(pf) &&
		       !vsw_vf_read(pf, index, &effective);
	void *head = vsw_nl_put_head(skb, msg);

	if (!head)
		return -EMSGSIZE;
	return vsw_nl_put_tail(skb, head,
		nla_put_u32(skb, VSW_A_VF_PF, pf->ifindex) ||
		nla_put_string(skb, VSW_A_VF_PF_NAME, pf->name) ||
		nla_put_string(skb, VSW_A_VF_NIC,
			       dev_name(pf->dev.parent)) ||
		nla_put_u32(skb, VSW_A_VF_VF, index) ||
		nla_put_u32(skb, VSW_A_VF_SWITCH, uplink->sw->dev->ifindex) ||
		nla_put_u32(skb, VSW_A_VF_CAPABILITY,
			    vsw_vf_capability(pf)) ||
		(present && vsw_nl_put_vf_effective(skb, &effective)) ||
		(owner && vsw_nl_put_vf_kept(skb, owner,
					     present ? &effective : NULL)) ||
		vsw_switchdev_put_vf(skb, pf, index) ||
		vsw_nl_put_parked(skb, uplink, index) ||
		(event && nla_put_u32(skb, VSW_A_VF_EVENT, *event)) ||
		(present && vsw_nl_put_vf_stats(skb, pf, index)));
}

/**
 * vsw_netlink_vf_notify - tell what has happened to a VF
 * @port: the port that owns it
 * @event: enum vsw_vf_event
 */
void vsw_netlink_vf_notify(struct vsw_port *port, u32 event)
{
	const struct vsw_nl_msg msg = { .cmd = VSW_CMD_VF_NTF };
	struct net *net = dev_net(port->sw->dev);
	struct sk_buff *skb;

	skb = vsw_nl_event_new(net, VSW_NLGRP_CONFIG, GFP_KERNEL);
	if (skb)
		vsw_nl_event_send(net, skb,
				  vsw_nl_fill_vf(skb, &msg, port->vf->uplink,
						 port->vf->index, &event),
				  VSW_NLGRP_CONFIG, GFP_KERNEL);
}

/* A VF that is gone is shown as long as a port owns it. */
static u32 vsw_nl_vf_end(const struct vsw_port *uplink)
{
	u32 end = vsw_vf_count(uplink->dev);
	const struct vsw_vf *vf;

	list_for_each_entry(vf, &uplink->vf_ports, list)
		end = max(end, vf->index + 1);
	return end;
}

static int vsw_nl_dump_vfs(struct sk_buff *skb, struct vsw_nl_dump *dump,
			   struct vsw_port *port)
{
	const struct nlattr *pf = dump->attrs[VSW_A_VF_PF];
	struct vsw_nl_cursor *cursor = dump->cursor;
	u32 count, end;
	int err;

	if (!vsw_port_is_uplink(port) ||
	    (pf && nla_get_u32(pf) != port->dev->ifindex))
		return 0;

	count = vsw_vf_count(port->dev);
	end = vsw_nl_vf_end(port);
	for (; cursor->sub < end; cursor->sub++) {
		if (cursor->sub >= count &&
		    !vsw_vf_find(port, cursor->sub))
			continue;
		err = vsw_nl_fill_vf(skb, &dump->msg, port, cursor->sub, NULL);
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
