// SPDX-License-Identifier: GPL-2.0
/*
 * The full state of one port as JSON, for the other host of a live migration; there
 * it is read by port_import.c
 */
#include "port_state.h"

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "config_file.h"
#include "enums.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "port.h"
#include "vswctl.h"

static void put_int(struct json_object *object, const char *key, int value)
{
	json_object_object_add(object, key, json_object_new_int(value));
}

static void put_text(struct json_object *object, const char *key,
		     const struct row *row, int attr)
{
	char text[VSW_PORT_NAME_MAX + 1];

	row_text(row, attr, text, sizeof(text));
	json_object_object_add(object, key, json_object_new_string(text));
}

/* As vswctl -j vlan show has them */
static struct json_object *flags_json(uint64_t flags)
{
	struct json_object *array = json_object_new_array();
	const char *name;
	unsigned int bit;

	for (bit = 0; bit < vlan_flag_names.count; bit++) {
		name = vlan_flag_names.name[bit];
		if (flags & 1U << bit)
			json_object_array_add(array,
					      json_object_new_string(name));
	}
	return array;
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
		vlan = json_object_new_object();
		put_int(vlan, "first", attr_uint(row.tb[VSW_A_VLAN_FIRST]));
		put_int(vlan, "last", attr_uint(row.tb[VSW_A_VLAN_LAST]));
		flags = attr_uint(row.tb[VSW_A_VLAN_FLAGS]);
		json_object_object_add(vlan, "flags", flags_json(flags));
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

	put_int(state, "version", CONFIG_VERSION);
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
		code = objects_get_of(ctl, VSW_CMD_VLAN_GET, VSW_A_VLAN_PORT,
				      name, &vlans);
	if (!code)
		code = objects_get_of(ctl, VSW_CMD_FDB_GET, VSW_A_FDB_PORT,
				      name, &fdb);
	if (!code)
		state_print(ctl, state_json(&row, &vlans, &fdb));
	messages_free(&port);
	messages_free(&vlans);
	messages_free(&fdb);
	return code;
}
