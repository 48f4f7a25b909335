/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_SAMPLE_H
#define VSWCTL_SAMPLE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <linux/vsw.h>

struct messages;
struct vswctl;

/* What is counted of everything; seen from the switch */
enum counter {
	COUNTER_RX_FRAMES,
	COUNTER_RX_BYTES,
	COUNTER_TX_FRAMES,
	COUNTER_TX_BYTES,
	COUNTER_RX_DROPPED,
	COUNTER_TX_DROPPED,
	/* Frames dropped by reason, as received and as meant for the port */
	COUNTER_RX_DROP,
	COUNTER_TX_DROP = COUNTER_RX_DROP + VSW_DROP_REASON_MAX + 1,
	COUNTER_COUNT = COUNTER_TX_DROP + VSW_DROP_REASON_MAX + 1,
};

/* "PF/N" of a VF, or a port */
#define SAMPLE_NAME_SIZE (IFNAMSIZ + 16)

/**
 * struct sample - what a port or a VF had counted at some time
 * @name: of the port, or "PF/N" of a VF
 * @switch_name: the switch
 * @port: the port that owns a VF, or ""
 * @id: another one of that name has another
 * @is_vf: the NIC counts, and not the datapath
 * @is_up: the port is
 * @has_drifted: the VF is not what its port wants
 * @counter: by enum counter
 */
struct sample {
	char name[SAMPLE_NAME_SIZE];
	char switch_name[IFNAMSIZ];
	char port[VSW_PORT_NAME_MAX + 1];
	uint64_t id;
	bool is_vf;
	bool is_up;
	bool has_drifted;
	uint64_t counter[COUNTER_COUNT];
};

/**
 * struct samples - all ports and VFs at some time
 * @sample: sorted, ports before VFs, by name
 * @count: how many
 * @ports: how many of those are ports
 * @time: when, by the clock that does not jump
 */
struct samples {
	struct sample *sample;
	size_t count;
	size_t ports;
	struct timespec time;
};

/* What the kernel counts now, of all switches or one; returns an exit code */
int samples_get(struct vswctl *ctl, const char *switch_name,
		struct samples *samples);
/* The same from the kernel's answers: ports, their counters, VFs */
int samples_make(struct vswctl *ctl, const char *switch_name,
		 const struct messages *ports, const struct messages *stats,
		 const struct messages *vfs, struct samples *samples);
void samples_free(struct samples *samples);
/* The sample of the same port or VF, or NULL if it was not there */
const struct sample *samples_find(const struct samples *samples,
				  const struct sample *like);

#endif /* VSWCTL_SAMPLE_H */
