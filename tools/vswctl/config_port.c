// SPDX-License-Identifier: GPL-2.0
/* Ports, uplinks and host ports of a file */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "config_model.h"
#include "config_reader.h"
#include "config_tree.h"
#include "enums.h"
#include "profile_store.h"
#include "vswctl.h"

static void allow_port_keys(struct names_allowed *names, unsigned int scope)
{
	int key;

	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		if (config_port_keys[key].scope & scope)
			names->name[names->count++] =
				config_port_keys[key].name;
}

/* "10,20-30", or 10, or a list of such */
static void read_vids(struct config_reader *reader,
		      const struct config_node *node, struct vid_set *set)
{
	const struct config_node *element;
	struct vid_set some;
	const char *why;
	size_t i;

	if (node->type == CONFIG_NODE_LIST) {
		for (element = node->first; element; element = element->next)
			read_vids(reader, element, set);
		return;
	}
	if (!config_want(reader, node, config_is_number(node) || config_is_string(node),
			 "VLANs: 10, \"10,20-30\", or a list of such"))
		return;
	why = parse_vids(node->text, &some);
	if (why)
		config_error(reader, node->line, "VLANs '%.64s' %s",
			     node->text, why);
	for (i = 0; !why && i < ARRAY_SIZE(some.bits); i++)
		set->bits[i] |= some.bits[i];
}

/* The flags of an element of "vlans" */
static unsigned int read_flags(struct config_reader *reader,
			       const struct config_node *list)
{
	const struct config_node *node;
	unsigned int flags = 0;
	int bit;

	if (!config_want_type(reader, list, CONFIG_NODE_LIST))
		return 0;
	for (node = list->first; node; node = node->next) {
		bit = config_is_string(node) ? names_value(&vlan_flag_names,
							   node->text) : -1;
		if (bit < 0)
			config_error(reader, node->line,
				     "a flag of a VLAN is \"pvid\" or \"untagged\"");
		else
			flags |= 1U << bit;
	}
	return flags;
}

/* { "first": 10, "last": 20, "flags": [] }, as vswctl -j vlan show has it */
void config_read_membership(struct config_reader *reader,
			    const struct config_node *map,
			    struct config_vlans *vlans)
{
	static const char *const keys[] = { "first", "last", "flags", NULL };
	const struct config_node *node;
	struct names_allowed names = {};
	unsigned int flags = 0;
	uint16_t first = 0, last;

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return;
	config_allow(&names, keys);
	config_check_keys(reader, map, &names);
	node = config_child(map, "first");
	if (!node) {
		config_error(reader, map->line,
			     "VLANs need their first VID: \"first\": 10");
		return;
	}
	if (!config_read_vid(reader, node, &first))
		return;
	last = first;
	node = config_child(map, "last");
	if (node && !config_read_vid(reader, node, &last))
		return;
	node = config_child(map, "flags");
	if (node)
		flags = read_flags(reader, node);
	if (last < first)
		config_error(reader, map->line,
			     "a range of VLANs ends before it begins");
	if (flags & VSW_VLAN_FLAG_PVID && (last != first || vlans->pvid))
		config_error(reader, map->line,
			     "a port has one PVID: give it a VLAN, not several");
	if (flags & VSW_VLAN_FLAG_PVID)
		vlans->pvid = first;
	for (; first <= last; first++) {
		if (vid_set_has(&vlans->member, first)) {
			config_error(reader, map->line,
				     "VLAN %u stands twice", first);
			return;
		}
		vid_set_add(&vlans->member, first);
		if (flags & VSW_VLAN_FLAG_UNTAGGED)
			vid_set_add(&vlans->untagged, first);
	}
}

static void read_vlan(struct config_reader *reader,
		      const struct config_node *node, struct config_port *port)
{
	uint16_t vid = 0;

	if (config_is_string(node) && !strcmp(node->text, "none"))
		;
	else if (config_is_string(node))
		config_error(reader, node->line,
			     "'vlan' needs a VID without quotes, or \"none\"; for several say \"trunk\"");
	else if (!config_read_vid(reader, node, &vid))
		return;
	config_vlans_access(&port->vlans, vid);
}

static void read_native(struct config_reader *reader,
			const struct config_node *node,
			struct config_port *port)
{
	uint16_t vid = 0;

	if (!config_read_vid(reader, node, &vid))
		return;
	port->vlans.pvid = vid;
	vid_set_add(&port->vlans.member, vid);
	vid_set_add(&port->vlans.untagged, vid);
}

static void read_vlans(struct config_reader *reader,
		       const struct config_node *map, struct config_port *port)
{
	const struct config_node *vlan = config_child(map, "vlan");
	const struct config_node *trunk = config_child(map, "trunk");
	const struct config_node *native = config_child(map, "native");
	const struct config_node *list = config_child(map, "vlans");
	const struct config_node *said = vlan ? vlan : trunk ? trunk : list;

	if (native && !trunk)
		config_error(reader, native->line,
			     "'native' needs 'trunk'; for one VLAN say 'vlan'");
	if (!said)
		return;
	port->has_vlans = true;
	port->vlan_line = said->line;
	if (!!vlan + !!trunk + !!list > 1)
		config_error(reader, said->line,
			     "'vlan', 'trunk' and 'vlans' exclude each other");
	else if (vlan)
		read_vlan(reader, vlan, port);
	else if (trunk)
		read_vids(reader, trunk, &port->vlans.member);
	else if (config_want_type(reader, list, CONFIG_NODE_LIST))
		for (list = list->first; list; list = list->next)
			config_read_membership(reader, list, &port->vlans);
	if (trunk && native)
		read_native(reader, native, port);
}

/* "vf": 3 or "any" */
static void read_vf(struct config_reader *reader,
		    const struct config_node *map, struct config_port *port)
{
	const struct config_node *pf = config_child(map, "pf");
	const struct config_node *vf = config_child(map, "vf");
	const char *why = NULL;

	if (!pf != !vf) {
		config_error(reader, (pf ? pf : vf)->line,
			     "'pf' and 'vf' belong together: \"pf\": \"enp1s0f0\", \"vf\": 3");
		return;
	}
	if (!pf || !config_read_name(reader, pf, port->pf, sizeof(port->pf)))
		return;
	port->path_line = vf->line;
	port->vf = VF_ANY;
	if (config_is_string(vf) && !strcmp(vf->text, "any"))
		return;
	if (!config_want(reader, vf, config_is_number(vf), "a number, or \"any\""))
		return;
	why = parse_uint(vf->text, UINT16_MAX, &port->vf);
	if (why)
		config_bad_value(reader, vf, why);
}

static void read_paths(struct config_reader *reader,
		       const struct config_node *map, struct config_port *port)
{
	const struct config_node *node = config_child(map, "path");

	config_read_child_name(reader, map, "dev", port->dev, sizeof(port->dev));
	if (config_child(map, "dev"))
		port->path_line = config_child(map, "dev")->line;
	config_read_bool(reader, map, "optional", &port->optional);
	if (port->role != VSW_PORT_ROLE_LOCAL)
		return;
	read_vf(reader, map, port);
	if (!node)
		return;
	if (!config_is_string(node) || names_value(&path_names, node->text) < 0)
		config_want(reader, node, false, "\"soft\" or \"vf\"");
	else
		port->path_vf = !strcmp(node->text, "vf");
	if (!*port->dev || !*port->pf)
		config_error(reader, node->line,
			     "'path' is for a port with a device and a VF");
}

static void read_port_words(struct config_reader *reader,
			    const struct config_node *map,
			    struct config_port *port)
{
	const struct config_node *node;
	int key;

	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		node = config_child(map, config_port_keys[key].name);
		if (!node)
			continue;
		port->word_line[key] = node->line;
		config_read_word(reader, node, &config_port_keys[key],
				 port->word[key]);
	}
}

static void profile_vlans(struct json_object *policy, struct config_port *port)
{
	struct config_vlans *vlans = &port->vlans;
	struct json_object *vlan, *trunk, *native;
	uint16_t vid = 0;

	if (json_object_object_get_ex(policy, "vlan", &vlan)) {
		if (parse_vid(json_object_get_string(vlan), &vid))
			vid = 0;
		config_vlans_access(vlans, vid);
		port->has_vlans = true;
	}
	if (!json_object_object_get_ex(policy, "trunk", &trunk) ||
	    parse_vids(json_object_get_string(trunk), &vlans->member))
		return;
	port->has_vlans = true;
	if (!json_object_object_get_ex(policy, "native", &native) ||
	    parse_vid(json_object_get_string(native), &vid))
		return;
	vlans->pvid = vid;
	vid_set_add(&vlans->member, vid);
	vid_set_add(&vlans->untagged, vid);
}

bool config_port_is_labelled(const struct config_port *port)
{
	const char *name = port->word[CONFIG_PORT_PROFILE];

	return *name && strcmp(name, "none");
}

bool config_port_follows(const struct config_port *port)
{
	return config_port_is_labelled(port) &&
	       profile_exists(port->word[CONFIG_PORT_PROFILE]);
}

int config_port_profile(struct vswctl *ctl, struct config_port *port)
{
	const char *name = port->word[CONFIG_PORT_PROFILE];
	struct json_object *policy = NULL, *value;
	const struct config_key *table;
	int key, code;

	if (!config_port_follows(port))
		return EXIT_OK;
	code = profile_resolve(ctl, name, &policy);
	if (code)
		return code;
	for (key = 0; key < CONFIG_PORT_KEYS; key++) {
		table = &config_port_keys[key];
		if (!*port->word[key] && table->scope & config_scope(port) &&
		    json_object_object_get_ex(policy, table->name, &value))
			config_word_of(table, json_object_get_string(value),
				       port->word[key]);
	}
	if (!port->has_vlans)
		profile_vlans(policy, port);
	json_object_put(policy);
	return EXIT_OK;
}

static void read_profile(struct config_reader *reader, struct config_port *port)
{
	if (config_port_profile(reader->ctl, port))
		config_error(reader, port->word_line[CONFIG_PORT_PROFILE],
			     "profile '%s' cannot be used",
			     port->word[CONFIG_PORT_PROFILE]);
}

static const char *const vlan_names[] = {
	"vlan", "trunk", "native", "vlans", NULL
};

static void check_port_keys(struct config_reader *reader,
			    const struct config_node *map,
			    enum vsw_port_role role)
{
	static const char *const local[] = {
		"name", "dev", "pf", "vf", "path", "optional", NULL
	};
	static const char *const uplink[] = {
		"name", "dev", "optional", NULL
	};
	struct names_allowed names = {};

	if (role == VSW_PORT_ROLE_LOCAL)
		config_allow(&names, local);
	if (role == VSW_PORT_ROLE_UPLINK)
		config_allow(&names, uplink);
	config_allow(&names, vlan_names);
	allow_port_keys(&names, role == VSW_PORT_ROLE_HOST ? CONFIG_HOST :
			role == VSW_PORT_ROLE_UPLINK ? CONFIG_UPLINK :
			CONFIG_SOFT | CONFIG_VF);
	config_check_keys(reader, map, &names);
}

static void read_port_name(struct config_reader *reader,
			   const struct config_node *map,
			   struct config_port *port)
{
	const struct config_node *node = config_child(map, "name");

	if (port->role == VSW_PORT_ROLE_HOST)
		snprintf(port->name, sizeof(port->name), "%s", port->sw);
	else if (node)
		config_read_name(reader, node, port->name, sizeof(port->name));
	else if (port->role == VSW_PORT_ROLE_UPLINK && *port->dev)
		snprintf(port->name, sizeof(port->name), "%s", port->dev);
	else
		config_error(reader, map->line, "a port needs a name");
}

static void need_path(struct config_reader *reader,
		      const struct config_node *map,
		      const struct config_port *port)
{
	if (port->role == VSW_PORT_ROLE_UPLINK && !config_child(map, "dev"))
		config_error(reader, map->line,
			     "an uplink needs a net device: \"dev\": \"enp1s0f0\"");
	if (port->role == VSW_PORT_ROLE_LOCAL && !config_child(map, "dev") &&
	    !config_child(map, "pf") && !config_child(map, "vf"))
		config_error(reader, map->line,
			     "a port needs a net device or a VF: \"dev\": \"tap0\", or \"pf\": \"enp1s0f0\", \"vf\": 3");
}

void config_read_port(struct config_reader *reader,
		      const struct config_node *map, const char *sw,
		      enum vsw_port_role role)
{
	struct config_port *port;

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return;
	if (reader->model->ports == CONFIG_PORTS_MAX) {
		config_error(reader, map->line, "more than %u ports",
			     CONFIG_PORTS_MAX);
		return;
	}
	port = config_add_port(reader->model);
	if (!port) {
		config_error(reader, map->line, "out of memory");
		return;
	}
	snprintf(port->sw, sizeof(port->sw), "%s", sw);
	port->role = role;
	port->line = map->line;
	port->path_line = map->line;
	port->vlan_line = map->line;
	check_port_keys(reader, map, role);
	if (role != VSW_PORT_ROLE_HOST)
		read_paths(reader, map, port);
	need_path(reader, map, port);
	read_port_name(reader, map, port);
	read_vlans(reader, map, port);
	read_port_words(reader, map, port);
	read_profile(reader, port);
}
