/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_PLAN_H
#define VSWCTL_CONFIG_PLAN_H

#include <stdbool.h>

#include <stddef.h>

struct config_model;
struct config_port;
struct vswctl;

/**
 * struct config_plan - what is to become of a file and of what there is
 * @file: what the file says
 * @path: its name
 * @state: what there is
 * @prune: switches that the file does not name go
 * @only_missing: what there is stays as it is
 * @device: @only_missing, only ports with this device, PF or VF (as a net device or a
 *	PCI address), or NULL
 * @want: what is to be; made by config_plan()
 */
struct config_plan {
	const struct config_model *file;
	const char *path;
	const struct config_model *state;
	bool prune;
	bool only_missing;
	const char *device;
	struct config_model *want;
};

/* Returns an exit code, and tells every device that is missing and must not */
int config_plan(struct vswctl *ctl, struct config_plan *plan);

/* Is a port about the device that has come? */
bool config_is_meant(const struct config_plan *plan,
		     const struct config_port *port);
/* What a port of the file needs and the host does not have, or NULL */
const char *config_missing(const struct config_plan *plan,
			   const struct config_port *port, char *name,
			   size_t size);

#endif /* VSWCTL_CONFIG_PLAN_H */
