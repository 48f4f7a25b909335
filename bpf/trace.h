/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trace.bpf.c and trace.c exchange: a frame, and what the switch did with
 * it, in the order in which it did.
 */
#ifndef TRACE_H
#define TRACE_H

#include <linux/types.h>

#define TRACE_NAME_SIZE		32
#define TRACE_MAC_SIZE		6
#define TRACE_STEPS_MAX		256
/* A port may be the device of another switch, and so on. */
#define TRACE_DEPTH_MAX		4

/* What kind of flooding; VSW_PORT_*_FLOOD and VSW_PORT_PROMISC of kmod/vsw.h */
#define TRACE_FLOOD_UNICAST	0x2
#define TRACE_FLOOD_MULTICAST	0x4
#define TRACE_FLOOD_BROADCAST	0x8

enum trace_step_kind {
	TRACE_LEARN,
	TRACE_MOVE,
	TRACE_FORWARD,
	TRACE_FLOOD,
	TRACE_TX,
	TRACE_DROP,
};

/**
 * struct trace_step - something that was done with a frame
 * @kind: enum trace_step_kind
 * @untagged: TRACE_TX, it leaves without a tag
 * @is_set: TRACE_LEARN and TRACE_MOVE, the table was changed; TRACE_FORWARD and
 *	TRACE_DROP, the port is a member of the VLAN; TRACE_TX, it was dropped on
 *	the way out
 * @reason: enum vsw_drop_reason, where there is one
 * @flood: TRACE_FLOOD, what the ports must take
 * @port: name of the port that it is about, TRACE_FORWARD and TRACE_TX
 * @via: TRACE_TX, name of the port whose device sends the frame
 */
struct trace_step {
	__u8 kind;
	__u8 untagged;
	__u8 is_set;
	__u8 reason;
	__u32 flood;
	char port[TRACE_NAME_SIZE];
	char via[TRACE_NAME_SIZE];
};

/**
 * struct trace_frame - a frame that was received from a port
 * @time: nanoseconds on the monotonic clock
 * @port: name of the port
 * @netns: number of the network namespace of the switch
 * @sw: index of the switch device there
 * @len: its length with the Ethernet header, without a tag in metadata
 * @count: number of steps
 * @missing: steps there was no room for
 * @proto: EtherType behind the tag, as a number of this machine
 * @tci: of its tag
 * @inner: TCI of a second tag, if @proto says that there is one
 * @vid: its VLAN, 0 while that is not known
 * @tagged: it has a C-tag
 * @passed: it was left to those who listen on the device of the port
 * @wanted: a port that was asked for has to do with it
 * @in_tx: it is on its way out of a port, whose step is the last
 * @dst: destination address
 * @src: source address
 * @steps: what was done with it
 */
struct trace_frame {
	__u64 time;
	char port[TRACE_NAME_SIZE];
	__u32 netns;
	__u32 sw;
	__u32 len;
	__u32 count;
	__u32 missing;
	__u16 proto;
	__u16 tci;
	__u16 inner;
	__u16 vid;
	__u8 tagged;
	__u8 passed;
	__u8 wanted;
	__u8 in_tx;
	__u8 dst[TRACE_MAC_SIZE];
	__u8 src[TRACE_MAC_SIZE];
	struct trace_step steps[TRACE_STEPS_MAX];
};

#endif /* TRACE_H */
