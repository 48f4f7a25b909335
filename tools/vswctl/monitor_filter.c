// SPDX-License-Identifier: GPL-2.0
/* Which events the user wants to see; the kernel sends all of a group */
#include "monitor_filter.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "enums.h"
#include "output.h"
#include "vswctl.h"

#define ALL(count)	((1U << (count)) - 1)
#define CONFIG_OBJECTS	(ALL(WATCHED_COUNT) & ~(1U << WATCHED_FDB))

static const char *const object_words[WATCHED_COUNT] = {
	[WATCHED_SWITCH]	= "switch",
	[WATCHED_PORT]		= "port",
	[WATCHED_VLAN]		= "vlan",
	[WATCHED_FDB]		= "fdb",
	[WATCHED_VF]		= "vf",
	[WATCHED_BATCH]		= "batch",
};

/* The kernel has one event for what is new and what has changed */
enum kind {
	KIND_NEW,
	KIND_DEL,
	/* From here on those of VFs, in the order of enum vsw_vf_event */
	KIND_VF,
	KIND_COUNT = KIND_VF + VSW_VF_EVENT_RETURNED + 1,
};

static const char *const kind_words[KIND_COUNT] = {
	"new", "del", "drifted", "corrected", "refused", "lost", "returned",
};

static const struct names object_names = {
	"objects", object_words, ARRAY_SIZE(object_words)
};

static const struct names kind_names = {
	"events", kind_words, ARRAY_SIZE(kind_words)
};

/* The attributes by which an object says where it belongs */
static const struct {
	int ifindex;
	int port;
} belongs[WATCHED_COUNT] = {
	[WATCHED_SWITCH]	= { VSW_A_SWITCH_IFINDEX },
	[WATCHED_PORT]		= { VSW_A_PORT_SWITCH, VSW_A_PORT_NAME },
	[WATCHED_VLAN]		= { VSW_A_VLAN_SWITCH, VSW_A_VLAN_PORT },
	[WATCHED_FDB]		= { VSW_A_FDB_SWITCH, VSW_A_FDB_PORT },
	[WATCHED_VF]		= { VSW_A_VF_SWITCH, VSW_A_VF_PORT },
};

static int word_unknown(struct vswctl *ctl, const struct names *names,
			const char *word)
{
	char list[256];

	names_list(names, list, sizeof(list));
	return fail(ctl, EXIT_USAGE, "%s '%s' is none of %s", names->type,
		    word, list);
}

/* "port,vlan" */
static int list_read(struct vswctl *ctl, struct args *args,
		     const struct names *names, unsigned int *bits)
{
	char list[256], *word, *rest = list;
	const char *words;
	int value, code;

	code = args_need(ctl, args, names->type, &words);
	if (code)
		return code;
	if ((size_t)snprintf(list, sizeof(list), "%s", words) >= sizeof(list))
		return word_unknown(ctl, names, words);
	*bits = 0;
	while ((word = strsep(&rest, ","))) {
		value = names_value(names, word);
		if (value < 0)
			return word_unknown(ctl, names, word);
		*bits |= 1U << value;
	}
	return EXIT_OK;
}

static int name_read(struct vswctl *ctl, struct args *args, const char *what,
		     size_t max, const char **name)
{
	int code = args_need(ctl, args, what, name);

	if (!code && strlen(*name) > max)
		code = fail(ctl, EXIT_USAGE, "%s '%s' is longer than %zu characters",
			    what, *name, max);
	return code;
}

static int switch_read(struct vswctl *ctl, struct args *args,
		       struct monitor_filter *filter)
{
	int code = name_read(ctl, args, "the name of the switch",
			     IFNAMSIZ - 1, &filter->switch_name);

	if (code)
		return code;
	filter->ifindex = if_nametoindex(filter->switch_name);
	if (!filter->ifindex)
		warn(ctl, "there is no switch %s yet", filter->switch_name);
	return EXIT_OK;
}

static int word_read(struct vswctl *ctl, struct args *args,
		     struct monitor_filter *filter)
{
	if (args_take(args, "-t"))
		ctl->timestamp = true;
	else if (args_take(args, "-j"))
		ctl->json = true;
	else if (args_take(args, "switch"))
		return switch_read(ctl, args, filter);
	else if (args_take(args, "port"))
		return name_read(ctl, args, "the name of the port",
				 VSW_PORT_NAME_MAX, &filter->port);
	else if (args_take(args, "objects"))
		return list_read(ctl, args, &object_names, &filter->objects);
	else if (args_take(args, "events"))
		return list_read(ctl, args, &kind_names, &filter->kinds);
	else
		return fail(ctl, EXIT_USAGE,
			    "unknown keyword '%s'; valid here: switch, port, objects, events, -t, -j",
			    args_peek(args));
	return EXIT_OK;
}

int monitor_filter_read(struct vswctl *ctl, struct args *args,
			struct monitor_filter *filter)
{
	int code = EXIT_OK;

	memset(filter, 0, sizeof(*filter));
	filter->objects = ALL(WATCHED_COUNT);
	filter->kinds = ALL(KIND_COUNT);
	while (args_take(args, "-t"))
		ctl->timestamp = true;
	if (args_take(args, "config"))
		filter->objects = CONFIG_OBJECTS;
	else if (args_take(args, "fdb"))
		filter->objects = 1U << WATCHED_FDB;
	else
		args_take(args, "all");
	while (!code && args_peek(args))
		code = word_read(ctl, args, filter);
	return code;
}

/* Follow the switch of that name, which may be made, renamed and removed */
static void switch_follow(struct monitor_filter *filter,
			  const struct event *event, const struct row *row)
{
	char name[IFNAMSIZ];

	if (event->watched != WATCHED_SWITCH || !filter->switch_name)
		return;
	row_text(row, VSW_A_SWITCH_NAME, name, sizeof(name));
	if (!strcmp(name, filter->switch_name))
		filter->ifindex = attr_uint(row->tb[VSW_A_SWITCH_IFINDEX]);
}

static bool kind_wanted(const struct monitor_filter *filter,
			const struct event *event, const struct row *row)
{
	unsigned int kind = event->is_end ? KIND_DEL : KIND_NEW;

	if (event->command == VSW_CMD_VF_NTF)
		kind = KIND_VF + attr_uint(row->tb[VSW_A_VF_EVENT]);
	/* Events of a newer module are no reason to hide them */
	return kind >= KIND_COUNT || filter->kinds >> kind & 1;
}

static bool port_wanted(const struct monitor_filter *filter,
			const struct event *event, const struct row *row)
{
	int attr = belongs[event->watched].port;
	char name[VSW_PORT_NAME_MAX + 1];

	if (!filter->port)
		return true;
	if (!attr)
		return false;
	row_text(row, attr, name, sizeof(name));
	return !strcmp(name, filter->port);
}

bool monitor_filter_wants(struct monitor_filter *filter,
			  const struct event *event, const struct row *row)
{
	/* A transaction belongs to no switch */
	int attr = belongs[event->watched].ifindex;

	switch_follow(filter, event, row);
	if (!(filter->objects >> event->watched & 1) ||
	    !kind_wanted(filter, event, row) ||
	    !port_wanted(filter, event, row))
		return false;
	return !filter->switch_name ||
	       (attr && filter->ifindex && attr_uint(row->tb[attr]) == filter->ifindex);
}
