// SPDX-License-Identifier: GPL-2.0
/* The full state of one port as JSON, for the other host of a live migration */
#include "port_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "port.h"
#include "txn.h"
#include "vswctl.h"

#define VERSION		1
#define FILE_MAX	(16 * 1024 * 1024)
#define WORDS_MAX	128
/* "4094,4093,...": the longest list of VLANs */
#define LIST_MAX	(4096 * 5)

/* Rows of a dump that is restricted to the port */
static int dump_port(struct vswctl *ctl, uint8_t command, int attr,
		     const char *name, struct messages *messages)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, command);
	if (code)
		return code;
	request_put_string(&req, attr, name);
	code = request_dump(&req, messages);
	request_free(&req);
	return code;
}

static void put_int(struct json_object *object, const char *key, int value)
{
	json_object_object_add(object, key, json_object_new_int(value));
}

static void put_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

static void put_text(struct json_object *object, const char *key,
		     const struct row *row, int attr)
{
	char text[VSW_PORT_NAME_MAX + 1];

	row_text(row, attr, text, sizeof(text));
	json_object_object_add(object, key, json_object_new_string(text));
}

static struct json_object *vlans_json(const struct messages *messages)
{
	struct json_object *array = json_object_new_array(), *vlan;
	struct nlmsghdr *message = NULL;
	struct row row;
	uint64_t flags;

	while ((message = messages_next(messages, message))) {
		if (!row_init(&row, &vlan_attrs, message, NULL))
			continue;
		flags = attr_uint(row.tb[VSW_A_VLAN_FLAGS]);
		vlan = json_object_new_object();
		put_int(vlan, "first", attr_uint(row.tb[VSW_A_VLAN_FIRST]));
		put_int(vlan, "last", attr_uint(row.tb[VSW_A_VLAN_LAST]));
		put_bool(vlan, "pvid", flags & VSW_VLAN_FLAG_PVID);
		put_bool(vlan, "untagged", flags & VSW_VLAN_FLAG_UNTAGGED);
		json_object_array_add(array, vlan);
	}
	return array;
}

/* The address of the port itself is in its policy */
static struct json_object *fdb_json(const struct messages *messages)
{
	struct json_object *array = json_object_new_array(), *entry;
	struct nlmsghdr *message = NULL;
	struct row row;

	while ((message = messages_next(messages, message))) {
		if (!row_init(&row, &fdb_attrs, message, NULL) ||
		    attr_uint(row.tb[VSW_A_FDB_TYPE]) == VSW_FDB_TYPE_LOCAL)
			continue;
		entry = json_object_new_object();
		put_text(entry, "mac", &row, VSW_A_FDB_MAC);
		put_int(entry, "vid", attr_uint(row.tb[VSW_A_FDB_VID]));
		put_text(entry, "type", &row, VSW_A_FDB_TYPE);
		json_object_array_add(array, entry);
	}
	return array;
}

static struct json_object *state_json(const struct row *row,
				      const struct messages *vlans,
				      const struct messages *fdb)
{
	struct json_object *state = json_object_new_object();

	put_int(state, "version", VERSION);
	put_text(state, "name", row, VSW_A_PORT_NAME);
	put_text(state, "switch", row, VSW_A_PORT_SWITCH_NAME);
	json_object_object_add(state, "policy", port_policy_json(row));
	json_object_object_add(state, "vlans", vlans_json(vlans));
	json_object_object_add(state, "fdb", fdb_json(fdb));
	return state;
}

static void state_print(struct vswctl *ctl, struct json_object *state)
{
	int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;

	fputs(json_object_to_json_string_ext(state, flags), ctl->out);
	fputc('\n', ctl->out);
	json_object_put(state);
}

int port_export(struct vswctl *ctl, struct args *args)
{
	struct messages port = {}, vlans = {}, fdb = {};
	const char *name;
	struct row row;
	int code;

	code = args_need(ctl, args, "the name of the port", &name);
	if (!code)
		code = args_end(ctl, args);
	if (!code)
		code = port_get(ctl, name, &port, &row);
	if (!code && attr_uint(row.tb[VSW_A_PORT_ROLE]) != VSW_PORT_ROLE_LOCAL)
		code = fail(ctl, EXIT_REFUSED,
			    "port '%s' belongs to this host: only local ports move",
			    name);
	if (!code)
		code = dump_port(ctl, VSW_CMD_VLAN_GET, VSW_A_VLAN_PORT, name,
				 &vlans);
	if (!code)
		code = dump_port(ctl, VSW_CMD_FDB_GET, VSW_A_FDB_PORT, name,
				 &fdb);
	if (!code)
		state_print(ctl, state_json(&row, &vlans, &fdb));
	messages_free(&port);
	messages_free(&vlans);
	messages_free(&fdb);
	return code;
}

/**
 * struct import - a state that becomes a port
 * @ctl: the command
 * @file: where it is from
 * @state: the state
 * @name: name of the port
 * @switch_name: its switch
 * @dev: net device that it gets, or NULL
 * @vf: VF that it gets, or NULL
 */
struct import {
	struct vswctl *ctl;
	const char *file;
	struct json_object *state;
	const char *name;
	const char *switch_name;
	const char *dev;
	const char *vf;
};

static int bad(const struct import *import, const char *what)
{
	return fail(import->ctl, EXIT_REFUSED, "%s: %s", import->file, what);
}

/* Keys that every object of an array has, and no others; NULL if that is so */
static const char *check_objects(struct json_object *array,
				 const char *const *keys,
				 const enum json_type *types, size_t count)
{
	struct json_object *object, *member;
	size_t i, key;

	for (i = 0; i < json_object_array_length(array); i++) {
		object = json_object_array_get_idx(array, i);
		if (!json_object_is_type(object, json_type_object) ||
		    json_object_object_length(object) != (int)count)
			return "an entry of vlans or fdb has a wrong number of keys";
		for (key = 0; key < count; key++)
			if (!json_object_object_get_ex(object, keys[key],
						       &member) ||
			    !json_object_is_type(member, types[key]))
				return "an entry of vlans or fdb lacks a key, or has a wrong value";
	}
	return NULL;
}

static const char *check_lists(struct json_object *state)
{
	static const char *const vlan_keys[] = {
		"first", "last", "pvid", "untagged",
	};
	static const enum json_type vlan_types[] = {
		json_type_int, json_type_int, json_type_boolean,
		json_type_boolean,
	};
	static const char *const fdb_keys[] = { "mac", "vid", "type" };
	static const enum json_type fdb_types[] = {
		json_type_string, json_type_int, json_type_string,
	};
	const char *why;

	why = check_objects(json_object_object_get(state, "vlans"), vlan_keys,
			    vlan_types, ARRAY_SIZE(vlan_keys));
	return why ? why :
	       check_objects(json_object_object_get(state, "fdb"), fdb_keys,
			     fdb_types, ARRAY_SIZE(fdb_keys));
}

/* What is wrong with the state, or NULL */
static const char *check_state(struct json_object *state)
{
	static const struct {
		const char *key;
		enum json_type type;
	} members[] = {
		{ "version", json_type_int },
		{ "name", json_type_string },
		{ "switch", json_type_string },
		{ "policy", json_type_object },
		{ "vlans", json_type_array },
		{ "fdb", json_type_array },
	};
	struct json_object *member;
	size_t i;

	if (!json_object_is_type(state, json_type_object))
		return "that is no state of a port, as vswctl port export writes it";
	if (json_object_object_get_ex(state, "version", &member) &&
	    json_object_get_int(member) > VERSION)
		return "a newer vswctl has written it: use that";
	for (i = 0; i < ARRAY_SIZE(members); i++)
		if (!json_object_object_get_ex(state, members[i].key, &member) ||
		    !json_object_is_type(member, members[i].type))
			return "version, name, switch, policy, vlans or fdb is missing or wrong";
	if (json_object_object_length(state) != ARRAY_SIZE(members))
		return "there is a key beside version, name, switch, policy, vlans and fdb";
	json_object_object_foreach(json_object_object_get(state, "policy"),
				   key, value) {
		(void)key;
		if (!json_object_is_type(value, json_type_string))
			return "the policy has a value that is no string";
	}
	return check_lists(state);
}

static int state_load(struct import *import)
{
	bool is_stdin = !strcmp(import->file, "-");
	struct stat status;
	const char *why;

	if (!is_stdin && stat(import->file, &status))
		return bad(import, strerror(errno));
	if (!is_stdin && status.st_size > FILE_MAX)
		return bad(import, "that is no state of a port, it is too large");
	import->state = is_stdin ? json_object_from_fd(0) :
				   json_object_from_file(import->file);
	if (!import->state)
		return bad(import, "that is no JSON, or not all of it");
	why = check_state(import->state);
	return why ? bad(import, why) : EXIT_OK;
}

static int run(const struct import *import, char **words, int count)
{
	struct args args = { .word = words, .left = count };

	return vswctl_run(import->ctl, &args);
}

static uint16_t vlan_number(struct json_object *vlan, const char *key)
{
	return json_object_get_int(json_object_object_get(vlan, key));
}

static bool vlan_is(struct json_object *vlan, const char *key)
{
	return json_object_get_boolean(json_object_object_get(vlan, key));
}

/* All VLANs as a list, and the PVID, which "port add" wants together */
static uint16_t vlans_list(struct json_object *vlans, char *list, size_t size)
{
	struct json_object *vlan;
	uint16_t pvid = 0;
	size_t i;

	*list = '\0';
	for (i = 0; i < json_object_array_length(vlans); i++) {
		vlan = json_object_array_get_idx(vlans, i);
		snprintf(list + strlen(list), size - strlen(list), "%s%u-%u",
			 i ? "," : "", vlan_number(vlan, "first"),
			 vlan_number(vlan, "last"));
		if (vlan_is(vlan, "pvid"))
			pvid = vlan_number(vlan, "first");
	}
	return pvid;
}

static bool is_access(struct json_object *vlans)
{
	struct json_object *vlan = json_object_array_get_idx(vlans, 0);

	return json_object_array_length(vlans) == 1 && vlan_is(vlan, "pvid") &&
	       vlan_is(vlan, "untagged");
}

/* "vlan", or "trunk" and "native" */
static void put_vlans(struct json_object *vlans, char *list, char *pvid,
		      char **words, int *count)
{
	uint16_t number = vlans_list(vlans, list, LIST_MAX);

	snprintf(pvid, 8, "%u", number);
	if (!*list || is_access(vlans)) {
		words[(*count)++] = "vlan";
		words[(*count)++] = *list ? pvid : "none";
		return;
	}
	words[(*count)++] = "trunk";
	words[(*count)++] = list;
	if (!number)
		return;
	words[(*count)++] = "native";
	words[(*count)++] = pvid;
}

static int import_port(const struct import *import)
{
	struct json_object *vlans = json_object_object_get(import->state,
							   "vlans");
	struct json_object *policy = json_object_object_get(import->state,
							    "policy");
	char *words[WORDS_MAX] = {
		"port", "add", (char *)import->switch_name,
		(char *)import->name,
	};
	char *list = malloc(LIST_MAX);
	int code, count = 4;
	char pvid[8];

	if (!list)
		return fail(import->ctl, EXIT_REFUSED, "out of memory");
	if (import->dev) {
		words[count++] = "dev";
		words[count++] = (char *)import->dev;
	}
	if (import->vf) {
		words[count++] = "vf";
		words[count++] = (char *)import->vf;
	}
	put_vlans(vlans, list, pvid, words, &count);
	json_object_object_foreach(policy, key, value) {
		if (count + 2 > WORDS_MAX)
			break;
		words[count++] = key;
		words[count++] = (char *)json_object_get_string(value);
	}
	code = run(import, words, count);
	free(list);
	return code;
}

/* VLANs that are members in another way than "port add" makes them */
static int import_vlan(const struct import *import, struct json_object *vlan)
{
	bool pvid = vlan_is(vlan, "pvid"), untagged = vlan_is(vlan, "untagged");
	char *words[8] = { "vlan", "add", (char *)import->name, "vid" };
	char range[16];
	int count = 4;

	if (pvid == untagged)
		return EXIT_OK;
	snprintf(range, sizeof(range), "%u-%u", vlan_number(vlan, "first"),
		 vlan_number(vlan, "last"));
	words[count++] = range;
	words[count++] = pvid ? "pvid" : "untagged";
	return run(import, words, count);
}

static char *word_of(struct json_object *object, const char *key)
{
	return (char *)json_object_get_string(json_object_object_get(object,
								     key));
}

static int import_entry(const struct import *import, struct json_object *entry)
{
	char *words[8] = { "fdb", "add" };
	char vid[8];

	snprintf(vid, sizeof(vid), "%u", vlan_number(entry, "vid"));
	words[2] = word_of(entry, "mac");
	words[3] = "port";
	words[4] = (char *)import->name;
	words[5] = "vid";
	words[6] = vid;
	words[7] = word_of(entry, "type");
	return run(import, words, ARRAY_SIZE(words));
}

static int import_all(const struct import *import)
{
	struct json_object *vlans = json_object_object_get(import->state,
							   "vlans");
	struct json_object *fdb = json_object_object_get(import->state, "fdb");
	int code = import_port(import);
	size_t i;

	for (i = 0; !code && i < json_object_array_length(vlans); i++)
		code = import_vlan(import, json_object_array_get_idx(vlans, i));
	for (i = 0; !code && i < json_object_array_length(fdb); i++)
		code = import_entry(import, json_object_array_get_idx(fdb, i));
	return code;
}

/* All of it is a transaction, and the profile is only a label here */
static int import_run(struct import *import)
{
	struct vswctl *ctl = import->ctl;
	struct txn *txn;
	int code;

	code = txn_begin(ctl);
	if (code)
		return code;
	ctl->labels = true;
	code = import_all(import);
	ctl->labels = false;
	txn = txn_take(ctl);
	if (!code)
		code = txn_commit(ctl, txn, NULL, 0);
	txn_free(txn);
	return code;
}

static int import_words(struct import *import, struct args *args)
{
	const char *word;
	const char **to;

	while ((word = args_next(args))) {
		to = !strcmp(word, "switch") ? &import->switch_name :
		     !strcmp(word, "name") ? &import->name :
		     !strcmp(word, "dev") ? &import->dev :
		     !strcmp(word, "vf") ? &import->vf : NULL;
		if (!to)
			return fail(import->ctl, EXIT_USAGE,
				    "unknown keyword '%s'; valid here: switch, name, dev, vf",
				    word);
		*to = args_next(args);
		if (!*to)
			return fail(import->ctl, EXIT_USAGE,
				    "'%s' has no value", word);
	}
	if (!import->dev && !import->vf)
		return fail(import->ctl, EXIT_USAGE,
			    "what is the port here? say 'dev DEV' or 'vf PF/N', or both");
	return EXIT_OK;
}

static const char *state_string(const struct import *import, const char *key)
{
	return json_object_get_string(json_object_object_get(import->state,
							     key));
}

int port_import(struct vswctl *ctl, struct args *args)
{
	struct import import = { .ctl = ctl };
	int code;

	if (ctl->txn)
		return fail(ctl, EXIT_USAGE,
			    "an import is a transaction of its own");
	code = args_need(ctl, args, "the file", &import.file);
	if (!code)
		code = import_words(&import, args);
	if (!code)
		code = state_load(&import);
	if (!code) {
		if (!import.name)
			import.name = state_string(&import, "name");
		if (!import.switch_name)
			import.switch_name = state_string(&import, "switch");
		code = import_run(&import);
	}
	json_object_put(import.state);
	return code;
}
