// SPDX-License-Identifier: GPL-2.0
/* The objects, and how a command finds its own */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "object.h"
#include "vswctl.h"

static const struct object *const objects[] = {
	&switch_object,
	&port_object,
	&uplink_object,
	&vlan_object,
	&fdb_object,
	&vf_object,
	&stats_object,
	&monitor_object,
	&top_object,
	&metrics_object,
	&profile_object,
	&config_object,
	&trace_object,
	&explain_object,
	&import_object,
	&version_object,
};

const char vswctl_help[] =
	"vswctl - show and change vsw, the SR-IOV- and VLAN-aware switch\n"
	"\n"
	"vswctl [OPTIONS] OBJECT [VERB [NAME] [KEY VALUE ...]]\n"
	"vswctl [OPTIONS] -b FILE\n"
	"vswctl OBJECT help\n"
	"\n"
	"OBJECT:  switch port uplink vlan fdb vf stats monitor top metrics\n"
	"         profile config trace explain import version help\n"
	"\n"
	"OPTIONS:\n"
	"  -j, --json          print JSON\n"
	"  -p, --pretty        print JSON with line breaks\n"
	"  -s, --statistics    show counters too (port, uplink, vf)\n"
	"  -t, --timestamp     show the time of events (monitor)\n"
	"  -n, --netns NETNS   act on that network namespace\n"
	"  -b, --batch FILE    read a command from each line; - for stdin\n"
	"  -a, --atomic        all commands of a batch, or none\n"
	"  -c, --confirm SEC   which the kernel takes back after that time, by\n"
	"  -u, --undo FILE     these, unless 'vswctl config confirm' comes before\n"
	"  -f, --force         go on after a command of a batch fails\n"
	"  -V, --version       show the version of vswctl\n"
	"  -h, --help          show this\n"
	"\n"
	"Exit status: 0 done, 1 refused, 2 bad usage, 3 module not loaded,\n"
	"4 the frame would be dropped (explain).\n";

int vswctl_run(struct vswctl *ctl, struct args *args)
{
	const char *word = args_next(args);
	size_t i;

	if (!strcmp(word, "help")) {
		fputs(vswctl_help, ctl->out);
		return EXIT_OK;
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(objects[i]->name, word))
			return object_run(ctl, args, objects[i]);
	return fail(ctl, EXIT_USAGE, "no object '%s': see vswctl help", word);
}
