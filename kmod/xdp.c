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

/*
 * Both addresses, a tag, an EtherType and something behind that: without its tag it is
 * still as long as the shortest frame that NICs take.
 */
#define VSW_XDP_LEN_MIN	(VLAN_ETH_HLEN + VLAN_HLEN + sizeof(__be16))

/* To sum up more than that takes longer than the path of skbs. */
#define VSW_XDP_SUM_MAX	512

/*
 * What a tunnel carries at least, if there is one more checksum: GRE with its own, an
 * Ethernet header, and anything behind that
 */
#define VSW_XDP_INNER_MIN	(8 + ETH_HLEN + 1)

/**
 * struct vsw_xdp_frame - what the head of a frame says
 * @tag: its C-tag, 0 for none
 * @proto: EtherType of what is behind that
 * @inside: length of the tag if it is in the frame, and was not taken out by the device
 */
struct vsw_xdp_frame {
	union vsw_flow_tag tag;
	__be16 proto;
	u8 inside;
};

/*
 * Generic XDP runs on an skb, for which the path of skbs is the better one. So
 * come the GSO packets of a tap, too. It uses the queues of the core, drivers
 * have their own.
 */
static bool vsw_xdp_is_generic(const struct xdp_rxq_info *rxq,
			       const struct net_device *dev)
{
	const struct netdev_rx_queue *queue = dev->_rx;

	return (const void *)rxq >= (const void *)queue &&
	       (const void *)rxq <
	       (const void *)(queue + dev->num_rx_queues);
}

/*
 * Frames of a test run that are to go their way (BPF_F_TEST_XDP_LIVE_FRAMES) come on a
 * queue that is registered, and no driver has ever seen them: what it would say of one
 * it reads from what it keeps behind its own. The kernel has them behind their
 * description (struct xdp_page_head), perhaps in the next cache line, as no driver has.
 */
static bool vsw_xdp_is_test(const struct xdp_buff *xdp)
{
	return xdp->data_hard_start - (const void *)(xdp + 1) <
	       (unsigned long)SMP_CACHE_BYTES;
}

/*
 * The port whose device has received a frame. A queue that is not registered is
 * that of a map or a test run: there the driver does not know the frame.
 */
static struct vsw_port *vsw_xdp_port(const struct xdp_buff *xdp)
{
	const struct net_device *dev = xdp->rxq->dev;

	if (!xdp_rxq_info_is_reg(xdp->rxq) || vsw_xdp_is_test(xdp) ||
	    vsw_xdp_is_generic(xdp->rxq, dev) ||
	    rcu_access_pointer(dev->rx_handler) != vsw_rx_handler)
		return NULL;
	return rcu_dereference(dev->rx_handler_data);
}

/**
 * struct vsw_xdp_stripped - what a device has taken out of a frame
 * @err: 0 if it has, -ENODATA if not, another error if nobody can tell
 * @tag: the tag
 */
struct vsw_xdp_stripped {
	int err;
	union vsw_flow_tag tag;
};

/*
 * By value, and in a function of its own, so that no other one has variables on the
 * stack that it would have to protect: what a driver fills here are two numbers.
 */
static noinline __no_stack_protector struct vsw_xdp_stripped
vsw_xdp_ask_tag(const struct xdp_buff *xdp, const struct xdp_metadata_ops *ops)
{
	struct vsw_xdp_stripped stripped = {};

	stripped.err = ops->xmo_rx_vlan_tag((const struct xdp_md *)xdp,
					    &stripped.tag.proto,
					    &stripped.tag.tci);
	return stripped;
}

/*
 * The tag that the device has taken out of a frame, if any. A frame whose tag
 * nobody can tell would end up in another VLAN: that is an error.
 */
static __always_inline int vsw_xdp_stripped_tag(const struct xdp_buff *xdp,
						const struct net_device *dev,
						union vsw_flow_tag *tag)
{
	const struct xdp_metadata_ops *ops = dev->xdp_metadata_ops;
	struct vsw_xdp_stripped stripped = { .err = -ENODATA };

	if (ops && ops->xmo_rx_vlan_tag)
		stripped = vsw_xdp_ask_tag(xdp, ops);
	else if (dev->features & (NETIF_F_HW_VLAN_CTAG_RX |
				  NETIF_F_HW_VLAN_STAG_RX))
		return -EOPNOTSUPP;

	if (likely(stripped.err == -ENODATA)) {
		tag->all = 0;
		return 0;
	}
	*tag = stripped.tag;
	if (stripped.err)
		return stripped.err;
	return tag->proto == htons(ETH_P_8021Q) ? 0 : -EPROTONOSUPPORT;
}

/* Look at the head of a frame. Is it a plain one? */
static bool vsw_xdp_read(const struct xdp_buff *xdp,
			 const struct net_device *dev,
			 struct vsw_xdp_frame *frame)
{
	const struct vlan_ethhdr *head = xdp->data;

	if (unlikely(xdp_buff_has_frags(xdp) ||
		     xdp->data + VSW_XDP_LEN_MIN > xdp->data_end ||
		     is_multicast_ether_addr(head->h_dest) ||
		     vsw_xdp_stripped_tag(xdp, dev, &frame->tag)))
		return false;

	frame->proto = head->h_vlan_proto;
	frame->inside = 0;
	/* An outer S-tag needs more than a look. */
	if (unlikely(frame->proto == htons(ETH_P_8021AD)))
		return false;
	if (frame->proto == htons(ETH_P_8021Q) && !frame->tag.all) {
		frame->tag.proto = frame->proto;
		frame->tag.tci = ntohs(head->h_vlan_TCI);
		frame->proto = head->h_vlan_encapsulated_proto;
		frame->inside = VLAN_HLEN;
	}
	return true;
}

/*
 * Guests and containers leave checksums to be completed, and say so beside the
 * frame, where XDP does not see it: sent on as it is, the frame would be dropped
 * by its receiver. So unless it comes off a wire, a frame is only forwarded here
 * when its checksum is complete, or is not of a kind that is left out.
 *
 * One of TCP or UDP that is to be completed has the sum of the pseudo header in its
 * place: who completes it counts on that. Without any, nothing is told.
 */
static __always_inline bool vsw_xdp_has_sum(const void *head, size_t len,
					    size_t check_at, const void *end,
					    __wsum pseudo)
{
	__sum16 check;

	if (head + len > end)
		return false;
	check = *(const __sum16 *)(head + check_at);
	return check && check != (__force __sum16)~csum_fold(pseudo);
}

/* Is UDP too short for a tunnel? */
static bool vsw_xdp_is_short(unsigned int len)
{
	return len - sizeof(struct udphdr) < VSW_XDP_INNER_MIN;
}

/*
 * Behind UDP there may be a tunnel, where the checksum further in is the one that
 * is begun, and only the sum over all shows it: as long as it is worth it. Without
 * its own, UDP tells nothing.
 */
static bool vsw_xdp_is_summed(const void *data, unsigned int len,
			      const void *end, u8 protocol, __wsum pseudo)
{
	const struct udphdr *udp = data;

	if (len < sizeof(*udp) || data + len > end || len > VSW_XDP_SUM_MAX)
		return false;

	switch (protocol) {
	case IPPROTO_UDP:
		if (!udp->check)
			return false;
		break;
	case IPPROTO_ICMP:
		/* That of IPv4 is over itself alone. */
		pseudo = 0;
		break;
	case IPPROTO_ICMPV6:
		break;
	default:
		return false;
	}
	return !csum_fold(csum_partial(data, len, pseudo));
}

static __always_inline bool vsw_xdp_l4_is_complete(const void *data,
						   unsigned int len,
						   const void *end, u8 protocol,
						   __wsum pseudo)
{
	if (likely(protocol == IPPROTO_TCP))
		return vsw_xdp_has_sum(data, sizeof(struct tcphdr),
				       offsetof(struct tcphdr, check), end,
				       pseudo);
	if (protocol == IPPROTO_UDP && vsw_xdp_is_short(len))
		return vsw_xdp_has_sum(data, sizeof(struct udphdr),
				       offsetof(struct udphdr, check), end,
				       pseudo);
	return vsw_xdp_is_summed(data, len, end, protocol, pseudo);
}

static bool vsw_xdp_ipv4_is_complete(const struct iphdr *ip, const void *end)
{
	__wsum pseudo;
	int len;

	/* Neither options nor fragments */
	if ((const void *)(ip + 1) > end || *(const u8 *)ip != 0x45 ||
	    ip_is_fragment(ip))
		return false;
	len = ntohs(ip->tot_len) - (int)sizeof(*ip);
	if (unlikely(len < 0))
		return false;
	pseudo = csum_tcpudp_nofold(ip->saddr, ip->daddr, len, ip->protocol, 0);
	return vsw_xdp_l4_is_complete(ip + 1, len, end, ip->protocol, pseudo);
}

static bool vsw_xdp_ipv6_is_complete(const struct ipv6hdr *ip, const void *end)
{
	unsigned int len;
	__wsum pseudo;

	if ((const void *)(ip + 1) > end)
		return false;
	len = ntohs(ip->payload_len);
	pseudo = csum_unfold(~csum_ipv6_magic(&ip->saddr, &ip->daddr, len,
					      ip->nexthdr, 0));
	return vsw_xdp_l4_is_complete(ip + 1, len, end, ip->nexthdr, pseudo);
}

/*
 * Of what else a sender on this host leaves the checksum to others nobody has a list:
 * IP is in MPLS, NSH and HSR, too. These have nothing to sum up.
 */
static bool vsw_xdp_has_no_sum(__be16 proto)
{
	switch (ntohs(proto)) {
	case ETH_P_ARP:
	case ETH_P_RARP:
	case ETH_P_AOE:
	case ETH_P_IBOE:
	case ETH_P_1588:
	case ETH_P_PROFINET:
	case ETH_P_802_EX1:
		return true;
	default:
		return false;
	}
}

static bool vsw_xdp_is_complete(const struct net_device *dev,
				const struct xdp_buff *xdp,
				const struct vsw_xdp_frame *frame)
{
	const void *payload = xdp->data + ETH_HLEN + frame->inside;

	if (dev->dev.parent && dev_is_pci(dev->dev.parent))
		return true;
	if (likely(frame->proto == htons(ETH_P_IP)))
		return vsw_xdp_ipv4_is_complete(payload, xdp->data_end);
	if (frame->proto == htons(ETH_P_IPV6))
		return vsw_xdp_ipv6_is_complete(payload, xdp->data_end);
	return vsw_xdp_has_no_sum(frame->proto);
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

/*
 * Which VLAN is a frame with that tag in, and may it be there? 0 if not. *tci gets its
 * VID and priority.
 */
static u16 vsw_xdp_admit(const struct vsw_port *from, union vsw_flow_tag tag,
			 u16 *tci)
{
	const struct vsw_vlans *vlans = rcu_dereference(from->vlans);
	u32 flags = READ_ONCE(from->flags);
	u16 vid;

	*tci = tag.tci;
	if (vsw_rx_classify(from, vlans, flags, tag.all, tci) != VSW_FORWARD)
		return 0;
	vid = *tci & VLAN_VID_MASK;
	return vsw_rx_member(vlans, flags, vid) ? vid : 0;
}

/* Can a port be sent to from here, by a device of its own that is up? */
static __always_inline bool vsw_xdp_reaches(const struct vsw_port *to,
					    const struct net_device *dev)
{
	return !(READ_ONCE(to->flags) & (VSW_PORT_HOST | VSW_PORT_VF)) &&
	       to->dev == dev && vsw_forward_is_up(to, dev) &&
	       vsw_xdp_may_send(dev);
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

/* Addresses move to where the frame begins from now on. */
static void vsw_xdp_grow(struct xdp_buff *xdp, int growth)
{
	const u64 first = get_unaligned((const u64 *)xdp->data);
	const u32 rest = get_unaligned((const u32 *)(xdp->data + sizeof(u64)));

	xdp->data -= growth;
	put_unaligned(first, (u64 *)xdp->data);
	put_unaligned(rest, (u32 *)(xdp->data + sizeof(u64)));
	xdp_set_data_meta_invalid(xdp);
}

/* Write the tag that a frame leaves with, or take out that which it came with. */
static void vsw_xdp_set_tag(struct xdp_buff *xdp, const struct vsw_flow *flow,
			    int growth)
{
	struct vlan_ethhdr *head;

	if (growth)
		vsw_xdp_grow(xdp, growth);
	if (vsw_flow_untagged(flow))
		return;
	head = xdp->data;
	head->h_vlan_proto = htons(ETH_P_8021Q);
	head->h_vlan_TCI = htons(flow->tci);
}

/* Does a sender live where its entry says, so that it need not be changed? */
static bool vsw_xdp_is_known(const struct vsw_port *from,
			     const struct vsw_fdb_entry *source)
{
	return READ_ONCE(source->port) == &from->fdb ||
	       (vsw_team_any() &&
		vsw_team_has_both(from, vsw_fdb_owner(source)));
}

/*
 * Ask policy and tables, as the path of skbs does. What they say is a flow: one that is
 * kept if there is room where it could be, or else *decided. NULL if it cannot be said
 * here.
 */
static struct vsw_flow *vsw_xdp_decide(const struct vsw_port *from,
				       const struct ethhdr *eth,
				       union vsw_flow_tag tag,
				       struct vsw_flow *flow,
				       struct vsw_flow *decided)
{
	struct vsw_fdb_entry *source, *dest;
	struct vsw_flow_key key;
	struct vsw_port *to;
	u16 vid, tci;

	vsw_flow_key(&key, from, eth, tag.all);
	vid = vsw_xdp_admit(from, tag, &tci);
	if (!vid)
		return NULL;
	source = vsw_fdb_find_rcu(&from->sw->fdb, eth->h_source, vid);
	if (!source || !vsw_xdp_is_known(from, source))
		return NULL;
	dest = vsw_fdb_find_rcu(&from->sw->fdb, eth->h_dest, vid);
	if (!dest)
		return NULL;
	to = vsw_fdb_owner(dest);
	if (vsw_team_any())
		to = vsw_team_target(from, to);
	/* Who sends it has the tag, too: vsw_xdp_reaches() looks at both once more. */
	if (READ_ONCE(to->egress) != to ||
	    vsw_forward_check(from, to, vid, vsw_team_any()) != VSW_FORWARD)
		return NULL;
	if (flow)
		flow = vsw_flow_place(&key, flow) ?
		       vsw_flow_add(&key, source, dest, to, tci) : NULL;
	if (!flow) {
		*decided = vsw_flow_of(&key, source, to, tci);
		flow = decided;
	}
	return flow;
}

/* Make of the frame what it is when it leaves. Returns where it goes, or 0. */
static __always_inline int vsw_xdp_send(const struct vsw_port *from,
					struct xdp_buff *xdp,
					struct vsw_xdp_frame frame,
					struct vsw_flow *flow)
{
	const struct net_device *dev = vsw_flow_dev(flow);
	bool untagged = vsw_flow_untagged(flow);
	struct vsw_port *to = flow->to;
	unsigned int len;
	int growth;

	if (to == from || !vsw_xdp_reaches(to, dev))
		return 0;
	/* The tag further in would become the VLAN: see vsw_tx(). */
	if (untagged && frame.proto == htons(ETH_P_8021Q))
		return 0;
	growth = (untagged ? 0 : VLAN_HLEN) - frame.inside;
	if (!vsw_xdp_fits(xdp, dev, growth))
		return 0;

	len = xdp->data_end - xdp->data - frame.inside;
	vsw_stats_rx_fast(from->stats, len);
	vsw_flow_refresh(flow);
	vsw_xdp_set_tag(xdp, flow, growth);
	vsw_stats_tx(to->stats, len);
	return dev->ifindex;
}

/* A frame like none before */
static noinline int vsw_xdp_new(const struct vsw_port *from,
				struct xdp_buff *xdp,
				struct vsw_xdp_frame frame,
				struct vsw_flow *flow)
{
	struct vsw_flow decided;

	flow = vsw_xdp_decide(from, xdp->data, frame.tag, flow, &decided);
	return flow ? vsw_xdp_send(from, xdp, frame, flow) : 0;
}

static int __vsw_xdp_forward(struct xdp_buff *xdp)
{
	struct vsw_port *from = vsw_xdp_port(xdp);
	struct vsw_xdp_frame frame __uninitialized;
	struct vsw_flow_key key __uninitialized;
	struct vsw_flow *flow = NULL;

	if (!from || !vsw_xdp_may_receive(from->dev) ||
	    !vsw_xdp_read(xdp, from->dev, &frame) ||
	    !vsw_xdp_is_complete(from->dev, xdp, &frame))
		return 0;

	if (likely(!vsw_team_of(from->sw))) {
		vsw_flow_key(&key, from, xdp->data, frame.tag.all);
		if (likely(vsw_flow_find(&key, &flow)))
			return vsw_xdp_send(from, xdp, frame, flow);
	}
	return vsw_xdp_new(from, xdp, frame, flow);
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
