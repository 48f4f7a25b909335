/* SPDX-License-Identifier: GPL-2.0 */
/* Net devices, by rtnetlink: what vsw-bridge-helper needs of it. */
#ifndef VSW_HELPER_LINK_H
#define VSW_HELPER_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct link - what there is to know of a device
 * @index: its number; 0 asks for @name
 * @mtu: largest frame without header
 * @is_switch: it is a switch of vsw
 * @name: its name
 */
struct link {
	unsigned int index;
	uint32_t mtu;
	bool is_switch;
	char name[IFNAMSIZ];
};

/* Ask the kernel for the device @link->name. Returns 0 or -1, and @error. */
int link_get(struct link *link, char *error, size_t room);

/*
 * Make the tap a port: with that master and its MTU, a MAC address that begins with
 * FE, so that no switch takes it for its own, and up.
 */
int link_join(struct link *tap, const struct link *master,
	      const uint8_t *mac, char *error, size_t room);

#endif
