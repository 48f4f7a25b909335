// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "parse.h"
#include "txn.h"
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

static const char help[] =
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

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "statistics", no_argument, NULL, 's' },
	{ "timestamp", no_argument, NULL, 't' },
	{ "netns", required_argument, NULL, 'n' },
	{ "batch", required_argument, NULL, 'b' },
	{ "atomic", no_argument, NULL, 'a' },
	{ "confirm", required_argument, NULL, 'c' },
	{ "undo", required_argument, NULL, 'u' },
	{ "force", no_argument, NULL, 'f' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

int vswctl_run(struct vswctl *ctl, struct args *args)
{
	const char *word = args_next(args);
	size_t i;

	if (!strcmp(word, "help")) {
		fputs(help, ctl->out);
		return EXIT_OK;
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(objects[i]->name, word))
			return object_run(ctl, args, objects[i]);
	return fail(ctl, EXIT_USAGE, "no object '%s': see vswctl help", word);
}

static int run(struct vswctl *ctl, const char *netns, const char *batch,
	       struct args *args)
{
	int code = EXIT_OK;

	if (!batch == !args->left)
		return fail(ctl, EXIT_USAGE, batch ?
			    "a batch and a command exclude each other" :
			    "what is to be done? see vswctl help");
	if (ctl->atomic && (!batch || ctl->force))
		return fail(ctl, EXIT_USAGE,
			    "--atomic is for a batch, and excludes --force");
	if (!ctl->confirm != !ctl->undo || (ctl->undo && !ctl->atomic))
		return fail(ctl, EXIT_USAGE,
			    "--confirm and --undo belong together, and to --atomic");
	if (netns)
		code = netns_enter(ctl, netns);
	if (!code)
		code = batch ? batch_run(ctl, batch) : vswctl_run(ctl, args);
	family_disconnect(ctl);
	/* A full disk is a failure too */
	if (fflush(ctl->out) && !code)
		code = fail(ctl, EXIT_REFUSED, "cannot write the output");
	return code;
}

int main(int argc, char **argv)
{
	const char *batch = NULL, *netns = NULL;
	struct vswctl ctl = { .out = stdout };
	struct args args;
	uint32_t confirm;
	int option;

	while ((option = getopt_long(argc, argv, "+jpstn:b:ac:u:fVh", options,
				     NULL)) >= 0) {
		switch (option) {
		case 'j':
			ctl.json = true;
			break;
		case 'p':
			ctl.pretty = true;
			break;
		case 's':
			ctl.stats = true;
			break;
		case 't':
			ctl.timestamp = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'b':
			batch = optarg;
			break;
		case 'a':
			ctl.atomic = true;
			break;
		case 'c':
			if (parse_uint(optarg, BATCH_TIMEOUT_MAX, &confirm) || !confirm)
				return fail(&ctl, EXIT_USAGE,
					    "confirm '%s' is no number of seconds: 1 to %u",
					    optarg, BATCH_TIMEOUT_MAX);
			ctl.confirm = confirm;
			break;
		case 'u':
			ctl.undo = optarg;
			break;
		case 'f':
			ctl.force = true;
			break;
		case 'V':
			puts("vswctl " VSWCTL_VERSION);
			return EXIT_OK;
		case 'h':
			fputs(help, stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
	}
	args.word = argv + optind;
	args.left = argc - optind;
	return run(&ctl, netns, batch, &args);
}
