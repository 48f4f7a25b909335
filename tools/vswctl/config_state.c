// SPDX-License-Identifier: GPL-2.0
/* From the kernel's dumps to a model */
#include "config_state.h"

#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "attrs.h"
#include "config_model.h"
#include "fastpath.h"
#include "nl.h"
#include "output.h"
#include "sriov.h"
#include "vswctl.h"

/* Each of them is an object of the model */
typedef bool (*state_add)(struct config_model *model, const struct row *row);

static void copy(const struct row *row, int attr, char *text, size_t size)
{
	if (row->tb[attr])
		attr_string(row->tb[attr], text, size);
}

/* Zero is the word that the key has for that */
static void read_word(const struct row *row, const struct config_key *key,
		      config_word word)
{
	const struct nlattr *nla;
	char text[64] = "";

	nla = config_is_step(key) ? NULL : row->tb[key->attr];
	if (!nla)
		return;
	attr_text(row->set, nla, text, sizeof(text));
	if ((key->type == CONFIG_MAC && !strcmp(text, "00:00:00:00:00:00")) ||
	    ((key->type == CONFIG_RATE || key->type == CONFIG_VID) &&
	     !strcmp(text, "0")))
		snprintf(text, sizeof(text), "none");
	else if (key->type == CONFIG_AGEING && !strcmp(text, "0"))
		snprintf(text, sizeof(text), "off");
	snprintf(word, CONFIG_WORD, "%.31s", text);
}

static bool add_switch(struct config_model *model, const struct row *row)
{
	struct config_switch *sw = config_add_switch(model);
	int key;

	if (!sw)
		return false;
	copy(row, VSW_A_SWITCH_NAME, sw->name, sizeof(sw->name));
	for (key = 0; key < CONFIG_SWITCH_KEYS; key++)
		read_word(row, &config_switch_keys[key], sw->word[key]);
	config_switch_defaults(sw);
	return true;
}

/* A representor is the VF that it stands for, to whom makes the port */
static void read_representor(const struct row *row, struct config_port *port)
{
	char vf[64] = "", pf[IF_NAMESIZE];
	uint32_t number;

	copy(row, VSW_A_PORT_REP_OF, vf, sizeof(vf));
	if (port->role != VSW_PORT_ROLE_LOCAL ||
	    parse_vf(vf, pf, sizeof(pf), &number))
		return;
	snprintf(port->pf, sizeof(port->pf), "%s", pf);
	port->vf = number;
	*port->dev = '\0';
}

static void read_paths(const struct row *row, struct config_port *port)
{
	port->role = attr_uint(row->tb[VSW_A_PORT_ROLE]);
	if (port->role == VSW_PORT_ROLE_HOST)
		return;
	copy(row, VSW_A_PORT_IFNAME, port->dev, sizeof(port->dev));
	copy(row, VSW_A_PORT_PF_NAME, port->pf, sizeof(port->pf));
	port->vf = attr_uint(row->tb[VSW_A_PORT_VF]);
	port->path_vf = *port->dev && *port->pf &&
			attr_uint(row->tb[VSW_A_PORT_PATH]) == VSW_PATH_VF;
	port->awaits = row->tb[VSW_A_PORT_AWAITS];
	if (row->tb[VSW_A_PORT_REP_OF])
		read_representor(row, port);
}

/* How many VFs its NIC has */
static void read_vfs(struct config_port *port)
{
	uint32_t count, total;
	char nic[64];

	if (port->role == VSW_PORT_ROLE_UPLINK && *port->dev &&
	    sriov_nic(port->dev, nic, sizeof(nic)) &&
	    sriov_count(nic, &count, &total))
		snprintf(port->word[CONFIG_PORT_VFS], CONFIG_WORD, "%u", count);
}

static bool add_port(struct config_model *model, const struct row *row)
{
	struct config_port *port = config_add_port(model);
	int key;

	if (!port)
		return false;
	copy(row, VSW_A_PORT_NAME, port->name, sizeof(port->name));
	copy(row, VSW_A_PORT_SWITCH_NAME, port->sw, sizeof(port->sw));
	read_paths(row, port);
	port->has_vlans = true;
	for (key = 0; key < CONFIG_PORT_KEYS; key++)
		read_word(row, &config_port_keys[key], port->word[key]);
	read_vfs(port);
	/* The kernel leaves out a name that is none */
	if (!*port->word[CONFIG_PORT_PIN] && port->role == VSW_PORT_ROLE_LOCAL)
		config_word_set(port->word[CONFIG_PORT_PIN], "none");
	if (!*port->word[CONFIG_PORT_PROFILE])
		config_word_set(port->word[CONFIG_PORT_PROFILE], "none");
	/* That of the host port is the switch's */
	if (port->role == VSW_PORT_ROLE_HOST)
		*port->word[CONFIG_PORT_MAC] = '\0';
	return true;
}

static bool add_vlans(struct config_model *model, const struct row *row)
{
	uint64_t flags = attr_uint(row->tb[VSW_A_VLAN_FLAGS]);
	unsigned int first = attr_uint(row->tb[VSW_A_VLAN_FIRST]);
	unsigned int last = attr_uint(row->tb[VSW_A_VLAN_LAST]);
	char name[CONFIG_WORD] = "";
	struct config_port *port;

	copy(row, VSW_A_VLAN_PORT, name, sizeof(name));
	port = (struct config_port *)config_find_port(model, name);
	/* It has come since the ports were read */
	if (!port)
		return true;
	if (flags & VSW_VLAN_FLAG_PVID)
		port->vlans.pvid = first;
	for (; first && first <= last && last <= VSW_VID_MAX; first++) {
		vid_set_add(&port->vlans.member, first);
		if (flags & VSW_VLAN_FLAG_UNTAGGED)
			vid_set_add(&port->vlans.untagged, first);
	}
	return true;
}

static bool add_fdb(struct config_model *model, const struct row *row)
{
	const struct config_port *port;
	struct config_fdb *fdb;
	char name[CONFIG_WORD] = "";

	if (attr_uint(row->tb[VSW_A_FDB_TYPE]) != VSW_FDB_TYPE_STATIC)
		return true;
	copy(row, VSW_A_FDB_PORT, name, sizeof(name));
	port = config_find_port(model, name);
	if (!port)
		return true;
	fdb = config_add_fdb(model);
	if (!fdb)
		return false;
	snprintf(fdb->port, sizeof(fdb->port), "%s", name);
	snprintf(fdb->sw, sizeof(fdb->sw), "%s", port->sw);
	row_text(row, VSW_A_FDB_MAC, fdb->mac, sizeof(fdb->mac));
	fdb->vid = attr_uint(row->tb[VSW_A_FDB_VID]);
	return true;
}

/* Devices with XDP programs are few, so it is they who look for their ports */
static void read_fastpaths(struct config_model *model)
{
	struct fastpaths fastpaths = {};
	char device[IF_NAMESIZE];
	struct config_port *port;
	size_t i, j;

	fastpaths_get(&fastpaths, 0);
	for (i = 0; fastpaths.known && i < model->ports; i++)
		if (model->port[i].role != VSW_PORT_ROLE_HOST)
			config_word_set(model->port[i].word[CONFIG_PORT_FASTPATH],
					"none");
	for (i = 0; i < fastpaths.count; i++) {
		if (!if_indextoname(fastpaths.links[i].ifindex, device))
			continue;
		for (j = 0; j < model->ports; j++) {
			port = &model->port[j];
			if (port->role == VSW_PORT_ROLE_HOST ||
			    strcmp(port->dev, device))
				continue;
			config_word_set(port->word[CONFIG_PORT_FASTPATH],
					fastpath_state(&fastpaths,
						       fastpaths.links[i].ifindex));
		}
	}
	fastpaths_free(&fastpaths);
}

static int dump(struct vswctl *ctl, uint8_t command,
		struct messages *messages)
{
	struct request req;
	int code = request_init(&req, ctl, command);

	if (code)
		return code;
	if (command == VSW_CMD_FDB_GET)
		request_put_u32(&req, VSW_A_FDB_TYPE, VSW_FDB_TYPE_STATIC);
	code = request_dump(&req, messages);
	request_free(&req);
	return code;
}

static int read_objects(struct vswctl *ctl, struct config_model *model,
			uint8_t command, const struct attr_set *set,
			state_add add)
{
	struct messages messages = {};
	struct nlmsghdr *message = NULL;
	struct row row;
	int code;

	code = dump(ctl, command, &messages);
	while (!code && (message = messages_next(&messages, message)))
		if (row_init(&row, set, message, NULL) && !add(model, &row))
			code = fail(ctl, EXIT_REFUSED, "out of memory");
	messages_free(&messages);
	return code;
}

int config_state(struct vswctl *ctl, struct config_model *model)
{
	int code;

	code = read_objects(ctl, model, VSW_CMD_SWITCH_GET, &switch_attrs,
			    add_switch);
	if (!code)
		code = read_objects(ctl, model, VSW_CMD_PORT_GET, &port_attrs,
				    add_port);
	if (!code)
		read_fastpaths(model);
	/* What follows looks for ports */
	config_sort(model);
	if (!code)
		code = read_objects(ctl, model, VSW_CMD_VLAN_GET, &vlan_attrs,
				    add_vlans);
	if (!code)
		code = read_objects(ctl, model, VSW_CMD_FDB_GET, &fdb_attrs,
				    add_fdb);
	config_sort(model);
	if (code)
		config_free(model);
	return code;
}
