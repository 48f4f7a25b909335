// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "args.h"
#include "monitor_filter.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "timestamp.h"
#include "vswctl.h"

static const char help[] =
	"Changes as they happen, a line each, until interrupted.\n"
	"\n"
	"vswctl [-jt] monitor [all|config|fdb] [switch SWITCH] [port PORT]\n"
	"                     [objects LIST] [events LIST] [-t] [-j]\n"
	"\n"
	"  config   switches, ports, VLANs, and what happens to VFs of ports\n"
	"  fdb      forwarding entries\n"
	"  switch   only what belongs to that switch, which need not be there yet\n"
	"  port     only what belongs to that port\n"
	"  objects  only these: switch,port,vlan,fdb,vf,batch\n"
	"  events   only these: new (or changed), del, and of VFs\n"
	"           drifted,corrected,refused,lost,returned\n"
	"  -t       the time before each\n"
	"  -j       a line of JSON for each\n"
	"\n"
	"When events come too fast, a line says that some were lost; then those of\n"
	"switches, ports, VLANs and VFs that are wanted are shown as they are now.\n";

/* Of a transaction that has to be confirmed */
static const struct column batch_columns[] = {
	{ "EVENT", VSW_A_BATCH_EVENT },
	{ "LEFT", VSW_A_BATCH_LEFT, .right = true },
};

static const struct view batch_view = {
	.set = &batch_attrs,
	.columns = batch_columns,
	.count = ARRAY_SIZE(batch_columns),
};

static const struct event events[] = {
	{ VSW_CMD_SWITCH_NTF, WATCHED_SWITCH, false, &switch_view },
	{ VSW_CMD_SWITCH_DEL_NTF, WATCHED_SWITCH, true, &switch_view },
	{ VSW_CMD_PORT_NTF, WATCHED_PORT, false, &port_view },
	{ VSW_CMD_PORT_DEL_NTF, WATCHED_PORT, true, &port_view },
	{ VSW_CMD_VLAN_NTF, WATCHED_VLAN, false, &vlan_view },
	{ VSW_CMD_VLAN_DEL_NTF, WATCHED_VLAN, true, &vlan_view },
	{ VSW_CMD_FDB_NTF, WATCHED_FDB, false, &fdb_view },
	{ VSW_CMD_FDB_DEL_NTF, WATCHED_FDB, true, &fdb_view },
	{ VSW_CMD_VF_NTF, WATCHED_VF, false, &vf_event_view },
	{ VSW_CMD_BATCH_NTF, WATCHED_BATCH, false, &batch_view },
};

/* What is asked for when events were lost; the FDB may be too large for that */
static const struct event states[] = {
	{ VSW_CMD_SWITCH_GET, WATCHED_SWITCH, false, &switch_view },
	{ VSW_CMD_PORT_GET, WATCHED_PORT, false, &port_view },
	{ VSW_CMD_VLAN_GET, WATCHED_VLAN, false, &vlan_view },
	{ VSW_CMD_VF_GET, WATCHED_VF, false, &vf_event_view },
};

/**
 * struct monitor - a monitor while it runs
 * @ctl: the command
 * @filter: which events it shows
 */
struct monitor {
	struct vswctl *ctl;
	struct monitor_filter filter;
};

static const struct event *event_find(uint8_t command)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].command == command)
			return &events[i];
	return NULL;
}

/* The start of a JSON line: when it was and what */
static struct json_object *line_json(const char *now, const char *name)
{
	struct json_object *object = json_object_new_object();

	if (*now)
		json_object_object_add(object, "time",
				       json_object_new_string(now));
	json_object_object_add(object, "event", json_object_new_string(name));
	return object;
}

static void event_json(struct vswctl *ctl, const struct event *event,
		       const struct row *row, const char *now)
{
	const char *name = operation_find(event->command)->name;
	struct json_object *object = line_json(now, name);

	json_object_object_add(object, event->view->set->name,
			       attrs_json(row->set, row->head, row->length));
	show_json_line(ctl, object);
}

/* @prefix is what stands before the object in text */
static void event_show(struct vswctl *ctl, const struct event *event,
		       const struct row *row, const char *prefix)
{
	char now[64] = "";

	if (ctl->timestamp)
		timestamp_now(now, sizeof(now));
	if (ctl->json) {
		event_json(ctl, event, row, now);
	} else {
		fprintf(ctl->out, "%s%s%s", now, *now ? " " : "", prefix);
		show_line(ctl, event->view, row);
	}
	fflush(ctl->out);
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *message = nlmsg_hdr(msg);
	struct monitor *monitor = arg;
	const struct event *event;
	struct row row;

	if (message->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return NL_OK;
	event = event_find(((struct genlmsghdr *)nlmsg_data(message))->cmd);
	if (event && row_init(&row, event->view->set, message, NULL) &&
	    monitor_filter_wants(&monitor->filter, event, &row))
		event_show(monitor->ctl, event, &row,
			   event->is_end ? "deleted " : "");
	return ferror(monitor->ctl->out) ? NL_STOP : NL_OK;
}

static int state_show(struct monitor *monitor, const struct event *state)
{
	struct messages messages = {};
	struct nlmsghdr *message = NULL;
	struct row row;
	int code;

	code = objects_get(monitor->ctl, state->command, &messages);
	while (!code && (message = messages_next(&messages, message)))
		if (row_init(&row, state->view->set, message, NULL) &&
		    monitor_filter_wants(&monitor->filter, state, &row))
			event_show(monitor->ctl, state, &row, "now ");
	messages_free(&messages);
	return code;
}

/* The reader of the lines is told, not only who sees standard error */
static void lost_show(struct vswctl *ctl)
{
	char now[64] = "";

	if (ctl->timestamp)
		timestamp_now(now, sizeof(now));
	if (ctl->json)
		show_json_line(ctl, line_json(now, "events-lost"));
	else
		fprintf(ctl->out, "%s%slost events: they came too fast\n", now,
			*now ? " " : "");
	fflush(ctl->out);
}

static int resynchronise(struct monitor *monitor)
{
	const struct monitor_filter *filter = &monitor->filter;
	int code = EXIT_OK;
	size_t i;

	lost_show(monitor->ctl);
	for (i = 0; i < ARRAY_SIZE(states) && !code; i++)
		if (filter->objects >> states[i].watched & 1)
			code = state_show(monitor, &states[i]);
	if (!code && filter->objects >> WATCHED_FDB & 1)
		warn(monitor->ctl,
		     "events were lost: forwarding entries are not shown again, see vswctl fdb");
	return code;
}

/* Ends only with an error, of the socket or of the reader of the lines */
static int listen_events(struct monitor *monitor, struct nl_sock *sock)
{
	int error, code = EXIT_OK;

	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, monitor);
	while (!code && !ferror(monitor->ctl->out)) {
		error = nl_recvmsgs_default(sock);
		if (error == -NLE_NOMEM)
			code = resynchronise(monitor);
		else if (error < 0)
			code = fail(monitor->ctl, EXIT_REFUSED,
				    "no more events: %s", nl_geterror(error));
	}
	return code ? code : EXIT_REFUSED;
}

/* Events of a switch say which one has the name that is wanted */
static int groups_join(struct monitor *monitor, struct nl_sock *sock)
{
	const struct monitor_filter *filter = &monitor->filter;
	unsigned int fdb = 1U << WATCHED_FDB;
	int code = EXIT_OK;

	if (filter->objects & ~fdb || filter->switch_name)
		code = family_join(monitor->ctl, sock, VSW_MCGRP_CONFIG);
	if (!code && filter->objects & fdb)
		code = family_join(monitor->ctl, sock, VSW_MCGRP_FDB);
	return code;
}

static int monitor_run(struct vswctl *ctl, struct args *args)
{
	struct monitor monitor = { .ctl = ctl };
	struct nl_sock *sock = NULL;
	int code;

	code = monitor_filter_read(ctl, args, &monitor.filter);
	if (!code)
		code = family_listen(ctl, &sock);
	if (!code)
		code = groups_join(&monitor, sock);
	if (!code)
		code = listen_events(&monitor, sock);
	nl_socket_free(sock);
	return code;
}

const struct object monitor_object = {
	.name = "monitor",
	.run = monitor_run,
	.help = help,
};
