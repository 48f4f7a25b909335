/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_MONITOR_FILTER_H
#define VSWCTL_MONITOR_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct args;
struct row;
struct vswctl;

/* What an event is about */
enum watched {
	WATCHED_SWITCH,
	WATCHED_PORT,
	WATCHED_VLAN,
	WATCHED_FDB,
	WATCHED_VF,
	WATCHED_BATCH,
	WATCHED_COUNT,
};

/**
 * struct event - an event and how it is told
 * @command: VSW_CMD_*_NTF, or the VSW_CMD_*_GET of what is so now
 * @watched: what it is about
 * @is_end: the object is gone
 * @view: how the object is shown
 */
struct event {
	uint8_t command;
	enum watched watched;
	bool is_end;
	const struct view *view;
};

/**
 * struct monitor_filter - which events are wanted
 * @objects: a bit for each of enum watched
 * @kinds: a bit for each word of "events", in the order of the help
 * @switch_name: only of that switch, or NULL
 * @ifindex: its index, 0 until one of that name is seen
 * @port: only of that port, or NULL
 */
struct monitor_filter {
	unsigned int objects;
	unsigned int kinds;
	const char *switch_name;
	uint32_t ifindex;
	const char *port;
};

/* Read the words of a command; returns an exit code */
int monitor_filter_read(struct vswctl *ctl, struct args *args,
			struct monitor_filter *filter);
/* What the events of a switch tell about it is remembered */
bool monitor_filter_wants(struct monitor_filter *filter,
			  const struct event *event, const struct row *row);

#endif /* VSWCTL_MONITOR_FILTER_H */
