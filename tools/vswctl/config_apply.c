// SPDX-License-Identifier: GPL-2.0
/* config check, diff, apply and attach: what a file says is made true */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "config.h"
#include "config_diff.h"
#include "config_file.h"
#include "config_model.h"
#include "config_plan.h"
#include "config_state.h"
#include "config_steps.h"
#include "fastpath.h"
#include "lock.h"
#include "parse.h"
#include "txn.h"
#include "vswctl.h"

/**
 * struct apply - what is to be done
 * @path: the file
 * @device: only ports of this device, or NULL
 * @dry: nothing is done
 * @prune: switches that the file does not name go
 * @only_missing: what there is stays as it is
 * @confirm: seconds until it is taken back, or 0
 */
struct apply {
	const char *path;
	const char *device;
	bool dry;
	bool prune;
	bool only_missing;
	uint32_t confirm;
};

static int read_seconds(struct vswctl *ctl, struct args *args,
			uint32_t *seconds)
{
	const char *word;
	int code = args_need(ctl, args, "how many seconds", &word);

	if (code)
		return code;
	if (parse_uint(word, BATCH_TIMEOUT_MAX, seconds) || !*seconds)
		return fail(ctl, EXIT_USAGE,
			    "--confirm '%s' is no number of seconds: 1 to %u",
			    word, BATCH_TIMEOUT_MAX);
	return EXIT_OK;
}

/* Options and FILE, in any order */
static int read_words(struct vswctl *ctl, struct args *args,
		      struct apply *apply)
{
	int code = EXIT_OK;

	while (!code && args_peek(args)) {
		if (args_take(args, "--dry-run"))
			apply->dry = true;
		else if (args_take(args, "--prune"))
			apply->prune = true;
		else if (args_take(args, "--only-missing"))
			apply->only_missing = true;
		else if (args_take(args, "--confirm"))
			code = read_seconds(ctl, args, &apply->confirm);
		else if (!strncmp(args_peek(args), "--", 2) || apply->path)
			code = fail(ctl, EXIT_USAGE, "unexpected word '%s'",
				    args_peek(args));
		else
			apply->path = args_next(args);
	}
	if (!apply->path)
		apply->path = CONFIG_FILE;
	if (!code && apply->prune && apply->only_missing)
		code = fail(ctl, EXIT_USAGE,
			    "--prune and --only-missing exclude each other");
	/* A path that comes back is no part of what the kernel takes back. */
	if (!code && apply->confirm && apply->only_missing)
		code = fail(ctl, EXIT_USAGE,
			    "--confirm and --only-missing exclude each other");
	return code;
}

/* The commands as a transaction; what is wrong is told with the line of the file */
static int collect(struct vswctl *ctl, const struct config_diff *diff,
		   struct txn **txn)
{
	size_t i;
	int code;

	code = txn_begin(ctl);
	for (i = 0; !code && i < diff->commands; i++) {
		ctl->line = diff->command[i].line;
		code = batch_line(ctl, diff->command[i].text);
	}
	*txn = txn_take(ctl);
	return code ? EXIT_REFUSED : EXIT_OK;
}

static int commit(struct vswctl *ctl, const struct apply *apply,
		  const struct config_diff *diff,
		  const struct config_diff *back)
{
	struct txn *txn = NULL, *undo = NULL;
	const char *batch = ctl->batch;
	unsigned int line = ctl->line;
	int code;

	/* Every value is named: nothing is to come from profiles */
	ctl->labels = true;
	ctl->batch = apply->path;
	code = collect(ctl, diff, &txn);
	if (!code && apply->confirm)
		code = collect(ctl, back, &undo);
	if (!code)
		code = txn_commit(ctl, txn, undo, apply->confirm);
	ctl->labels = false;
	ctl->batch = batch;
	ctl->line = line;
	txn_free(txn);
	txn_free(undo);
	return code;
}

static void tell_address(struct vswctl *ctl, const struct config_plan *plan)
{
	const struct config_switch *now, *sw;
	size_t i;

	for (i = 0; i < plan->want->switches; i++) {
		sw = &plan->want->sw[i];
		now = config_find_switch(plan->state, sw->name);
		if (now && *sw->word[CONFIG_SWITCH_MAC] &&
		    strcmp(sw->word[CONFIG_SWITCH_MAC],
			   now->word[CONFIG_SWITCH_MAC]))
			warn(ctl,
			     "switch '%s' has the address %s: ip link set dev %s address %s",
			     sw->name, now->word[CONFIG_SWITCH_MAC], sw->name,
			     sw->word[CONFIG_SWITCH_MAC]);
	}
}

/* What nobody takes back when the time is over */
static int check_confirm(struct vswctl *ctl, const struct apply *apply,
			 const struct config_steps *steps)
{
	if (!apply->confirm || (!steps->vfs_count && !steps->fastpaths))
		return EXIT_OK;
	if (steps->vfs_count)
		return fail(ctl, EXIT_REFUSED,
			    "--confirm: the kernel cannot take back the number of VFs of %s: change it first, vswctl uplink set %s vfs %u",
			    steps->vfs->port->dev, steps->vfs->port->name,
			    steps->vfs->count);
	return fail(ctl, EXIT_REFUSED,
		    "--confirm: the kernel cannot take back the fast path of port '%s': apply without it, or change the fast path by itself",
		    steps->fastpath->port->name);
}

/* The transaction, and what is no part of it */
static int change(struct vswctl *ctl, const struct apply *apply,
		  const struct config_plan *plan, struct config_steps *steps,
		  const struct config_diff *diff, const struct config_diff *back)
{
	int code = config_steps_before(ctl, steps);

	if (!code && diff->commands) {
		code = commit(ctl, apply, diff, back);
		if (code)
			config_steps_undo(ctl, steps);
	}
	return code ? code : config_steps_after(ctl, plan, steps);
}

static int carry_out(struct vswctl *ctl, const struct apply *apply,
		     const struct config_plan *plan)
{
	struct config_diff diff, back = {};
	struct config_steps steps = {};
	int code = EXIT_OK;

	if (!config_diff(&diff, plan->state, plan->want) ||
	    (apply->confirm && !config_diff(&back, plan->want, plan->state)))
		code = fail(ctl, EXIT_REFUSED, "out of memory");
	if (!code)
		code = config_steps_plan(ctl, plan, &steps);
	if (!code)
		code = check_confirm(ctl, apply, &steps);
	/* What has been done is told when it is */
	if (!code && !apply->dry)
		code = change(ctl, apply, plan, &steps, &diff, &back);
	if (!code)
		config_diff_show(ctl, &diff);
	if (!code)
		tell_address(ctl, plan);
	config_steps_free(&steps);
	config_diff_free(&diff);
	config_diff_free(&back);
	return code;
}

/* The path that a port lacks and could have, as words for vswctl(8) */
static bool path_words(const struct config_plan *plan,
		       const struct config_port *now,
		       const struct config_port *port, const char **key,
		       char *value, size_t size)
{
	struct config_port path;
	char name[CONFIG_VF_TEXT];

	if (now->awaits || !config_lacks_path(now, port, &path) ||
	    config_missing(plan, &path, name, sizeof(name)))
		return false;
	*key = *path.dev ? "dev" : "vf";
	if (*path.dev)
		snprintf(value, size, "%s", path.dev);
	else
		config_vf_text(&path, value, size);
	return true;
}

/* What a soft port has not, and a VF that has come back is to have */
static int set_vf_words(struct vswctl *ctl, const struct config_port *port)
{
	size_t size;
	char *line;
	FILE *file;
	int key, code;

	file = open_memstream(&line, &size);
	if (!file)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	fprintf(file, "port set %s", port->name);
	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (config_port_keys[key].scope == CONFIG_VF &&
		    *port->word[key])
			fprintf(file, " %s %s", config_port_keys[key].name,
				port->word[key]);
	if (fclose(file))
		return fail(ctl, EXIT_REFUSED, "out of memory");
	code = batch_line(ctl, line);
	free(line);
	return code;
}

/*
 * A port whose other path has come back: a path is no part of a transaction, and stands
 * alone
 */
static int attach_paths(struct vswctl *ctl, const struct apply *apply,
			const struct config_plan *plan)
{
	const struct config_port *now, *port;
	char line[128], value[CONFIG_VF_TEXT];
	int code = EXIT_OK;
	const char *key;
	size_t i;

	for (i = 0; !code && i < plan->file->ports; i++) {
		port = &plan->file->port[i];
		now = config_find_port(plan->state, port->name);
		if (!now || !config_is_meant(plan, port) ||
		    !path_words(plan, now, port, &key, value, sizeof(value)))
			continue;
		snprintf(line, sizeof(line), "port set %s %s %s", port->name,
			 key, value);
		if (!ctl->json)
			fprintf(ctl->out, "~ port %s of %s\n    %s none -> %s\n",
				port->name, port->sw, key, value);
		code = apply->dry ? EXIT_OK : batch_line(ctl, line);
		if (!code && !apply->dry && !*now->pf)
			code = set_vf_words(ctl, port);
		if (!code && !apply->dry && !*now->dev &&
		    !strcmp(port->word[CONFIG_PORT_FASTPATH], "xdp"))
			code = fastpath_set(ctl, port->name, "xdp");
	}
	return code;
}

static int with_models(struct vswctl *ctl, const struct apply *apply,
		       const struct config_model *file)
{
	struct config_model state = {}, want = {};
	struct config_plan plan = {
		.file = file,
		.path = apply->path,
		.state = &state,
		.prune = apply->prune,
		.only_missing = apply->only_missing,
		.device = apply->device,
		.want = &want,
	};
	int code;

	code = config_state(ctl, &state);
	if (!code)
		code = config_plan(ctl, &plan);
	if (!code)
		code = carry_out(ctl, apply, &plan);
	if (!code && apply->only_missing)
		code = attach_paths(ctl, apply, &plan);
	config_free(&want);
	config_free(&state);
	return code;
}

static int run(struct vswctl *ctl, const struct apply *apply)
{
	struct config_model file = {};
	int code, fd = -1;

	if (ctl->txn)
		return fail(ctl, EXIT_USAGE,
			    "a configuration is a transaction of its own: apply it before or after");
	code = config_read(ctl, apply->path, &file);
	/* From the look at what there is until it is another */
	if (!code && !apply->dry)
		code = lock_take(ctl, &fd);
	/* It would be half taken back; a device that has come is its own affair */
	if (!code && !apply->dry && !apply->only_missing)
		code = txn_check_settled(ctl, "apply another");
	if (!code)
		code = with_models(ctl, apply, &file);
	config_free(&file);
	if (fd >= 0)
		close(fd);
	return code;
}

int config_apply(struct vswctl *ctl, struct args *args)
{
	struct apply apply = {};
	int code = read_words(ctl, args, &apply);

	return code ? code : run(ctl, &apply);
}

int config_show_diff(struct vswctl *ctl, struct args *args)
{
	struct apply apply = { .dry = true };
	int code = read_words(ctl, args, &apply);

	return code ? code : run(ctl, &apply);
}

int config_attach(struct vswctl *ctl, struct args *args)
{
	struct apply apply = { .only_missing = true };
	int code = args_need(ctl, args, "the net device", &apply.device);

	if (!code)
		code = read_words(ctl, args, &apply);
	return code ? code : run(ctl, &apply);
}

int config_check_file(struct vswctl *ctl, struct args *args)
{
	const char *path = args_next(args);
	struct config_model file = {};
	int code = args_end(ctl, args);

	if (!code)
		code = config_read(ctl, path ? path : CONFIG_FILE, &file);
	config_free(&file);
	return code;
}
