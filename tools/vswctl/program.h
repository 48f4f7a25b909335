/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PROGRAM_H
#define VSWCTL_PROGRAM_H

struct vswctl;

/*
 * Run another program, wait for it, and return what it exits with. @hint is what
 * to do if there is no such program.
 */
int program_run(struct vswctl *ctl, char *const words[], const char *hint);

#endif /* VSWCTL_PROGRAM_H */
