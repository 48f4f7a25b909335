// SPDX-License-Identifier: GPL-2.0
/* config save and show: what the kernel has, as a file */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "args.h"
#include "config.h"
#include "config_file.h"
#include "config_model.h"
#include "config_plan.h"
#include "config_state.h"
#include "file.h"
#include "lock.h"
#include "profile_store.h"
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

/* Is its device, or its VF, away? Of VFs those count that there are */
static bool is_away(const struct config_port *port)
{
	/* A file would make more of them */
	const struct config_model nothing = {};
	const struct config_plan plan = { .file = &nothing, .state = &nothing };
	char name[CONFIG_VF_TEXT];

	return config_missing(&plan, port, name, sizeof(name));
}

/* Is it there when its device is? */
static bool waits(const struct config_model *model,
		  const struct config_port *port)
{
	return port->optional && !config_find_port(model, port->name) &&
	       config_find_switch(model, port->sw) && is_away(port);
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

		if (!waits(&now, &old->port[i]))
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
		if (port && !strcmp(port->sw, model->port[i].sw) &&
		    !strcmp(port->word[CONFIG_PORT_PIN], uplink) &&
		    !strcmp(model->port[i].word[CONFIG_PORT_PIN], "none"))
			config_word_set(model->port[i].word[CONFIG_PORT_PIN],
					uplink);
	}
}

/* What the port has not without a path, from the file */
static void keep_words(struct config_port *port, const struct config_port *before)
{
	int key;

	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (!*port->word[key] ||
		    (key == CONFIG_PORT_FASTPATH && !*port->dev))
			config_word_set(port->word[key], before->word[key]);
	port->path_vf = before->path_vf;
}

/* A port that has one of its two paths still wants the other when that comes back */
static void keep_path(const struct config_port *before, struct config_port *port)
{
	struct config_port path;

	if (!before->optional || !config_lacks_path(port, before, &path) ||
	    !is_away(&path))
		return;
	keep_words(port, before);
	if (*path.dev) {
		memcpy(port->dev, path.dev, sizeof(port->dev));
	} else {
		memcpy(port->pf, path.pf, sizeof(port->pf));
		port->vf = path.vf;
	}
}

/*
 * The kernel knows no wishes: they are kept from the file that is written anew, with
 * all that waits, if that is asked for. False without memory
 */
static bool keep_optional(struct vswctl *ctl, const char *path, bool waiting,
			  struct config_model *model)
{
	struct config_model old = {};
	const struct config_port *port;
	size_t i, known = model->ports;
	bool good = true;

	if (config_read_quietly(ctl, path, &old)) {
		if (waiting && !access(path, F_OK))
			warn(ctl,
			     "%s was no good configuration: what was optional in it is not kept",
			     path);
		return true;
	}
	for (i = 0; i < known; i++) {
		port = config_find_port(&old, model->port[i].name);
		if (!port || port->role != model->port[i].role)
			continue;
		model->port[i].optional = port->optional;
		if (waiting)
			keep_path(port, &model->port[i]);
	}
	if (waiting)
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

/* What there is, with what waits if it is asked for; NULL, and it is told */
static struct json_object *state_json(struct vswctl *ctl, const char *path,
				      bool waiting)
{
	struct config_model model = {};
	struct json_object *json = NULL;
	int code;

	code = config_state(ctl, &model);
	if (!code)
		code = check_awaited(ctl, &model);
	if (!code && path && !keep_optional(ctl, path, waiting, &model))
		code = fail(ctl, EXIT_REFUSED, "out of memory");
	if (!code)
		json = config_json(ctl, &model);
	config_free(&model);
	return json;
}

/* With what waits for its device, unless that does not go with what there is now */
static struct json_object *file_json(struct vswctl *ctl, const char *path)
{
	struct json_object *json = state_json(ctl, path, true);

	if (!json || config_is_good(ctl, json_object_to_json_string(json)))
		return json;
	json_object_put(json);
	warn(ctl,
	     "%s: ports and paths that wait for their device are not kept: there is now what excludes them",
	     path);
	return state_json(ctl, path, false);
}

/* Nobody changes the host, or profiles, while it is looked at */
static int save(struct vswctl *ctl, const char *path)
{
	struct json_object *json;
	int code, fd = -1, profiles;

	code = lock_take(ctl, &fd);
	/* What may be taken back is nothing to start the host with */
	if (!code)
		code = txn_check_settled(ctl, "save");
	if (!code) {
		profiles = profile_store_share();
		json = file_json(ctl, path);
		code = json ? config_write(ctl, path, json) : EXIT_REFUSED;
		json_object_put(json);
		profile_store_close(profiles);
	}
	if (fd >= 0)
		close(fd);
	return code;
}

static int show(struct vswctl *ctl)
{
	struct json_object *json = state_json(ctl, NULL, false);
	int code = json ? print(ctl, json) : EXIT_REFUSED;

	json_object_put(json);
	return code;
}

int config_save(struct vswctl *ctl, struct args *args)
{
	const char *path = args_next(args);
	int code = args_end(ctl, args);

	if (!path)
		path = CONFIG_FILE;
	if (code)
		return code;
	return strcmp(path, "-") ? save(ctl, path) : show(ctl);
}

int config_show(struct vswctl *ctl, struct args *args)
{
	int code = args_end(ctl, args);

	return code ? code : show(ctl);
}
