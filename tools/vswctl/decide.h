/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_DECIDE_H
#define VSWCTL_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct topology;
struct topology_port;

/**
 * struct decide_frame - a frame
 * @dst: where it goes to
 * @src: where it comes from
 * @has_src: that is known
 * @tagged: it has a C-tag
 * @vid: VID of the tag, 0 for a priority tag
 * @pcp: priority of the tag
 * @ethertype: what follows the tag
 * @length: with the Ethernet header and the tag, 0 if it does not matter
 */
struct decide_frame {
	uint8_t dst[6];
	uint8_t src[6];
	bool has_src;
	bool tagged;
	uint16_t vid;
	uint8_t pcp;
	uint16_t ethertype;
	uint32_t length;
};

/**
 * struct decide_step - what is done with it, and why
 * @step: receive, nic, classify, admit, learn, look-up or deliver
 * @result: what comes of it, in a word
 * @reason: why, in a word: that of vswctl stats where it is a drop
 * @port: the port that it is about, or NULL
 * @via: uplink whose device sends the frame instead, or NULL
 * @vid: the VLAN, or 0
 * @text: why, for people
 */
struct decide_step {
	const char *step;
	const char *result;
	const char *reason;
	const struct topology_port *port;
	const struct topology_port *via;
	uint16_t vid;
	char text[160];
};

/**
 * struct verdict - all that is done with a frame
 * @steps: in their order
 * @count: how many
 * @room: for so many
 * @delivered: to how many ports
 * @listeners: it goes to those who listen on the device of its port
 * @reason: why it was dropped last, or NULL
 * @where: the port that counts that, or NULL for the NIC
 * @is_rx: as received from @where, and not as meant for it
 * @vid: its VLAN, or 0
 * @pcp: its priority there
 */
struct verdict {
	struct decide_step *steps;
	size_t count;
	size_t room;
	unsigned int delivered;
	bool listeners;
	const char *reason;
	const struct topology_port *where;
	bool is_rx;
	uint16_t vid;
	uint8_t pcp;
};

/*
 * What the datapath does with a frame that @port receives, on its active path
 * or, with @soft, from its device; an exit code. The verdict is to be freed in
 * any case.
 */
int decide(struct topology *topology, const struct topology_port *port,
	   bool soft, const struct decide_frame *frame,
	   struct verdict *verdict);
void verdict_free(struct verdict *verdict);

#endif /* VSWCTL_DECIDE_H */
