/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dropmon.bpf.c and dropmon.c exchange.
 */
#ifndef DROPMON_H
#define DROPMON_H

#include <linux/types.h>

#define DROPMON_PORT_SIZE	32
#define DROPMON_KEYS_MAX	16384
#define DROPMON_MAC_SIZE	6

/**
 * struct drop_key - what drops are counted by; no holes, it is a key of a map
 * @port: name of the port
 * @netns: number of the network namespace of the switch
 * @sw: index of the switch device there
 * @reason: enum vsw_drop_reason
 * @vid: VLAN, 0 if it was not known yet
 * @rx: received from the port, otherwise meant for it
 * @zero: 0
 */
struct drop_key {
	char port[DROPMON_PORT_SIZE];
	__u32 netns;
	__u32 sw;
	__u32 reason;
	__u16 vid;
	__u8 rx;
	__u8 zero;
};

/**
 * struct drop_frame - one frame
 * @key: where and why it was dropped
 * @len: its length with the Ethernet header, without a tag in metadata
 * @time: nanoseconds on the monotonic clock
 * @dst: destination address
 * @src: source address
 */
struct drop_frame {
	struct drop_key key;
	__u32 len;
	__u64 time;
	__u8 dst[DROPMON_MAC_SIZE];
	__u8 src[DROPMON_MAC_SIZE];
};

#endif /* DROPMON_H */
