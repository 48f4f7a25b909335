/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PROFILE_H
#define VSWCTL_PROFILE_H

struct args;
struct expansion;
struct vswctl;

/*
 * Write out "profile NAME" among the keys in @args: what the command does not
 * name itself is as the profile has it. @args is changed; the caller frees what
 * is returned in @hold, which may be NULL, when the kernel has the command: until
 * then the profile does not change. Returns an exit code.
 */
int profile_expand(struct vswctl *ctl, struct args *args,
		   struct expansion **hold);
void profile_expand_free(struct expansion *hold);

#endif /* VSWCTL_PROFILE_H */
