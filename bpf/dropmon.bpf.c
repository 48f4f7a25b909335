// SPDX-License-Identifier: GPL-2.0-only
/*
 * Count the frames that vsw drops, at its tracepoint vsw:vsw_drop.
 *
 * Attached as tp_btf and not as a classic tracepoint program. The kernel skips
 * the latter on a CPU that is in another program or in a system call on a map,
 * as the reader of these counters often is: counts would come out short. This
 * one is called always, needs neither tracefs nor perf, and sees the frame and
 * not just the record. The price is that it reads structures of the module,
 * which CO-RE finds in the BTF of the module that is loaded; without that BTF
 * the program is refused, and never wrong.
 *
 * The types are minimal: CO-RE matches them by name with those of the kernel.
 */
#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "dropmon.h"
#include "kernel.bpf.h"

#define MAC_HEADER_UNSET	0xffff
#define FRAMES_SIZE		(256 * 1024)

#pragma clang attribute push(__attribute__((preserve_access_index)), \
			     apply_to = record)

struct vsw_switch {
	struct net_device *dev;
};

struct vsw_port {
	struct vsw_switch *sw;
	char name[DROPMON_PORT_SIZE];
};

#pragma clang attribute pop

/* Set by the loader: what to count. 0 and "" are for all. */
const volatile __u32 only_netns;
const volatile __u32 only_switch;
const volatile __u64 only_reasons;
const volatile char only_port[DROPMON_PORT_SIZE];
/* Set by the loader: report each frame. */
const volatile bool each_frame;

/* Drops that are missing in the map and in the ring buffer. */
__u64 drops_lost;
__u64 frames_lost;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, DROPMON_KEYS_MAX);
	__type(key, struct drop_key);
	__type(value, __u64);
} drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, FRAMES_SIZE);
} frames SEC(".maps");

static bool wanted(const struct drop_key *key)
{
	if (only_netns && key->netns != only_netns)
		return false;
	if (only_switch && key->sw != only_switch)
		return false;
	if (only_reasons && !(only_reasons >> (key->reason & 63) & 1))
		return false;
	return !only_port[0] || !bpf_strncmp(key->port, sizeof(key->port),
					     (const char *)only_port);
}

static void count(const struct drop_key *key)
{
	__u64 *number, one = 1;

	number = bpf_map_lookup_elem(&drops, key);
	if (!number) {
		if (!bpf_map_update_elem(&drops, key, &one, BPF_NOEXIST))
			return;
		/* Another CPU was faster, or the map is full. */
		number = bpf_map_lookup_elem(&drops, key);
	}
	if (number)
		*number += 1;
	else
		__sync_fetch_and_add(&drops_lost, 1);
}

static void report(const struct drop_key *key, struct sk_buff *skb)
{
	struct drop_frame *frame;
	unsigned char *mac;

	frame = bpf_ringbuf_reserve(&frames, sizeof(*frame), 0);
	if (!frame) {
		__sync_fetch_and_add(&frames_lost, 1);
		return;
	}

	__builtin_memset(frame, 0, sizeof(*frame));
	frame->key = *key;
	frame->time = bpf_ktime_get_ns();
	frame->len = skb->len;
	if (skb->mac_header != MAC_HEADER_UNSET) {
		mac = skb->head + skb->mac_header;
		frame->len += skb->data - mac;
		bpf_probe_read_kernel(frame->dst, sizeof(frame->dst), mac);
		bpf_probe_read_kernel(frame->src, sizeof(frame->src),
				      mac + sizeof(frame->dst));
	}
	bpf_ringbuf_submit(frame, 0);
}

SEC("tp_btf/vsw_drop")
int BPF_PROG(vsw_dropmon, struct vsw_port *port, struct sk_buff *skb,
	     __u16 vid, int reason, bool rx)
{
	struct drop_key key = {
		.reason = reason,
		.vid = vid,
		.rx = rx,
	};
	struct net_device *dev;

	/* Never so, but the verifier asks. */
	if (!port || !skb)
		return 0;

	dev = port->sw->dev;
	key.netns = dev->nd_net.net->ns.inum;
	key.sw = dev->ifindex;
	bpf_probe_read_kernel_str(key.port, sizeof(key.port), port->name);
	if (!wanted(&key))
		return 0;
	count(&key);
	if (each_frame)
		report(&key, skb);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
