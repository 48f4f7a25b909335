// SPDX-License-Identifier: GPL-2.0
/* Differences of configurations, for people and programs */
#include "config_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "config_diff.h"
#include "config_model.h"
#include "output.h"
#include "vswctl.h"

static void add_string(struct json_object *object, const char *key,
		       const char *text)
{
	if (text)
		json_object_object_add(object, key,
				       json_object_new_string(text));
}

static struct json_object *change_new(struct json_object *changes,
				      const char *change, const char *object,
				      const char *name, const char *sw)
{
	struct json_object *element = json_object_new_object();

	add_string(element, "change", change);
	add_string(element, "object", object);
	add_string(element, "name", name);
	add_string(element, "switch", sw);
	json_object_array_add(changes, element);
	return element;
}

void config_change_add(struct json_object *changes, const char *object,
		       const char *name, const char *sw, const char *words)
{
	add_string(change_new(changes, "add", object, name, sw), "words",
		   words);
}

void config_change_del(struct json_object *changes, const char *object,
		       const char *name, const char *sw)
{
	change_new(changes, "del", object, name, sw);
}

void config_change_set(struct json_object *changes, const char *object,
		       const char *name, const char *sw,
		       struct json_object *values, bool anew)
{
	if (!json_object_array_length(values)) {
		json_object_put(values);
		return;
	}
	json_object_object_add(change_new(changes, anew ? "replace" : "set",
					  object, name, sw),
			       "values", values);
}

void config_fdb_change(struct json_object *changes,
		       const struct config_fdb *from,
		       const struct config_fdb *to)
{
	const struct config_fdb *fdb = to ? to : from;
	struct json_object *values;
	char name[64], words[64];

	snprintf(name, sizeof(name), "%s vid %u", fdb->mac, fdb->vid);
	snprintf(words, sizeof(words), "port %s", fdb->port);
	if (!to) {
		config_change_del(changes, "fdb", name, fdb->sw);
		return;
	}
	if (!from) {
		config_change_add(changes, "fdb", name, fdb->sw, words);
		return;
	}
	values = json_object_new_array();
	config_value_add(values, "port", from->port, to->port);
	config_change_set(changes, "fdb", name, fdb->sw, values, false);
}

void config_value_add(struct json_object *values, const char *key,
		      const char *from, const char *to)
{
	struct json_object *value = json_object_new_object();

	add_string(value, "key", key);
	add_string(value, "from", from);
	add_string(value, "to", to);
	json_object_array_add(values, value);
}

/* "100", "none", or "10,20-30 untagged 5 pvid 5" */
static char *vlans_text(const struct config_vlans *vlans)
{
	char *member = config_vids_text(&vlans->member);
	char *untagged = config_vids_text(&vlans->untagged);
	char *text = NULL;
	int length;

	if (!vlans->pvid && !vid_set_count(&vlans->member))
		length = asprintf(&text, "none");
	else if (config_vlans_is_access(vlans))
		length = asprintf(&text, "%u", vlans->pvid);
	else
		length = asprintf(&text, "%s untagged %s pvid %u",
				  member ? member : "",
				  untagged && *untagged ? untagged : "none",
				  vlans->pvid);
	free(member);
	free(untagged);
	return length < 0 ? NULL : text;
}

void config_vlans_change(struct json_object *values,
			 const struct config_vlans *from,
			 const struct config_vlans *to)
{
	char *old = vlans_text(from), *new = vlans_text(to);

	config_value_add(values, "vlans", old ? old : "", new ? new : "");
	free(old);
	free(new);
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ?
	       json_object_get_string(value) : "";
}

static void values_show(FILE *out, struct json_object *values)
{
	struct json_object *value;
	const char *key;
	size_t i;

	for (i = 0; i < json_object_array_length(values); i++) {
		value = json_object_array_get_idx(values, i);
		key = text_of(value, "key");
		fprintf(out, "    %s%s%s -> %s\n", key, *key ? " " : "",
			text_of(value, "from"), text_of(value, "to"));
	}
}

static void change_show(FILE *out, struct json_object *change)
{
	const char *kind = text_of(change, "change");
	const char *sw = text_of(change, "switch");
	const char *words = text_of(change, "words");
	struct json_object *values;
	char sign = *kind == 'a' ? '+' : *kind == 'd' ? '-' : '~';

	fprintf(out, "%c %s %s", sign, text_of(change, "object"),
		text_of(change, "name"));
	if (*sw)
		fprintf(out, " of %s", sw);
	if (*words)
		fprintf(out, ": %s", words);
	if (*kind == 'r')
		fputs(" is made anew:", out);
	fputc('\n', out);
	if (json_object_object_get_ex(change, "values", &values))
		values_show(out, values);
}

void config_diff_show(struct vswctl *ctl, const struct config_diff *diff)
{
	struct json_object *commands, *object, *text;
	size_t i;

	for (i = 0; !ctl->json &&
	     i < json_object_array_length(diff->changes); i++)
		change_show(ctl->out,
			    json_object_array_get_idx(diff->changes, i));
	if (!ctl->json)
		return;
	object = json_object_new_object();
	commands = json_object_new_array();
	for (i = 0; i < diff->commands; i++) {
		text = json_object_new_string(diff->command[i].text);
		json_object_array_add(commands, text);
	}
	json_object_object_add(object, "changes",
			       json_object_get(diff->changes));
	json_object_object_add(object, "commands", commands);
	show_json(ctl, object);
}
