// SPDX-License-Identifier: GPL-2.0
/* From a model to what a file has; see schema/config.json */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "config_file.h"
#include "config_model.h"
#include "vswctl.h"

static void add_string(struct json_object *object, const char *key,
		       const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(struct json_object *object, const char *key,
		       uint32_t number)
{
	json_object_object_add(object, key, json_object_new_int64(number));
}

static void add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

/* A number where it is one */
static void add_word(struct json_object *object, const struct config_key *key,
		     const char *word)
{
	switch (key->type) {
	case CONFIG_BOOL:
		add_bool(object, key->name, !strcmp(word, "on"));
		return;
	case CONFIG_NUMBER:
	case CONFIG_RATE:
	case CONFIG_VID:
	case CONFIG_AGEING:
		if (*word >= '0' && *word <= '9') {
			add_number(object, key->name,
				   strtoul(word, NULL, 10));
			return;
		}
		break;
	default:
		break;
	}
	add_string(object, key->name, word);
}

static void add_membership(struct json_object *list, uint16_t first,
			   uint16_t last, bool pvid, bool untagged)
{
	struct json_object *object = json_object_new_object();
	struct json_object *flags = json_object_new_array();

	add_number(object, "first", first);
	add_number(object, "last", last);
	if (pvid)
		json_object_array_add(flags, json_object_new_string("pvid"));
	if (untagged)
		json_object_array_add(flags,
				      json_object_new_string("untagged"));
	json_object_object_add(object, "flags", flags);
	json_object_array_add(list, object);
}

/* As long as nothing changes from VLAN to VLAN */
static void add_memberships(struct json_object *object,
			    const struct config_vlans *vlans)
{
	struct json_object *list = json_object_new_array();
	uint16_t first, last, vid;
	bool untagged;

	for (first = 1; vid_set_range(&vlans->member, &first, &last);
	     first = vid) {
		untagged = vid_set_has(&vlans->untagged, first);
		for (vid = first + 1; vid <= last && vid != vlans->pvid &&
		     first != vlans->pvid &&
		     vid_set_has(&vlans->untagged, vid) == untagged; vid++)
			;
		add_membership(list, first, vid - 1, first == vlans->pvid,
			       untagged);
	}
	json_object_object_add(object, "vlans", list);
}

/* No VLAN but the PVID leaves untagged, and that does */
static bool is_trunk(const struct config_vlans *vlans)
{
	return vid_set_count(&vlans->untagged) == !!vlans->pvid &&
	       (!vlans->pvid || vid_set_has(&vlans->untagged, vlans->pvid));
}

static void add_trunk(struct json_object *object,
		      const struct config_vlans *vlans)
{
	struct vid_set tagged = vlans->member;
	char *list;

	if (vlans->pvid)
		vid_set_remove(&tagged, vlans->pvid);
	list = config_vids_text(&tagged);
	add_string(object, "trunk", list ? list : "");
	free(list);
	if (vlans->pvid)
		add_number(object, "native", vlans->pvid);
}

static void add_vlans(struct json_object *object,
		      const struct config_vlans *vlans)
{
	if (!config_vlans_is_access(vlans) && is_trunk(vlans))
		add_trunk(object, vlans);
	else if (!config_vlans_is_access(vlans))
		add_memberships(object, vlans);
	else if (vlans->pvid)
		add_number(object, "vlan", vlans->pvid);
	else
		add_string(object, "vlan", "none");
}

static void add_paths(struct json_object *object,
		      const struct config_port *port)
{
	if (*port->dev)
		add_string(object, "dev", port->dev);
	if (*port->pf) {
		add_string(object, "pf", port->pf);
		if (port->vf == VF_ANY)
			add_string(object, "vf", "any");
		else
			add_number(object, "vf", port->vf);
	}
	if (port->path_vf)
		add_string(object, "path", "vf");
	if (port->optional)
		add_bool(object, "optional", true);
}

/* An XDP program that is not ours; and VFs that a NIC has not may become another's */
static bool is_nobodys(int key, const char *word)
{
	return (key == CONFIG_PORT_FASTPATH && !strcmp(word, "other")) ||
	       (key == CONFIG_PORT_VFS && !strcmp(word, "0"));
}

/* The port that a file means that names its paths, its profile, and maybe VLANs */
static int as_profile(struct vswctl *ctl, const struct config_port *port,
		      const struct config_switch *sw, bool vlans,
		      struct config_port *other)
{
	int code;

	*other = *port;
	memset(other->word, 0, sizeof(other->word));
	config_word_set(other->word[CONFIG_PORT_PROFILE],
			port->word[CONFIG_PORT_PROFILE]);
	other->has_vlans = vlans;
	if (!vlans)
		memset(&other->vlans, 0, sizeof(other->vlans));
	code = config_port_profile(ctl, other);
	if (!code)
		config_port_defaults(other, sw);
	return code;
}

/* Only what the port has otherwise than its profile: that may change, and is to */
static int add_followed(struct vswctl *ctl, struct json_object *object,
			const struct config_port *port,
			const struct config_switch *sw)
{
	struct config_port other;
	int key, code;

	code = as_profile(ctl, port, sw, false, &other);
	if (!code && !config_vlans_same(&other.vlans, &port->vlans)) {
		add_vlans(object, &port->vlans);
		code = as_profile(ctl, port, sw, true, &other);
	}
	if (code)
		return code;
	config_word_set(other.word[CONFIG_PORT_PROFILE], "none");
	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		/* Representors have more than other ports with a VF */
		if (!*other.word[key])
			config_word_set(other.word[key],
					config_preset(port, key));
		if (*port->word[key] && !is_nobodys(key, port->word[key]) &&
		    strcmp(port->word[key], other.word[key]))
			add_word(object, &config_port_keys[key],
				 port->word[key]);
	}
	return EXIT_OK;
}

static void add_policy(struct json_object *object,
		       const struct config_port *port,
		       const struct config_switch *sw)
{
	/* The label of a profile that is gone: whoever makes it anew means others */
	bool labelled = config_port_is_labelled(port);
	bool plain = !labelled && (!port->has_vlans ||
				   config_is_plain(port, sw));
	const char *preset;
	int key;

	if (!plain)
		add_vlans(object, &port->vlans);
	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		preset = config_preset(port, key);
		if (key == CONFIG_PORT_FRAMES && !plain)
			preset = config_frames_of(&port->vlans);
		if (*port->word[key] && !is_nobodys(key, port->word[key]) &&
		    ((labelled && !config_is_step(&config_port_keys[key])) ||
		     strcmp(port->word[key], preset)))
			add_word(object, &config_port_keys[key],
				 port->word[key]);
	}
}

/* NULL if its profile cannot be used */
static struct json_object *port_json(struct vswctl *ctl,
				     const struct config_port *port,
				     const struct config_switch *sw)
{
	struct json_object *object = json_object_new_object();

	if (port->role != VSW_PORT_ROLE_HOST) {
		if (strcmp(port->name, port->dev) ||
		    port->role != VSW_PORT_ROLE_UPLINK)
			add_string(object, "name", port->name);
		add_paths(object, port);
	}
	if (!config_port_follows(port)) {
		add_policy(object, port, sw);
	} else if (add_followed(ctl, object, port, sw)) {
		json_object_put(object);
		return NULL;
	}
	return object;
}

static void add_fdb(struct json_object *list, const struct config_fdb *fdb)
{
	struct json_object *object = json_object_new_object();

	add_string(object, "mac", fdb->mac);
	add_number(object, "vid", fdb->vid);
	add_string(object, "port", fdb->port);
	json_object_array_add(list, object);
}

static void add_list(struct json_object *object, const char *key,
		     struct json_object *list)
{
	if (json_object_array_length(list))
		json_object_object_add(object, key, list);
	else
		json_object_put(list);
}

static bool add_ports(struct vswctl *ctl, struct json_object *object,
		      const struct config_model *model,
		      const struct config_switch *sw)
{
	struct json_object *uplinks = json_object_new_array();
	struct json_object *ports = json_object_new_array();
	struct json_object *json;
	const struct config_port *port;
	bool good = true;
	size_t i;

	for (i = 0; i < model->ports; i++) {
		port = &model->port[i];
		if (strcmp(port->sw, sw->name))
			continue;
		json = port_json(ctl, port, sw);
		if (!json) {
			good = false;
			break;
		}
		if (port->role == VSW_PORT_ROLE_UPLINK)
			json_object_array_add(uplinks, json);
		else if (port->role == VSW_PORT_ROLE_LOCAL)
			json_object_array_add(ports, json);
		else if (json_object_object_length(json))
			json_object_object_add(object, "host", json);
		else
			json_object_put(json);
	}
	add_list(object, "uplinks", uplinks);
	add_list(object, "ports", ports);
	return good;
}

static struct json_object *switch_json(struct vswctl *ctl,
				       const struct config_model *model,
				       const struct config_switch *sw)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t i;
	int key;

	add_string(object, "name", sw->name);
	for (key = 0; key < CONFIG_SWITCH_KEYS; key++)
		if (strcmp(sw->word[key], config_switch_keys[key].preset))
			add_word(object, &config_switch_keys[key],
				 sw->word[key]);
	if (!add_ports(ctl, object, model, sw)) {
		json_object_put(list);
		json_object_put(object);
		return NULL;
	}
	for (i = 0; i < model->fdbs; i++)
		if (!strcmp(model->fdb[i].sw, sw->name))
			add_fdb(list, &model->fdb[i]);
	add_list(object, "fdb", list);
	return object;
}

struct json_object *config_json(struct vswctl *ctl,
				const struct config_model *model)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *json;
	size_t i;

	add_number(object, "version", CONFIG_VERSION);
	json_object_object_add(object, "switches", list);
	for (i = 0; i < model->switches; i++) {
		json = switch_json(ctl, model, &model->sw[i]);
		if (!json) {
			json_object_put(object);
			return NULL;
		}
		json_object_array_add(list, json);
	}
	return object;
}
