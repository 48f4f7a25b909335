// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follow frames through vsw.
 *
 * The datapath takes a frame from one of two functions to its end on one CPU with
 * BH off. So what is called in between, on that CPU, is about that frame, and
 * needs no tracepoint of its own: a program at the entry of a function that the
 * compiler does not inline costs nothing while it is not there, where a tracepoint
 * would cost an instruction for each frame. What is done with a frame is kept
 * until the end, because only then is it known whether it is wanted.
 *
 * When a frame goes up the stack of the host, or to a device that is a port of
 * another switch, the next one may begin before it has ended: see depth.
 *
 * The types are minimal: CO-RE matches them by name with those of the kernel.
 */
#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel.bpf.h"
#include "trace.h"

#define ETH_HLEN		14
#define VLAN_HLEN		4
#define ETH_P_8021Q		0x8100
#define ETH_P_8021AD		0x88a8
#define VID_MASK		0xfff
#define VLANS_MAX		4096
#define PACKET_LOOPBACK		5
#define RX_HANDLER_CONSUMED	0
#define MAC_HEADER_UNSET	0xffff
#define FRAMES_SIZE		(2 * 1024 * 1024)

#pragma clang attribute push(__attribute__((preserve_access_index)), \
			     apply_to = record)

struct vsw_vlans {
	unsigned long member[VLANS_MAX / 64];
};

struct vsw_port;

struct vsw_switch {
	struct net_device *dev;
	struct vsw_port *host;
};

struct vsw_port {
	struct vsw_vlans *vlans;
	struct vsw_port *egress;
	struct vsw_switch *sw;
	char name[TRACE_NAME_SIZE];
};

struct vsw_flow {
	__u16 tci;
};

#pragma clang attribute pop

/* Set by the loader: which frames. 0 and "" are for all. */
const volatile __u32 only_netns;
const volatile char only_port[TRACE_NAME_SIZE];
const volatile __u16 only_vid;
const volatile bool only_mac;
const volatile __u8 mac[TRACE_MAC_SIZE];

/* Frames that are missing in the ring buffer. */
__u64 frames_lost;

/* What is told of a frame, and the port by which it came */
struct open_frame {
	struct trace_frame told;
	struct vsw_port *port;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} depth SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TRACE_DEPTH_MAX);
	__type(key, __u32);
	__type(value, struct open_frame);
} current_frames SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, FRAMES_SIZE);
} frames SEC(".maps");

static __u32 *depth_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&depth, &zero);
}

/* The frame that this CPU works on, or NULL */
static struct open_frame *open_get(void)
{
	__u32 *level = depth_get();
	__u32 index;

	if (!level || !*level)
		return NULL;
	index = *level - 1;
	return bpf_map_lookup_elem(&current_frames, &index);
}

static struct trace_frame *frame_get(void)
{
	struct open_frame *open = open_get();

	return open ? &open->told : NULL;
}

/* One more step, or NULL */
static struct trace_step *step_add(struct trace_frame *frame, __u8 kind)
{
	struct trace_step *step;
	__u32 index = frame->count;

	if (index >= TRACE_STEPS_MAX) {
		frame->missing++;
		return NULL;
	}
	frame->count = index + 1;
	step = &frame->steps[index & (TRACE_STEPS_MAX - 1)];
	__builtin_memset(step, 0, sizeof(*step));
	step->kind = kind;
	return step;
}

/* The step that was added last; there is one */
static struct trace_step *step_last(struct trace_frame *frame)
{
	return &frame->steps[(frame->count - 1) & (TRACE_STEPS_MAX - 1)];
}

static bool vlans_have(const unsigned long *set, __u16 vid)
{
	unsigned long word = 0;

	vid &= VID_MASK;
	bpf_probe_read_kernel(&word, sizeof(word), set + vid / 64);
	return word >> (vid % 64) & 1;
}

static bool has_member(const struct vsw_vlans *vlans, __u16 vid)
{
	const void *set = __builtin_preserve_access_index(&vlans->member[0]);

	return vlans_have(set, vid);
}

/* The name of a port; a frame that has to do with the one asked for is wanted. */
static void port_name(struct trace_frame *frame, struct vsw_port *port,
		      char *name)
{
	bpf_probe_read_kernel_str(name, TRACE_NAME_SIZE,
				  __builtin_preserve_access_index(&port->name));
	if (!only_port[0] || !bpf_strncmp(name, TRACE_NAME_SIZE,
					  (const char *)only_port))
		frame->wanted = 1;
}

static __u16 read_u16(const void *from)
{
	__be16 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), from);
	return bpf_ntohs(value);
}

/* The addresses, tags and type of a frame whose head is at @eth. */
static void frame_read(struct trace_frame *frame, struct sk_buff *skb,
		       const unsigned char *eth)
{
	const unsigned char *type = eth + 2 * TRACE_MAC_SIZE;
	__u16 proto = bpf_ntohs(BPF_CORE_READ(skb, vlan_proto));

	bpf_probe_read_kernel(frame->dst, TRACE_MAC_SIZE, eth);
	bpf_probe_read_kernel(frame->src, TRACE_MAC_SIZE, eth + TRACE_MAC_SIZE);
	frame->proto = read_u16(type);
	if (proto == ETH_P_8021Q) {
		frame->tagged = 1;
		frame->tci = BPF_CORE_READ(skb, vlan_tci);
	} else if (proto) {
		/* It goes back into the frame, and is no tag to us. */
		frame->inner = BPF_CORE_READ(skb, vlan_tci);
		frame->proto = proto;
	} else if (frame->proto == ETH_P_8021Q) {
		frame->tagged = 1;
		frame->tci = read_u16(type + 2);
		type += VLAN_HLEN;
		frame->proto = read_u16(type);
	}
	if (!frame->inner && (frame->proto == ETH_P_8021Q ||
			      frame->proto == ETH_P_8021AD))
		frame->inner = read_u16(type + 2);
}

/* A frame begins; NULL when too many are open. */
static struct trace_frame *frame_begin(struct vsw_port *port)
{
	__u32 *level = depth_get();
	struct trace_frame *frame;
	struct open_frame *open;
	struct net_device *dev;
	__u32 index;

	if (!level)
		return NULL;
	index = (*level)++;
	open = bpf_map_lookup_elem(&current_frames, &index);
	if (!open) {
		__sync_fetch_and_add(&frames_lost, 1);
		return NULL;
	}
	open->port = port;
	frame = &open->told;
	__builtin_memset(frame, 0, __builtin_offsetof(struct trace_frame,
						      steps));
	frame->time = bpf_ktime_get_ns();
	dev = BPF_CORE_READ(port, sw, dev);
	frame->sw = BPF_CORE_READ(dev, ifindex);
	frame->netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	port_name(frame, port, frame->port);
	return frame;
}

static bool mac_is(const __u8 *address)
{
	int i;

	for (i = 0; i < TRACE_MAC_SIZE; i++)
		if (address[i] != mac[i])
			return false;
	return true;
}

static bool frame_is_wanted(const struct trace_frame *frame)
{
	__u16 vid = frame->vid ? frame->vid : frame->tci & VID_MASK;

	return frame->wanted &&
	       (!only_netns || frame->netns == only_netns) &&
	       (!only_vid || vid == only_vid) &&
	       (!only_mac || mac_is(frame->dst) || mac_is(frame->src));
}

static int frame_end(bool passed)
{
	struct trace_frame *frame = frame_get();
	__u32 *level = depth_get();
	__u32 count;

	/* Those that had begun when we came */
	if (!level || !*level)
		return 0;
	(*level)--;
	if (!frame)
		return 0;
	frame->passed = passed;
	if (!frame_is_wanted(frame))
		return 0;
	count = frame->count;
	if (count > TRACE_STEPS_MAX)
		count = TRACE_STEPS_MAX;
	if (bpf_ringbuf_output(&frames, frame,
			       __builtin_offsetof(struct trace_frame, steps) +
			       count * sizeof(struct trace_step), 0))
		__sync_fetch_and_add(&frames_lost, 1);
	return 0;
}

/*
 * ORDER: programs are attached in the order in which they stand here. Each frame
 * that has begun must end, so the programs of the ends are first.
 */

SEC("fexit/vsw_rx_handler")
int vsw_trace_received(void *ctx)
{
	__u64 result = 0;

	bpf_get_func_ret(ctx, &result);
	return frame_end((__u32)result != RX_HANDLER_CONSUMED);
}

SEC("fexit/vsw_switch_start_xmit")
int BPF_PROG(vsw_trace_sent, struct sk_buff *skb, struct net_device *dev)
{
	return frame_end(false);
}

/*
 * The two functions in which a frame begins. The argument of the first is not
 * one that a program may follow by its type: it is asked for as a number.
 */
static struct sk_buff *handler_skb(void *ctx)
{
	struct sk_buff *skb = NULL;
	__u64 pskb = 0;

	if (bpf_get_func_arg(ctx, 0, &pskb) ||
	    bpf_probe_read_kernel(&skb, sizeof(skb), (void *)pskb))
		return NULL;
	return skb;
}

SEC("fentry/vsw_rx_handler")
int vsw_trace_receive(void *ctx)
{
	struct sk_buff *skb = handler_skb(ctx);
	struct trace_frame *frame;
	unsigned char *eth;
	struct vsw_port *port;

	if (!skb)
		return 0;
	port = BPF_CORE_READ(skb, dev, rx_handler_data);
	frame = frame_begin(port);
	if (!frame)
		return 0;
	if (BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type) == PACKET_LOOPBACK)
		frame->wanted = 0;
	eth = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, mac_header);
	frame->len = BPF_CORE_READ(skb, len) + ETH_HLEN;
	frame_read(frame, skb, eth);
	return 0;
}

SEC("fentry/vsw_switch_start_xmit")
int BPF_PROG(vsw_trace_send, struct sk_buff *skb, struct net_device *dev)
{
	struct trace_frame *frame;
	struct vsw_switch *sw;
	struct vsw_port *port;

	/* The host port, as the private data of the device has it */
	sw = (void *)dev + bpf_core_field_offset(struct net_device, priv);
	port = BPF_CORE_READ(sw, host);
	frame = frame_begin(port);
	if (!frame)
		return 0;
	frame->len = skb->len;
	frame_read(frame, skb, skb->data);
	return 0;
}

/*
 * What is done with it
 */

static int learn(__u8 kind)
{
	struct trace_frame *frame = frame_get();

	if (frame)
		step_add(frame, kind);
	return 0;
}

SEC("fentry/vsw_fdb_learn")
int vsw_trace_learn(void *ctx)
{
	return learn(TRACE_LEARN);
}

SEC("fentry/vsw_fdb_move")
int vsw_trace_move(void *ctx)
{
	return learn(TRACE_MOVE);
}

/* The table has been changed: what was tried has been done. */
SEC("tp_btf/vsw_fdb")
int BPF_PROG(vsw_trace_fdb, void *sw, void *fdb, bool gone)
{
	struct trace_frame *frame = frame_get();
	struct trace_step *step;

	if (!frame || !frame->count || gone)
		return 0;
	step = step_last(frame);
	if (step->kind == TRACE_LEARN || step->kind == TRACE_MOVE)
		step->is_set = 1;
	return 0;
}

/* The port that sent it, and its VLAN, are known now. */
static int forward(struct vsw_port *from, __u16 vid)
{
	struct trace_frame *frame = frame_get();
	struct vsw_vlans *vlans = BPF_CORE_READ(from, vlans);
	struct trace_step *step;

	if (!frame)
		return 0;
	frame->vid = vid;
	step = step_add(frame, TRACE_FORWARD);
	if (!step)
		return 0;
	port_name(frame, from, step->port);
	step->is_set = has_member(vlans, vid);
	return 0;
}

SEC("fentry/vsw_forward")
int BPF_PROG(vsw_trace_forward, struct vsw_port *from, struct sk_buff *skb,
	     __u16 vid)
{
	return forward(from, vid);
}

/* It goes the way of the frame before it, for which all of that was asked. */
SEC("fentry/vsw_forward_flow")
int BPF_PROG(vsw_trace_forward_flow, struct vsw_flow *flow)
{
	struct open_frame *open = open_get();

	if (!open)
		return 0;
	return forward(open->port, BPF_CORE_READ(flow, tci) & VID_MASK);
}

static int flood(__u32 kind)
{
	struct trace_frame *frame = frame_get();
	struct trace_step *step = frame ? step_add(frame, TRACE_FLOOD) : NULL;

	if (step)
		step->flood = kind;
	return 0;
}

SEC("fentry/vsw_flood")
int BPF_PROG(vsw_trace_flood, struct vsw_port *from, struct sk_buff *skb,
	     __u16 vid, __u32 kind)
{
	return flood(kind);
}

SEC("fentry/vsw_team_flood")
int BPF_PROG(vsw_trace_team_flood, struct vsw_port *from, struct sk_buff *skb,
	     __u16 vid, __u32 kind)
{
	return flood(kind);
}

SEC("fentry/vsw_tx")
int BPF_PROG(vsw_trace_tx, struct vsw_port *to, struct net_device *dev,
	     struct sk_buff *skb, __u16 vid, bool untagged)
{
	struct trace_frame *frame = frame_get();
	struct trace_step *step;

	if (!frame)
		return 0;
	step = step_add(frame, TRACE_TX);
	if (!step) {
		/* It is wanted all the same. */
		char name[TRACE_NAME_SIZE];

		port_name(frame, to, name);
		return 0;
	}
	port_name(frame, to, step->port);
	port_name(frame, BPF_CORE_READ(to, egress), step->via);
	step->untagged = untagged;
	frame->in_tx = 1;
	return 0;
}

SEC("fexit/vsw_tx")
int BPF_PROG(vsw_trace_tx_end, struct vsw_port *to)
{
	struct trace_frame *frame = frame_get();

	if (frame)
		frame->in_tx = 0;
	return 0;
}

/* All drops are counted here; those that have no frame any more only here. */
SEC("fentry/vsw_stats_drop")
int BPF_PROG(vsw_trace_drop, void *percpu, int reason, bool rx)
{
	struct trace_frame *frame = frame_get();
	struct trace_step *step;

	if (!frame)
		return 0;
	if (!rx && frame->in_tx) {
		step = step_last(frame);
		step->is_set = 1;
		step->reason = reason;
		return 0;
	}
	step = step_add(frame, TRACE_DROP);
	if (step)
		step->reason = reason;
	return 0;
}

/* Who was dropped early is in a VLAN nevertheless. */
SEC("tp_btf/vsw_drop")
int BPF_PROG(vsw_trace_drop_vlan, struct vsw_port *port, struct sk_buff *skb,
	     __u16 vid, int reason, bool rx)
{
	struct trace_frame *frame = frame_get();
	struct vsw_vlans *vlans;

	/* There always is a port, but the verifier asks. */
	if (!port || !frame || !frame->count || !rx || !vid)
		return 0;
	vlans = BPF_CORE_READ(port, vlans);
	frame->vid = vid;
	step_last(frame)->is_set = has_member(vlans, vid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
