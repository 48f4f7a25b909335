/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs look at of the kernel's structures; libbpf finds out where
 * it is in the kernel that runs.
 */
#ifndef KERNEL_BPF_H
#define KERNEL_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), \
			     apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
	void *rx_handler_data;
	unsigned char priv[];
};

struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	__u8 pkt_type:3;
	__u16 vlan_tci;
	__be16 vlan_proto;
	__u16 mac_header;
	unsigned char *head;
	unsigned char *data;
};

#pragma clang attribute pop

#endif /* KERNEL_BPF_H */
