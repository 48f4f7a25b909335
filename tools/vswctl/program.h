/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PROGRAM_H
#define VSWCTL_PROGRAM_H

#include <stdbool.h>

struct vswctl;

/*
 * Run another program, wait for it, and return what it exits with. @hint is what
 * to do if there is no such program.
 */
int program_run(struct vswctl *ctl, char *const words[], const char *hint);
/* Would it be found? */
bool program_exists(const char *name);
/* The same with @text on its standard input */
int program_feed(struct vswctl *ctl, char *const words[], const char *hint,
		 const char *text);
/* What it prints, into @text, which the caller frees; an exit code */
int program_read(struct vswctl *ctl, char *const words[], const char *hint,
		 char **text);

#endif /* VSWCTL_PROGRAM_H */
