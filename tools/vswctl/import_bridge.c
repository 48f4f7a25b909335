// SPDX-License-Identifier: GPL-2.0
/* A Linux bridge, as ip(8) and bridge(8) of iproute2 tell it in JSON */
#include "import.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define IPROUTE2 "install iproute2"
#define AGEING_MIN 10
#define AGEING_MAX 1000000
#define DATA "linkinfo.info_data."
#define SLAVE "linkinfo.info_slave_data."

/**
 * struct bridge - what is read
 * @import: what it is for
 * @links: all devices
 * @addresses: the bridge with its addresses
 * @vlans: VLANs of all bridge ports
 * @fdb: forwarding entries of the bridge
 * @self: the bridge among @links
 * @filtering: it looks at VLANs
 * @uplink: the one port that is towards the wire, or NULL
 */
struct bridge {
	struct import *import;
	struct json_object *links;
	struct json_object *addresses;
	struct json_object *vlans;
	struct json_object *fdb;
	struct json_object *self;
	bool filtering;
	struct json_object *uplink;
};

/**
 * struct setting - something that vsw has not
 * @path: where it is said
 * @common: what it is when nobody uses it; it is not said by old kernels
 * @loss: what is lost
 */
struct setting {
	const char *path;
	const char *common;
	const char *loss;
};

static const struct setting bridge_settings[] = {
	{ DATA "stp_state", "0",
	  "STP: vsw takes no part in it; cable no loop between ports" },
	{ DATA "mcast_snooping", "0",
	  "multicast snooping: all ports with multicast-flood on get it" },
	{ DATA "mcast_querier", "0",
	  "the multicast querier: let a router or another switch of the network be it" },
	{ DATA "mcast_router", "1",
	  "mcast_router of the bridge: multicast goes to the host anyway" },
	{ DATA "mcast_vlan_snooping", "0",
	  "multicast snooping for each VLAN" },
	{ DATA "vlan_protocol", "802.1Q",
	  "the VLAN protocol 802.1ad: vsw looks at C-tags (802.1Q)" },
	{ DATA "vlan_stats_enabled", "0",
	  "counters for each VLAN: vsw counts by port" },
	{ DATA "group_fwd_mask", "0",
	  "group_fwd_mask: link-local frames (01:80:c2:00:00:0X) are never forwarded" },
	{ DATA "group_addr", "01:80:c2:00:00:00",
	  "the group address: vsw takes no part in STP" },
	{ DATA "no_linklocal_learn", "0",
	  "no_linklocal_learn" },
	{ DATA "mst_enabled", "0",
	  "MSTP: vsw takes no part in it" },
	{ DATA "nf_call_iptables", "0",
	  "iptables for bridged frames (nf_call_iptables): vsw never asks netfilter" },
	{ DATA "nf_call_ip6tables", "0",
	  "ip6tables for bridged frames (nf_call_ip6tables): vsw never asks netfilter" },
	{ DATA "nf_call_arptables", "0",
	  "arptables for bridged frames (nf_call_arptables): vsw never asks netfilter" },
	{ }
};

static const struct setting port_settings[] = {
	{ SLAVE "guard", "false", "the BPDU guard" },
	{ SLAVE "root_block", "false", "root_block of STP" },
	{ SLAVE "fastleave", "false", "fast leave of multicast groups" },
	{ SLAVE "proxy_arp", "false", "proxy ARP" },
	{ SLAVE "proxy_arp_wifi", "false", "proxy ARP for wireless stations" },
	{ SLAVE "neigh_suppress", "false",
	  "suppression of ARP and neighbour discovery" },
	{ SLAVE "neigh_vlan_suppress", "false",
	  "suppression of ARP and neighbour discovery by VLAN" },
	{ SLAVE "multicast_router", "1",
	  "its setting as port of a multicast router" },
	{ SLAVE "mcast_to_unicast", "false",
	  "multicast sent as unicast (mcast_to_unicast)" },
	{ SLAVE "group_fwd_mask", "0",
	  "group_fwd_mask: link-local frames are never forwarded" },
	{ SLAVE "vlan_tunnel", "false", "VLAN tunnels: VXLAN by VLAN" },
	{ SLAVE "locked", "false",
	  "the lock of 802.1X; 'mac' and 'learning off' bind a port to an address" },
	{ SLAVE "mab", "false", "MAC authentication bypass" },
	{ SLAVE "backup_port", NULL, "the backup port; see 'teaming'" },
	{ }
};

/* What vsw has, under another name */
static const struct setting port_flags[] = {
	{ SLAVE "learning", "true", "learning" },
	{ SLAVE "flood", "true", "unicast-flood" },
	{ SLAVE "mcast_flood", "true", "multicast-flood" },
	{ SLAVE "bcast_flood", "true", "broadcast-flood" },
	{ SLAVE "isolated", "false", "isolated" },
	{ }
};

/* The same, but not for an uplink */
static const struct setting plain_flags[] = {
	{ SLAVE "hairpin", "false", "hairpin" },
	{ }
};

static const struct setting uplink_settings[] = {
	{ SLAVE "hairpin", "false", "hairpin; an uplink never sends back what it received" },
	{ }
};

/* What "ip link set ... type bridge_slave" calls what it shows, to restore it */
static const struct setting port_restore[] = {
	{ SLAVE "cost", NULL, "cost" },
	{ SLAVE "priority", NULL, "priority" },
	{ SLAVE "guard", "false", "guard" },
	{ SLAVE "root_block", "false", "root_block" },
	{ SLAVE "fastleave", "false", "fastleave" },
	{ SLAVE "proxy_arp", "false", "proxy_arp" },
	{ SLAVE "proxy_arp_wifi", "false", "proxy_arp_wifi" },
	{ SLAVE "neigh_suppress", "false", "neigh_suppress" },
	{ SLAVE "multicast_router", "1", "mcast_router" },
	{ SLAVE "mcast_to_unicast", "false", "mcast_to_unicast" },
	{ SLAVE "group_fwd_mask", "0", "group_fwd_mask" },
	{ SLAVE "vlan_tunnel", "false", "vlan_tunnel" },
	{ SLAVE "locked", "false", "locked" },
	{ SLAVE "learning", "true", "learning" },
	{ SLAVE "flood", "true", "flood" },
	{ SLAVE "mcast_flood", "true", "mcast_flood" },
	{ SLAVE "bcast_flood", "true", "bcast_flood" },
	{ SLAVE "hairpin", "false", "hairpin" },
	{ SLAVE "isolated", "false", "isolated" },
	{ }
};

static bool is_common(struct json_object *link, const struct setting *setting)
{
	const char *value = member_text(link, setting->path);

	return !*value || (setting->common && !strcmp(value, setting->common));
}

static void settings_lost(const struct bridge *bridge, struct json_object *link,
			  const char *of, const struct setting *setting)
{
	for (; setting->path; setting++)
		if (!is_common(link, setting))
			import_add(bridge->import->losses, "%s%s%s", of,
				   *of ? ": " : "", setting->loss);
}

static bool text_is(struct json_object *object, const char *path,
		    const char *text)
{
	return !strcmp(member_text(object, path), text);
}

static bool is_port(const struct bridge *bridge, struct json_object *link)
{
	return text_is(link, "master", bridge->import->from);
}

bool link_is_towards_wire(struct json_object *link)
{
	return member(link, "parentbus") ||
	       text_is(link, "linkinfo.info_kind", "bond");
}

static struct json_object *find_link(const struct bridge *bridge,
				     const char *name)
{
	size_t i;

	for (i = 0; i < list_length(bridge->links); i++)
		if (text_is(list_item(bridge->links, i), "ifname", name))
			return list_item(bridge->links, i);
	return NULL;
}

/* VLANs: those of a device, as bridge(8) has them */

static uint8_t flags_read(struct json_object *vlan)
{
	struct json_object *flags = member(vlan, "flags");
	uint8_t result = VLAN_MEMBER;
	const char *text;
	size_t i;

	for (i = 0; i < list_length(flags); i++) {
		text = list_text(flags, i);
		if (!strcmp(text, "PVID"))
			result |= VLAN_PVID;
		else if (!strcmp(text, "Egress Untagged"))
			result |= VLAN_UNTAGGED;
	}
	return result;
}

static void vlans_read_list(struct json_object *list, uint8_t vlans[VLANS])
{
	int vid, first, last;
	uint8_t flags;
	size_t i;

	for (i = 0; i < list_length(list); i++) {
		first = json_object_get_int(member(list_item(list, i), "vlan"));
		last = json_object_get_int(member(list_item(list, i), "vlanEnd"));
		flags = flags_read(list_item(list, i));
		if (!last)
			last = first;
		for (vid = first < 1 ? 1 : first; vid <= last && vid <= VID_MAX;
		     vid++)
			vlans[vid] = flags;
	}
}

/*
 * A bridge that does not look at VLANs passes all of them on, which is what a
 * trunk of all does.
 */
static void vlans_read(const struct bridge *bridge, const char *name,
		       uint8_t vlans[VLANS])
{
	struct json_object *list;
	size_t i;

	memset(vlans, 0, VLANS);
	if (!bridge->filtering) {
		memset(vlans + 1, VLAN_MEMBER, VLANS - 2);
		vlans[1] = VLAN_MEMBER | VLAN_PVID | VLAN_UNTAGGED;
		return;
	}
	for (i = 0; i < list_length(bridge->vlans); i++) {
		list = member(list_item(bridge->vlans, i), "vlans");
		if (text_is(list_item(bridge->vlans, i), "ifname", name))
			vlans_read_list(list, vlans);
	}
}

/* The switch */

static unsigned int default_pvid(const struct bridge *bridge)
{
	int pvid = json_object_get_int(member(bridge->self,
					      DATA "vlan_default_pvid"));

	if (!bridge->filtering)
		return 1;
	return pvid < 0 || pvid > VID_MAX ? 0 : pvid;
}

/* In seconds; the bridge has hundredths */
static unsigned int ageing(const struct bridge *bridge)
{
	const char *text = member_text(bridge->self, DATA "ageing_time");
	unsigned long time = strtoul(text, NULL, 10);

	if (!time)
		import_add(bridge->import->losses,
			   "ageing_time 0, a bridge that forgets at once and floods all: vsw learns, for %d s; 'learning off' on the ports floods",
			   AGEING_MIN);
	else if (time < AGEING_MIN * 100 || time > AGEING_MAX * 100UL)
		import_add(bridge->import->losses,
			   "ageing_time %s, hundredths of a second: vsw has %d to %d s",
			   text, AGEING_MIN, AGEING_MAX);
	time = (time + 99) / 100;
	if (time > AGEING_MAX)
		return AGEING_MAX;
	return time < AGEING_MIN ? AGEING_MIN : time;
}

static void switch_add(const struct bridge *bridge)
{
	int fdb_max = json_object_get_int(member(bridge->self,
						 DATA "fdb_max_learned"));
	unsigned int pvid = default_pvid(bridge);
	char pvid_text[16] = "none", fdb_text[64] = "";

	if (pvid)
		snprintf(pvid_text, sizeof(pvid_text), "%u", pvid);
	if (fdb_max > 0)
		snprintf(fdb_text, sizeof(fdb_text), " fdb-max %d", fdb_max);
	import_add(bridge->import->commands,
		   "switch add %s mac %s ageing %u default-pvid %s%s",
		   bridge->import->to, member_text(bridge->self, "address"),
		   ageing(bridge), pvid_text, fdb_text);
}

static void host_port(const struct bridge *bridge)
{
	uint8_t vlans[VLANS];

	vlans_read(bridge, bridge->import->from, vlans);
	/* The VLAN devices of the host say which, as with such a bridge */
	if (!bridge->filtering)
		memset(vlans + 2, 0, VLANS - 2);
	vlans_host(bridge->import, vlans, default_pvid(bridge));
}

/* The ports */

static void find_uplink(struct bridge *bridge)
{
	struct json_object *link;
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < list_length(bridge->links); i++) {
		link = list_item(bridge->links, i);
		if (is_port(bridge, link) && link_is_towards_wire(link)) {
			bridge->uplink = link;
			count++;
		}
	}
	if (count < 2)
		return;
	bridge->uplink = NULL;
	import_add(bridge->import->notes,
		   "%u ports are NICs: they become plain ports, which forward to each other as before; make them uplinks for VFs and teaming",
		   count);
}

/* Adds to @keys, of @size bytes, those of @flag that are not as usual. */
static void flags_words(struct json_object *link, const struct setting *flag,
			char *keys, size_t size)
{
	size_t end;

	for (; flag->path; flag++) {
		end = strlen(keys);
		if (!is_common(link, flag))
			snprintf(keys + end, size - end, " %s %s", flag->loss,
				 strcmp(flag->common, "true") ? "on" : "off");
	}
}

static void port_add(const struct bridge *bridge, struct json_object *link)
{
	const char *name = member_text(link, "ifname");
	bool is_uplink = link == bridge->uplink;
	char *vlan, keys[256] = "";
	uint8_t vlans[VLANS];

	flags_words(link, port_flags, keys, sizeof(keys));
	if (!is_uplink)
		flags_words(link, plain_flags, keys, sizeof(keys));
	vlans_read(bridge, name, vlans);
	vlans_words(vlans, true, &vlan);
	if (is_uplink)
		import_add(bridge->import->commands, "uplink add %s %s %s%s",
			   bridge->import->to, name, vlan, keys);
	else
		import_add(bridge->import->commands, "port add %s %s dev %s %s%s",
			   bridge->import->to, name, name, vlan, keys);
	free(vlan);
	vlans_commands(bridge->import, name, vlans);
	settings_lost(bridge, link, name, port_settings);
	if (is_uplink)
		settings_lost(bridge, link, name, uplink_settings);
}

/* As it was in the bridge */
static void port_return_vlans(const struct bridge *bridge, const char *name)
{
	unsigned int pvid = default_pvid(bridge), vid;
	uint8_t vlans[VLANS];

	vlans_read(bridge, name, vlans);
	for (vid = 1; vid < VLANS - 1; vid++)
		if (vlans[vid])
			import_add(bridge->import->back_bridge,
				   "vlan add dev %s vid %u%s%s", name, vid,
				   vlans[vid] & VLAN_PVID ? " pvid" : "",
				   vlans[vid] & VLAN_UNTAGGED ? " untagged" : "");
	if (!pvid || vlans[pvid])
		return;
	/* It may have gone already, when this is done again */
	import_add(bridge->import->back_bridge, "vlan add dev %s vid %u", name,
		   pvid);
	import_add(bridge->import->back_bridge, "vlan del dev %s vid %u", name,
		   pvid);
}

static void port_return(const struct bridge *bridge, struct json_object *link)
{
	const char *name = member_text(link, "ifname"), *value;
	const struct setting *key;

	import_add(bridge->import->ports, "%s", name);
	import_add(bridge->import->back_link, "link set dev %s master %s", name,
		   bridge->import->from);
	for (key = port_restore; key->path; key++) {
		value = member_text(link, key->path);
		if (is_common(link, key))
			continue;
		if (!strcmp(value, "true") || !strcmp(value, "false"))
			value = !strcmp(value, "true") ? "on" : "off";
		import_add(bridge->import->back_link,
			   "link set dev %s type bridge_slave %s %s", name,
			   key->loss, value);
	}
	if (bridge->filtering)
		port_return_vlans(bridge, name);
}

static int ports_add(struct bridge *bridge)
{
	struct json_object *link;
	int code = EXIT_OK;
	size_t i;

	find_uplink(bridge);
	for (i = 0; !code && i < list_length(bridge->links); i++) {
		link = list_item(bridge->links, i);
		if (!is_port(bridge, link))
			continue;
		code = name_check(bridge->import->ctl,
				  member_text(link, "ifname"));
		port_add(bridge, link);
		port_return(bridge, link);
	}
	return code;
}

/* Forwarding entries that somebody has made */

static bool entry_flag(struct json_object *entry, const char *flag)
{
	struct json_object *flags = member(entry, "flags");
	size_t i;

	for (i = 0; i < list_length(flags); i++)
		if (!strcmp(list_text(flags, i), flag))
			return true;
	return false;
}

/* That of a device, which the bridge has by itself */
static bool is_own_address(const struct bridge *bridge, const char *mac)
{
	size_t i;

	for (i = 0; i < list_length(bridge->links); i++)
		if (text_is(list_item(bridge->links, i), "address", mac))
			return true;
	return false;
}

/* As it was in the bridge */
static void entry_return(const struct bridge *bridge, struct json_object *entry,
			 int vid)
{
	const char *state = member_text(entry, "state");
	char vlan[16] = "";

	if (vid)
		snprintf(vlan, sizeof(vlan), " vlan %d", vid);
	import_add(bridge->import->back_bridge, "fdb replace %s dev %s master %s%s%s",
		   member_text(entry, "mac"), member_text(entry, "ifname"),
		   *state ? state : "dynamic",
		   entry_flag(entry, "sticky") ? " sticky" : "", vlan);
}

static void entry_add(const struct bridge *bridge, struct json_object *entry)
{
	struct json_object *lost = bridge->import->losses;
	const char *mac = member_text(entry, "mac");
	const char *name = member_text(entry, "ifname");
	int vid = json_object_get_int(member(entry, "vlan"));
	bool permanent = text_is(entry, "state", "permanent");
	bool known = text_is(entry, "state", "static");

	/*
	 * Those of the device itself; and one without VLAN where the bridge looks at
	 * them, which is never found, or the other way round
	 */
	if (!is_port(bridge, find_link(bridge, name)) ||
	    entry_flag(entry, "self") || bridge->filtering != !!vid)
		return;
	if (permanent && !is_own_address(bridge, mac))
		import_add(lost, "%s, the host's own on port %s: give it to a device of the host",
			   mac, name);
	else if (entry_flag(entry, "extern_learn"))
		import_add(lost, "%s on port %s, of another program: let it do so for %s",
			   mac, name, bridge->import->to);
	else if (known || (!permanent && entry_flag(entry, "sticky")))
		import_add(bridge->import->commands, "fdb add %s port %s vid %d %s",
			   mac, name, vid ? vid : 1, known ? "static" : "sticky");
	else
		return;
	entry_return(bridge, entry, vid);
}

static void entries_add(const struct bridge *bridge)
{
	size_t i;

	for (i = 0; i < list_length(bridge->fdb); i++)
		entry_add(bridge, list_item(bridge->fdb, i));
}

/* What the host has on the bridge */

static void address_lost(const struct import *import, struct json_object *address)
{
	const char *local = member_text(address, "local");
	int length = json_object_get_int(member(address, "prefixlen"));

	if (text_is(address, "scope", "link"))
		return;
	import_add(import->losses,
		   "the address %s/%d stays on %s, with its routes, where no port is any more: move it",
		   local, length, import->from);
	import_add(import->hosts, "ip address del %s/%d dev %s", local, length,
		   import->from);
	import_add(import->hosts, "ip address add %s/%d dev %s", local, length,
		   import->to);
}

static void addresses_lost(const struct bridge *bridge)
{
	struct json_object *list;
	size_t i, j;

	for (i = 0; i < list_length(bridge->addresses); i++) {
		list = member(list_item(bridge->addresses, i), "addr_info");
		for (j = 0; j < list_length(list); j++)
			address_lost(bridge->import, list_item(list, j));
	}
}

static void device_lost(const struct bridge *bridge, struct json_object *link)
{
	const char *name = member_text(link, "ifname");
	const char *kind = member_text(link, "linkinfo.info_kind");
	struct import *import = bridge->import;

	import_add(import->losses, "the device %s (%s) stays on %s: make it again on %s",
		   name, *kind ? kind : "?", import->from, import->to);
	if (!strcmp(kind, "vlan"))
		import_add(import->hosts, "ip link add link %s name %s.%s type vlan id %s",
			   import->to, import->to, member_text(link, DATA "id"),
			   member_text(link, DATA "id"));
}

static void host_lost(const struct bridge *bridge)
{
	struct json_object *link;
	size_t i;

	addresses_lost(bridge);
	for (i = 0; i < list_length(bridge->links); i++) {
		link = list_item(bridge->links, i);
		if (text_is(link, "link", bridge->import->from))
			device_lost(bridge, link);
	}
}

static int mtu_of(struct json_object *link)
{
	return json_object_get_int(member(link, "mtu"));
}

/* The MTU of a switch is the least of its ports' */
static void mtu_lost(const struct bridge *bridge)
{
	struct json_object *link;
	int least = 0;
	size_t i;

	for (i = 0; i < list_length(bridge->links); i++) {
		link = list_item(bridge->links, i);
		if (is_port(bridge, link) && (!least || mtu_of(link) < least))
			least = mtu_of(link);
	}
	if (least && least != mtu_of(bridge->self))
		import_add(bridge->import->losses,
			   "MTU %d of %s: that of the switch is the least of its ports', %d",
			   mtu_of(bridge->self), bridge->import->from, least);
}

/* All together */

static int bridge_read(struct bridge *bridge)
{
	char *name = (char *)bridge->import->from;
	struct vswctl *ctl = bridge->import->ctl;
	char *const links[] = { "ip", "-d", "-j", "link", "show", NULL };
	char *const addresses[] = { "ip", "-j", "address", "show", "dev", name, NULL };
	char *const vlans[] = { "bridge", "-j", "-c", "vlan", "show", NULL };
	char *const fdb[] = { "bridge", "-j", "fdb", "show", "br", name, NULL };
	int code;

	code = json_read(ctl, links, IPROUTE2, json_type_array,
			 &bridge->links);
	if (code)
		return code;
	bridge->self = find_link(bridge, name);
	if (!bridge->self)
		return fail(ctl, EXIT_REFUSED,
			    "there is no device %s; 'ip link show type bridge' has the bridges",
			    name);
	if (!text_is(bridge->self, "linkinfo.info_kind", "bridge"))
		return fail(ctl, EXIT_REFUSED,
			    "%s is no bridge; 'ip link show type bridge' has those",
			    name);
	code = json_read(ctl, addresses, IPROUTE2, json_type_array,
			 &bridge->addresses);
	if (!code)
		code = json_read(ctl, vlans, IPROUTE2, json_type_array,
				 &bridge->vlans);
	if (!code)
		code = json_read(ctl, fdb, IPROUTE2, json_type_array,
				 &bridge->fdb);
	return code;
}

static int translate(struct bridge *bridge)
{
	struct import *import = bridge->import;
	int code;

	bridge->filtering = text_is(bridge->self, DATA "vlan_filtering", "1");
	if (!bridge->filtering)
		import_add(import->notes,
			   "%s does not look at VLANs: all ports get all of them; a frame tagged with VID 1 leaves untagged, and one address in two VLANs is two entries",
			   import->from);
	switch_add(bridge);
	settings_lost(bridge, bridge->self, "", bridge_settings);
	host_port(bridge);
	code = ports_add(bridge);
	entries_add(bridge);
	mtu_lost(bridge);
	host_lost(bridge);
	return code;
}

int import_bridge(struct import *import)
{
	struct bridge bridge = { .import = import };
	int code;

	code = bridge_read(&bridge);
	if (!code)
		code = translate(&bridge);
	json_object_put(bridge.links);
	json_object_put(bridge.addresses);
	json_object_put(bridge.vlans);
	json_object_put(bridge.fdb);
	return code;
}
