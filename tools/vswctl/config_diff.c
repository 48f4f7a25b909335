// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that make one configuration of another, in an order in which each of
 * them is good where it stands.
 */
#include "config_diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "config_model.h"
#include "config_show.h"
#include "vswctl.h"

/*
 * ORDER: an uplink carries a VLAN before a VF uses it, and until none does. What is
 * given up is given up before somebody else takes it.
 */
enum phase {
	PHASE_SWITCH,
	PHASE_FDB_DEL,
	PHASE_GIVE_UP,
	PHASE_PORT_DEL,
	PHASE_UPLINK_DEL,
	PHASE_SWITCH_DEL,
	PHASE_UPLINK_ADD,
	PHASE_PORT,
	PHASE_UPLINK_SET,
	PHASE_PRIMARY,
	PHASE_FDB_ADD,
};

/**
 * struct owner - who is to have an address
 * @key: switch, VLAN and address
 * @port: name of the port
 */
struct owner {
	char key[64];
	const char *port;
};

/**
 * struct compare - two configurations while they are compared
 * @diff: what comes of it
 * @from: what is
 * @to: what is to be
 * @owner: addresses of the ports of @to, by key
 * @owners: how many
 */
struct compare {
	struct config_diff *diff;
	const struct config_model *from;
	const struct config_model *to;
	struct owner *owner;
	size_t owners;
};

static void command(struct compare *cmp, enum phase phase, unsigned int line,
		    const char *format, ...) __printf(4, 5);

static void command(struct compare *cmp, enum phase phase, unsigned int line,
		    const char *format, ...)
{
	struct config_diff *diff = cmp->diff;
	size_t count = diff->commands;
	struct config_command *more = diff->command;
	va_list list;

	if (!(count & (count - 1)))
		more = realloc(more, (count ? 2 * count : 1) * sizeof(*more));
	if (!more) {
		diff->failed = true;
		return;
	}
	diff->command = more;
	more += count;
	more->phase = phase;
	more->line = line;
	more->order = count;
	va_start(list, format);
	if (vasprintf(&more->text, format, list) < 0)
		diff->failed = true;
	else
		diff->commands++;
	va_end(list);
}

static int command_compare(const void *a, const void *b)
{
	const struct config_command *x = a, *y = b;

	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int owner_compare(const void *a, const void *b)
{
	return strcmp(((const struct owner *)a)->key,
		      ((const struct owner *)b)->key);
}

static bool owner_key(const struct config_port *port, struct owner *owner)
{
	const char *mac = port->word[CONFIG_PORT_MAC];

	owner->port = port->name;
	snprintf(owner->key, sizeof(owner->key), "%s %u %s", port->sw,
		 port->vlans.pvid, mac);
	return *mac && strcmp(mac, "none");
}

static bool owners_find(struct compare *cmp)
{
	size_t i;

	cmp->owner = calloc(cmp->to->ports + 1, sizeof(*cmp->owner));
	if (!cmp->owner)
		return false;
	for (i = 0; i < cmp->to->ports; i++)
		cmp->owners += owner_key(&cmp->to->port[i],
					 &cmp->owner[cmp->owners]);
	qsort(cmp->owner, cmp->owners, sizeof(*cmp->owner), owner_compare);
	return true;
}

/* Is the address that @port has now to be another's? */
static bool must_give_up(const struct compare *cmp,
			 const struct config_port *port)
{
	const struct owner *owner;
	struct owner key;

	if (!owner_key(port, &key))
		return false;
	owner = bsearch(&key, cmp->owner, cmp->owners, sizeof(key),
			owner_compare);
	return owner && strcmp(owner->port, port->name);
}

static bool same_paths(const struct config_port *a,
		       const struct config_port *b)
{
	return !strcmp(a->dev, b->dev) && config_same_vf(a, b);
}

/* The port as it is to be, unless it has to be another one of that name */
static const struct config_port *heir(const struct compare *cmp,
				      const struct config_port *from)
{
	const struct config_port *to = config_find_port(cmp->to, from->name);

	if (!to || strcmp(to->sw, from->sw) || to->role != from->role)
		return NULL;
	if (!from->awaits && !same_paths(from, to))
		return NULL;
	/* A VF has an address all the time: it cannot give it up */
	if (*from->pf && must_give_up(cmp, from))
		return NULL;
	return to;
}

/* Does the uplink that is meant by @name go, even if it comes again? */
static bool is_lost(const struct compare *cmp, const char *name)
{
	const struct config_port *from = config_find_port(cmp->from, name);

	return !from || !heir(cmp, from);
}

static const char *object_of(const struct config_port *port)
{
	return port->role == VSW_PORT_ROLE_UPLINK ? "uplink" : "port";
}

/* Its values that are not what they are by default; or those that are @steps */
static void put_values(FILE *file, const struct config_port *port,
		       const char *frames, bool steps)
{
	const char *preset;
	int key;

	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		if (config_is_step(&config_port_keys[key]) != steps)
			continue;
		preset = key == CONFIG_PORT_FRAMES ? frames :
						     config_preset(port, key);
		if (*port->word[key] && strcmp(port->word[key], preset))
			fprintf(file, " %s %s", config_port_keys[key].name,
				port->word[key]);
	}
}

static void put_vlans(FILE *file, const struct config_vlans *vlans)
{
	char *list;

	if (config_vlans_is_access(vlans)) {
		if (vlans->pvid)
			fprintf(file, " vlan %u", vlans->pvid);
		else
			fputs(" vlan none", file);
		return;
	}
	list = config_vids_text(&vlans->member);
	fprintf(file, " trunk %s", list ? list : "");
	free(list);
	if (vlans->pvid && vid_set_has(&vlans->untagged, vlans->pvid))
		fprintf(file, " native %u", vlans->pvid);
}

/* What a trunk with a native VLAN is not enough for */
static void vlan_extras(struct compare *cmp, enum phase phase,
			const struct config_port *port)
{
	struct vid_set rest = port->vlans.untagged;
	uint16_t pvid = port->vlans.pvid;
	char *list;

	if (config_vlans_is_access(&port->vlans))
		return;
	if (pvid && !vid_set_has(&rest, pvid))
		command(cmp, phase, port->vlan_line, "vlan add %s vid %u pvid",
			port->name, pvid);
	if (pvid)
		vid_set_remove(&rest, pvid);
	if (!vid_set_count(&rest))
		return;
	list = config_vids_text(&rest);
	command(cmp, phase, port->vlan_line, "vlan add %s vid %s untagged",
		port->name, list ? list : "");
	free(list);
}

static void put_paths(FILE *file, const struct config_port *port)
{
	char vf[CONFIG_VF_TEXT];

	if (port->role == VSW_PORT_ROLE_UPLINK) {
		if (strcmp(port->name, port->dev))
			fprintf(file, " name %s", port->name);
		return;
	}
	if (*port->dev)
		fprintf(file, " dev %s", port->dev);
	if (*port->pf) {
		config_vf_text(port, vf, sizeof(vf));
		fprintf(file, " vf %s", vf);
	}
	if (port->path_vf && *port->dev && *port->pf)
		fputs(" path vf", file);
}

/* What makes it; with @steps, and what is done before and after that */
static char *new_words(const struct compare *cmp,
		       const struct config_port *port, bool steps)
{
	bool plain = config_is_plain(port, config_find_switch(cmp->to, port->sw));
	char *words = NULL;
	size_t size;
	FILE *file;

	file = open_memstream(&words, &size);
	if (!file)
		return NULL;
	put_paths(file, port);
	if (!plain)
		put_vlans(file, &port->vlans);
	put_values(file, port, plain ? "all" : config_frames_of(&port->vlans),
		   false);
	if (steps)
		put_values(file, port, "", true);
	fclose(file);
	return words;
}

static void add_port(struct compare *cmp, const struct config_port *port,
		     bool again)
{
	bool uplink = port->role == VSW_PORT_ROLE_UPLINK;
	enum phase phase = uplink ? PHASE_UPLINK_ADD : PHASE_PORT;
	char *words = new_words(cmp, port, false);
	char *shown = new_words(cmp, port, true);

	if (!words || !shown) {
		cmp->diff->failed = true;
		free(words);
		free(shown);
		return;
	}
	command(cmp, phase, port->line, "%s add %s %s%s", object_of(port),
		port->sw, uplink ? port->dev : port->name, words);
	vlan_extras(cmp, phase, port);
	if (!again)
		config_change_add(cmp->diff->changes, object_of(port),
				  port->name, port->sw, shown + (*shown == ' '));
	free(words);
	free(shown);
}

static void del_port(struct compare *cmp, const struct config_port *port,
		     bool again)
{
	if (port->role == VSW_PORT_ROLE_HOST)
		return;
	command(cmp, port->role == VSW_PORT_ROLE_UPLINK ? PHASE_UPLINK_DEL :
							  PHASE_PORT_DEL,
		0, "%s del %s", object_of(port), port->name);
	if (!again)
		config_change_del(cmp->diff->changes, object_of(port),
				  port->name, port->sw);
}

/* Nobody wants the fast path, and what is there is none */
static bool is_others_program(int key, const char *old, const char *new)
{
	return key == CONFIG_PORT_FASTPATH && !strcmp(old, "other") &&
	       !strcmp(new, "none");
}

/* Values that differ, and what they were as far as they are given up already */
static void put_changes(FILE *file, const struct compare *cmp,
			const struct config_port *from,
			const struct config_port *to, const char *frames,
			struct json_object *values)
{
	const char *old, *new, *before;
	int key;

	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		old = from->word[key];
		new = to->word[key];
		before = key == CONFIG_PORT_FRAMES ? frames : old;
		if (!*new || (!*old && !strcmp(new, config_preset(to, key))) ||
		    is_others_program(key, old, new))
			continue;
		if (strcmp(old, new))
			config_value_add(values, config_port_keys[key].name,
					 *old ? old : config_preset(to, key),
					 new);
		if (key == CONFIG_PORT_MAC && must_give_up(cmp, from))
			before = "none";
		if (key == CONFIG_PORT_PIN && strcmp(new, "none") &&
		    is_lost(cmp, new))
			before = "none";
		if (strcmp(before, new) && !config_is_step(&config_port_keys[key]))
			fprintf(file, " %s %s", config_port_keys[key].name,
				new);
	}
}

/* VLANs that an uplink has to carry before ports use them */
static void carry(struct compare *cmp, const struct config_port *from,
		  const struct config_port *to)
{
	struct vid_set tagged = to->vlans.member, untagged = tagged;
	char *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tagged.bits); i++) {
		tagged.bits[i] &= ~from->vlans.member.bits[i];
		untagged.bits[i] = tagged.bits[i] &
				   to->vlans.untagged.bits[i];
		tagged.bits[i] &= ~untagged.bits[i];
	}
	if (vid_set_count(&tagged)) {
		list = config_vids_text(&tagged);
		command(cmp, PHASE_UPLINK_ADD, to->vlan_line,
			"vlan add %s vid %s", to->name, list ? list : "");
		free(list);
	}
	if (vid_set_count(&untagged)) {
		list = config_vids_text(&untagged);
		command(cmp, PHASE_UPLINK_ADD, to->vlan_line,
			"vlan add %s vid %s untagged", to->name,
			list ? list : "");
		free(list);
	}
}

static void change_port(struct compare *cmp, const struct config_port *from,
			const struct config_port *to)
{
	bool uplink = to->role == VSW_PORT_ROLE_UPLINK;
	enum phase phase = uplink ? PHASE_UPLINK_SET : PHASE_PORT;
	struct json_object *values = json_object_new_array();
	const char *frames = from->word[CONFIG_PORT_FRAMES];
	char *words = NULL;
	size_t size;
	FILE *file;
	bool vlans;

	vlans = to->has_vlans && !config_vlans_same(&from->vlans, &to->vlans);
	file = open_memstream(&words, &size);
	if (!file) {
		cmp->diff->failed = true;
		json_object_put(values);
		return;
	}
	if (vlans) {
		put_vlans(file, &to->vlans);
		frames = config_frames_of(&to->vlans);
		config_vlans_change(values, &from->vlans, &to->vlans);
	}
	put_changes(file, cmp, from, to, frames, values);
	fclose(file);
	if (uplink && vlans)
		carry(cmp, from, to);
	if (*words)
		command(cmp, phase, to->line, "%s set %s%s", object_of(to),
			to->name, words);
	if (vlans)
		vlan_extras(cmp, phase, to);
	config_change_set(cmp->diff->changes, object_of(to), to->name, to->sw,
			  values, false);
	free(words);
}

/* " dev tap0 vlan 5" as people read it; a port may have no words at all */
static const char *without_blank(const char *words)
{
	return words && *words ? words + 1 : "";
}

/* Another one of that name: what it counted is lost */
static void replace_port(struct compare *cmp, const struct config_port *from,
			 const struct config_port *to)
{
	struct json_object *values;
	char *old, *new;

	/* A host port comes and goes with its switch */
	if (from->role == VSW_PORT_ROLE_HOST ||
	    to->role == VSW_PORT_ROLE_HOST) {
		del_port(cmp, from, false);
		if (to->role != VSW_PORT_ROLE_HOST)
			add_port(cmp, to, false);
		return;
	}
	values = json_object_new_array();
	old = new_words(cmp, from, true);
	new = new_words(cmp, to, true);
	del_port(cmp, from, true);
	add_port(cmp, to, true);
	config_value_add(values, "", without_blank(old), without_blank(new));
	config_change_set(cmp->diff->changes, object_of(to), to->name, to->sw,
			  values, true);
	free(old);
	free(new);
}

static void compare_ports(struct compare *cmp)
{
	const struct config_port *from, *to;
	size_t i;

	for (i = 0; i < cmp->from->ports; i++) {
		from = &cmp->from->port[i];
		to = config_find_port(cmp->to, from->name);
		if (!to)
			del_port(cmp, from, false);
		else if (heir(cmp, from) && !from->awaits &&
			 must_give_up(cmp, from))
			command(cmp, PHASE_GIVE_UP, 0, "%s set %s mac none",
				object_of(from), from->name);
	}
	for (i = 0; i < cmp->to->ports; i++) {
		to = &cmp->to->port[i];
		from = config_find_port(cmp->from, to->name);
		if (!from && to->role != VSW_PORT_ROLE_HOST)
			add_port(cmp, to, false);
		else if (from && !heir(cmp, from))
			replace_port(cmp, from, to);
		else if (from && !from->awaits)
			change_port(cmp, from, to);
	}
}

/* What the host port of a new switch is before anybody changes it */
static void compare_new_host(struct compare *cmp,
			     const struct config_switch *sw)
{
	const struct config_port *to = config_find_port(cmp->to, sw->name);
	struct config_port from = { .role = VSW_PORT_ROLE_HOST };

	if (!to || to->role != VSW_PORT_ROLE_HOST)
		return;
	config_port_defaults(&from, sw);
	snprintf(from.name, sizeof(from.name), "%s", sw->name);
	snprintf(from.sw, sizeof(from.sw), "%s", sw->name);
	change_port(cmp, &from, to);
}

static void put_switch_values(FILE *file, const struct config_switch *from,
			      const struct config_switch *to,
			      struct json_object *values)
{
	int key;

	for (key = 0; key < CONFIG_SWITCH_KEYS; key++) {
		if (!strcmp(from->word[key], to->word[key]))
			continue;
		/* Nobody but a new one can be given an address */
		if (key == CONFIG_SWITCH_MAC && *from->name)
			continue;
		config_value_add(values, config_switch_keys[key].name,
				 from->word[key], to->word[key]);
		if (key != CONFIG_SWITCH_PRIMARY)
			fprintf(file, " %s %s", config_switch_keys[key].name,
				to->word[key]);
	}
}

static void compare_switch(struct compare *cmp,
			   const struct config_switch *from,
			   const struct config_switch *to)
{
	const char *primary = to->word[CONFIG_SWITCH_PRIMARY];
	struct json_object *values = json_object_new_array();
	struct config_switch fresh = {};
	char *words = NULL;
	size_t size;
	FILE *file;

	config_switch_defaults(&fresh);
	file = open_memstream(&words, &size);
	if (!file) {
		cmp->diff->failed = true;
		json_object_put(values);
		return;
	}
	put_switch_values(file, from ? from : &fresh, to, values);
	fclose(file);
	if (!from)
		command(cmp, PHASE_SWITCH, to->line, "switch add %s%s",
			to->name, words);
	else if (*words)
		command(cmp, PHASE_SWITCH, to->line, "switch set %s%s",
			to->name, words);
	if (strcmp(primary, (from ? from : &fresh)->word[CONFIG_SWITCH_PRIMARY]) ||
	    (strcmp(primary, "none") && is_lost(cmp, primary)))
		command(cmp, PHASE_PRIMARY, to->line,
			"switch set %s primary %s", to->name, primary);
	if (from) {
		config_change_set(cmp->diff->changes, "switch", to->name, NULL,
				  values, false);
	} else {
		config_change_add(cmp->diff->changes, "switch", to->name, NULL,
				  words + (*words == ' '));
		json_object_put(values);
	}
	free(words);
}

static void compare_switches(struct compare *cmp)
{
	const struct config_switch *from, *to;
	size_t i;

	for (i = 0; i < cmp->from->switches; i++) {
		from = &cmp->from->sw[i];
		if (config_find_switch(cmp->to, from->name))
			continue;
		command(cmp, PHASE_SWITCH_DEL, 0, "switch del %s", from->name);
		config_change_del(cmp->diff->changes, "switch", from->name,
				  NULL);
	}
	for (i = 0; i < cmp->to->switches; i++) {
		to = &cmp->to->sw[i];
		from = config_find_switch(cmp->from, to->name);
		compare_switch(cmp, from, to);
		if (!from)
			compare_new_host(cmp, to);
	}
}

/* It goes with its port, and has to come again with that */
static bool fdb_stays(const struct compare *cmp, const struct config_fdb *from,
		      const struct config_fdb *to)
{
	return !strcmp(from->port, to->port) && !is_lost(cmp, from->port);
}

static void compare_fdb(struct compare *cmp)
{
	const struct config_fdb *from, *to;
	size_t i;

	for (i = 0; i < cmp->from->fdbs; i++) {
		from = &cmp->from->fdb[i];
		if (config_find_fdb(cmp->to, from) ||
		    !config_find_switch(cmp->to, from->sw))
			continue;
		command(cmp, PHASE_FDB_DEL, 0, "fdb del %s switch %s vid %u",
			from->mac, from->sw, from->vid);
		config_fdb_change(cmp->diff->changes, from, NULL);
	}
	for (i = 0; i < cmp->to->fdbs; i++) {
		to = &cmp->to->fdb[i];
		from = config_find_fdb(cmp->from, to);
		if (from && fdb_stays(cmp, from, to))
			continue;
		command(cmp, PHASE_FDB_ADD, to->line,
			"fdb add %s port %s vid %u", to->mac, to->port,
			to->vid);
		if (!from || strcmp(from->port, to->port))
			config_fdb_change(cmp->diff->changes, from, to);
	}
}

bool config_diff(struct config_diff *diff, const struct config_model *from,
		 const struct config_model *to)
{
	struct compare cmp = { .diff = diff, .from = from, .to = to };

	memset(diff, 0, sizeof(*diff));
	diff->changes = json_object_new_array();
	if (!diff->changes || !owners_find(&cmp))
		return false;
	compare_switches(&cmp);
	compare_ports(&cmp);
	compare_fdb(&cmp);
	free(cmp.owner);
	if (diff->commands)
		qsort(diff->command, diff->commands, sizeof(*diff->command),
		      command_compare);
	return !diff->failed;
}

void config_diff_free(struct config_diff *diff)
{
	size_t i;

	for (i = 0; i < diff->commands; i++)
		free(diff->command[i].text);
	free(diff->command);
	json_object_put(diff->changes);
	memset(diff, 0, sizeof(*diff));
}
