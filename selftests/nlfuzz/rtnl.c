// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of rtnetlink that come to the switch: links of its kind, devices that
 * join and leave and change, bridge(8)'s VLANs and entries. See nlfuzz.h.
 */
#include "nlfuzz.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/vsw_link.h>
#include <sys/socket.h>

static void begin_link(struct message *m, struct bytes *b, uint16_t type, uint16_t flags,
		       uint8_t family)
{
	struct ifinfomsg head = { .ifi_family = family, .ifi_index = some_index(b) };

	message_begin(m, type, flags, &head, sizeof(head));
}

/* What a switch can be made with */
static void new_switch(struct message *m, struct bytes *b)
{
	static const uint16_t flags[] = {
		NLM_F_CREATE | NLM_F_EXCL, NLM_F_CREATE, 0,
	};
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	uint16_t how = flags[next8(b) % COUNT(flags)];
	char raw[64];
	struct nlattr *info, *data;
	uint8_t parts = next8(b), type;

	message_begin(m, RTM_NEWLINK, how, &head, sizeof(head));
	m->whole = how & NLM_F_EXCL;
	put_string(m, IFLA_IFNAME, next8(b) & 1 ? "vsw1" : "vsw0");
	info = nest_begin(m, IFLA_LINKINFO);
	put_string(m, IFLA_INFO_KIND, "vsw");
	if (parts & 1) {
		data = nest_begin(m, IFLA_INFO_DATA);
		type = next8(b);
		put_u32(m, type, some_number(b, 0));
		nest_end(m, data);
	}
	if (parts & 2)
		put_string(m, IFLA_INFO_SLAVE_KIND, some_name(b, raw));
	nest_end(m, info);
	if (parts & 4)
		put(m, IFLA_ADDRESS, some_mac(b), 6);
	if (parts & 8)
		put_u32(m, IFLA_MTU, some_number(b, 0));
}

static void del_link(struct message *m, struct bytes *b)
{
	begin_link(m, b, RTM_DELLINK, 0, AF_UNSPEC);
	m->whole = true;
	/* The PF is a driver's, and lo cannot be deleted. */
}

static void set_master(struct message *m, struct bytes *b)
{
	uint32_t master;

	begin_link(m, b, RTM_NEWLINK, 0, AF_UNSPEC);
	master = next8(b) & 1 ? some_index(b) : 0;
	put_u32(m, IFLA_MASTER, master);
	/* From one master to another the kernel goes in two steps. */
	m->whole = !master;
}

static void set_device(struct message *m, struct bytes *b)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = some_index(b) };
	uint8_t parts = next8(b);

	if (parts & 1) {
		head.ifi_change = IFF_UP | IFF_PROMISC | IFF_ALLMULTI;
		head.ifi_flags = parts & 2 ? IFF_UP : 0;
		if (parts & 4)
			head.ifi_flags |= IFF_PROMISC;
	}
	message_begin(m, RTM_NEWLINK, 0, &head, sizeof(head));
	if (parts & 8)
		put_u32(m, IFLA_MTU, some_number(b, 9000));
	if (parts & 16)
		put(m, IFLA_ADDRESS, some_mac(b), 6);
	if (parts & 32)
		put_u32(m, IFLA_GROUP, next8(b));
}

/* What vlan add and del of bridge(8) say, ranges as well */
static void set_vlans(struct message *m, struct bytes *b)
{
	uint8_t how = next8(b);
	struct bridge_vlan_info info;
	struct nlattr *spec;
	unsigned int count;

	begin_link(m, b, how & 1 ? RTM_DELLINK : RTM_SETLINK, 0, AF_BRIDGE);
	m->whole = true;
	spec = nest_begin(m, IFLA_AF_SPEC);
	if (how & 2)
		put_u16(m, IFLA_BRIDGE_FLAGS,
			how & 4 ? BRIDGE_FLAGS_SELF : BRIDGE_FLAGS_MASTER);
	for (count = 1 + (how >> 4) % 4; count; count--) {
		info.flags = next8(b) & 0x1f;
		info.vid = some_vid(b);
		put(m, IFLA_BRIDGE_VLAN_INFO, &info, sizeof(info));
	}
	nest_end(m, spec);
}

/* What link set of bridge(8) says */
static void set_port_flags(struct message *m, struct bytes *b)
{
	struct nlattr *port;
	uint8_t count;

	begin_link(m, b, RTM_SETLINK, 0, AF_BRIDGE);
	m->whole = true;
	port = nest_begin(m, IFLA_PROTINFO);
	for (count = next8(b) % 4; count; count--) {
		uint8_t type = next8(b) % (IFLA_BRPORT_MAX + 1), value = next8(b) & 1;

		put(m, type, &value, sizeof(value));
	}
	nest_end(m, port);
}

/* What link set of ip(8) says with type vsw_slave */
static void set_port_data(struct message *m, struct bytes *b)
{
	static const char *const kinds[] = { "vsw", "vsw", "vsw", "bridge" };
	struct nlattr *info, *data;
	uint8_t count;

	begin_link(m, b, RTM_NEWLINK, 0, AF_UNSPEC);
	m->whole = true;
	info = nest_begin(m, IFLA_LINKINFO);
	put_string(m, IFLA_INFO_SLAVE_KIND, kinds[next8(b) % COUNT(kinds)]);
	data = nest_begin(m, IFLA_INFO_SLAVE_DATA);
	for (count = next8(b) % 5; count; count--) {
		/* Some that there are not, too */
		uint8_t type = next8(b) % (IFLA_VSW_PORT_MAX + 4), value = next8(b);

		/* Mostly one that a flag can have */
		if (value < 240)
			value &= 1;
		put(m, type, &value, sizeof(value));
	}
	nest_end(m, data);
	nest_end(m, info);
}

static void set_entry(struct message *m, struct bytes *b)
{
	static const uint16_t states[] = {
		NUD_REACHABLE, NUD_PERMANENT, NUD_NOARP, NUD_PERMANENT | NUD_NOARP,
	};
	uint8_t how = next8(b), parts = next8(b);
	struct ndmsg head = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = some_index(b),
		.ndm_state = states[parts >> 6],
		.ndm_flags = how & 2 ? NTF_SELF : NTF_MASTER,
	};
	static const uint16_t flags[] = {
		NLM_F_CREATE | NLM_F_EXCL, NLM_F_CREATE, NLM_F_CREATE | NLM_F_REPLACE, 0,
	};

	if (how & 4)
		head.ndm_flags |= NTF_STICKY;
	message_begin(m, how & 1 ? RTM_DELNEIGH : RTM_NEWNEIGH,
		      how & 1 ? 0 : flags[how >> 6], &head, sizeof(head));
	m->whole = true;
	if (!(how & 8))
		put(m, NDA_LLADDR, some_mac(b), 6);
	if (parts & 1)
		put_u16(m, NDA_VLAN, some_vid(b));
	if (parts & 2)
		put_u32(m, NDA_IFINDEX, some_index(b));
	if (parts & 4)
		put_u32(m, NDA_PORT, next8(b));
	if (parts & 8)
		put_u32(m, NDA_FLAGS_EXT, next8(b));
}

static void ask_links(struct message *m, struct bytes *b)
{
	uint8_t how = next8(b);

	begin_link(m, b, RTM_GETLINK, how & 1 ? NLM_F_DUMP : 0,
		   how & 2 ? AF_BRIDGE : AF_UNSPEC);
	put_u32(m, IFLA_EXT_MASK, next8(b));
}

static void ask_entries(struct message *m, struct bytes *b)
{
	struct ndmsg head = { .ndm_family = AF_BRIDGE, .ndm_ifindex = some_index(b) };
	uint8_t how = next8(b);

	if (how & 1) {
		/* As iproute2 does for all, or one device */
		message_begin(m, RTM_GETNEIGH, NLM_F_DUMP, &head, sizeof(head));
		if (how & 2)
			put_u32(m, NDA_MASTER, some_index(b));
		return;
	}
	head.ndm_flags = how & 4 ? NTF_SELF : NTF_MASTER;
	message_begin(m, RTM_GETNEIGH, 0, &head, sizeof(head));
	put(m, NDA_LLADDR, some_mac(b), 6);
	if (how & 8)
		put_u16(m, NDA_VLAN, some_vid(b));
}

void compose_rtnl(struct message *m, struct bytes *record)
{
	static void (*const all[])(struct message *m, struct bytes *b) = {
		new_switch, del_link, set_master, set_device, set_vlans,
		set_port_flags, set_entry, ask_links, ask_entries,
	};
	uint8_t which = next8(record);

	/* Later than the inputs that are kept, which shall stay what they are */
	if (which >= 240)
		set_port_data(m, record);
	else
		all[which % COUNT(all)](m, record);
}
