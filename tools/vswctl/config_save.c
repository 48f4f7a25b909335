// SPDX-License-Identifier: GPL-2.0
/* config save and show: what the kernel has, as a file */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "args.h"
#include "config.h"
#include "config_file.h"
#include "config_model.h"
#include "config_state.h"
#include "file.h"
#include "vswctl.h"

#define STYLE (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | \
	       JSON_C_TO_STRING_NOSLASHESCAPE)

int config_write(struct vswctl *ctl, const char *path,
		 struct json_object *json)
{
	const char *text = json_object_to_json_string_ext(json, STYLE);
	char real[PATH_MAX];

	if (!text)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	/* What a link points to, not the link */
	if (realpath(path, real))
		path = real;
	if (file_write(path, text))
		return EXIT_OK;
	return fail(ctl, EXIT_REFUSED,
		    "%s: cannot be written, and is as it was: %s", path,
		    strerror(errno));
}

/* The kernel knows no wishes: they are kept from the file that is written anew */
static void keep_optional(struct vswctl *ctl, const char *path,
			  struct config_model *model)
{
	struct config_model old = {};
	const struct config_port *port;
	size_t i;

	if (config_read_quietly(ctl, path, &old))
		return;
	for (i = 0; i < model->ports; i++) {
		port = config_find_port(&old, model->port[i].name);
		if (port && port->role == model->port[i].role)
			model->port[i].optional = port->optional;
	}
	config_free(&old);
}

/* What cannot be told would be lost */
static int check_awaited(struct vswctl *ctl, const struct config_model *model)
{
	size_t i;

	for (i = 0; i < model->ports; i++)
		if (model->port[i].awaits)
			return fail(ctl, EXIT_REFUSED,
				    "port '%s' waits for its NIC and cannot be saved: save when it is back, or delete the port",
				    model->port[i].name);
	return EXIT_OK;
}

static int print(struct vswctl *ctl, struct json_object *json)
{
	fprintf(ctl->out, "%s\n", json_object_to_json_string_ext(json, STYLE));
	return EXIT_OK;
}

static int save(struct vswctl *ctl, const char *path)
{
	struct config_model model = {};
	struct json_object *json;
	int code;

	code = config_state(ctl, &model);
	if (!code)
		code = check_awaited(ctl, &model);
	if (!code) {
		if (path)
			keep_optional(ctl, path, &model);
		json = config_json(&model);
		code = path ? config_write(ctl, path, json) : print(ctl, json);
		json_object_put(json);
	}
	config_free(&model);
	return code;
}

int config_save(struct vswctl *ctl, struct args *args)
{
	const char *path = args_next(args);
	int code = args_end(ctl, args);

	if (!path)
		path = CONFIG_FILE;
	return code ? code : save(ctl, strcmp(path, "-") ? path : NULL);
}

int config_show(struct vswctl *ctl, struct args *args)
{
	int code = args_end(ctl, args);

	return code ? code : save(ctl, NULL);
}
