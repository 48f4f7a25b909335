// SPDX-License-Identifier: GPL-2.0
/*
 * For libFuzzer: make fuzz && ./fuzz-config DIRECTORY. Whatever the bytes are, they are
 * a configuration, which is the same when it is written and read again, or refused.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "config_diff.h"
#include "config_file.h"
#include "config_model.h"
#include "fuzz.h"
#include "vswctl.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	/* What libFuzzer says does not go through stdio */
	return freopen("/dev/null", "w", stderr) ? 0 : 1;
}

static void check_same(struct vswctl *ctl, const struct config_model *model,
		       const char *text)
{
	struct config_model again = {};
	struct config_diff diff;

	if (config_read_text(ctl, "again", text, strlen(text), &again) ||
	    !config_diff(&diff, model, &again) || diff.commands)
		abort();
	config_diff_free(&diff);
	config_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vswctl ctl = { .out = stdout };
	struct config_model model = {};
	struct json_object *json;

	if (config_read_text(&ctl, "fuzz", (const char *)data, size, &model))
		return 0;
	json = config_json(&model);
	check_same(&ctl, &model, json_object_to_json_string(json));
	json_object_put(json);
	config_free(&model);
	return 0;
}
