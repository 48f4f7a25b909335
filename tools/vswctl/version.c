// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "vswctl.h"

static const char help[] =
	"Version of vswctl and of the module, and what that can do.\n"
	"\n"
	"vswctl version [show]\n"
	"\n"
	"  vf              VF ports\n"
	"  nic-sync        MAC and VLAN filters of uplinks follow the switch\n"
	"  bridge-netlink  the bridge tool works on switches and ports\n"
	"  xdp             fast path: port set NAME fastpath xdp\n";

static void version_extend(const struct row *row, struct json_object *object)
{
	(void)row;
	json_object_object_add(object, "vswctl",
			       json_object_new_string(VSWCTL_VERSION));
}

static const struct view version_view = {
	.set = &version_attrs,
	.extend = version_extend,
};

static int version_show(struct vswctl *ctl, struct args *args)
{
	struct request req;
	int code;

	code = args_end(ctl, args);
	if (!code)
		code = request_init(&req, ctl, VSW_CMD_VERSION_GET);
	if (code)
		return code;
	/* Ours is worth knowing without the module too */
	if (!ctl->json)
		fprintf(ctl->out, "%-18s %s\n", "vswctl", VSWCTL_VERSION);
	code = request_show_record(&req, &version_view, NULL);
	request_free(&req);
	return code;
}

static const struct verb verbs[] = {
	{ "show", version_show },
	{ }
};

const struct object version_object = {
	.name = "version",
	.verbs = verbs,
	.help = help,
};
