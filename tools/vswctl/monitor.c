// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>
#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "vswctl.h"

static const char help[] =
	"Changes as they happen, a line each, until interrupted.\n"
	"\n"
	"vswctl [-t] monitor [all|config|fdb] [-t]\n"
	"\n"
	"  config  switches, ports, VLANs, and what happens to VFs of ports\n"
	"  fdb     forwarding entries\n"
	"  -t      the time before each\n";

/**
 * struct event - an event and how it is told
 * @command: VSW_CMD_*_NTF
 * @is_end: the object is gone
 * @view: how the object is shown
 */
struct event {
	uint8_t command;
	bool is_end;
	const struct view *view;
};

static const struct event events[] = {
	{ VSW_CMD_SWITCH_NTF, false, &switch_view },
	{ VSW_CMD_SWITCH_DEL_NTF, true, &switch_view },
	{ VSW_CMD_PORT_NTF, false, &port_view },
	{ VSW_CMD_PORT_DEL_NTF, true, &port_view },
	{ VSW_CMD_VLAN_NTF, false, &vlan_view },
	{ VSW_CMD_VLAN_DEL_NTF, true, &vlan_view },
	{ VSW_CMD_FDB_NTF, false, &fdb_view },
	{ VSW_CMD_FDB_DEL_NTF, true, &fdb_view },
	{ VSW_CMD_VF_NTF, false, &vf_event_view },
};

static const struct event *event_find(uint8_t command)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].command == command)
			return &events[i];
	return NULL;
}

/* ISO 8601 with microseconds, local time */
static void now_text(char *buf, size_t size)
{
	struct timespec now;
	char date[32], zone[8];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, size, "%s.%06ld%s", date, now.tv_nsec / 1000, zone);
}

static void event_json(struct vswctl *ctl, const struct event *event,
		       const struct row *row, const char *now)
{
	struct json_object *object = json_object_new_object();
	const char *name;

	if (*now)
		json_object_object_add(object, "time",
				       json_object_new_string(now));
	name = operation_find(event->command)->name;
	json_object_object_add(object, "event", json_object_new_string(name));
	json_object_object_add(object, event->view->set->name,
			       attrs_json(row->set, row->head, row->length));
	show_json_line(ctl, object);
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *message = nlmsg_hdr(msg);
	struct vswctl *ctl = arg;
	const struct event *event;
	char now[64] = "";
	struct row row;

	if (message->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return NL_OK;
	event = event_find(((struct genlmsghdr *)nlmsg_data(message))->cmd);
	if (!event || !row_init(&row, event->view->set, message, NULL))
		return NL_OK;
	if (ctl->timestamp)
		now_text(now, sizeof(now));
	if (ctl->json) {
		event_json(ctl, event, &row, now);
	} else {
		fprintf(ctl->out, "%s%s%s", now, *now ? " " : "",
			event->is_end ? "deleted " : "");
		show_line(ctl, event->view, &row);
	}
	fflush(ctl->out);
	return ferror(ctl->out) ? NL_STOP : NL_OK;
}

/* Ends only with an error, of the socket or of the reader of the lines */
static int listen_events(struct vswctl *ctl, struct nl_sock *sock)
{
	int error;

	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, ctl);
	while (!ferror(ctl->out)) {
		error = nl_recvmsgs_default(sock);
		if (error == -NLE_NOMEM)
			warn(ctl, "events came too fast: some were lost");
		else if (error < 0)
			return fail(ctl, EXIT_REFUSED, "no more events: %s",
				    nl_geterror(error));
	}
	return EXIT_REFUSED;
}

static int monitor(struct vswctl *ctl, struct args *args, bool config,
		   bool fdb)
{
	struct nl_sock *sock = NULL;
	int code;

	if (args_take(args, "-t"))
		ctl->timestamp = true;
	code = args_end(ctl, args);
	if (!code)
		code = family_listen(ctl, &sock);
	if (!code && config)
		code = family_join(ctl, sock, VSW_MCGRP_CONFIG);
	if (!code && fdb)
		code = family_join(ctl, sock, VSW_MCGRP_FDB);
	if (!code)
		code = listen_events(ctl, sock);
	nl_socket_free(sock);
	return code;
}

static int monitor_all(struct vswctl *ctl, struct args *args)
{
	return monitor(ctl, args, true, true);
}

static int monitor_config(struct vswctl *ctl, struct args *args)
{
	return monitor(ctl, args, true, false);
}

static int monitor_fdb(struct vswctl *ctl, struct args *args)
{
	return monitor(ctl, args, false, true);
}

/* "monitor -t [all|config|fdb]" */
static int monitor_timestamp(struct vswctl *ctl, struct args *args)
{
	ctl->timestamp = true;
	return object_run(ctl, args, &monitor_object);
}

static const struct verb verbs[] = {
	{ "all", monitor_all },
	{ "config", monitor_config },
	{ "fdb", monitor_fdb },
	{ "-t", monitor_timestamp },
	{ }
};

const struct object monitor_object = {
	.name = "monitor",
	.verbs = verbs,
	.help = help,
};
