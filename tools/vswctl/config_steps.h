/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_STEPS_H
#define VSWCTL_CONFIG_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_plan;
struct config_port;
struct vswctl;

/*
 * What a file says and no transaction can do. The number of VFs is that of the PCI
 * core: it is changed before, and changed back when the transaction fails. The fast
 * path is an XDP program on a device: it is attached and taken away afterwards.
 */

/**
 * struct config_vfs - a new number of VFs
 * @port: the uplink, as it is to be
 * @nic: its PCI address
 * @before: how many VFs it has
 * @count: how many it is to have
 */
struct config_vfs {
	const struct config_port *port;
	char nic[64];
	uint32_t before;
	uint32_t count;
};

/**
 * struct config_fastpath - a device whose fast path comes or goes
 * @port: the port; as it is to be, or as it has been
 * @on: it comes
 */
struct config_fastpath {
	const struct config_port *port;
	bool on;
};

/**
 * struct config_steps - all of that
 * @vfs: numbers of VFs
 * @vfs_count: how many NICs
 * @vfs_done: how many of them have the new number
 * @fastpath: devices
 * @fastpaths: how many
 */
struct config_steps {
	struct config_vfs *vfs;
	size_t vfs_count;
	size_t vfs_done;
	struct config_fastpath *fastpath;
	size_t fastpaths;
};

/* What there is to do; an exit code, when something of it cannot be done */
int config_steps_plan(struct vswctl *ctl, const struct config_plan *plan,
		      struct config_steps *steps);
void config_steps_free(struct config_steps *steps);
/* Those before the transaction, whole or not at all; and back */
int config_steps_before(struct vswctl *ctl, struct config_steps *steps);
void config_steps_undo(struct vswctl *ctl, struct config_steps *steps);
/* Those after it; says what has not been done */
int config_steps_after(struct vswctl *ctl, const struct config_plan *plan,
		       const struct config_steps *steps);
/* How many VFs @pf has when the transaction begins; -1 where nobody knows */
long config_steps_vfs(const struct config_plan *plan, const char *pf);

#endif /* VSWCTL_CONFIG_STEPS_H */
