// SPDX-License-Identifier: GPL-2.0
/*
 * A bridge of Open vSwitch, as its database has it. What OpenFlow makes of it is not
 * in there.
 */
#include "import.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define OVS "install openvswitch-switch, or set PATH"
/* The VLAN of untagged frames in vsw, which have VLAN 0 in OVS */
#define UNTAGGED_VID 1

/**
 * struct ovs - what is read; tables are arrays of objects
 * @import: what it is for
 * @bridge: the row of the bridge
 * @bridges: the table that it is in
 * @ports: of all bridges
 * @interfaces: of all ports
 * @links: devices of the host, as ip(8) has them
 */
struct ovs {
	struct import *import;
	struct json_object *bridge;
	struct json_object *bridges;
	struct json_object *ports;
	struct json_object *interfaces;
	struct json_object *links;
};

/* Of a set, which is ["set", [...]], or the one that it has by itself */
static size_t set_size(struct json_object *value)
{
	if (!value)
		return 0;
	return strcmp(list_text(value, 0), "set") ? 1 :
	       list_length(list_item(value, 1));
}

static struct json_object *set_item(struct json_object *value, size_t index)
{
	return strcmp(list_text(value, 0), "set") ? value :
	       list_item(list_item(value, 1), index);
}

/* The text of an optional value, "" without */
static const char *text_of(struct json_object *row, const char *column)
{
	struct json_object *value = member(row, column);

	value = set_size(value) ? set_item(value, 0) : NULL;
	return value ? json_object_get_string(value) : "";
}

/* 0 for one that is none */
static int number_of(struct json_object *row, const char *column)
{
	return json_object_get_int(set_item(member(row, column), 0));
}

static bool is_text(struct json_object *row, const char *column,
		    const char *text)
{
	return !strcmp(text_of(row, column), text);
}

/* A member of ["map", [[key, value], ...]] */
static const char *map_text(struct json_object *row, const char *column,
			    const char *key)
{
	struct json_object *pairs = list_item(member(row, column), 1), *pair;
	const char *value = "";
	size_t i;

	for (i = 0; i < list_length(pairs); i++) {
		pair = list_item(pairs, i);
		if (!strcmp(key, list_text(pair, 0)))
			value = list_text(pair, 1);
	}
	return value;
}

/* The row with that ["uuid", TEXT], or NULL */
static struct json_object *row_find(struct json_object *table,
				    struct json_object *uuid)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < list_length(table); i++) {
		row = list_item(table, i);
		if (json_object_equal(member(row, "_uuid"), uuid))
			return row;
	}
	return NULL;
}

/* "headings" and "data" as an array of objects */
static struct json_object *table_of(struct json_object *answer)
{
	struct json_object *headings = member(answer, "headings");
	struct json_object *data = member(answer, "data");
	struct json_object *table, *row, *object;
	size_t i, j;

	if (!headings || !data)
		return NULL;
	table = json_object_new_array();
	for (i = 0; i < list_length(data); i++) {
		row = list_item(data, i);
		object = json_object_new_object();
		for (j = 0; j < list_length(headings); j++)
			json_object_object_add(object, list_text(headings, j),
					       json_object_get(list_item(row, j)));
		json_object_array_add(table, object);
	}
	return table;
}

static int table_read(struct vswctl *ctl, char *name, struct json_object **table)
{
	char *const words[] = { "ovs-vsctl", "--timeout=10", "--format=json", "list",
			  name, NULL };
	struct json_object *answer = NULL;
	int code;

	code = json_read(ctl, words, OVS, json_type_object, &answer);
	if (!code) {
		*table = table_of(answer);
		if (!*table)
			code = fail(ctl, EXIT_REFUSED,
				    "cannot read what ovs-vsctl prints");
	}
	json_object_put(answer);
	return code;
}

/* VLANs of a port */

static void vlans_trunk(struct json_object *port, uint8_t vlans[VLANS])
{
	struct json_object *trunks = member(port, "trunks");
	int vid;
	size_t i;

	if (!set_size(trunks))
		memset(vlans, VLAN_MEMBER, VLANS - 1);
	for (i = 0; i < set_size(trunks); i++) {
		vid = json_object_get_int(set_item(trunks, i));
		if (vid >= 0 && vid < VLANS - 1)
			vlans[vid] = VLAN_MEMBER;
	}
	if (vlans[0])
		vlans[UNTAGGED_VID] = VLAN_MEMBER | VLAN_UNTAGGED | VLAN_PVID;
	vlans[0] = 0;
}

/* Returns whether frames with a tag are refused, as access ports do in OVS */
static bool vlans_read(const struct ovs *ovs, struct json_object *port,
		       uint8_t vlans[VLANS])
{
	const char *mode = text_of(port, "vlan_mode");
	int tag = number_of(port, "tag");
	unsigned int untagged = tag > 0 && tag <= VID_MAX ? tag : UNTAGGED_VID;
	unsigned int vid;

	memset(vlans, 0, VLANS);
	if (!strcmp(mode, "dot1q-tunnel")) {
		import_add(ovs->import->losses, "%s: the VLAN mode dot1q-tunnel",
			   text_of(port, "name"));
		return false;
	}
	if (!strcmp(mode, "access") || (!*mode && *text_of(port, "tag"))) {
		vlans[untagged] = VLAN_MEMBER | VLAN_UNTAGGED | VLAN_PVID;
		return true;
	}
	vlans_trunk(port, vlans);
	if (strncmp(mode, "native-", 7))
		return false;
	for (vid = 1; vid < VLANS; vid++)
		vlans[vid] &= VLAN_MEMBER;
	vlans[untagged] = VLAN_MEMBER | VLAN_PVID;
	if (!strcmp(mode, "native-untagged"))
		vlans[untagged] |= VLAN_UNTAGGED;
	return false;
}

/* Ports */

static void lost(const struct ovs *ovs, struct json_object *port,
		 const char *what)
{
	import_add(ovs->import->losses, "%s: %s", text_of(port, "name"), what);
}

/* The one interface of a port that vsw can take, or NULL */
static struct json_object *interface_of(const struct ovs *ovs,
					struct json_object *port)
{
	struct json_object *uuids = member(port, "interfaces"), *interface;
	const char *type;

	if (set_size(uuids) != 1) {
		lost(ovs, port, "a bond: make one with ip(8) as uplink, or see 'teaming'");
		return NULL;
	}
	interface = row_find(ovs->interfaces, set_item(uuids, 0));
	type = text_of(interface, "type");
	if (!*type || !strcmp(type, "system"))
		return interface;
	import_add(ovs->import->losses, "%s: an interface of the type %s%s",
		   text_of(port, "name"), type, !strcmp(type, "internal") ?
		   ": make a veth pair, or a VLAN device on the switch" : "");
	return NULL;
}

static void port_lost(const struct ovs *ovs, struct json_object *port,
		      struct json_object *interface)
{
	if (set_size(member(port, "qos")))
		lost(ovs, port, "QoS: see tc(8), or max-tx-rate of VF ports");
	if (number_of(interface, "ingress_policing_rate"))
		lost(ovs, port, "ingress policing: see tc(8)");
}

static bool is_uplink(const struct ovs *ovs, const char *name)
{
	struct json_object *link = NULL;
	size_t i;

	for (i = 0; i < list_length(ovs->links); i++) {
		link = list_item(ovs->links, i);
		if (!strcmp(member_text(link, "ifname"), name))
			return link_is_towards_wire(link);
	}
	return false;
}

static void port_add(const struct ovs *ovs, struct json_object *port)
{
	struct json_object *interface = interface_of(ovs, port);
	const char *name = text_of(port, "name");
	struct import *import = ovs->import;
	uint8_t vlans[VLANS];
	const char *more;
	bool strict;
	char *vlan;

	if (!interface)
		return;
	strict = vlans_read(ovs, port, vlans);
	vlans_words(vlans, !strict, &vlan);
	more = is_text(port, "protected", "true") ? " isolated on" : "";
	if (is_uplink(ovs, name))
		import_add(import->commands, "uplink add %s %s %s%s", import->to,
			   name, vlan, more);
	else
		import_add(import->commands, "port add %s %s dev %s %s%s",
			   import->to, name, name, vlan, more);
	free(vlan);
	vlans_commands(import, name, vlans);
	port_lost(ovs, port, interface);
	import_add(import->hosts, "ovs-vsctl del-port %s %s", import->from, name);
}

/* The port that has the name of the bridge is the host's own */
static void host_port(const struct ovs *ovs, struct json_object *port)
{
	uint8_t vlans[VLANS];

	vlans_read(ovs, port, vlans);
	/* The host's VLAN devices say which, as on the switch */
	if (!*text_of(port, "tag") && !set_size(member(port, "trunks")))
		memset(vlans + UNTAGGED_VID + 1, 0, VLANS - UNTAGGED_VID - 1);
	vlans_host(ovs->import, vlans, UNTAGGED_VID);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(text_of(*(struct json_object **)a, "name"),
		      text_of(*(struct json_object **)b, "name"));
}

static bool is_port(const struct ovs *ovs, struct json_object *port)
{
	struct json_object *uuids = member(ovs->bridge, "ports");
	size_t i;

	for (i = 0; i < set_size(uuids); i++)
		if (json_object_equal(set_item(uuids, i), member(port, "_uuid")))
			return true;
	return false;
}

static int ports_add(const struct ovs *ovs)
{
	struct json_object *port;
	int code = EXIT_OK;
	size_t i;

	json_object_array_sort(ovs->ports, by_name);
	for (i = 0; !code && i < list_length(ovs->ports); i++) {
		port = list_item(ovs->ports, i);
		if (!is_port(ovs, port))
			continue;
		code = name_check(ovs->import->ctl, text_of(port, "name"));
		if (is_text(port, "name", ovs->import->from))
			host_port(ovs, port);
		else
			port_add(ovs, port);
	}
	return code;
}

/* The bridge */

static void bridge_lost(const struct ovs *ovs)
{
	struct json_object *bridge = ovs->bridge, *losses = ovs->import->losses;

	if (is_text(bridge, "stp_enable", "true") ||
	    is_text(bridge, "rstp_enable", "true"))
		import_add(losses, "STP: vsw takes no part in it; cable no loop between ports");
	if (is_text(bridge, "mcast_snooping_enable", "true"))
		import_add(losses, "multicast snooping: all ports with multicast-flood on get it");
	if (set_size(member(bridge, "controller")))
		import_add(losses, "the OpenFlow controller: vsw does what NORMAL does");
	if (set_size(member(bridge, "mirrors")))
		import_add(losses, "mirrors: see tc-mirred(8)");
	if (set_size(member(bridge, "netflow")) || set_size(member(bridge, "sflow")) ||
	    set_size(member(bridge, "ipfix")))
		import_add(losses, "NetFlow, sFlow, IPFIX");
	if (is_text(bridge, "datapath_type", "netdev"))
		import_add(losses, "the user space datapath (DPDK): devices must be the kernel's");
	import_add(ovs->import->notes,
		   "OpenFlow rules are not read: 'ovs-ofctl dump-flows %s' has them; with NORMAL alone it is the same",
		   ovs->import->from);
	import_add(ovs->import->notes,
		   "untagged frames of trunks, VLAN 0 in OVS, are in VLAN %d",
		   UNTAGGED_VID);
}

static void switch_add(const struct ovs *ovs)
{
	const char *ageing = map_text(ovs->bridge, "other_config", "mac-aging-time");
	const char *size = map_text(ovs->bridge, "other_config", "mac-table-size");
	char fdb[64] = "";

	if (*size)
		snprintf(fdb, sizeof(fdb), " fdb-max %s", size);
	import_add(ovs->import->commands,
		   "switch add %s ageing %s default-pvid %d%s",
		   ovs->import->to, *ageing ? ageing : "300", UNTAGGED_VID, fdb);
}

static int bridge_find(struct ovs *ovs)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < list_length(ovs->bridges); i++) {
		row = list_item(ovs->bridges, i);
		if (is_text(row, "name", ovs->import->from))
			ovs->bridge = row;
	}
	return ovs->bridge ? EXIT_OK :
	       fail(ovs->import->ctl, EXIT_REFUSED,
		    "Open vSwitch has no bridge %s; 'ovs-vsctl list-br' has them",
		    ovs->import->from);
}

int import_ovs(struct import *import)
{
	char *const links[] = { "ip", "-d", "-j", "link", "show", NULL };
	struct ovs ovs = { .import = import };
	struct vswctl *ctl = import->ctl;
	int code;

	code = table_read(ctl, "bridge", &ovs.bridges);
	if (!code)
		code = bridge_find(&ovs);
	if (!code)
		code = table_read(ctl, "port", &ovs.ports);
	if (!code)
		code = table_read(ctl, "interface", &ovs.interfaces);
	if (!code)
		code = json_read(ctl, links, "install iproute2", json_type_array,
				 &ovs.links);
	if (!code) {
		switch_add(&ovs);
		bridge_lost(&ovs);
		code = ports_add(&ovs);
	}
	json_object_put(ovs.bridges);
	json_object_put(ovs.ports);
	json_object_put(ovs.interfaces);
	json_object_put(ovs.links);
	return code;
}
