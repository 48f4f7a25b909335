/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_VF_H
#define VSWCTL_VF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct args;
struct messages;
struct row;
struct view;
struct vswctl;

/* vf.c: the VFs of a PF, or of all; "PF/N"; is there a port that owns it? */
int vfs_get(struct vswctl *ctl, const char *pf, struct messages *messages);
int vfs_show(struct vswctl *ctl, struct args *args, const struct view *view);
void vf_text(const struct row *row, char *buf, size_t size);
bool vf_has_owner(const struct row *row);

/* vf_device.c: verbs, and the number of VFs of an uplink (a key of "set") */
int vf_devices(struct vswctl *ctl, struct args *args);
int vf_bind(struct vswctl *ctl, struct args *args);
int vf_unbind(struct vswctl *ctl, struct args *args);
int vfs_set(struct vswctl *ctl, const char *uplink, uint32_t count);

#endif /* VSWCTL_VF_H */
