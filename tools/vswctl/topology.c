// SPDX-License-Identifier: GPL-2.0
#include "topology.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/vsw.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "attrs.h"
#include "nl.h"
#include "output.h"
#include "port.h"
#include "vswctl.h"

static const struct {
	int attr;
	uint32_t flag;
} flag_attrs[] = {
	{ VSW_A_PORT_LEARNING, TOPOLOGY_LEARNING },
	{ VSW_A_PORT_UNICAST_FLOOD, TOPOLOGY_UNICAST_FLOOD },
	{ VSW_A_PORT_MULTICAST_FLOOD, TOPOLOGY_MULTICAST_FLOOD },
	{ VSW_A_PORT_BROADCAST_FLOOD, TOPOLOGY_BROADCAST_FLOOD },
	{ VSW_A_PORT_HAIRPIN, TOPOLOGY_HAIRPIN },
	{ VSW_A_PORT_ISOLATED, TOPOLOGY_ISOLATED },
	{ VSW_A_PORT_INGRESS_FILTERING, TOPOLOGY_INGRESS_FILTERING },
};

/* Of a port without VF the kernel tells them all */
static uint32_t soft_flags(const struct row *row)
{
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flag_attrs); i++)
		if (attr_uint(row->tb[flag_attrs[i].attr]))
			flags |= flag_attrs[i].flag;
	switch (attr_uint(row->tb[VSW_A_PORT_FRAMES])) {
	case VSW_FRAMES_TAGGED:
		return flags | TOPOLOGY_ADMIT_TAGGED;
	case VSW_FRAMES_UNTAGGED:
		return flags | TOPOLOGY_ADMIT_UNTAGGED;
	default:
		return flags | TOPOLOGY_ADMIT_TAGGED | TOPOLOGY_ADMIT_UNTAGGED;
	}
}

/* With a VF they follow from the active path: vsw_policy_path_flags() */
static uint32_t vf_flags(const struct row *row)
{
	uint32_t flags = TOPOLOGY_INGRESS_FILTERING;

	if (attr_uint(row->tb[VSW_A_PORT_PATH]) == VSW_PATH_VF)
		return flags | TOPOLOGY_VF;
	if (attr_uint(row->tb[VSW_A_PORT_SPOOFCHK]))
		flags |= TOPOLOGY_SPOOFCHK;
	return flags | TOPOLOGY_ADMIT_UNTAGGED | TOPOLOGY_MULTICAST_FLOOD |
	       TOPOLOGY_BROADCAST_FLOOD;
}

static void port_read(struct topology_port *port, const struct row *row)
{
	uint32_t role = attr_uint(row->tb[VSW_A_PORT_ROLE]);

	row_text(row, VSW_A_PORT_NAME, port->name, sizeof(port->name));
	port->flags = row->tb[VSW_A_PORT_PF] ? vf_flags(row) : soft_flags(row);
	if (role == VSW_PORT_ROLE_UPLINK)
		port->flags |= TOPOLOGY_UPLINK;
	if (role == VSW_PORT_ROLE_HOST)
		port->flags |= TOPOLOGY_HOST;
	port->ifindex = attr_uint(row->tb[VSW_A_PORT_IFINDEX]);
	port->pf = attr_uint(row->tb[VSW_A_PORT_PF]);
	port->vf = attr_uint(row->tb[VSW_A_PORT_VF]);
	nla_memcpy(port->mac, row->tb[VSW_A_PORT_MAC], sizeof(port->mac));
	port->pvid = attr_uint(row->tb[VSW_A_PORT_PVID]);
	port->pcp = attr_uint(row->tb[VSW_A_PORT_PCP]);
	port->fdb_max = attr_uint(row->tb[VSW_A_PORT_FDB_MAX]);
	port->fdb_learned = attr_uint(row->tb[VSW_A_PORT_FDB_LEARNED]);
	port->waits = !port->ifindex && !port->pf;
	port->up = attr_uint(row->tb[VSW_A_PORT_UP]);
	port->nic_promisc = attr_uint(row->tb[VSW_A_PORT_PROMISC]);
	port->nic_spoofchk = attr_uint(row->tb[VSW_A_PORT_SPOOFCHK]);
	port->svlan = attr_uint(row->tb[VSW_A_PORT_VLAN_PROTO]) ==
		      VSW_VLAN_PROTO_8021AD;
}

struct topology_port *topology_port(const struct topology *topology,
				    const char *name)
{
	size_t i;

	for (i = 0; i < topology->count; i++)
		if (!strcmp(topology->ports[i].name, name))
			return &topology->ports[i];
	return NULL;
}

static struct topology_port *port_by_device(const struct topology *topology,
					    uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < topology->count; i++)
		if (topology->ports[i].ifindex == ifindex)
			return &topology->ports[i];
	return NULL;
}

/* Pointers, once all ports are there */
static void ports_link(struct topology *topology,
		       const struct messages *messages)
{
	struct nlmsghdr *message = NULL;
	char name[VSW_PORT_NAME_MAX + 1];
	struct topology_port *port = topology->ports;
	struct row row;

	while ((message = messages_next(messages, message))) {
		if (!row_init(&row, &port_attrs, message, NULL))
			continue;
		port->egress = port->flags & TOPOLOGY_VF ?
			       port_by_device(topology, port->pf) : port;
		/* A VF port whose uplink is on its way out has none */
		if (!port->egress)
			port->waits = true;
		if (row.tb[VSW_A_PORT_UPLINK]) {
			row_text(&row, VSW_A_PORT_UPLINK, name, sizeof(name));
			port->pinned = topology_port(topology, name);
		}
		port++;
	}
}

static int ports_read(struct topology *topology)
{
	struct messages messages = {};
	struct nlmsghdr *message = NULL;
	struct request req;
	struct row row;
	size_t count = 0;
	int code;

	code = request_init(&req, topology->ctl, VSW_CMD_PORT_GET);
	if (code)
		return code;
	request_put_u32(&req, VSW_A_PORT_SWITCH, topology->ifindex);
	code = request_dump(&req, &messages);
	request_free(&req);
	while (!code && (message = messages_next(&messages, message)))
		count++;
	topology->ports = calloc(count + 1, sizeof(*topology->ports));
	if (!topology->ports) {
		messages_free(&messages);
		fail(topology->ctl, EXIT_REFUSED, "out of memory");
		return EXIT_REFUSED;
	}
	while (!code && (message = messages_next(&messages, message)))
		if (row_init(&row, &port_attrs, message, NULL))
			port_read(&topology->ports[topology->count++], &row);
	if (!code)
		ports_link(topology, &messages);
	messages_free(&messages);
	return code;
}

static int switch_read(struct topology *topology)
{
	struct messages messages = {};
	struct nlmsghdr *message;
	struct request req;
	struct row row;
	int code;

	code = request_init(&req, topology->ctl, VSW_CMD_SWITCH_GET);
	if (code)
		return code;
	request_put_u32(&req, VSW_A_SWITCH_IFINDEX, topology->ifindex);
	code = request_send(&req, &messages);
	request_free(&req);
	message = code ? NULL : messages_next(&messages, NULL);
	if (message && row_init(&row, &switch_attrs, message, NULL)) {
		row_text(&row, VSW_A_SWITCH_NAME, topology->name,
			 sizeof(topology->name));
		topology->teaming = attr_uint(row.tb[VSW_A_SWITCH_TEAMING]) !=
				    VSW_TEAMING_NONE;
	}
	messages_free(&messages);
	return code;
}

/* What only rtnetlink knows: MTUs, and whether somebody listens to the host port */
static int on_link(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct topology *topology = arg;
	struct topology_port *port;
	struct ifinfomsg *info;
	struct nlattr *nla;

	if (header->nlmsg_type != RTM_NEWLINK ||
	    !nlmsg_valid_hdr(header, sizeof(*info)))
		return NL_OK;
	info = nlmsg_data(header);
	port = port_by_device(topology, info->ifi_index);
	if (!port)
		return NL_OK;
	nla = nlmsg_find_attr(header, sizeof(*info), IFLA_MTU);
	port->mtu = attr_uint(nla);
	if (!(port->flags & TOPOLOGY_HOST))
		return NL_OK;
	/* It needs no carrier */
	port->up = info->ifi_flags & IFF_UP;
	nla = nlmsg_find_attr(header, sizeof(*info), IFLA_PROMISCUITY);
	if (attr_uint(nla))
		port->flags |= TOPOLOGY_PROMISC;
	return NL_OK;
}

static int links_read(struct topology *topology)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct nl_sock *sock = nl_socket_alloc();
	int error = -NLE_NOMEM;

	if (sock) {
		nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_link,
				    topology);
		error = nl_connect(sock, NETLINK_ROUTE);
		if (!error)
			error = nl_send_simple(sock, RTM_GETLINK, NLM_F_DUMP,
					       &info, sizeof(info));
		if (error >= 0)
			error = nl_recvmsgs_default(sock);
		nl_socket_free(sock);
	}
	if (error < 0 && error != -NLE_DUMP_INTR)
		return fail(topology->ctl, EXIT_REFUSED,
			    "cannot ask for the net devices: %s",
			    nl_geterror(error));
	return EXIT_OK;
}

/* Both dumps walk the ports in one order: so the next is mostly the right one */
static struct topology_port *port_near(const struct topology *topology,
				       size_t *at, const char *name)
{
	size_t i, place;

	for (i = 0; i < topology->count; i++) {
		place = (*at + i) % topology->count;
		if (strcmp(topology->ports[place].name, name))
			continue;
		*at = place;
		return &topology->ports[place];
	}
	return NULL;
}

static void vlan_read(struct topology *topology, const struct row *row,
		      uint16_t vid, size_t *at)
{
	char name[VSW_PORT_NAME_MAX + 1];
	struct topology_port *port;

	if (attr_uint(row->tb[VSW_A_VLAN_FIRST]) > vid ||
	    attr_uint(row->tb[VSW_A_VLAN_LAST]) < vid)
		return;
	row_text(row, VSW_A_VLAN_PORT, name, sizeof(name));
	port = port_near(topology, at, name);
	if (!port)
		return;
	port->member = true;
	port->untagged = attr_uint(row->tb[VSW_A_VLAN_FLAGS]) &
			 VSW_VLAN_FLAG_UNTAGGED;
}

static int kernel_set_vid(struct topology *topology, uint16_t vid)
{
	struct messages messages = {};
	struct nlmsghdr *message = NULL;
	struct request req;
	struct row row;
	size_t i, at = 0;
	int code;

	for (i = 0; i < topology->count; i++) {
		topology->ports[i].member = false;
		topology->ports[i].untagged = false;
	}
	code = request_init(&req, topology->ctl, VSW_CMD_VLAN_GET);
	if (code)
		return code;
	request_put_u32(&req, VSW_A_VLAN_SWITCH, topology->ifindex);
	code = request_dump(&req, &messages);
	request_free(&req);
	while (!code && (message = messages_next(&messages, message)))
		if (row_init(&row, &vlan_attrs, message, NULL))
			vlan_read(topology, &row, vid, &at);
	messages_free(&messages);
	return code;
}

static int kernel_find(struct topology *topology, const uint8_t mac[6],
		       uint16_t vid, struct topology_entry *entry)
{
	struct messages messages = {};
	char name[VSW_PORT_NAME_MAX + 1];
	struct nlmsghdr *message;
	struct request req;
	struct row row;
	int code;

	memset(entry, 0, sizeof(*entry));
	code = request_init(&req, topology->ctl, VSW_CMD_FDB_GET);
	if (code)
		return code;
	req.may_miss = true;
	request_put_u32(&req, VSW_A_FDB_SWITCH, topology->ifindex);
	request_put_mac(&req, VSW_A_FDB_MAC, mac);
	request_put_u16(&req, VSW_A_FDB_VID, vid);
	code = request_send(&req, &messages);
	request_free(&req);
	message = code ? NULL : messages_next(&messages, NULL);
	if (message && row_init(&row, &fdb_attrs, message, NULL)) {
		row_text(&row, VSW_A_FDB_PORT, name, sizeof(name));
		entry->port = topology_port(topology, name);
		entry->type = attr_uint(row.tb[VSW_A_FDB_TYPE]);
		entry->age = attr_uint(row.tb[VSW_A_FDB_AGE]);
	}
	messages_free(&messages);
	return code;
}

int topology_get(struct topology *topology, struct vswctl *ctl,
		 const char *port, struct topology_port **found)
{
	struct messages messages = {};
	struct row row;
	int code;

	*topology = (struct topology){
		.ctl = ctl,
		.set_vid = kernel_set_vid,
		.find = kernel_find,
	};
	code = port_get(ctl, port, &messages, &row);
	if (!code)
		topology->ifindex = attr_uint(row.tb[VSW_A_PORT_SWITCH]);
	messages_free(&messages);
	if (!code)
		code = switch_read(topology);
	if (!code)
		code = ports_read(topology);
	if (!code)
		code = links_read(topology);
	if (code)
		return code;
	*found = topology_port(topology, port);
	if (!*found)
		return fail(ctl, EXIT_REFUSED, "port '%s' has just gone", port);
	return EXIT_OK;
}

void topology_free(struct topology *topology)
{
	free(topology->ports);
	memset(topology, 0, sizeof(*topology));
}
