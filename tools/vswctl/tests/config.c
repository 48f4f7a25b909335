// SPDX-License-Identifier: GPL-2.0
/*
 * What a configuration is, and what makes one of another, without a kernel:
 *
 *	config json FILE		as it would be saved
 *	config commands FROM TO		a line for each command
 *	config diff FROM TO		as people read it
 */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "config_diff.h"
#include "config_file.h"
#include "config_model.h"
#include "vswctl.h"

static int print_json(struct vswctl *ctl, const char *path)
{
	struct config_model model = {};
	struct json_object *json;

	if (config_read(ctl, path, &model))
		return EXIT_REFUSED;
	json = config_json(ctl, &model);
	if (!json)
		return EXIT_REFUSED;
	puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY));
	json_object_put(json);
	config_free(&model);
	return EXIT_OK;
}

static int compare(struct vswctl *ctl, bool people, const char *from_path,
		   const char *to_path)
{
	struct config_model from = {}, to = {};
	struct config_diff diff;
	size_t i;

	if (config_read(ctl, from_path, &from) ||
	    config_read(ctl, to_path, &to) || !config_diff(&diff, &from, &to))
		return EXIT_REFUSED;
	if (people)
		config_diff_show(ctl, &diff);
	for (i = 0; !people && i < diff.commands; i++)
		puts(diff.command[i].text);
	config_diff_free(&diff);
	config_free(&from);
	config_free(&to);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct vswctl ctl = { .out = stdout };

	if (argc == 3 && !strcmp(argv[1], "json"))
		return print_json(&ctl, argv[2]);
	if (argc == 4)
		return compare(&ctl, !strcmp(argv[1], "diff"), argv[2],
			       argv[3]);
	return EXIT_USAGE;
}
