// SPDX-License-Identifier: GPL-2.0
/*
 * Where the fuzzer of replies may begin: for each command an input with whole answers,
 * every attribute of the spec in each. seeds DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "attrs.h"
#include "replies.h"
#include "vswctl.h"

/* Names that fit together */
static const char *string_of(const char *set, const char *name, int variant)
{
	static const struct {
		const char *set;
		const char *name;
		const char *text[2];
	} table[] = {
		{ "switch", "name", { "vsw0", "vsw1" } },
		{ "port", "name", { "p1", "p2" } },
		{ "port", "switch-name", { "vsw0", "vsw0" } },
		{ "port", "ifname", { "tap0", "pf0" } },
		{ "port", "pf-name", { "pf0", "pf0" } },
		{ "port", "rep-of", { "pf0/0", "pf0/1" } },
		{ NULL, "port", { "p1", "p2" } },
		{ NULL, "switch", { "vsw0", "vsw0" } },
		{ NULL, "profile", { "a", "b" } },
		{ NULL, "nic", { "pf0", "pf0" } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, name) &&
		    (!table[i].set || !strcmp(table[i].set, set)))
			return table[i].text[variant];
	return "x";
}

/* Attribute that has one byte and comes last, or 0 */
static int too_short;

static void put_attrs(struct nl_msg *msg, const struct attr_set *set,
		      int variant);

static void put_attr(struct nl_msg *msg, const struct attr_set *set, int type,
		     int variant)
{
	const struct attr *attr = attr_find(set, type);
	uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 + variant };
	struct nlattr *nest;

	switch (attr->type) {
	case ATTR_BOOL:
	case ATTR_U8:
		nla_put_u8(msg, type, 1);
		break;
	case ATTR_U16:
		nla_put_u16(msg, type, strcmp(attr->name, "pci-vf") ? 5 :
			    DEVLINK_PORT_FLAVOUR_PCI_VF);
		break;
	case ATTR_U32:
	case ATTR_FLAGS:
		nla_put_u32(msg, type, 3);
		break;
	case ATTR_ENUM:
		nla_put_u32(msg, type, variant);
		break;
	case ATTR_IFINDEX:
		nla_put_u32(msg, type, 7);
		break;
	case ATTR_UINT:
		nla_put_u64(msg, type, 1000 + variant);
		break;
	case ATTR_STRING:
		nla_put_string(msg, type, string_of(set->name, attr->name,
						    variant));
		break;
	case ATTR_MAC:
		nla_put(msg, type, sizeof(mac), mac);
		break;
	case ATTR_NEST:
		nest = nla_nest_start(msg, type);
		put_attrs(msg, attr->nest, variant);
		nla_nest_end(msg, nest);
		break;
	case ATTR_BINARY:
	case ATTR_NONE:
		nla_put(msg, type, 0, NULL);
	}
}

static void put_attrs(struct nl_msg *msg, const struct attr_set *set,
		      int variant)
{
	int type;

	for (type = 1; type <= set->max; type++)
		if (attr_find(set, type) && type != too_short)
			put_attr(msg, set, type, variant);
	/* Where nothing follows it, a byte more is one too many */
	if (too_short && attr_find(set, too_short))
		nla_put(msg, too_short, 1, "x");
}

/* See kernel.c */
static void answer(FILE *file, int kind, const void *head, size_t head_size,
		   const struct nl_msg *msg)
{
	struct nlmsghdr *header = nlmsg_hdr((struct nl_msg *)msg);
	size_t rest = header->nlmsg_len - NLMSG_HDRLEN;
	size_t size = head_size + rest;

	fputc(kind, file);
	fputc((int)(size & 0xff), file);
	fputc((int)(size >> 8), file);
	fwrite(head, head_size, 1, file);
	fwrite(nlmsg_data(header), rest, 1, file);
}

static uint8_t event_of(const struct attr_set *set)
{
	unsigned int i;

	/* The last of a kind is its event, which has a name too */
	for (i = 255; i; i--)
		if (operation_find(i) && operation_find(i)->set == set &&
		    strstr(operation_find(i)->name, "ntf"))
			return i;
	return 1;
}

static void answers(FILE *file, const struct attr_set *set)
{
	struct ifinfomsg info = { .ifi_index = 7, .ifi_flags = 1 };
	uint8_t command = set ? event_of(set) : 0;
	static const char done[] = { 3, 1, 0, 0 };
	struct nl_msg *msg;
	int variant;

	for (variant = 0; variant < 2; variant++) {
		msg = nlmsg_alloc();
		nlmsg_put(msg, 0, 0, 0, 0, 0);
		if (set) {
			put_attrs(msg, set, variant);
			answer(file, 1, &command, 1, msg);
		} else {
			if (too_short != IFLA_MTU)
				nla_put_u32(msg, IFLA_MTU, 1500);
			nla_put_u32(msg, IFLA_PROMISCUITY, 1);
			if (too_short)
				nla_put(msg, too_short, 1, "x");
			answer(file, 4, &info, sizeof(info), msg);
		}
		nlmsg_free(msg);
	}
	fwrite(done, sizeof(done), 1, file);
}

static bool write_seed(const char *directory, unsigned int test,
		       unsigned int flags)
{
	char path[4096];
	unsigned int i;
	FILE *file;

	snprintf(path, sizeof(path), "%s/seed-%u-%u-%d", directory, test,
		 flags, too_short);
	file = fopen(path, "we");
	if (!file)
		return false;
	fputc((int)test, file);
	fputc((int)flags, file);
	for (i = 0; i < reply_tests[test].count; i++)
		answers(file, reply_tests[test].sets[i]);
	return !fclose(file);
}

/* "seeds DIRECTORY short": one with each attribute as well, too short */
int main(int argc, char **argv)
{
	int last = argc == 3 ? ATTRS_MAX : 1;
	unsigned int test;

	if (argc < 2)
		return EXIT_USAGE;
	for (test = 0; test < reply_tests_count; test++)
		for (too_short = 0; too_short < last; too_short++)
			if (!write_seed(argv[1], test, 1) ||
			    !write_seed(argv[1], test, 4))
				return EXIT_REFUSED;
	return EXIT_OK;
}
