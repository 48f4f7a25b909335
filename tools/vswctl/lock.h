/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_LOCK_H
#define VSWCTL_LOCK_H

struct vswctl;

/*
 * Who changes the host in more than one step has it for itself; waits for others. An
 * exit code; the lock goes with @fd, and with the process.
 */
int lock_take(struct vswctl *ctl, int *fd);

#endif /* VSWCTL_LOCK_H */
