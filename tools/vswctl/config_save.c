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
#include "config_plan.h"
#include "config_state.h"
#include "file.h"
#include "txn.h"
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

/* Is it there when its device is? */
static bool waits(const struct config_model *old, const struct config_model *model,
		  const struct config_port *port)
{
	const struct config_plan plan = { .file = old, .state = model };
	char name[IF_NAMESIZE + 12];

	return port->optional && !config_find_port(model, port->name) &&
	       config_find_switch(model, port->sw) &&
	       config_missing(&plan, port, name, sizeof(name));
}

/* Its static entries wait with it */
static bool keep_fdb(const struct config_model *old, struct config_model *model,
		     const struct config_port *port)
{
	struct config_fdb *fdb;
	size_t i;

	for (i = 0; i < old->fdbs; i++) {
		if (strcmp(old->fdb[i].port, port->name))
			continue;
		fdb = config_add_fdb(model);
		if (!fdb)
			return false;
		*fdb = old->fdb[i];
	}
	return true;
}

/* Ports that wait for their device are not known to the kernel */
static bool keep_waiting(const struct config_model *old,
			 struct config_model *model)
{
	const size_t known = model->ports;
	struct config_port *port;
	size_t i;

	for (i = 0; i < old->ports; i++) {
		/* Those that are new are no longer in order */
		const struct config_model now = {
			.sw = model->sw, .switches = model->switches,
			.port = model->port, .ports = known,
		};

		if (!waits(old, &now, &old->port[i]))
			continue;
		port = config_add_port(model);
		if (!port)
			return false;
		*port = old->port[i];
		if (!keep_fdb(old, model, port))
			return false;
	}
	return true;
}

/* Whoever is to prefer an uplink that waits cannot yet */
static void keep_preferences(const struct config_model *old,
			     struct config_model *model, const char *uplink)
{
	const struct config_switch *sw;
	const struct config_port *port;
	size_t i;

	for (i = 0; i < model->switches; i++) {
		sw = config_find_switch(old, model->sw[i].name);
		if (sw && !strcmp(sw->word[CONFIG_SWITCH_PRIMARY], uplink) &&
		    !strcmp(model->sw[i].word[CONFIG_SWITCH_PRIMARY], "none"))
			config_word_set(model->sw[i].word[CONFIG_SWITCH_PRIMARY],
					uplink);
	}
	for (i = 0; i < model->ports; i++) {
		port = config_find_port(old, model->port[i].name);
		if (port && !strcmp(port->word[CONFIG_PORT_PIN], uplink) &&
		    !strcmp(model->port[i].word[CONFIG_PORT_PIN], "none"))
			config_word_set(model->port[i].word[CONFIG_PORT_PIN],
					uplink);
	}
}

/* A port that has one of its two paths still wants the other when that comes back */
static void keep_path(const struct config_model *old,
		      const struct config_model *model,
		      const struct config_port *before, struct config_port *port)
{
	const struct config_plan plan = { .file = old, .state = model };
	struct config_port dev = {}, vf = { .vf = before->vf };
	char name[IF_NAMESIZE + 12];

	if (!before->optional || !*before->dev || !*before->pf)
		return;
	memcpy(dev.dev, before->dev, sizeof(dev.dev));
	memcpy(vf.pf, before->pf, sizeof(vf.pf));
	if (!*port->dev && !strcmp(port->pf, before->pf) &&
	    port->vf == before->vf &&
	    config_missing(&plan, &dev, name, sizeof(name))) {
		memcpy(port->dev, before->dev, sizeof(port->dev));
	} else if (!*port->pf && !strcmp(port->dev, before->dev) &&
		   config_missing(&plan, &vf, name, sizeof(name))) {
		memcpy(port->pf, before->pf, sizeof(port->pf));
		port->vf = before->vf;
	}
}

/*
 * The kernel knows no wishes: they are kept from the file that is written anew. False
 * without memory
 */
static bool keep_optional(struct vswctl *ctl, const char *path,
			  struct config_model *model)
{
	struct config_model old = {};
	const struct config_port *port;
	size_t i, known = model->ports;
	bool good;

	if (config_read_quietly(ctl, path, &old))
		return true;
	for (i = 0; i < known; i++) {
		port = config_find_port(&old, model->port[i].name);
		if (!port || port->role != model->port[i].role)
			continue;
		model->port[i].optional = port->optional;
		keep_path(&old, model, port, &model->port[i]);
	}
	good = keep_waiting(&old, model);
	for (i = known; i < model->ports; i++)
		keep_preferences(&old, model, model->port[i].name);
	config_sort(model);
	config_free(&old);
	return good;
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

	/* What may be taken back is nothing to start the host with */
	code = path ? txn_check_settled(ctl, "save") : EXIT_OK;
	if (!code)
		code = config_state(ctl, &model);
	if (!code)
		code = check_awaited(ctl, &model);
	if (!code) {
		if (path && !keep_optional(ctl, path, &model))
			code = fail(ctl, EXIT_REFUSED, "out of memory");
		json = code ? NULL : config_json(ctl, &model);
		if (!json)
			code = EXIT_REFUSED;
		else
			code = path ? config_write(ctl, path, json) :
				      print(ctl, json);
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
