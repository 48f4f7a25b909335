// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path: an XDP program on the device of a port asks where a frame
 * goes, before there is an skb (bpf/fastpath.bpf.c is that program).
 *
 * Only the plain case is done here, from a known address to a known one, and
 * it is done whole: policy, tag, time stamp and counters are those that the
 * frame would have met otherwise. Whatever is unclear or unusual is handed on
 * with neither a byte nor a counter changed, to the path of skbs, which learns,
 * floods, and tells why it drops.
 *
 * The program runs with BH off until the frames that it redirected are flushed,
 * so the grace period after which a port is gone covers it too.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/netdev_rx_queue.h>
#include <net/sch_generic.h>
#include <net/xdp.h>

#include "flow.h"
#include "forward.h"
#include "hooks.h"
#include "rx.h"
#include "vsw.h"
#include "xdp.h"

/* Both addresses, a tag and an EtherType; what is shorter is no use to us. */
#define VSW_XDP_LEN_MIN	(VLAN_ETH_HLEN + sizeof(__be16))

/* To sum up more than that takes longer than the path of skbs. */
#define VSW_XDP_SUM_MAX	512

/**
 * struct vsw_xdp_frame - what the head of a frame says
 * @eth: its Ethernet header
 * @payload: what follows the header and the C-tag
 * @end: of the frame
 * @proto: EtherType of @payload
 * @tci: VID and priority
 * @tagged: it came with a C-tag
 * @inside: which is in the frame, and was not taken out by the device
 */
struct vsw_xdp_frame {
	const struct ethhdr *eth;
	const void *payload;
	const void *end;
	__be16 proto;
	u16 tci;
	bool tagged;
	bool inside;
};

/*
 * Generic XDP runs on an skb, for which the path of skbs is the better one. So
 * come the GSO packets of a tap, too. It uses the queues of the core, drivers
 * have their own.
 */
static bool vsw_xdp_is_generic(const struct xdp_rxq_info *rxq)
{
	const struct netdev_rx_queue *queue = rxq->dev->_rx;

	return (const void *)rxq >= (const void *)queue &&
	       (const void *)rxq <
	       (const void *)(queue + rxq->dev->num_rx_queues);
}

/*
 * The port whose device has received a frame. A queue that is not registered is
 * that of a map or a test run: there the driver does not know the frame.
 */
static struct vsw_port *vsw_xdp_port(const struct xdp_buff *xdp)
{
	const struct net_device *dev = xdp->rxq->dev;

	if (!xdp_rxq_info_is_reg(xdp->rxq) || vsw_xdp_is_generic(xdp->rxq) ||
	    rcu_access_pointer(dev->rx_handler) != vsw_rx_handler)
		return NULL;
	return rcu_dereference(dev->rx_handler_data);
}

/*
 * The tag that the device has taken out of a frame, if any. A frame whose tag
 * nobody can tell would end up in another VLAN: that is an error.
 */
static int vsw_xdp_stripped_tag(const struct xdp_buff *xdp,
				struct vsw_xdp_frame *frame)
{
	const struct net_device *dev = xdp->rxq->dev;
	const struct xdp_metadata_ops *ops = dev->xdp_metadata_ops;
	__be16 proto;
	int err;

	if (!ops || !ops->xmo_rx_vlan_tag)
		return dev->features & (NETIF_F_HW_VLAN_CTAG_RX |
					NETIF_F_HW_VLAN_STAG_RX) ?
		       -EOPNOTSUPP : 0;

	err = ops->xmo_rx_vlan_tag((const struct xdp_md *)xdp, &proto,
				   &frame->tci);
	if (err)
		return err == -ENODATA ? 0 : err;
	frame->tagged = true;
	return proto == htons(ETH_P_8021Q) ? 0 : -EPROTONOSUPPORT;
}

/* Look at the head of a frame. Is it a plain one? */
static bool vsw_xdp_read(const struct xdp_buff *xdp,
			 struct vsw_xdp_frame *frame)
{
	const struct vlan_ethhdr *head = xdp->data;

	if (unlikely(xdp_buff_has_frags(xdp) ||
		     xdp->data + VSW_XDP_LEN_MIN > xdp->data_end))
		return false;

	*frame = (struct vsw_xdp_frame) {
		.eth = xdp->data,
		.payload = xdp->data + ETH_HLEN,
		.end = xdp->data_end,
		.proto = head->h_vlan_proto,
	};
	if (is_multicast_ether_addr(head->h_dest) ||
	    vsw_xdp_stripped_tag(xdp, frame))
		return false;

	if (!frame->tagged && frame->proto == htons(ETH_P_8021Q)) {
		frame->tagged = true;
		frame->inside = true;
		frame->tci = ntohs(head->h_vlan_TCI);
		frame->payload += VLAN_HLEN;
		frame->proto = head->h_vlan_encapsulated_proto;
	}
	/* An outer S-tag needs more than a look. */
	return frame->inside || frame->proto != htons(ETH_P_8021AD);
}

/*
 * Is the checksum in a packet more than begun? One of TCP that is to be
 * completed has the sum of the pseudo header in its place: who completes it
 * counts on that. Behind UDP there may be a tunnel, where the checksum further
 * in is the one that is begun, and only the sum over all shows it: as long as it
 * is worth it. Without its own, UDP tells nothing.
 */
static inline bool vsw_xdp_is_summed(const void *data, unsigned int len,
				     u8 protocol, __wsum pseudo)
{
	const struct tcphdr *tcp = data;
	const struct udphdr *udp = data;

	switch (protocol) {
	case IPPROTO_TCP:
		return len >= sizeof(*tcp) && tcp->check &&
		       tcp->check != (__force __sum16)~csum_fold(pseudo);
	case IPPROTO_UDP:
		if (!udp->check || len > VSW_XDP_SUM_MAX)
			return false;
		fallthrough;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return !csum_fold(csum_partial(data, len, pseudo));
	default:
		return false;
	}
}

static bool vsw_xdp_ipv4_is_complete(const struct iphdr *ip, const void *end)
{
	unsigned int head, len;
	__wsum pseudo = 0;

	if ((const void *)(ip + 1) > end || ip->ihl < 5 || ip_is_fragment(ip))
		return false;
	head = ip->ihl * 4;
	len = ntohs(ip->tot_len);
	if (len < head + sizeof(struct udphdr) || (const void *)ip + len > end)
		return false;

	len -= head;
	if (ip->protocol != IPPROTO_ICMP)
		pseudo = csum_tcpudp_nofold(ip->saddr, ip->daddr, len,
					    ip->protocol, 0);
	return vsw_xdp_is_summed((const void *)ip + head, len, ip->protocol,
				 pseudo);
}

static bool vsw_xdp_ipv6_is_complete(const struct ipv6hdr *ip, const void *end)
{
	const void *data = ip + 1;
	unsigned int len;
	__sum16 pseudo;

	if (data > end)
		return false;
	len = ntohs(ip->payload_len);
	if (len < sizeof(struct udphdr) || data + len > end)
		return false;
	pseudo = ~csum_ipv6_magic(&ip->saddr, &ip->daddr, len, ip->nexthdr, 0);
	return vsw_xdp_is_summed(data, len, ip->nexthdr, csum_unfold(pseudo));
}

/*
 * Guests and containers leave checksums to be completed, and say so beside the
 * frame, where XDP does not see it: sent on as it is, the frame would be dropped
 * by its receiver. So unless it comes off a wire, a frame is only forwarded here
 * when its checksum is complete, or is not of a kind that is left out.
 */
static bool vsw_xdp_is_complete(const struct net_device *dev,
				const struct vsw_xdp_frame *frame)
{
	if (dev->dev.parent && dev_is_pci(dev->dev.parent))
		return true;

	switch (frame->proto) {
	case htons(ETH_P_IP):
		return vsw_xdp_ipv4_is_complete(frame->payload, frame->end);
	case htons(ETH_P_IPV6):
		return vsw_xdp_ipv6_is_complete(frame->payload, frame->end);
	case htons(ETH_P_8021Q):
	case htons(ETH_P_8021AD):
		return false;
	default:
		return true;
	}
}

/* Nobody shall miss a frame who sees those that go by skb. */
static bool vsw_xdp_may_receive(struct net_device *dev)
{
	return !vsw_hooks_ingress(dev) && !dev_nit_active(dev);
}

/*
 * Nor may a queue be jumped that an administrator has put there: only those
 * have a handle. Who listens to all devices listens to that of the sender, too,
 * which is in the same network namespace.
 */
static bool vsw_xdp_may_send(const struct net_device *dev)
{
	return READ_ONCE(dev->xdp_features) & NETDEV_XDP_ACT_NDO_XMIT &&
	       !vsw_hooks_egress(dev) && list_empty(&dev->ptype_all) &&
	       !rcu_dereference(dev->qdisc)->handle;
}

/* Which VLAN is the frame in, and may it be there? 0 if not. */
static u16 vsw_xdp_admit(const struct vsw_port *from,
			 struct vsw_xdp_frame *frame)
{
	const struct vsw_vlans *vlans = rcu_dereference(from->vlans);
	u32 flags = READ_ONCE(from->flags);
	u16 vid;

	if (vsw_rx_classify(from, vlans, flags, frame->tagged, &frame->tci) !=
	    VSW_FORWARD)
		return 0;
	vid = frame->tci & VLAN_VID_MASK;
	return vsw_rx_member(vlans, flags, vid) ? vid : 0;
}

/* Can a port be sent to from here? */
static bool vsw_xdp_reaches(const struct vsw_port *to)
{
	return !(READ_ONCE(to->flags) & (VSW_PORT_HOST | VSW_PORT_VF)) &&
	       READ_ONCE(to->egress) == to && vsw_xdp_may_send(to->dev);
}

/* Is there room for what the frame becomes, before it and on the wire? */
static bool vsw_xdp_fits(const struct xdp_buff *xdp,
			 const struct net_device *dev, int growth)
{
	return xdp->data - xdp->data_hard_start >=
	       (long)sizeof(struct xdp_frame) + growth &&
	       xdp->data_end - xdp->data + growth <=
	       READ_ONCE(dev->mtu) + ETH_HLEN + VLAN_HLEN;
}

/* Write the tag that a frame leaves with, or take out that which it came with. */
static void vsw_xdp_set_tag(struct xdp_buff *xdp, u16 tci, bool untagged,
			    int growth)
{
	struct vlan_ethhdr *head = xdp->data - growth;

	if (growth) {
		memmove(head, xdp->data, 2 * ETH_ALEN);
		xdp->data = head;
		xdp_set_data_meta_invalid(xdp);
	}
	if (!untagged) {
		head->h_vlan_proto = htons(ETH_P_8021Q);
		head->h_vlan_TCI = htons(tci);
	}
}

/**
 * struct vsw_xdp_way - what becomes of a frame
 * @flow: one like it went before, or NULL
 * @source: without a flow, the entry of its source
 * @to: the port that it goes to
 * @tci: its VID and priority
 * @untagged: it leaves without a tag
 */
struct vsw_xdp_way {
	struct vsw_flow *flow;
	struct vsw_fdb_entry *source;
	struct vsw_port *to;
	u16 tci;
	bool untagged;
};

/* Does a sender live where its entry says, so that it need not be changed? */
static bool vsw_xdp_is_known(const struct vsw_port *from,
			     const struct vsw_fdb_entry *source)
{
	return READ_ONCE(source->port) == &from->fdb ||
	       (vsw_team_any() &&
		vsw_team_has_both(from, vsw_fdb_owner(source)));
}

/* Ask policy and tables, as the path of skbs does. */
static noinline bool vsw_xdp_decide(const struct vsw_port *from,
				    struct vsw_xdp_frame *frame, u32 tag,
				    struct vsw_xdp_way *way)
{
	struct vsw_fdb_entry *source, *dest;
	struct vsw_flow_key key;
	struct vsw_port *to;
	u16 vid;

	/* Once more, so that it need not be in memory for a flow that is known */
	vsw_flow_key(&key, from, frame->eth, tag);
	vid = vsw_xdp_admit(from, frame);
	if (!vid)
		return false;
	source = vsw_fdb_find_rcu(&from->sw->fdb, frame->eth->h_source, vid);
	if (!source || !vsw_xdp_is_known(from, source))
		return false;
	dest = vsw_fdb_find_rcu(&from->sw->fdb, frame->eth->h_dest, vid);
	if (!dest)
		return false;
	to = vsw_fdb_owner(dest);
	if (vsw_team_any())
		to = vsw_team_target(from, to);
	if (vsw_forward_check(from, to, vid, vsw_team_any()) != VSW_FORWARD)
		return false;
	if (!vsw_team_of(from->sw))
		vsw_flow_add(&key, source, dest, to, frame->tci);
	*way = (struct vsw_xdp_way) {
		.source = source,
		.to = to,
		.tci = frame->tci,
		.untagged = vsw_vlans_untagged(rcu_dereference(to->vlans), vid),
	};
	return true;
}

/* Where does the frame go? */
static bool vsw_xdp_find_way(const struct vsw_port *from,
			     struct vsw_xdp_frame *frame,
			     struct vsw_xdp_way *way)
{
	union vsw_flow_tag tag = { .all = 0 };
	struct vsw_flow_key key __uninitialized;
	struct vsw_flow *flow;

	if (frame->tagged) {
		tag.proto = htons(ETH_P_8021Q);
		tag.tci = frame->tci;
	}
	vsw_flow_key(&key, from, frame->eth, tag.all);
	flow = vsw_team_of(from->sw) ? NULL : vsw_flow_find(&key);
	if (unlikely(!flow || !vsw_flow_is_up(flow)))
		return vsw_xdp_decide(from, frame, tag.all, way);
	way->flow = flow;
	way->to = flow->to;
	way->tci = flow->tci;
	way->untagged = flow->untagged;
	return true;
}

static int __vsw_xdp_forward(struct xdp_buff *xdp)
{
	struct vsw_port *from = vsw_xdp_port(xdp);
	struct vsw_xdp_frame frame __uninitialized;
	struct vsw_xdp_way way __uninitialized;
	unsigned int len;
	int growth;

	if (!from || !vsw_xdp_may_receive(from->dev) ||
	    !vsw_xdp_read(xdp, &frame) ||
	    !vsw_xdp_is_complete(from->dev, &frame) ||
	    !vsw_xdp_find_way(from, &frame, &way) ||
	    way.to == from || !vsw_xdp_reaches(way.to))
		return 0;

	/* The tag further in would become the VLAN: see vsw_tx(). */
	if (way.untagged && frame.proto == htons(ETH_P_8021Q))
		return 0;
	growth = (way.untagged ? 0 : VLAN_HLEN) -
		 (frame.inside ? VLAN_HLEN : 0);
	if (!vsw_xdp_fits(xdp, way.to->dev, growth))
		return 0;

	len = frame.end - frame.payload + ETH_HLEN;
	vsw_stats_rx(from->stats, len);
	if (way.flow)
		vsw_flow_refresh(way.flow);
	else
		vsw_fdb_refresh(way.source);
	vsw_xdp_set_tag(xdp, way.tci, way.untagged, growth);
	vsw_stats_tx(way.to->stats, len);
	return way.to->dev->ifindex;
}

/**
 * vsw_xdp_forward - take a frame through the switch, if that is simple
 * @ctx: the frame
 *
 * The frame is ready to be sent when this returns: its tag is written or taken
 * out, and it has been counted.
 *
 * Return: index of the device to redirect it to, or 0 to pass it on.
 */
__bpf_kfunc int vsw_xdp_forward(struct xdp_md *ctx)
{
	int ifindex;

	/* With BH off we are a reader already: only lockdep has to be told. */
	rcu_lock_acquire(&rcu_lock_map);
	ifindex = __vsw_xdp_forward((struct xdp_buff *)ctx);
	rcu_lock_release(&rcu_lock_map);
	return ifindex;
}

BTF_KFUNCS_START(vsw_xdp_ids)
BTF_ID_FLAGS(func, vsw_xdp_forward)
BTF_KFUNCS_END(vsw_xdp_ids)

static const struct btf_kfunc_id_set vsw_xdp_set = {
	.owner = THIS_MODULE,
	.set = &vsw_xdp_ids,
};

static bool vsw_xdp_registered;

/* Without BTF no program can name a function of ours. */
static bool vsw_xdp_has_btf(void)
{
#ifdef CONFIG_DEBUG_INFO_BTF_MODULES
	return THIS_MODULE->btf_data_size;
#else
	return false;
#endif
}

bool vsw_xdp_is_available(void)
{
	return vsw_xdp_registered;
}

/**
 * vsw_xdp_init - let XDP programs call us
 *
 * What stands in the way is no reason not to load: the switch works without.
 * There is no way back, and none is needed: programs hold the module.
 */
void vsw_xdp_init(void)
{
	int err;

	/* The kernel takes a module without BTF for granted, and says 0. */
	if (!vsw_xdp_has_btf())
		return;
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &vsw_xdp_set);
	if (err)
		pr_warn("vsw: no fast path, XDP programs cannot call vsw (error %d)\n",
			-err);
	vsw_xdp_registered = !err;
}
