// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame goes out of a port: tag or untag, and transmit.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <net/gso.h>
#include <net/sch_generic.h>
#include <net/sock.h>

#include "hooks.h"
#include "vsw.h"

/* The host's own port: up the stack, as if the switch device received it. */
static void vsw_tx_host(struct vsw_switch *sw, struct sk_buff *skb)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct net_device *dev = sw->dev;

	skb->dev = dev;
	if (ether_addr_equal(dest, dev->dev_addr))
		skb->pkt_type = PACKET_HOST;
	else if (is_broadcast_ether_addr(dest))
		skb->pkt_type = PACKET_BROADCAST;
	else if (is_multicast_ether_addr(dest))
		skb->pkt_type = PACKET_MULTICAST;
	else
		skb->pkt_type = PACKET_OTHERHOST;

	dev_sw_netstats_rx_add(dev, skb->len);
	netif_receive_skb(skb);
}

/*
 * What a device that was fed by the wire leaves behind, and a sender must not
 * see. A frame with a tag in its data has its network header behind that.
 */
static int vsw_tx_prepare(struct sk_buff *skb)
{
	int depth;

	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_push(skb, ETH_HLEN);

	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    unlikely(eth_type_vlan(skb->protocol))) {
		if (!vlan_get_protocol_and_depth(skb, skb->protocol, &depth))
			return VSW_DROP_REASON_TX_ERROR;
		skb_set_network_header(skb, depth);
	}
	return VSW_FORWARD;
}

static bool vsw_tx_fits(const struct net_device *dev,
			const struct sk_buff *skb)
{
	/* A tag in the data may come on top of the MTU, as everywhere. */
	unsigned int max = READ_ONCE(dev->mtu) + VLAN_HLEN;

	/*
	 * Segments to be cut are as large as their sender says, and a guest may
	 * say anything. There are NICs that stop when they are told to cut
	 * segments larger than their MTU.
	 */
	return skb->len <= max ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, max));
}

/* Does the socket that sent the frame want to finish it, as TLS does? */
static bool vsw_tx_is_unfinished(const struct sk_buff *skb)
{
#ifdef CONFIG_SOCK_VALIDATE_XMIT
	const struct sock *sk = skb->sk;

	if (sk && sk_fullsock(sk) && sk->sk_validate_xmit_skb)
		return true;
#endif
	return skb_is_decrypted(skb);
}

/* Can a device send the frame as it is, without help for what it lacks? */
static bool vsw_tx_is_simple(const struct net_device *dev, struct sk_buff *skb)
{
	const struct net_device_ops *ops = dev->netdev_ops;
	netdev_features_t features = dev->features, needed = 0;

	if (skb_vlan_tag_present(skb))
		needed |= NETIF_F_HW_VLAN_CTAG_TX;
	if (skb_vlan_tagged(skb))
		features &= dev->vlan_features | NETIF_F_HW_VLAN_CTAG_TX;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		needed |= NETIF_F_HW_CSUM;
	if (skb_is_nonlinear(skb))
		needed |= NETIF_F_SG | NETIF_F_HIGHDMA;

	return !(needed & ~features) && !skb_is_gso(skb) &&
	       !skb_has_frag_list(skb) && skb_frags_readable(skb) &&
	       !skb_shinfo(skb)->tx_flags && !skb->encapsulation &&
	       !skb_dst(skb) && !skb_has_extensions(skb) &&
	       !vsw_tx_is_unfinished(skb) &&
	       !(skb->ip_summed == CHECKSUM_PARTIAL && skb_csum_is_sctp(skb)) &&
	       (!ops->ndo_features_check ||
		ops->ndo_features_check == passthru_features_check);
}

/*
 * The queue of a device that a frame may be handed to without dev_queue_xmit(),
 * or NULL. That takes half of the time of a frame, and there is nothing in it
 * for a device that has one queue without discipline and does its own locking
 * (veth and its like), unless somebody wants to see the frame: a hook, or a
 * packet socket.
 */
static struct netdev_queue *vsw_tx_direct_queue(struct net_device *dev,
						struct sk_buff *skb)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	if (!dev->lltx || READ_ONCE(dev->real_num_tx_queues) != 1 ||
	    rcu_dereference_bh(txq->qdisc)->enqueue || vsw_hooks_egress(dev) ||
	    !vsw_tx_is_simple(dev, skb) || netif_xmit_frozen_or_stopped(txq) ||
	    dev_nit_active(dev) || dev_xmit_recursion())
		return NULL;
	return txq;
}

/*
 * Whoever is behind the device may give a frame a tag or the header of a tunnel, and
 * datagrams of a container have room for neither (the kernel stops, or writes elsewhere).
 * So a list parts here, whatever the device takes. Were all of it taken?
 */
static bool vsw_tx_list(struct sk_buff *skb)
{
	struct sk_buff *segs, *next;
	bool taken = true;
	int err;

	segs = skb_gso_segment(skb, netif_skb_features(skb) & ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return false;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		err = dev_queue_xmit(skb);
		taken &= !net_xmit_eval(err);
	}
	return taken;
}

/* Give a frame to its device. Was it taken? */
static bool vsw_tx_device(struct net_device *dev, struct sk_buff *skb)
{
	struct netdev_queue *txq = vsw_tx_direct_queue(dev, skb);
	int err;

	if (!txq) {
		if (vsw_frame_is_list(skb))
			return vsw_tx_list(skb);
		err = dev_queue_xmit(skb);
		return !net_xmit_eval(err);
	}

	skb_reset_mac_header(skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb_set_transport_header(skb, skb_checksum_start_offset(skb));
	skb_set_queue_mapping(skb, 0);
	dev_xmit_recursion_inc();
	err = netdev_start_xmit(skb, dev, txq, false);
	dev_xmit_recursion_dec();
	if (likely(dev_xmit_complete(err)))
		return !net_xmit_eval(err);
	kfree_skb(skb);
	return false;
}

/**
 * vsw_tx - send a frame out of a port
 * @to: the port
 * @dev: the device that sends it, of the port that was asked for @untagged, too
 * @skb: the frame, its VID in the metadata, its data behind the Ethernet header
 * @vid: its VLAN
 * @untagged: it leaves without a tag
 *
 * Context: RCU read side, BH off. Takes the frame.
 */
void vsw_tx(struct vsw_port *to, struct net_device *dev, struct sk_buff *skb,
	    u16 vid, bool untagged)
{
	unsigned int len;
	int reason;

	reason = VSW_DROP_REASON_TOO_BIG;
	if (unlikely(!vsw_tx_fits(dev, skb)))
		goto drop;

	/*
	 * A checksum is written when all has been decided. AF_XDP lets a container
	 * have it in the Ethernet header, as EtherType or VID.
	 */
	reason = VSW_DROP_REASON_TX_ERROR;
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    unlikely(skb_checksum_start_offset(skb) < 0))
		goto drop;

	if (untagged) {
		/*
		 * Without its tag, a C-tag further in would become the VLAN of
		 * the frame: the way to hop VLANs by double tagging.
		 */
		reason = VSW_DROP_REASON_NESTED_TAG;
		if (unlikely(skb->protocol == htons(ETH_P_8021Q)))
			goto drop;
		__vlan_hwaccel_clear_tag(skb);
	}

	if (READ_ONCE(to->flags) & VSW_PORT_HOST) {
		vsw_stats_tx(to->stats, vsw_frame_len(skb));
		vsw_tx_host(to->sw, skb);
		return;
	}

	reason = vsw_tx_prepare(skb);
	if (unlikely(reason != VSW_FORWARD))
		goto drop;
	len = skb->len;
	skb->dev = dev;
	if (likely(vsw_tx_device(dev, skb)))
		vsw_stats_tx(to->stats, len);
	else
		vsw_stats_drop(to->stats, VSW_DROP_REASON_TX_ERROR, false);
	return;

drop:
	vsw_drop(to, skb, vid, reason, false);
}
