// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a frame is made of. Its payload is written once; the head, which a switch
 * may have changed, each time that it is sent.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "bench.h"

static __sum16 bench_frame_sum(const struct iphdr *ip, unsigned int len)
{
	return csum_tcpudp_magic(ip->saddr, ip->daddr, len, ip->protocol,
				 csum_partial(ip + 1, len, 0));
}

static void bench_frame_udp(struct iphdr *ip, unsigned int len)
{
	struct udphdr *udp = (struct udphdr *)(ip + 1);

	udp->source = htons(9);
	udp->dest = htons(9);
	udp->len = htons(len);
	udp->check = bench_frame_sum(ip, len);
}

static void bench_frame_tcp(struct iphdr *ip, unsigned int len, bool whole)
{
	struct tcphdr *tcp = (struct tcphdr *)(ip + 1);

	tcp->source = htons(9);
	tcp->dest = htons(9);
	tcp->doff = 5;
	tcp->ack = 1;
	if (whole)
		tcp->check = bench_frame_sum(ip, len);
}

/**
 * bench_frame_payload - write an IP packet
 * @to: where
 * @room: bytes that there are, all of which are written
 * @len: of the packet; a longer one than @room has the rest of its data
 *	elsewhere, and its TCP checksum is to be completed
 * @tcp: TCP, otherwise UDP
 */
void bench_frame_payload(u8 *to, unsigned int room, unsigned int len, bool tcp)
{
	struct iphdr *ip = (struct iphdr *)to;

	memset(to, 0, room);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->tot_len = htons(min(len, 65535U));
	ip->saddr = htonl(0xc6120001);
	ip->daddr = htonl(0xc6130001);
	ip->protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	ip_send_check(ip);
	if (tcp)
		bench_frame_tcp(ip, len - sizeof(*ip), len <= room);
	else
		bench_frame_udp(ip, len - sizeof(*ip));
}

/**
 * bench_frame_head - write addresses, tag and EtherType in front of a payload
 * @payload: it
 * @shape: says whether the tag is in the frame
 * @flow: has the addresses and the VLAN
 *
 * Return: the head.
 */
struct ethhdr *bench_frame_head(u8 *payload, const struct bench_shape *shape,
				const struct bench_flow *flow)
{
	bool in_frame = shape->tag == BENCH_TAG_FRAME;
	struct ethhdr *eth;

	eth = (struct ethhdr *)(payload - (in_frame ? VLAN_ETH_HLEN : ETH_HLEN));
	ether_addr_copy(eth->h_dest, flow->dst);
	ether_addr_copy(eth->h_source, flow->src);
	if (in_frame) {
		struct vlan_hdr *vlan = (struct vlan_hdr *)(eth + 1);

		eth->h_proto = htons(ETH_P_8021Q);
		vlan->h_vlan_TCI = htons(flow->vid);
		vlan->h_vlan_encapsulated_proto = htons(ETH_P_IP);
	} else {
		eth->h_proto = htons(ETH_P_IP);
	}
	return eth;
}
