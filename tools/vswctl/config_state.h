/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_STATE_H
#define VSWCTL_CONFIG_STATE_H

struct config_model;
struct vswctl;

/* What the kernel has now; returns an exit code */
int config_state(struct vswctl *ctl, struct config_model *model);

#endif /* VSWCTL_CONFIG_STATE_H */
