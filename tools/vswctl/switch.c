// SPDX-License-Identifier: GPL-2.0
#include "object.h"

#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "enums.h"
#include "nl.h"
#include "output.h"
#include "vswctl.h"

#define NAME_MAX_LENGTH 15

static const char help[] =
	"Switches. Each is a net device too: the host's own port.\n"
	"\n"
	"vswctl switch [show [NAME]]\n"
	"vswctl switch add NAME [ageing SEC|off] [default-pvid VID|none]\n"
	"                       [fdb-max N] [teaming MODE] [mac MAC]\n"
	"vswctl switch set NAME [ageing SEC|off] [default-pvid VID|none]\n"
	"                       [fdb-max N] [teaming MODE] [primary UPLINK|none]\n"
	"vswctl switch del NAME\n"
	"\n"
	"  ageing        seconds after which a learned address is forgotten\n"
	"                (10 to 1000000; default 300)\n"
	"  default-pvid  VLAN of new ports that name none (default 1)\n"
	"  fdb-max       most learned addresses (default 262144)\n"
	"  teaming       which of several uplinks a port uses: none (all of them),\n"
	"                active-backup or port-hash (default none)\n"
	"  primary       with active-backup, the uplink that is preferred\n"
	"  mac           address of the switch device (default random)\n";

static int put_ageing(struct request *req, const struct key *key,
		      const char *word)
{
	return key_put_u32(req, key, strcmp(word, "off") ? word : "0");
}

static const struct key set_keys[] = {
	{ "ageing", put_ageing, VSW_A_SWITCH_AGEING_TIME },
	{ "default-pvid", key_put_vid_or_none, VSW_A_SWITCH_DEFAULT_PVID },
	{ "fdb-max", key_put_u32, VSW_A_SWITCH_FDB_MAX },
	{ "teaming", key_put_enum, VSW_A_SWITCH_TEAMING,
	  .names = &teaming_names },
	{ "primary", key_put_name_or_none, VSW_A_SWITCH_PRIMARY,
	  VSW_PORT_NAME_MAX },
	{ }
};

static const struct key add_keys[] = {
	{ "mac", key_put_mac, VSW_A_SWITCH_MAC },
	{ }
};

static int put_name(struct request *req, const char *name)
{
	static const struct key key = {
		.name = "switch",
		.attr = VSW_A_SWITCH_NAME,
		.max = NAME_MAX_LENGTH,
	};

	return key_put_name(req, &key, name);
}

static void ageing_text(const struct row *row, char *buf, size_t size)
{
	row_text(row, VSW_A_SWITCH_AGEING_TIME, buf, size);
	if (!strcmp(buf, "0"))
		snprintf(buf, size, "off");
}

static const struct column columns[] = {
	{ "SWITCH", VSW_A_SWITCH_NAME },
	{ "MAC", VSW_A_SWITCH_MAC },
	{ "MTU", VSW_A_SWITCH_MTU, .right = true },
	{ "PORTS", VSW_A_SWITCH_PORTS, .right = true },
	{ "DEFAULT-PVID", VSW_A_SWITCH_DEFAULT_PVID, .right = true,
	  .none = true },
	{ "AGEING", .text = ageing_text, .right = true },
	{ "LEARNED", VSW_A_SWITCH_FDB_LEARNED, .right = true },
	{ "FDB-MAX", VSW_A_SWITCH_FDB_MAX, .right = true },
	{ "STATIC", VSW_A_SWITCH_FDB_STATIC, .right = true },
	{ "TEAMING", VSW_A_SWITCH_TEAMING },
	{ "PRIMARY", VSW_A_SWITCH_PRIMARY },
};

const struct view switch_view = {
	.set = &switch_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};

static int switch_change(struct vswctl *ctl, struct args *args,
			 uint8_t command, const struct key *table,
			 const struct key *more)
{
	struct request req;
	const char *name;
	int code;

	code = args_need(ctl, args, "the name of the switch", &name);
	if (code)
		return code;
	code = request_init(&req, ctl, command);
	if (code)
		return code;
	code = put_name(&req, name);
	if (!code)
		code = keys_read(&req, args, table, more);
	if (!code)
		code = request_change(&req, &switch_view);
	request_free(&req);
	return code;
}

static int switch_show(struct vswctl *ctl, struct args *args)
{
	const char *name = args_next(args);
	struct request req;
	int code;

	code = args_end(ctl, args);
	if (!code)
		code = request_init(&req, ctl, VSW_CMD_SWITCH_GET);
	if (code)
		return code;
	if (!name)
		code = request_show(&req, &switch_view, NULL);
	else
		code = put_name(&req, name);
	if (name && !code)
		code = request_show_record(&req, &switch_view, NULL);
	request_free(&req);
	return code;
}

static int switch_add(struct vswctl *ctl, struct args *args)
{
	return switch_change(ctl, args, VSW_CMD_SWITCH_NEW, set_keys,
			     add_keys);
}

static int switch_set(struct vswctl *ctl, struct args *args)
{
	return switch_change(ctl, args, VSW_CMD_SWITCH_SET, set_keys, NULL);
}

static int switch_del(struct vswctl *ctl, struct args *args)
{
	return switch_change(ctl, args, VSW_CMD_SWITCH_DEL, NULL, NULL);
}

static const struct verb verbs[] = {
	{ "show", switch_show },
	{ "add", switch_add },
	{ "set", switch_set },
	{ "del", switch_del },
	{ }
};

const struct object switch_object = {
	.name = "switch",
	.verbs = verbs,
	.help = help,
};
