/* SPDX-License-Identifier: GPL-2.0 */
/* A tap, made and handed over. */
#ifndef VSW_HELPER_TAP_H
#define VSW_HELPER_TAP_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

/* As many as the kernel gives a tap */
#define TAP_QUEUES_MAX	256

/**
 * struct tap - a tap that is there while one of its queues is open
 * @queues: how many are wanted
 * @vnet_hdr: frames have a virtio header, if the kernel can
 * @opened: how many are open
 * @fd: the queues
 * @name: of its device
 * @mac: its address, with FE in front
 */
struct tap {
	unsigned int queues;
	bool vnet_hdr;
	unsigned int opened;
	int fd[TAP_QUEUES_MAX];
	char name[IFNAMSIZ];
	uint8_t mac[6];
};

/* Returns 0, or -1 with errno */
int tap_open(struct tap *tap);

/* Hand over each queue in a message of its own, as QEMU expects the first */
int tap_send(const struct tap *tap, int socket);

#endif
