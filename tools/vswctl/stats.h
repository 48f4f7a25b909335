/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_STATS_H
#define VSWCTL_STATS_H

#include <stdbool.h>

struct messages;
struct nlmsghdr;
struct row;
struct vswctl;

/* The counters of all ports; returns an exit code */
int stats_get(struct vswctl *ctl, struct messages *messages);
/*
 * The counters of one port among them; false if there are none. The search
 * begins where the one before ended: @cursor, NULL at first.
 */
bool stats_find(const struct messages *messages, struct nlmsghdr **cursor,
		const char *port, struct row *stats);

#endif /* VSWCTL_STATS_H */
