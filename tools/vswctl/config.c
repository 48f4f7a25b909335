// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include "args.h"
#include "object.h"

static const char help[] =
	"The whole configuration as a file, /etc/vsw/config.json unless named.\n"
	"\n"
	"vswctl config [show]               print what there is as such a file\n"
	"vswctl config save [FILE]          write it\n"
	"vswctl config check [FILE]         what is wrong with a file\n"
	"vswctl config diff [OPTIONS] [FILE]\n"
	"                                   what would change\n"
	"vswctl config apply [OPTIONS] [FILE]\n"
	"                                   change it, all or nothing\n"
	"vswctl config attach DEV [FILE]    add what a device has been missing for\n"
	"vswctl config pending              does a change wait, and how long\n"
	"vswctl config confirm              what waits to be confirmed stays\n"
	"vswctl config rollback             it is taken back now\n"
	"\n"
	"OPTIONS:\n"
	"  --dry-run        only print what would change\n"
	"  --prune          switches that the file does not name go, too\n"
	"  --only-missing   add ports that are not there, and change nothing\n"
	"  --confirm SEC    the kernel takes it back unless it is confirmed in time\n";

static const struct verb verbs[] = {
	{ "show", config_show },
	{ "save", config_save },
	{ "check", config_check_file },
	{ "diff", config_show_diff },
	{ "apply", config_apply },
	{ "attach", config_attach },
	{ "pending", config_pending },
	{ "confirm", config_confirm },
	{ "rollback", config_rollback },
	{ }
};

const struct object config_object = {
	.name = "config",
	.verbs = verbs,
	.help = help,
};
