// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announcements. See announce.h.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include "announce.h"
#include "forward.h"
#include "port.h"

/**
 * struct vsw_announce_frame - a reverse ARP request, as long as a frame must be
 * @eth: Ethernet header
 * @arp: what kind of addresses follow
 * @sender_mac: who asks
 * @sender_ip: unknown
 * @target_mac: whose address is asked for: that of who asks
 * @target_ip: the question
 * @pad: nothing
 */
struct vsw_announce_frame {
	struct ethhdr eth;
	struct arphdr arp;
	u8 sender_mac[ETH_ALEN];
	__be32 sender_ip;
	u8 target_mac[ETH_ALEN];
	__be32 target_ip;
	u8 pad[18];
} __packed;

static_assert(sizeof(struct vsw_announce_frame) == ETH_ZLEN);

static void vsw_announce_write(struct vsw_announce_frame *frame, const u8 *mac)
{
	*frame = (struct vsw_announce_frame) {
		.eth.h_proto = htons(ETH_P_RARP),
		.arp = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETH_P_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = sizeof(__be32),
			.ar_op = htons(ARPOP_RREQUEST),
		},
	};
	eth_broadcast_addr(frame->eth.h_dest);
	ether_addr_copy(frame->eth.h_source, mac);
	memcpy(frame->sender_mac, mac, ETH_ALEN);
	memcpy(frame->target_mac, mac, ETH_ALEN);
}

/* A frame as vsw_tx() wants it. */
static struct sk_buff *vsw_announce_build(const struct net_device *dev,
					  const u8 *mac, u16 vid)
{
	unsigned int room = LL_RESERVED_SPACE(dev) + VLAN_HLEN;
	struct sk_buff *skb;

	skb = alloc_skb(room + ETH_ZLEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_reset_mac_header(skb);
	vsw_announce_write(skb_put(skb, ETH_ZLEN), mac);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = htons(ETH_P_RARP);
	skb->priority = TC_PRIO_CONTROL;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), vid);
	return skb;
}

/**
 * vsw_announce_mac - tell the wire that an address is reached by an uplink
 * @uplink: the uplink; nothing is said where it is down, or not in the VLAN
 * @mac: the address
 * @vid: its VLAN
 *
 * The announcement may come back by another uplink. Its entry becomes a fresh
 * one, so that a silent address is not taken for one that has gone there.
 *
 * Context: RCU read side, BH off.
 */
void vsw_announce_mac(struct vsw_port *uplink, const u8 *mac, u16 vid)
{
	struct vsw_fdb_entry *entry;
	struct sk_buff *skb;

	if (!vsw_port_is_up(uplink) ||
	    !vsw_vlans_has(rcu_dereference(uplink->vlans), vid))
		return;
	entry = vsw_fdb_find_rcu(&uplink->sw->fdb, mac, vid);
	if (entry)
		vsw_fdb_refresh(entry);

	skb = vsw_announce_build(uplink->dev, mac, vid);
	if (skb)
		vsw_forward_to(uplink, skb, vid);
	else
		vsw_stats_drop(uplink->stats, VSW_DROP_REASON_NO_MEMORY,
			       false);
}

/* Announce a part of the table. Returns whether there is more. */
static bool vsw_announce_slice(struct vsw_switch *sw, unsigned long *id,
			       vsw_announce_by_t by, const void *arg)
{
	struct vsw_fdb_entry *entry;
	struct vsw_port *uplink;
	int slice = VSW_FDB_SLICE;

	xa_for_each_start(&sw->fdb.index, *id, entry, *id) {
		if (!slice--)
			return true;
		uplink = by(vsw_fdb_owner(entry), arg);
		if (uplink)
			vsw_announce_mac(uplink, entry->key.mac,
					 entry->key.vid);
	}
	return false;
}

/**
 * vsw_announce_walk - announce the addresses of many ports, each once
 * @sw: the switch
 * @by: by which uplink
 * @arg: for @by
 *
 * Context: process, RTNL, may sleep.
 */
void vsw_announce_walk(struct vsw_switch *sw, vsw_announce_by_t by,
		       const void *arg)
{
	unsigned long id = 0;
	bool more;

	ASSERT_RTNL();
	do {
		local_bh_disable();
		rcu_read_lock();
		more = vsw_announce_slice(sw, &id, by, arg);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (more);
}

/**
 * struct vsw_announce_one - the argument of a walk for one port
 * @port: the port
 * @uplink: by which it is reached
 */
struct vsw_announce_one {
	const struct vsw_port *port;
	struct vsw_port *uplink;
};

static struct vsw_port *vsw_announce_by_one(const struct vsw_port *port,
					    const void *arg)
{
	const struct vsw_announce_one *one = arg;

	return port == one->port ? one->uplink : NULL;
}

/**
 * vsw_announce_port - announce all addresses of a port
 * @port: the port
 * @uplink: by which it is reached
 *
 * Context: process, RTNL, may sleep.
 */
void vsw_announce_port(struct vsw_port *port, struct vsw_port *uplink)
{
	const struct vsw_announce_one one = {
		.port = port,
		.uplink = uplink,
	};

	vsw_announce_walk(port->sw, vsw_announce_by_one, &one);
}
