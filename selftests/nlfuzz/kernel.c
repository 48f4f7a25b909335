// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel: what it answers, all that it says of its state, and how it gets back
 * to where an input begins. See nlfuzz.h.
 */
#include "nlfuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/vsw.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PF_FILES	"/sys/bus/vswtest/devices/testpf0/"

uint16_t family;
static int generic, route;
/* What it answers */
static uint8_t answer[128 * 1024];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(int protocol)
{
	struct sockaddr_nl all = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	int on = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&all, sizeof(all)))
		die("netlink socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return fd;
}

typedef void (*each_t)(const struct nlmsghdr *header, void *arg);

/* All that a request is answered with, which is there when it has been sent */
static int transact(struct message *m, each_t each, void *arg)
{
	int fd = m->header.nlmsg_type == family ? generic : route;
	const struct nlmsghdr *header;
	ssize_t length;
	int err = 0;

	if (send(fd, m->bytes, m->header.nlmsg_len, 0) < 0)
		return -errno;
	while ((length = recv(fd, answer, sizeof(answer), MSG_DONTWAIT)) > 0) {
		for (header = (void *)answer; NLMSG_OK(header, length);
		     header = NLMSG_NEXT(header, length)) {
			if (header->nlmsg_type == NLMSG_ERROR)
				err = ((struct nlmsgerr *)NLMSG_DATA(header))->error;
			else if (header->nlmsg_type == NLMSG_DONE)
				err = *(int *)NLMSG_DATA(header);
			each(header, arg);
		}
	}
	return err;
}

/* What an answer says beside its number, or NULL; a dump says it at its end. */
static struct nlattr *find_in_answer(const struct nlmsghdr *header, uint16_t type)
{
	size_t head = header->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) :
		sizeof(int);

	if ((header->nlmsg_type != NLMSG_ERROR && header->nlmsg_type != NLMSG_DONE) ||
	    !(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	return nla_find((const void *)((const uint8_t *)NLMSG_DATA(header) + head),
			header->nlmsg_len - NLMSG_HDRLEN - head, type);
}

/* A sentence, or the attribute that is missing or to blame */
static void look_for_sentence(const struct nlmsghdr *header, void *arg)
{
	bool *told = arg;

	if (find_in_answer(header, NLMSGERR_ATTR_MSG) ||
	    find_in_answer(header, NLMSGERR_ATTR_MISS_TYPE))
		*told = true;
}

int kernel_ask(struct message *m, bool *told)
{
	*told = false;
	return transact(m, look_for_sentence, told);
}

static const struct nlattr *genl_attrs(const struct nlmsghdr *header)
{
	return (const void *)((const uint8_t *)header + NLMSG_LENGTH(GENL_HDRLEN));
}

static int genl_attrs_length(const struct nlmsghdr *header)
{
	return header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
}

static void look_for_family(const struct nlmsghdr *header, void *arg)
{
	const struct nlattr *id;

	(void)arg;
	if (header->nlmsg_type != GENL_ID_CTRL)
		return;
	id = nla_find(genl_attrs(header), genl_attrs_length(header), CTRL_ATTR_FAMILY_ID);
	if (id)
		family = nla_get_u16(id);
}

void kernel_open(void)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	static struct message m;

	generic = open_socket(NETLINK_GENERIC);
	route = open_socket(NETLINK_ROUTE);
	family = GENL_ID_CTRL;
	message_begin(&m, GENL_ID_CTRL, 0, &head, sizeof(head));
	put_string(&m, CTRL_ATTR_FAMILY_NAME, VSW_FAMILY_NAME);
	transact(&m, look_for_family, NULL);
	if (family == GENL_ID_CTRL)
		die("family vsw");
}

/* What changes by itself: of the keeper, of time */
static bool moves(uint8_t cmd, uint16_t type)
{
	switch (cmd) {
	case VSW_CMD_PORT_GET:
		return type == VSW_A_PORT_UP || type == VSW_A_PORT_UPLINK ||
			type == VSW_A_PORT_TEAM_PORTS || type == VSW_A_PORT_PROMISC ||
			type == VSW_A_PORT_NIC_MACS || type == VSW_A_PORT_NIC_MACS_OVER;
	case VSW_CMD_FDB_GET:
		return type == VSW_A_FDB_AGE;
	case VSW_CMD_VF_GET:
		return type == VSW_A_VF_DRIFT || type == VSW_A_VF_CORRECTIONS ||
			type == VSW_A_VF_EVENT;
	case VSW_CMD_BATCH_GET:
		return type == VSW_A_BATCH_LEFT;
	default:
		return false;
	}
}

/* FNV-1a */
#define MIX_START	0xcbf29ce484222325ULL

static uint64_t mix(uint64_t hash, const void *data, size_t length)
{
	const uint8_t *at = data;

	while (length--)
		hash = (hash ^ *at++) * 0x100000001b3ULL;
	return hash;
}

struct state {
	uint8_t cmd;
	/* Of all objects, in whatever order: tables of hashes have none. */
	uint64_t sum;
};

static void add_object(const struct nlmsghdr *header, void *arg)
{
	struct state *state = arg;
	uint64_t hash = MIX_START + state->cmd;
	const struct nlattr *attr;
	int left;

	if (header->nlmsg_type != family)
		return;
	nla_for_each_attr(attr, genl_attrs(header), genl_attrs_length(header), left)
		if (!moves(state->cmd, nla_type(attr)))
			hash = mix(hash, attr, attr->nla_len);
	state->sum += hash;
}

/* What a request can change of a device. Promiscuity comes later, of filters that are full. */
static bool is_of_link(uint16_t type)
{
	return type == IFLA_IFNAME || type == IFLA_MTU || type == IFLA_MASTER ||
		type == IFLA_ADDRESS || type == IFLA_ALLMULTI;
}

static void add_link(const struct nlmsghdr *header, void *arg)
{
	const struct ifinfomsg *head = NLMSG_DATA(header);
	uint64_t hash = MIX_START;
	const struct nlattr *attr, *first;
	struct state *state = arg;
	unsigned int up;
	int left;

	if (header->nlmsg_type != RTM_NEWLINK)
		return;
	up = head->ifi_flags & IFF_UP;
	hash = mix(hash, &head->ifi_index, sizeof(head->ifi_index));
	hash = mix(hash, &up, sizeof(up));
	first = (const void *)((const uint8_t *)header + NLMSG_LENGTH(sizeof(*head)));
	nla_for_each_attr(attr, first, header->nlmsg_len - NLMSG_LENGTH(sizeof(*head)), left)
		if (is_of_link(nla_type(attr)))
			hash = mix(hash, attr, attr->nla_len);
	state->sum += hash;
}

/* The VLAN filter of the PF */
static void add_vlans(struct state *state)
{
	char text[8192];
	int fd = open(PF_FILES "vlans", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (length < 0)
		die(PF_FILES "vlans");
	close(fd);
	state->sum += mix(MIX_START, text, length);
}

uint64_t kernel_sums[KERNEL_SUMS];

uint64_t kernel_state(void)
{
	static const uint8_t cmds[] = {
		VSW_CMD_SWITCH_GET, VSW_CMD_PORT_GET, VSW_CMD_VLAN_GET, VSW_CMD_FDB_GET,
		VSW_CMD_VF_GET, VSW_CMD_BATCH_GET,
	};
	struct ifinfomsg links = { .ifi_family = AF_UNSPEC };
	static struct message m;
	struct state state = { 0 };
	size_t i;

	for (i = 0; i < COUNT(cmds); i++) {
		struct genlmsghdr head = { .cmd = cmds[i], .version = VSW_FAMILY_VERSION };
		bool one = cmds[i] == VSW_CMD_BATCH_GET;

		state.cmd = cmds[i];
		message_begin(&m, family, one ? 0 : NLM_F_DUMP, &head, sizeof(head));
		transact(&m, add_object, &state);
		kernel_sums[i] = state.sum;
	}
	message_begin(&m, RTM_GETLINK, NLM_F_DUMP, &links, sizeof(links));
	transact(&m, add_link, &state);
	kernel_sums[i++] = state.sum;
	add_vlans(&state);
	kernel_sums[i] = state.sum;
	return state.sum;
}

static void ignore(const struct nlmsghdr *header, void *arg)
{
	(void)header;
	(void)arg;
}

static struct message *begin(uint8_t cmd)
{
	struct genlmsghdr head = { .cmd = cmd, .version = VSW_FAMILY_VERSION };
	static struct message m;

	message_begin(&m, family, 0, &head, sizeof(head));
	return &m;
}

static int tell(struct message *m)
{
	return transact(m, ignore, NULL);
}

static void show_sentence(const struct nlmsghdr *header, void *arg)
{
	const struct nlattr *text = find_in_answer(header, NLMSGERR_ATTR_MSG);

	(void)arg;
	if (text)
		fprintf(stderr, "nlfuzz: %s\n", nla_get_string(text));
}

/* What an input begins with has to be there. */
static void must(struct message *m, const char *name)
{
	int err = transact(m, show_sentence, NULL);

	if (!err)
		return;
	fprintf(stderr, "nlfuzz: %s cannot be had as it was: %d\n", name, err);
	abort();
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* All are kept: they are what it was called with when it was set up. */
static void restore_device(const char *name, uint8_t last)
{
	static struct message m;
	struct ifinfomsg head = {
		.ifi_index = if_nametoindex(name),
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP | IFF_PROMISC | IFF_ALLMULTI,
	};
	uint8_t mac[6] = { 0x52, 0x54, 0, 0xdd, 0, last };

	if (!head.ifi_index) {
		struct nlattr *info;

		message_begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
		put_string(&m, IFLA_IFNAME, name);
		info = nest_begin(&m, IFLA_LINKINFO);
		put_string(&m, IFLA_INFO_KIND, "dummy");
		nest_end(&m, info);
	} else {
		message_begin(&m, RTM_NEWLINK, 0, &head, sizeof(head));
		put_u32(&m, IFLA_MASTER, 0);
	}
	put_u32(&m, IFLA_MTU, 1500);
	/* The PF's driver does not let it change. */
	if (strcmp(name, "testpf"))
		put(&m, IFLA_ADDRESS, mac, sizeof(mac));
	must(&m, name);
}

static void add_port(const char *name, const char *device, uint16_t pvid, uint8_t last)
{
	struct message *m = begin(VSW_CMD_PORT_NEW);
	uint8_t mac[6] = { 0x52, 0x54, 0, 0, 0, last };

	put_u32(m, VSW_A_PORT_SWITCH, if_nametoindex("vsw0"));
	put_string(m, VSW_A_PORT_NAME, name);
	if (device) {
		put_u32(m, VSW_A_PORT_IFINDEX, if_nametoindex(device));
	} else {
		put_u32(m, VSW_A_PORT_PF, if_nametoindex("testpf"));
		put_u32(m, VSW_A_PORT_VF, last & 3);
	}
	put_u16(m, VSW_A_PORT_PVID, pvid);
	put(m, VSW_A_PORT_MAC, mac, sizeof(mac));
	must(m, name);
}

/* One switch, taps, an uplink with VFs */
static void populate(void)
{
	struct message *m = begin(VSW_CMD_SWITCH_NEW);

	put_string(m, VSW_A_SWITCH_NAME, "vsw0");
	must(m, "vsw0");
	add_port("a", "a", 10, 0x0a);
	add_port("b", "b", 20, 0x0b);
	m = begin(VSW_CMD_PORT_NEW);
	put_u32(m, VSW_A_PORT_SWITCH, if_nametoindex("vsw0"));
	put_string(m, VSW_A_PORT_NAME, "testpf");
	put_u32(m, VSW_A_PORT_IFINDEX, if_nametoindex("testpf"));
	put_u32(m, VSW_A_PORT_ROLE, VSW_PORT_ROLE_UPLINK);
	must(m, "testpf");
	add_port("v0", NULL, 10, 0x10);
}

/* Those that one input has made: it has fewer records. */
struct switches {
	uint32_t indices[RECORDS_MAX * 2];
	size_t count;
};

static void add_switch(const struct nlmsghdr *header, void *arg)
{
	struct switches *switches = arg;
	const struct nlattr *index;

	if (header->nlmsg_type != family || switches->count == COUNT(switches->indices))
		return;
	index = nla_find(genl_attrs(header), genl_attrs_length(header), VSW_A_SWITCH_IFINDEX);
	if (index)
		switches->indices[switches->count++] = nla_get_u32(index);
}

/* Whatever an input has called them */
static void del_switches(void)
{
	struct genlmsghdr dump = { .cmd = VSW_CMD_SWITCH_GET, .version = VSW_FAMILY_VERSION };
	struct switches switches = { .count = 0 };
	static struct message m;
	size_t i;

	message_begin(&m, family, NLM_F_DUMP, &dump, sizeof(dump));
	transact(&m, add_switch, &switches);
	for (i = 0; i < switches.count; i++) {
		struct ifinfomsg head = { .ifi_index = switches.indices[i] };

		message_begin(&m, RTM_DELLINK, 0, &head, sizeof(head));
		tell(&m);
	}
}

void kernel_reset(bool populated)
{
	static const char *const devices[] = { "a", "b", "c", "d" };
	size_t i;

	tell(begin(VSW_CMD_BATCH_CONFIRM));
	del_switches();
	for (i = 0; i < COUNT(devices); i++)
		restore_device(devices[i], i);
	restore_device("testpf", 0x99);
	write_file(PF_FILES "forget", "1");
	if (populated)
		populate();
}

void kernel_plant(void)
{
	struct ifinfomsg head = { .ifi_index = if_nametoindex("d") };
	static struct message m;

	if (!head.ifi_index)
		return;
	message_begin(&m, RTM_NEWLINK, 0, &head, sizeof(head));
	put_u32(&m, IFLA_MTU, 1404);
	must(&m, "d");
}
