// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forward frames between ports of vsw before they get an skb. The switch knows
 * where they go, and counts them (kmod/xdp.c): here its answer is carried out.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "fastpath.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FASTPATH_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} frames SEC(".maps");

extern int vsw_xdp_forward(struct xdp_md *ctx) __ksym;

/* "frags", because a port may have a large MTU; such frames are passed on. */
SEC("xdp.frags")
int vsw_fastpath(struct xdp_md *ctx)
{
	int ifindex = vsw_xdp_forward(ctx);
	__u32 index = FASTPATH_PASSED;
	__u64 *count;

	if (ifindex > 0)
		return bpf_redirect(ifindex, 0);
	count = bpf_map_lookup_elem(&frames, &index);
	if (count)
		*count += 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
