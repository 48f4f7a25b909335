// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame comes in: classify, admit, learn, and on to forward.c.
 *
 * From here on the VID and priority of a frame are in the tag of the skb's
 * metadata, whatever it looked like on arrival.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include "failover.h"
#include "flow.h"
#include "forward.h"
#include "rx.h"
#include "team.h"

/* A local address that was heard so recently cannot be on the wire. */
#define VSW_RX_REFLECTION_TIME	(5 * HZ)

/*
 * An 802.1ad tag is payload to a C-VLAN switch. Put one that is in the metadata
 * back into the frame, where it hides whatever is behind it. Of a list only the first
 * frame would get it: it becomes one whose segments are cut.
 */
static struct sk_buff *vsw_rx_stag_to_payload(struct sk_buff *skb)
{
	if (vsw_frame_is_list(skb) && skb_linearize(skb)) {
		kfree_skb(skb);
		return NULL;
	}
	skb_push(skb, ETH_HLEN);
	skb = vlan_insert_tag_set_proto(skb, skb->vlan_proto,
					skb_vlan_tag_get(skb));
	if (!skb)
		return NULL;
	__vlan_hwaccel_clear_tag(skb);
	skb_pull(skb, ETH_HLEN);
	skb_postpush_rcsum(skb, skb->data, VLAN_HLEN);
	skb_reset_mac_len(skb);
	return skb;
}

/*
 * Bring the C-tag of a frame, if it has one, into the metadata. The core has
 * already done so for frames from devices, with the tag of either kind.
 */
static struct sk_buff *vsw_rx_normalise(struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb)) {
		if (likely(skb->vlan_proto == htons(ETH_P_8021Q)))
			return skb;
		return vsw_rx_stag_to_payload(skb);
	}
	if (unlikely(skb->protocol == htons(ETH_P_8021Q)))
		return skb_vlan_untag(skb);
	return skb;
}

/* Which VLAN does the frame belong to? The answer is left in the metadata. */
static int vsw_rx_classify_skb(const struct vsw_port *port,
			       const struct vsw_vlans *vlans, u32 flags,
			       struct sk_buff *skb)
{
	bool tagged = skb_vlan_tag_present(skb);
	u16 tci = tagged ? skb_vlan_tag_get(skb) : 0;
	int reason;

	reason = vsw_rx_classify(port, vlans, flags, tagged, &tci);
	if (likely(reason == VSW_FORWARD))
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tci);
	return reason;
}

/*
 * The address of a local port is not relearned from an uplink: the frame is a
 * reflection of what this host sent. But a reflection is quick. A learned
 * address that has been silent here for a while has gone elsewhere, or was
 * never here: else one forged frame would cut all ports off from its true owner
 * for the whole ageing time.
 */
static bool vsw_rx_lives_here(const struct vsw_fdb_entry *entry)
{
	return READ_ONCE(entry->type) != VSW_FDB_TYPE_DYNAMIC ||
	       time_before(jiffies, READ_ONCE(entry->updated) +
				    VSW_RX_REFLECTION_TIME);
}

/*
 * The source address has an entry that names another port than the one the
 * frame came from. *portp becomes the port that sent the frame.
 */
static int vsw_rx_learn_conflict(struct vsw_port **portp,
				 struct vsw_fdb_entry *entry, u32 flags)
{
	struct vsw_port *owner = vsw_fdb_owner(entry);
	struct vsw_port *port = *portp;

	/* What a VF sends arrives through its PF: it is the VF port's frame. */
	if (READ_ONCE(owner->egress) == port) {
		*portp = owner;
		return VSW_FORWARD;
	}

	if (flags & VSW_PORT_SPOOFCHK)
		return VSW_DROP_REASON_SPOOFED;

	/* What is out there comes by any uplink of a team. */
	if (vsw_team_any() && vsw_team_has_both(port, owner)) {
		vsw_fdb_refresh(entry);
		return VSW_FORWARD;
	}

	if ((flags & VSW_PORT_UPLINK) &&
	    !(READ_ONCE(owner->flags) & VSW_PORT_UPLINK) &&
	    vsw_rx_lives_here(entry))
		return VSW_DROP_REASON_REFLECTED;

	if (READ_ONCE(entry->type) != VSW_FDB_TYPE_DYNAMIC)
		return VSW_DROP_REASON_SOURCE_OWNED;

	if (flags & VSW_PORT_LEARNING)
		vsw_fdb_move(&port->sw->fdb, entry, &port->fdb);
	return VSW_FORWARD;
}

/* *entryp becomes the entry of the source if that is behind this port. */
static int vsw_rx_learn(struct vsw_port **portp, const struct sk_buff *skb,
			u16 vid, u32 flags, struct vsw_fdb_entry **entryp)
{
	const u8 *source = eth_hdr(skb)->h_source;
	struct vsw_port *port = *portp;
	struct vsw_fdb_entry *entry;

	entry = vsw_fdb_find_rcu(&port->sw->fdb, source, vid);
	if (likely(entry)) {
		if (unlikely(READ_ONCE(entry->port) != &port->fdb))
			return vsw_rx_learn_conflict(portp, entry, flags);
		vsw_fdb_refresh(entry);
		*entryp = entry;
		return VSW_FORWARD;
	}

	if (flags & VSW_PORT_LEARNING)
		vsw_fdb_learn(&port->sw->fdb, source, vid, &port->fdb);
	else if (flags & VSW_PORT_SPOOFCHK)
		return VSW_DROP_REASON_SPOOFED;
	return VSW_FORWARD;
}

/*
 * Can there be a flow of a frame? Not of those to groups, and a tag that is still in
 * the frame is not in the key.
 */
static bool vsw_rx_has_flow(const struct sk_buff *skb)
{
	return !is_multicast_ether_addr(eth_hdr(skb)->h_dest) &&
	       skb->protocol != htons(ETH_P_8021Q);
}

static void vsw_rx_key(struct vsw_flow_key *key, const struct vsw_port *port,
		       const struct sk_buff *skb)
{
	vsw_flow_key(key, port, eth_hdr(skb), skb->vlan_all);
}

/*
 * A frame like none before. Where it could have a flow, or NULL, that is where the next
 * one finds which way it went.
 */
static noinline void vsw_rx_new(struct vsw_port *port, struct sk_buff *skb,
				struct vsw_flow *flow)
{
	struct vsw_fdb_entry *source = NULL;
	const struct vsw_vlans *vlans;
	struct vsw_flow_key key;
	struct sk_buff *normal;
	bool has_flow = false;
	u16 vid = 0;
	int reason;
	u32 flags;

	/* Before anything is asked that it stands for */
	if (flow) {
		vsw_rx_key(&key, port, skb);
		has_flow = vsw_flow_place(&key, flow);
	}
	vlans = rcu_dereference(port->vlans);
	flags = READ_ONCE(port->flags);

	reason = VSW_DROP_REASON_INVALID_SOURCE;
	if (unlikely(!is_valid_ether_addr(eth_hdr(skb)->h_source)))
		goto drop;

	/* The key has an S-tag that is payload from here on. */
	if (unlikely(skb->vlan_all && skb->vlan_proto != htons(ETH_P_8021Q)))
		has_flow = false;

	normal = vsw_rx_normalise(skb);
	if (unlikely(!normal)) {
		/* Truncated inside its tag, or no memory; freed already. */
		vsw_stats_drop(port->stats, VSW_DROP_REASON_NO_MEMORY, true);
		return;
	}
	skb = normal;

	reason = vsw_rx_classify_skb(port, vlans, flags, skb);
	if (unlikely(reason != VSW_FORWARD))
		goto drop;
	vid = skb_vlan_tag_get_id(skb);

	reason = VSW_DROP_REASON_VLAN_FILTERED;
	if (unlikely(!vsw_rx_member(vlans, flags, vid)))
		goto drop;

	reason = vsw_rx_learn(&port, skb, vid, flags, &source);
	if (unlikely(reason != VSW_FORWARD))
		goto drop;

	vsw_forward(port, skb, vid, &key, has_flow ? source : NULL);
	return;

drop:
	reason = vsw_failover_hear(port, skb, reason);
	vsw_drop(port, skb, vid, reason, true);
}

/**
 * vsw_rx_frame - take a frame from a port through the switch
 * @port: the port
 * @skb: the frame, unshared, its data behind the Ethernet header
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_rx_frame(struct vsw_port *port, struct sk_buff *skb)
{
	struct vsw_flow_key key __uninitialized;
	struct vsw_flow *flow = NULL;

	vsw_stats_rx(port->stats, vsw_frame_len(skb));

	if (likely(vsw_rx_has_flow(skb) && !vsw_team_of(port->sw))) {
		vsw_rx_key(&key, port, skb);
		if (likely(vsw_flow_find(&key, &flow) &&
			   vsw_flow_is_up(flow))) {
			vsw_forward_flow(flow, skb);
			return;
		}
	}
	vsw_rx_new(port, skb, flow);
}

/*
 * 01:80:C2:00:00:0X never crosses a switch (IEEE 802.1Q table 8-1). What is for
 * protocols of the link (LLDP, LACP) goes to those who listen on the port's own
 * device, and to nobody else: to IP it would be one more way into the host, past
 * all VLANs. Pause frames should not have come up at all.
 */
static rx_handler_result_t vsw_rx_link_local(struct vsw_port *port,
					     struct sk_buff *skb)
{
	if (eth_hdr(skb)->h_dest[5] != 0x01)
		return RX_HANDLER_EXACT;

	vsw_stats_rx(port->stats, vsw_frame_len(skb));
	vsw_drop(port, skb, 0, VSW_DROP_REASON_LINK_LOCAL, true);
	return RX_HANDLER_CONSUMED;
}

/**
 * vsw_rx_handler - a device that is a port has received a frame
 * @pskb: the frame
 *
 * Return: what the core does with the frame.
 */
rx_handler_result_t vsw_rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct vsw_port *port;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;

	port = rcu_dereference(skb->dev->rx_handler_data);
	if (unlikely(is_link_local_ether_addr(eth_hdr(skb)->h_dest)))
		return vsw_rx_link_local(port, skb);

	/* Packet sockets may hold it too, and we are going to change it. */
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (likely(skb)) {
		/* When it leaves is no guest's to say: it would fill a queue. */
		if (unlikely(skb->tstamp_type))
			skb_set_delivery_time(skb, 0, SKB_CLOCK_REALTIME);
		vsw_rx_frame(port, skb);
	} else {
		vsw_stats_drop(port->stats, VSW_DROP_REASON_NO_MEMORY, true);
	}
	return RX_HANDLER_CONSUMED;
}
