/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PORTS_H
#define VSWCTL_PORTS_H

#include <stdbool.h>
#include <stddef.h>

struct args;
struct request;
struct row;
struct view;
struct vswctl;

/*
 * Show the ports that @view wants and that "[NAME | switch SWITCH]" in @args
 * selects, with counters if the user wants them, and with the number of VFs
 * if @with_vfs.
 */
int ports_show(struct vswctl *ctl, struct args *args, const struct view *view,
	       bool with_vfs);
/* Column: policy, and the fast path */
void ports_policy_text(const struct row *row, char *buf, size_t size);
/* Column: number of VFs of an uplink */
void ports_vfs_text(const struct row *row, char *buf, size_t size);

/*
 * Read "[NAME | switch SWITCH]" into a request that has these attributes; what
 * was a NAME is put into @name unless NULL
 */
int ports_select(struct request *req, struct args *args, int switch_attr,
		 int port_attr, const char **name);

#endif /* VSWCTL_PORTS_H */
