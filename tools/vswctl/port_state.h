/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PORT_STATE_H
#define VSWCTL_PORT_STATE_H

struct args;
struct vswctl;

/* "port export NAME" and "port import FILE ..."; return exit codes */
int port_export(struct vswctl *ctl, struct args *args);
int port_import(struct vswctl *ctl, struct args *args);

#endif /* VSWCTL_PORT_STATE_H */
