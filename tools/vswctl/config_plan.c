// SPDX-License-Identifier: GPL-2.0
/*
 * What a host is to be: what the file says, as far as its devices are there, and
 * what the file does not speak of
 */
#include "config_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_model.h"
#include "config_reader.h"
#include "config_steps.h"
#include "sriov.h"
#include "vswctl.h"

static void note(struct vswctl *ctl, const struct config_plan *plan,
		 unsigned int line, const char *format, const char *name,
		 const char *device)
{
	const char *batch = ctl->batch;
	unsigned int before = ctl->line;

	ctl->batch = plan->path;
	ctl->line = line;
	warn(ctl, format, name, device);
	ctl->batch = batch;
	ctl->line = before;
}

const char *config_missing(const struct config_plan *plan,
			   const struct config_port *port, char *name,
			   size_t size)
{
	long vfs;

	if (*port->dev && !if_nametoindex(port->dev))
		return port->dev;
	if (!*port->pf)
		return NULL;
	if (!if_nametoindex(port->pf))
		return port->pf;
	vfs = config_steps_vfs(plan, port->pf);
	if (vfs < 0 || (port->vf != VF_ANY ? port->vf < vfs : vfs > 0))
		return NULL;
	snprintf(name, size, "%s/%u", port->pf,
		 port->vf == VF_ANY ? 0 : port->vf);
	return name;
}

static bool add_port(struct config_plan *plan, const struct config_port *port)
{
	struct config_port *copy = config_add_port(plan->want);

	if (copy)
		*copy = *port;
	return copy;
}

static bool add_switch(struct config_plan *plan, const struct config_switch *sw)
{
	struct config_switch *copy = config_add_switch(plan->want);

	if (copy)
		*copy = *sw;
	return copy;
}

static bool add_fdb(struct config_plan *plan, const struct config_fdb *fdb)
{
	struct config_fdb *copy = config_add_fdb(plan->want);

	if (copy)
		*copy = *fdb;
	return copy;
}

/* Does it stay out of this, because it waits or because there is no device? */
static bool is_left_out(struct vswctl *ctl, const struct config_plan *plan,
			const struct config_port *port, int *code)
{
	char name[CONFIG_VF_TEXT];
	const char *device;

	if (port->role == VSW_PORT_ROLE_HOST)
		return false;
	device = config_missing(plan, port, name, sizeof(name));
	if (!device)
		return false;
	if (port->optional) {
		note(ctl, plan, port->path_line,
		     "port '%s' is left out until there is a device '%s'",
		     port->name, device);
		return true;
	}
	config_error(&(struct config_reader){ .ctl = ctl, .path = plan->path },
		     port->path_line,
		     "port '%s': there is no device '%s': make it first, or say \"optional\": true",
		     port->name, device);
	*code = EXIT_REFUSED;
	return true;
}

/* Has it no path that the file does not have? */
static bool is_half(const struct config_port *now,
		    const struct config_port *port)
{
	return (!*now->dev || !strcmp(now->dev, port->dev)) &&
	       (!*now->pf || config_same_vf(now, port));
}

/*
 * What is to become of a port of which one path is there, and stays as it is: that
 * path does what the file says
 */
static void keep_paths(struct config_port *port, const struct config_port *now)
{
	unsigned int scope = config_scope(now);
	int key;

	memcpy(port->dev, now->dev, sizeof(port->dev));
	memcpy(port->pf, now->pf, sizeof(port->pf));
	port->vf = now->vf;
	port->path_vf = now->path_vf;
	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (!(config_port_keys[key].scope & scope) ||
		    !*port->word[key])
			config_word_set(port->word[key], now->word[key]);
}

/* Everything of the file */
static bool take_ports(struct vswctl *ctl, struct config_plan *plan, int *code)
{
	const struct config_port *port, *now;
	struct config_port half;
	size_t i;

	for (i = 0; i < plan->file->ports; i++) {
		port = &plan->file->port[i];
		now = config_find_port(plan->state, port->name);
		if (now && now->awaits && !strcmp(now->sw, port->sw) &&
		    now->role == port->role) {
			note(ctl, plan, port->line,
			     "port '%s' waits for its NIC, %s: it stays as it is",
			     port->name, *port->pf ? port->pf : port->dev);
			port = now;
		} else if (is_left_out(ctl, plan, port, code)) {
			/* One of its two paths may be there */
			if (!now || strcmp(now->sw, port->sw) ||
			    now->role != port->role)
				continue;
			if (is_half(now, port)) {
				half = *port;
				keep_paths(&half, now);
				now = &half;
			}
			port = now;
		}
		if (!add_port(plan, port))
			return false;
	}
	return true;
}

/* Switches of @model that @other does not have, with all that is in them */
static bool take_others(struct config_plan *plan,
			const struct config_model *model,
			const struct config_model *other)
{
	size_t i;

	for (i = 0; i < model->switches; i++)
		if (!config_find_switch(other, model->sw[i].name) &&
		    !add_switch(plan, &model->sw[i]))
			return false;
	for (i = 0; i < model->ports; i++)
		if (!config_find_switch(other, model->port[i].sw) &&
		    !add_port(plan, &model->port[i]))
			return false;
	for (i = 0; i < model->fdbs; i++)
		if (!config_find_switch(other, model->fdb[i].sw) &&
		    !add_fdb(plan, &model->fdb[i]))
			return false;
	return true;
}

/* An uplink, or none, or what a port has not */
static bool is_known(const struct config_plan *plan, const char *name)
{
	return !*name || !strcmp(name, "none") ||
	       config_find_port(plan->want, name);
}

/* An uplink that is left out cannot be preferred */
static void forget_uplink(struct vswctl *ctl, const struct config_plan *plan,
			  char *word, unsigned int line)
{
	if (is_known(plan, word))
		return;
	note(ctl, plan, line, "nothing prefers '%s', which is left out%s",
	     word, "");
	config_word_set(word, "none");
}

static bool take_fdb(struct config_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->file->fdbs; i++)
		if (config_find_port(plan->want, plan->file->fdb[i].port) &&
		    !add_fdb(plan, &plan->file->fdb[i]))
			return false;
	return true;
}

static bool plan_whole(struct vswctl *ctl, struct config_plan *plan, int *code)
{
	const struct config_model empty = {};
	struct config_model *want = plan->want;
	size_t i;

	for (i = 0; i < plan->file->switches; i++)
		if (!add_switch(plan, &plan->file->sw[i]))
			return false;
	if (!take_ports(ctl, plan, code))
		return false;
	config_sort(want);
	if (!take_fdb(plan))
		return false;
	for (i = 0; i < want->switches; i++)
		forget_uplink(ctl, plan,
			      want->sw[i].word[CONFIG_SWITCH_PRIMARY],
			      want->sw[i].line);
	for (i = 0; i < want->ports; i++)
		forget_uplink(ctl, plan, want->port[i].word[CONFIG_PORT_PIN],
			      want->port[i].line);
	return take_others(plan, plan->prune ? &empty : plan->state,
			   plan->file);
}

bool config_is_meant(const struct config_plan *plan,
		     const struct config_port *port)
{
	return !plan->device || !strcmp(port->dev, plan->device) ||
	       (*port->pf && (!strcmp(port->pf, plan->device) ||
			      sriov_is_vf_of(plan->device, port->pf)));
}

static bool is_new(const struct config_plan *plan, const char *name)
{
	return !config_find_port(plan->state, name) &&
	       config_find_port(plan->want, name);
}

/* Who is to prefer an uplink that is new does so now */
static void prefer_new(struct config_plan *plan)
{
	struct config_model *want = plan->want;
	const struct config_switch *sw;
	const struct config_port *port;
	size_t i;

	for (i = 0; i < want->switches; i++) {
		sw = config_find_switch(plan->file, want->sw[i].name);
		if (sw && is_new(plan, sw->word[CONFIG_SWITCH_PRIMARY]))
			config_word_set(want->sw[i].word[CONFIG_SWITCH_PRIMARY],
					sw->word[CONFIG_SWITCH_PRIMARY]);
	}
	for (i = 0; i < want->ports; i++) {
		port = config_find_port(plan->file, want->port[i].name);
		if (port && is_new(plan, port->word[CONFIG_PORT_PIN]))
			config_word_set(want->port[i].word[CONFIG_PORT_PIN],
					port->word[CONFIG_PORT_PIN]);
	}
}

/* What the kernel has, and ports of the file that it has not */
static bool plan_missing(struct config_plan *plan)
{
	const struct config_model empty = {};
	const struct config_port *port;
	const struct config_fdb *fdb;
	char name[CONFIG_VF_TEXT];
	char *pin;
	size_t i;

	if (!take_others(plan, plan->state, &empty))
		return false;
	for (i = 0; i < plan->file->ports; i++) {
		port = &plan->file->port[i];
		if (port->role != VSW_PORT_ROLE_HOST &&
		    !config_find_port(plan->state, port->name) &&
		    config_find_switch(plan->state, port->sw) &&
		    config_is_meant(plan, port) &&
		    !config_missing(plan, port, name, sizeof(name)) &&
		    !add_port(plan, port))
			return false;
	}
	config_sort(plan->want);
	for (i = 0; i < plan->file->fdbs; i++) {
		fdb = &plan->file->fdb[i];
		if (is_new(plan, fdb->port) &&
		    !config_find_fdb(plan->state, fdb) && !add_fdb(plan, fdb))
			return false;
	}
	prefer_new(plan);
	/* Ports that are new do not prefer what is not there yet */
	for (i = 0; i < plan->want->ports; i++) {
		pin = plan->want->port[i].word[CONFIG_PORT_PIN];
		if (!is_known(plan, pin))
			config_word_set(pin, "none");
	}
	return true;
}

int config_plan(struct vswctl *ctl, struct config_plan *plan)
{
	int code = EXIT_OK;
	bool good;

	good = plan->only_missing ? plan_missing(plan) :
				    plan_whole(ctl, plan, &code);
	config_sort(plan->want);
	return good ? code : fail(ctl, EXIT_REFUSED, "out of memory");
}
