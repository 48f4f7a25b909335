// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include "args.h"
#include "object.h"

static const char help[] =
	"A change that has to be confirmed: vswctl -a -c.\n"
	"\n"
	"vswctl config [pending]       does anything wait, and how long\n"
	"vswctl config confirm         what waits to be confirmed stays\n"
	"vswctl config rollback        it is taken back now\n";

static const struct verb verbs[] = {
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
