/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A meter for what stands between two net devices: frames are put into devices
 * of the kind "vswbench" as if they had been received, and come back to be used
 * again when they are sent out of one. Nothing is allocated in between, so
 * that all of the time is spent by what is measured.
 *
 * For machines with one CPU: what is shared between the frames put in and the
 * frames that come back needs no more than BH off.
 */
#ifndef VSW_BENCH_H
#define VSW_BENCH_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#define BENCH_KIND		"vswbench"
#define BENCH_PORTS_MAX		1024
#define BENCH_PAIRS_MAX		1000000
#define BENCH_FRAME_MAX		65536
#define BENCH_BATCH		64

/**
 * enum bench_kind - what a frame is to a switch
 * @BENCH_UNICAST: from a known address to a known address
 * @BENCH_BROADCAST: from a known address to all
 * @BENCH_UNKNOWN: from a known address to one that nobody has
 * @BENCH_STORM: each from a new address, to a known one
 * @BENCH_MOVE: from an address that was behind another port before, to a
 *	known one
 */
enum bench_kind {
	BENCH_UNICAST,
	BENCH_BROADCAST,
	BENCH_UNKNOWN,
	BENCH_STORM,
	BENCH_MOVE,
};

/**
 * enum bench_tag - where the tag of a frame is
 * @BENCH_TAG_NONE: it has none
 * @BENCH_TAG_META: in the metadata, as from a NIC
 * @BENCH_TAG_FRAME: behind the source address
 */
enum bench_tag {
	BENCH_TAG_NONE,
	BENCH_TAG_META,
	BENCH_TAG_FRAME,
};

/**
 * struct bench_flow - a pair of addresses
 * @dst: destination address
 * @src: source address
 * @vid: VLAN, 0 for an untagged frame
 * @in: index of the port that it comes in by
 */
struct bench_flow {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
	u16 vid;
	u16 in;
};

/**
 * struct bench_shape - what is to be measured
 * @prefix: devices are named so, with a number from 0
 * @ports: number of devices
 * @pairs: number of pairs of addresses
 * @vid: first VLAN
 * @vlans: number of VLANs
 * @size: bytes of a frame with its Ethernet header, without tag and checksum
 * @kind: enum bench_kind
 * @tag: enum bench_tag
 */
struct bench_shape {
	char prefix[IFNAMSIZ - 4];
	unsigned int ports;
	unsigned int pairs;
	unsigned int vid;
	unsigned int vlans;
	unsigned int size;
	unsigned int kind;
	unsigned int tag;
};

/**
 * struct bench_result - what was measured
 * @frames: frames put in
 * @delivered: frames that came out
 * @lost: buffers that did not come back and had to be allocated anew
 * @slices: number of samples
 * @best: least time of a frame in a sample, picoseconds
 * @median: half of the samples are below
 * @worst: nine of ten samples are below
 */
struct bench_result {
	u64 frames;
	u64 delivered;
	u64 lost;
	unsigned int slices;
	u64 best;
	u64 median;
	u64 worst;
};

/* wire.c: the devices */
extern u64 bench_delivered;
int bench_wire_init(void);
void bench_wire_exit(void);
int bench_wire_attach(const char *prefix, unsigned int ports, const char *mode);

/* flow.c: what is sent. Under RTNL */
int bench_flow_shape(const struct bench_shape *shape);
void bench_flow_free(void);
const struct bench_shape *bench_flow_current(void);
struct net_device *bench_flow_port(unsigned int index);
const struct bench_flow *bench_flow_get(unsigned int index);
void bench_flow_next(struct bench_flow *flow);

/* inject.c: the meter */
int bench_inject_prime(void);
int bench_inject_run(unsigned int ms, unsigned int frames, unsigned int slice,
		     struct bench_result *result);
void bench_inject_take_back(struct sk_buff *skb);
void bench_inject_free(void);

#endif /* VSW_BENCH_H */
