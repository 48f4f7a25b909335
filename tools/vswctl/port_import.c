// SPDX-License-Identifier: GPL-2.0
/* A port from what "port export" wrote on another host */
#include <stdlib.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "config_model.h"
#include "config_reader.h"
#include "enums.h"
#include "nl.h"
#include "parse.h"
#include "port.h"
#include "port_state.h"
#include "txn.h"
#include "vswctl.h"

/* No port has a longer policy: half of them are keys */
#define WORDS_MAX	128

/**
 * struct import - a port that is to be made, while its file is read
 * @reader: the file; first, so that who reads finds the rest
 * @name: its name, unless @as is given
 * @sw: its switch, unless @to is given
 * @vlans: its VLANs
 * @policy: what else it is
 * @fdb: the addresses behind it
 * @vlan_line: line of its VLANs
 * @as: name that it gets here, or NULL
 * @to: switch that it gets here, or NULL
 * @dev: net device that it gets, or NULL
 * @vf: VF that it gets, or NULL
 * @addresses: the addresses are to come, too
 * @code: exit code of what was done
 */
struct import {
	struct config_reader reader;
	char name[VSW_PORT_NAME_MAX + 1];
	char sw[IF_NAMESIZE];
	struct config_vlans vlans;
	const struct config_node *policy;
	const struct config_node *fdb;
	unsigned int vlan_line;
	const char *as;
	const char *to;
	const char *dev;
	const char *vf;
	bool addresses;
	int code;
};

/* Every object here has all of its keys, and no others */
static bool read_keys(struct config_reader *reader,
		      const struct config_node *map, const char *const *keys)
{
	unsigned int before = reader->errors;
	struct names_allowed names = {};

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return false;
	config_allow(&names, keys);
	config_check_keys(reader, map, &names);
	for (; *keys; keys++)
		if (**keys != '$' && !config_child(map, *keys))
			config_error(reader, map->line, "'%s' is missing",
				     *keys);
	return reader->errors == before;
}

/* The words of "port set", one at a time so that the line is known */
static void read_value(struct config_reader *reader,
		       const struct config_node *node)
{
	char *words[2] = { node->key, node->text };
	struct args args = { .word = words, .left = ARRAY_SIZE(words) };
	struct vswctl ctl = *reader->ctl;
	struct port_request port = {};

	if (!config_want(reader, node, config_is_string(node),
			 "a string in quotes"))
		return;
	ctl.batch = reader->path;
	ctl.line = node->line;
	if (request_init(&port.req, &ctl, VSW_CMD_PORT_SET) ||
	    port_read_policy(&port, &args))
		reader->errors++;
	request_free(&port.req);
}

static void read_policy(struct import *import, const struct config_node *map)
{
	struct config_reader *reader = &import->reader;
	struct names_allowed names = {};
	const struct config_node *node;
	const struct key *key;
	unsigned int before;

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return;
	/* VLANs have a place of their own */
	for (key = port_policy_keys; key->name; key++)
		if (key->attr != VSW_A_PORT_PVID)
			names.name[names.count++] = key->name;
	before = reader->errors;
	config_check_keys(reader, map, &names);
	for (node = map->first; node && before == reader->errors;
	     node = node->next)
		read_value(reader, node);
	import->policy = map;
}

static void read_vlans(struct import *import, const struct config_node *list)
{
	const struct config_node *node;

	if (!config_want_type(&import->reader, list, CONFIG_NODE_LIST))
		return;
	import->vlan_line = list->line;
	for (node = list->first; node; node = node->next)
		config_read_membership(&import->reader, node, &import->vlans);
}

static void read_entry(struct config_reader *reader,
		       const struct config_node *map)
{
	static const char *const keys[] = { "mac", "vid", "type", NULL };
	static const struct config_key mac = {
		"mac", CONFIG_MAC, .preset = ""
	};
	const struct config_node *type;
	config_word word;
	uint16_t vid;
	int value;

	if (!read_keys(reader, map, keys))
		return;
	config_read_word(reader, config_child(map, "mac"), &mac, word);
	config_read_vid(reader, config_child(map, "vid"), &vid);
	type = config_child(map, "type");
	value = config_is_string(type) ?
		names_value(&fdb_type_names, type->text) : -1;
	config_want(reader, type,
		    value >= 0 && value != VSW_FDB_TYPE_LOCAL,
		    "\"dynamic\", \"sticky\" or \"static\"");
}

static void read_fdb(struct import *import, const struct config_node *list)
{
	const struct config_node *node;

	if (!config_want_type(&import->reader, list, CONFIG_NODE_LIST))
		return;
	for (node = list->first; node; node = node->next)
		read_entry(&import->reader, node);
	import->fdb = list;
}

static int run(const struct import *import, unsigned int line, char **words,
	       int count)
{
	struct args args = { .word = words, .left = count };
	struct vswctl *ctl = import->reader.ctl;

	ctl->line = line;
	return vswctl_run(ctl, &args);
}

static void words_put(char **words, int *count, const char *key,
		      const char *value)
{
	if (!value || *count + 2 > WORDS_MAX)
		return;
	words[(*count)++] = (char *)key;
	words[(*count)++] = (char *)value;
}

/* "vlan", or "trunk" and "native", which port add wants together */
static void put_vlans(const struct config_vlans *vlans, const char *list,
		      const char *pvid, char **words, int *count)
{
	if (!*list || config_vlans_is_access(vlans)) {
		words_put(words, count, "vlan", *list ? pvid : "none");
		return;
	}
	words_put(words, count, "trunk", list);
	if (vlans->pvid)
		words_put(words, count, "native", pvid);
}

static int import_port(const struct import *import, const char *list)
{
	char *words[WORDS_MAX] = {
		"port", "add", (char *)import->to, (char *)import->as
	};
	const struct config_node *node;
	int count = 4;
	char pvid[8];

	snprintf(pvid, sizeof(pvid), "%u", import->vlans.pvid);
	words_put(words, &count, "dev", import->dev);
	words_put(words, &count, "vf", import->vf);
	put_vlans(&import->vlans, list, pvid, words, &count);
	for (node = import->policy->first; node; node = node->next)
		if (import->addresses || strcmp(node->key, "mac"))
			words_put(words, &count, node->key, node->text);
	return run(import, import->policy->line, words, count);
}

/* Members in another way than "port add" makes them */
static int import_vlans(const struct import *import)
{
	struct config_vlans vlans = import->vlans;
	char *words[6] = {
		"vlan", "add", (char *)import->as, "vid", NULL, "pvid"
	};
	int code = EXIT_OK;
	char pvid[8];

	if (vlans.pvid && !vid_set_has(&vlans.untagged, vlans.pvid)) {
		snprintf(pvid, sizeof(pvid), "%u", vlans.pvid);
		words[4] = pvid;
		code = run(import, import->vlan_line, words,
			   ARRAY_SIZE(words));
	}
	vid_set_remove(&vlans.untagged, vlans.pvid);
	if (code || !vid_set_count(&vlans.untagged))
		return code;
	words[4] = config_vids_text(&vlans.untagged);
	words[5] = "untagged";
	code = words[4] ? run(import, import->vlan_line, words,
			      ARRAY_SIZE(words)) :
			  fail(import->reader.ctl, EXIT_REFUSED,
			       "out of memory");
	free(words[4]);
	return code;
}

static int import_entry(const struct import *import,
			const struct config_node *map)
{
	char *words[8] = {
		"fdb", "add", config_child(map, "mac")->text,
		"port", (char *)import->as,
		"vid", config_child(map, "vid")->text,
		config_child(map, "type")->text,
	};

	return run(import, map->line, words, ARRAY_SIZE(words));
}

static int import_all(const struct import *import)
{
	char *list = config_vids_text(&import->vlans.member);
	const struct config_node *node = NULL;
	int code;

	if (!list)
		return fail(import->reader.ctl, EXIT_REFUSED, "out of memory");
	code = import_port(import, list);
	free(list);
	if (!code)
		code = import_vlans(import);
	if (import->addresses)
		node = import->fdb->first;
	for (; !code && node; node = node->next)
		code = import_entry(import, node);
	return code;
}

/* All of it is a transaction; what is wrong is told with the line of the file */
static int import_run(struct import *import)
{
	struct vswctl *ctl = import->reader.ctl;
	const char *batch = ctl->batch;
	unsigned int line = ctl->line;
	int code;

	code = txn_begin(ctl);
	if (code)
		return code;
	/* The policy is whole: a profile, if it is known here, adds nothing */
	ctl->labels = true;
	ctl->batch = import->reader.path;
	code = import_all(import);
	code = txn_end(ctl, code);
	ctl->labels = false;
	ctl->batch = batch;
	ctl->line = line;
	return code;
}

static void read_state(struct config_reader *reader,
		       const struct config_node *root)
{
	static const char *const keys[] = {
		"version", "name", "switch", "policy", "vlans", "fdb",
		"$schema", NULL
	};
	struct import *import = (struct import *)reader;

	if (root->type != CONFIG_NODE_MAP) {
		config_error(reader, root->line,
			     "that is no state of a port, as vswctl port export writes it");
		return;
	}
	if (!config_read_version(reader, root) || !read_keys(reader, root, keys))
		return;
	config_read_child_name(reader, root, "name", import->name,
			       sizeof(import->name));
	config_read_child_name(reader, root, "switch", import->sw,
			       sizeof(import->sw));
	read_policy(import, config_child(root, "policy"));
	read_vlans(import, config_child(root, "vlans"));
	read_fdb(import, config_child(root, "fdb"));
	if (reader->errors)
		return;
	if (!import->as)
		import->as = import->name;
	if (!import->to)
		import->to = import->sw;
	import->code = import_run(import);
}

static int import_word(struct import *import, const char *word,
		       const char *value)
{
	const char *why = NULL;

	if (!strcmp(word, "switch"))
		import->to = value;
	else if (!strcmp(word, "name"))
		import->as = value;
	else if (!strcmp(word, "dev"))
		import->dev = value;
	else if (!strcmp(word, "vf"))
		import->vf = value;
	else
		why = parse_bool(value, &import->addresses);
	return why ? fail(import->reader.ctl, EXIT_USAGE, "%s '%s' %s", word,
			  value, why) : EXIT_OK;
}

static int import_words(struct import *import, struct args *args)
{
	static const char *const words[] = {
		"dev", "vf", "switch", "name", "addresses"
	};
	struct vswctl *ctl = import->reader.ctl;
	const char *word, *value;
	int code = EXIT_OK;
	size_t i;

	while (!code && (word = args_next(args))) {
		for (i = 0; i < ARRAY_SIZE(words); i++)
			if (!strcmp(word, words[i]))
				break;
		if (i == ARRAY_SIZE(words))
			return fail(ctl, EXIT_USAGE,
				    "unknown keyword '%s'; valid here: dev, vf, switch, name, addresses",
				    word);
		value = args_next(args);
		if (!value)
			return fail(ctl, EXIT_USAGE, "'%s' has no value", word);
		code = import_word(import, word, value);
	}
	if (!code && !import->dev && !import->vf)
		code = fail(ctl, EXIT_USAGE,
			    "what is the port here? say 'dev DEV' or 'vf PF/N', or both");
	return code;
}

int port_import(struct vswctl *ctl, struct args *args)
{
	struct import import = {
		.reader = { .ctl = ctl, .read = read_state },
		.addresses = true,
	};
	int code;

	if (ctl->txn)
		return fail(ctl, EXIT_USAGE,
			    "an import is a transaction of its own");
	code = args_need(ctl, args, "the file", &import.reader.path);
	if (!code)
		code = import_words(&import, args);
	if (!code)
		code = config_read_file(&import.reader);
	return code ? code : import.code;
}
