// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>

#include "args.h"
#include "nl.h"
#include "parse.h"
#include "txn.h"
#include "vswctl.h"

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
			fputs(vswctl_help, stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
	}
	args.word = argv + optind;
	args.left = argc - optind;
	return run(&ctl, netns, batch, &args);
}
