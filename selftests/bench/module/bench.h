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
#include <net/xdp.h>

#define BENCH_KIND		"vswbench"
#define BENCH_PORTS_MAX		1024
#define BENCH_PAIRS_MAX		1000000
#define BENCH_FRAME_MAX		65536
#define BENCH_BATCH		64

/* Whose a frame is, as &sk_buff.mark */
#define BENCH_MARK		0x76737762
#define BENCH_MARK_PAGE		0x76737763

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
 * @pages: frames are in pages, as drivers have them, and not in skbs
 * @tcp: they are TCP and not UDP
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
	unsigned int pages;
	unsigned int tcp;
};

/**
 * struct bench_result - what was measured
 * @frames: frames put in
 * @delivered: frames that came out
 * @lost: buffers that did not come back and had to be allocated anew
 * @passed: frames that a program had, and passed on
 * @slices: number of samples
 * @best: least time of a frame in a sample, picoseconds
 * @median: half of the samples are below
 * @worst: nine of ten samples are below
 */
struct bench_result {
	u64 frames;
	u64 delivered;
	u64 lost;
	u64 passed;
	unsigned int slices;
	u64 best;
	u64 median;
	u64 worst;
};

/**
 * struct bench_wire - private data of a device
 * @program: its XDP program, or NULL; written under RTNL
 * @queue: where it receives, while it is up
 */
struct bench_wire {
	struct bpf_prog *program;
	struct xdp_rxq_info queue;
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

/* frame.c: what a frame is made of */
void bench_frame_payload(u8 *to, unsigned int room, unsigned int len, bool tcp);
struct ethhdr *bench_frame_head(u8 *payload, const struct bench_shape *shape,
				const struct bench_flow *flow);

/* page.c: frames in pages. Under RTNL, but for those that come out */
extern const struct xdp_metadata_ops bench_xdp_metadata_ops;
int bench_xdp(struct net_device *dev, struct netdev_bpf *bpf);
int bench_xdp_xmit(struct net_device *dev, int count, struct xdp_frame **frames,
		   u32 flags);
int bench_page_batch(const struct bench_shape *shape);
void bench_page_consume(struct sk_buff *skb);
int bench_page_fill(const struct bench_shape *shape);
u64 bench_page_lost(void);
u64 bench_page_passed(void);
void bench_page_free(void);

/* program.c: programs for a kernel that cannot compile BPF */
int bench_program_attach(struct net_device *dev, struct net_device *next,
			 const char *mode);
bool bench_program_is_ours(const struct bpf_prog *program);
void bench_program_call(unsigned long redirect_address,
			unsigned long forward_address);

/* inject.c: the meter */
int bench_inject_prime(void);
int bench_inject_run(unsigned int ms, unsigned int frames, unsigned int slice,
		     struct bench_result *result);
void bench_inject_take_back(struct sk_buff *skb);
void bench_inject_free(void);

#endif /* VSW_BENCH_H */
