// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "ports.h"
#include "vswctl.h"

static const char help[] =
	"Counters of ports in the vsw datapath, and why frames were dropped.\n"
	"\n"
	"vswctl stats [show [PORT | switch SWITCH]]\n"
	"\n"
	"The counters of VFs, which the NIC keeps: vswctl -s vf show.\n";

static bool is_note(const struct nlattr *nla)
{
	return nla_type(nla) == VSW_A_STATS_RX_DROP ||
	       nla_type(nla) == VSW_A_STATS_TX_DROP ||
	       (nla_type(nla) == VSW_A_STATS_RX_FASTPATH && attr_uint(nla));
}

/* The drop at that place, "rx no-pvid 3", or after all of them "rx fastpath 7" */
static bool note(const struct row *row, unsigned int index, char *buf,
		 size_t size)
{
	struct nlattr *drop[VSW_A_DROP_MAX + 1];
	char packets[24], reason[32];
	struct nlattr *nla;
	int left;

	nla_for_each_attr(nla, row->head, row->length, left) {
		if (!is_note(nla) || index--)
			continue;
		if (nla_type(nla) == VSW_A_STATS_RX_FASTPATH) {
			attr_text(row->set, nla, packets, sizeof(packets));
			snprintf(buf, size, "rx fastpath %s", packets);
			return true;
		}
		if (nla_parse_nested(drop, VSW_A_DROP_MAX, nla, NULL) ||
		    !drop[VSW_A_DROP_REASON] || !drop[VSW_A_DROP_PACKETS])
			return false;
		attr_text(&drop_attrs, drop[VSW_A_DROP_REASON],
			  reason, sizeof(reason));
		attr_text(&drop_attrs, drop[VSW_A_DROP_PACKETS],
			  packets, sizeof(packets));
		snprintf(buf, size, "%s %s %s",
			 nla_type(nla) == VSW_A_STATS_RX_DROP ? "rx" : "tx",
			 reason, packets);
		return true;
	}
	return false;
}

static const struct column columns[] = {
	{ "PORT", VSW_A_STATS_PORT },
	{ "SWITCH", VSW_A_STATS_SWITCH },
	{ "RX-PACKETS", VSW_A_STATS_RX_PACKETS, .right = true },
	{ "RX-BYTES", VSW_A_STATS_RX_BYTES, .right = true },
	{ "RX-DROPPED", VSW_A_STATS_RX_DROPPED, .right = true },
	{ "TX-PACKETS", VSW_A_STATS_TX_PACKETS, .right = true },
	{ "TX-BYTES", VSW_A_STATS_TX_BYTES, .right = true },
	{ "TX-DROPPED", VSW_A_STATS_TX_DROPPED, .right = true },
};

static const struct view stats_view = {
	.set = &stats_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
	.note = note,
};

int stats_get(struct vswctl *ctl, struct messages *messages)
{
	return objects_get(ctl, VSW_CMD_STATS_GET, messages);
}

bool stats_find(const struct messages *messages, struct nlmsghdr **cursor,
		const char *port, struct row *stats)
{
	struct nlmsghdr *start = *cursor;
	char name[VSW_PORT_NAME_MAX + 1];

	if (!start)
		start = messages_next(messages, NULL);
	*cursor = start;
	while (*cursor) {
		if (row_init(stats, &stats_attrs, *cursor, NULL)) {
			row_text(stats, VSW_A_STATS_PORT, name, sizeof(name));
			if (!strcmp(name, port))
				return true;
		}
		*cursor = messages_next(messages, *cursor);
		if (!*cursor)
			*cursor = messages_next(messages, NULL);
		if (*cursor == start)
			break;
	}
	return false;
}

static int stats_show(struct vswctl *ctl, struct args *args)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, VSW_CMD_STATS_GET);
	if (code)
		return code;
	code = ports_select(&req, args, VSW_A_STATS_SWITCH, VSW_A_STATS_PORT,
			    NULL);
	if (!code)
		code = request_show(&req, &stats_view, NULL);
	request_free(&req);
	return code;
}

static const struct verb verbs[] = {
	{ "show", stats_show },
	{ }
};

const struct object stats_object = {
	.name = "stats",
	.verbs = verbs,
	.help = help,
};
