/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_FUNCTION_H
#define VSWCTL_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl.h"

struct json_object;
struct row;
struct view;
struct vswctl;

/*
 * VFs of a PF in switchdev mode. The port of such a VF is that of its
 * representor, and the module enforces the policy; only what the VF itself is,
 * its MAC address and its rates, is the NIC's: the function of the
 * representor's devlink port. Linux: Documentation/networking/devlink/
 * devlink-port.rst. What it was before is kept by the module, with the port.
 */

/**
 * struct function_state - what a function is, or shall be
 * @mac: MAC address, all zero for none
 * @tx_share: guaranteed rate in bytes per second
 * @tx_max: highest rate in bytes per second, 0 for no limit
 * @has_mac: @mac counts
 * @has_share: @tx_share counts
 * @has_max: @tx_max counts
 */
struct function_state {
	uint8_t mac[6];
	uint64_t tx_share;
	uint64_t tx_max;
	bool has_mac;
	bool has_share;
	bool has_max;
};

/**
 * struct functions - all devlink ports of this network namespace
 * @ports: they, and what their functions are
 * @rates: the rates of those that have some
 * @known: the kernel was asked
 */
struct functions {
	struct messages ports;
	struct messages rates;
	bool known;
};

int functions_get(struct vswctl *ctl, struct functions *functions);
void functions_free(struct functions *functions);
/* Of the representor @ifindex; false if it has no devlink port */
bool function_state(const struct functions *functions, uint32_t ifindex,
		    struct function_state *state);
struct json_object *function_json(const struct function_state *state);
/* How many lines there are about it; the one of that number */
unsigned int function_lines(const struct function_state *state);
bool function_line(const struct function_state *state, unsigned int index,
		   char *buf, size_t size);

/* Send port-new or port-set; with a representor the function follows */
int function_port_new(struct request *req, const struct view *view);
int function_port_set(struct request *req, const char *name,
		      const struct view *view);
/* What is to be restored when a port is gone; and restore it */
int function_get_before(struct vswctl *ctl, const char *name,
			uint32_t *ifindex, struct function_state *before);
int function_restore(struct vswctl *ctl, uint32_t ifindex,
		     const struct function_state *before);

#endif /* VSWCTL_FUNCTION_H */
