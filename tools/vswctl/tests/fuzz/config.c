// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever the bytes are, they are a configuration or refused. A configuration is the
 * same when it is written and read again; and the commands that make it of nothing, and
 * nothing of it, are commands that vswctl understands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "config_diff.h"
#include "config_file.h"
#include "config_model.h"
#include "fuzz.h"
#include "txn.h"

static void read_again(struct run *run, const struct config_model *model,
		       struct config_model *again)
{
	struct json_object *json = config_json(&run->ctl, model);
	const char *text;

	if (!json)
		fuzz_fail("no file");
	text = json_object_to_json_string(json);

	if (config_read_text(&run->ctl, "again", text, strlen(text), again))
		fuzz_fail("not read again: %s", text);
	json_object_put(json);
}

static void check_same(struct run *run, const struct config_model *model)
{
	struct config_model again = {};
	struct config_diff diff;

	read_again(run, model, &again);
	if (!config_diff(&diff, model, &again))
		abort();
	if (diff.commands)
		fuzz_fail("not the same: %s", diff.command[0].text);
	config_diff_free(&diff);
	config_free(&again);
}

static void check_commands(struct run *run, const struct config_model *from,
			   const struct config_model *to)
{
	struct config_diff diff;
	size_t i;

	if (!config_diff(&diff, from, to))
		abort();
	config_diff_show(&run->ctl, &diff);
	if (txn_begin(&run->ctl))
		abort();
	/* As config apply does */
	run->ctl.labels = true;
	for (i = 0; i < diff.commands; i++)
		if (run_line(run, diff.command[i].text))
			fuzz_fail("'%s' is no command", diff.command[i].text);
	txn_free(txn_take(&run->ctl));
	config_diff_free(&diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_model model = {}, nothing = {};
	struct run run;

	kernel_feed(NULL, 0);
	run_begin(&run, size & 1);
	if (!config_read_text(&run.ctl, "fuzz", (const char *)data, size,
			      &model)) {
		check_same(&run, &model);
		check_commands(&run, &nothing, &model);
		check_commands(&run, &model, &nothing);
		config_free(&model);
	}
	run.ctl.json = false;
	run_end(&run);
	return 0;
}
