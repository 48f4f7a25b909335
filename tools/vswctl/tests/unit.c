// SPDX-License-Identifier: GPL-2.0
/*
 * The parsers, the keywords and the printers, without a kernel. Prints KTAP.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vsw.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "args.h"
#include "attrs.h"
#include "check.h"
#include "decide.h"
#include "enums.h"
#include "extack.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "parse.h"
#include "port.h"
#include "topology.h"
#include "vswctl.h"

/* What is printed while a test runs */
static struct {
	FILE *file;
	char *text;
	size_t size;
} out, err;

static struct vswctl ctl;

static void capture(bool json)
{
	out.file = open_memstream(&out.text, &out.size);
	err.file = open_memstream(&err.text, &err.size);
	stderr = err.file;
	ctl = (struct vswctl){ .out = out.file, .json = json };
}

static void capture_end(void)
{
	fclose(out.file);
	fclose(err.file);
	stderr = complaints;
}

static void capture_free(void)
{
	free(out.text);
	free(err.text);
}

/* Words, cut out of one string, as args has them */
static struct args split(char *text, char **words)
{
	struct args args = { .word = words };
	char *save, *word;

	for (word = strtok_r(text, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		words[args.left++] = word;
	return args;
}

static void test_uint(void)
{
	uint32_t value;

	check(!parse_uint("0", 10, &value) && value == 0, "number 0");
	check(!parse_uint("10", 10, &value) && value == 10, "number at max");
	check(parse_uint("11", 10, &value), "number above max");
	check(!parse_uint("4294967295", UINT32_MAX, &value) &&
	      value == UINT32_MAX, "number 2^32-1");
	check(parse_uint("4294967296", UINT32_MAX, &value), "number 2^32");
	check(parse_uint("99999999999999999999999", UINT32_MAX, &value),
	      "number far above max");
	check(parse_uint("", 10, &value), "number, empty");
	check(parse_uint("-1", 10, &value), "number, negative");
	check(parse_uint("+1", 10, &value), "number with plus");
	check(parse_uint(" 1", 10, &value), "number with blank");
	check(parse_uint("1x", 10, &value), "number with tail");
	check(parse_uint("0x5", 10, &value), "number, hexadecimal");
}

static void test_mac(void)
{
	static const char *const bad[] = {
		"", "52", "52:54:00:aa:00", "52:54:00:aa:00:", "525400aa0001",
		"52:54:00:aa:00:01:", "52:54:00:aa:00:01:02",
		"52:54:00:aa:00:0", "52:54:00:aa:00:0g", "52-54-00-aa-00-01",
		"52:54:00:aa:00:011", ":52:54:00:aa:00", "52:54:0:aa:00:01",
	};
	uint8_t mac[6];
	size_t i;

	check(!parse_mac("52:54:00:aA:00:fF", mac) &&
	      !memcmp(mac, "\x52\x54\x00\xaa\x00\xff", 6), "MAC, both cases");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(parse_mac(bad[i], mac), "bad MAC '%s'", bad[i]);
}

static void test_vid(void)
{
	static const char *const bad[] = {
		"", "0", "4095", "4096", "65537", "x", "1x", "-1", "1,2", "1-2"
	};
	uint16_t vid;
	size_t i;

	check(!parse_vid("1", &vid) && vid == 1, "VID 1");
	check(!parse_vid("4094", &vid) && vid == 4094, "VID 4094");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(parse_vid(bad[i], &vid), "bad VID '%s'", bad[i]);
}

static void test_vids(void)
{
	static const char *const bad[] = {
		"", ",", "1,", ",1", "1,,2", "1-", "-1", "2-1", "1-2-3", "0",
		"0-5", "1-4095", "4095", "1 ", "1;2", "1-x", "none", "1,0",
	};
	uint16_t first, last;
	struct vid_set set;
	size_t i;

	check(!parse_vids("10,20-30,31,5,25", &set), "VID list");
	check(vid_set_count(&set) == 14, "VID list: count");
	first = 1;
	check(vid_set_range(&set, &first, &last) && first == 5 && last == 5,
	      "VID list: first range");
	first = last + 1;
	check(vid_set_range(&set, &first, &last) && first == 10 && last == 10,
	      "VID list: second range");
	first = last + 1;
	check(vid_set_range(&set, &first, &last) && first == 20 && last == 31,
	      "VID list: ranges that touch are one");
	first = last + 1;
	check(!vid_set_range(&set, &first, &last), "VID list: end");
	check(!parse_vids("1-4094", &set) && vid_set_count(&set) == 4094,
	      "VID list: all");
	first = 1;
	check(vid_set_range(&set, &first, &last) && first == 1 && last == 4094,
	      "VID list: all are one range");
	first = 4095;
	check(!vid_set_range(&set, &first, &last), "VID list: after the last");
	vid_set_remove(&set, 4094);
	check(!vid_set_has(&set, 4094) && vid_set_has(&set, 4093),
	      "VID list: remove");
	vid_set_add(&set, 40000);
	vid_set_remove(&set, 4096);
	check(!vid_set_has(&set, 40000) && !vid_set_has(&set, UINT16_MAX),
	      "VID list: what is no VID is in none");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(parse_vids(bad[i], &set), "bad VID list '%s'", bad[i]);
}

static void test_rate(void)
{
	static const struct {
		const char *word;
		uint32_t rate;
	} good[] = {
		{ "none", 0 }, { "0", 0 }, { "100", 100 }, { "100mbit", 100 },
		{ "1gbit", 1000 }, { "2.5gbit", 2500 }, { "5000kbit", 5 },
		{ "0.1gbit", 100 }, { "1tbit", 1000000 }, { "2.500gbit", 2500 },
		{ "4294967295", UINT32_MAX }, { "2.0000mbit", 2 },
	};
	static const char *const bad[] = {
		"", "x", "mbit", "-1", "1.5", "1.5mbit", "500kbit", "1Gbit",
		"1 gbit", "1.gb", "inf", "nan", "1e3", "0x10", "4294967296",
		"4294968gbit", "1.2345gbit", "1gbits", ".5gbit",
	};
	uint32_t rate;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		check(!parse_rate(good[i].word, &rate) &&
		      rate == good[i].rate, "rate %s", good[i].word);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(parse_rate(bad[i], &rate), "bad rate '%s'", bad[i]);
}

static void test_vf(void)
{
	static const char *const bad[] = {
		"", "/", "/3", "eth0", "eth0/", "eth0/x", "eth0/-1",
		"eth0/65536", "a-name-that-is-too-long/1",
	};
	char pf[16];
	uint32_t vf;
	size_t i;

	check(!parse_vf("eth0/63", pf, sizeof(pf), &vf) && vf == 63 &&
	      !strcmp(pf, "eth0"), "VF");
	check(!parse_vf("fifteen-chars-x/0", pf, sizeof(pf), &vf) &&
	      !strcmp(pf, "fifteen-chars-x"), "VF of a PF with a long name");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(parse_vf(bad[i], pf, sizeof(pf), &vf), "bad VF '%s'",
		      bad[i]);
}

static void test_bool(void)
{
	bool value;

	check(!parse_bool("on", &value) && value, "on");
	check(!parse_bool("off", &value) && !value, "off");
	check(parse_bool("yes", &value), "neither on nor off");
}

static void test_names(void)
{
	char list[64], tiny[8];

	check(names_value(&frames_names, "tagged") == VSW_FRAMES_TAGGED,
	      "value of a name");
	check(names_value(&frames_names, "tag") == -1, "no abbreviation");
	check(!names_find(&frames_names, 99), "value without a name");
	names_list(&frames_names, list, sizeof(list));
	check_text(list, "all, tagged, untagged", "list of names");
	names_list(&frames_names, tiny, sizeof(tiny));
	check_text(tiny, "all, ta", "list of names, cut");
}

static void test_policy_keys(void)
{
	char text[] = "mac 52:54:00:aa:00:01 vlan none frames tagged isolated "
		      "on max-tx-rate 2.5gbit link-state disable";
	struct nlattr *tb[VSW_A_PORT_MAX + 1];
	struct request req;
	char *words[32];
	struct args args = split(text, words);

	capture(false);
	request_init(&req, &ctl, VSW_CMD_PORT_SET);
	check(!keys_read(&req, &args, port_policy_keys, NULL), "policy keys");
	nlmsg_parse(nlmsg_hdr(req.msg), GENL_HDRLEN, tb, VSW_A_PORT_MAX, NULL);
	check(tb[VSW_A_PORT_PVID] && nla_len(tb[VSW_A_PORT_PVID]) == 2 &&
	      !attr_uint(tb[VSW_A_PORT_PVID]), "vlan none is PVID 0");
	check(nla_len(tb[VSW_A_PORT_MAC]) == 6, "mac");
	check(attr_uint(tb[VSW_A_PORT_FRAMES]) == VSW_FRAMES_TAGGED, "frames");
	check(nla_len(tb[VSW_A_PORT_ISOLATED]) == 1 &&
	      attr_uint(tb[VSW_A_PORT_ISOLATED]) == 1, "isolated");
	check(attr_uint(tb[VSW_A_PORT_MAX_TX_RATE]) == 2500, "max-tx-rate");
	check(attr_uint(tb[VSW_A_PORT_LINK_STATE]) == VSW_LINK_STATE_DISABLE,
	      "link-state");
	check(!tb[VSW_A_PORT_LEARNING], "what is not said is not sent");
	request_free(&req);
	capture_end();
	check_text(err.text, "", "policy keys: no complaint");
	capture_free();
}

static void test_bad_keys(void)
{
	static const struct {
		const char *words;
		const char *complaint;
	} bad[] = {
		{ "mtu 9000", "vswctl: unknown keyword 'mtu'; valid here: dev" },
		{ "isolated", "vswctl: 'isolated' has no value\n" },
		{ "pcp 1 pcp 2", "vswctl: 'pcp' stands twice\n" },
		{ "vlan 5 trunk 6",
		  "vswctl: 'vlan' and 'trunk' exclude each other\n" },
		{ "dev lo vf lo/1 path fast",
		  "vswctl: path 'fast' is none of soft, vf\n" },
		{ "native 5 dev lo", "vswctl: 'native' needs 'trunk'" },
		{ "frames some",
		  "vswctl: frames 'some' is none of all, tagged, untagged\n" },
		{ "vlan 4095", "vswctl: vlan '4095' is not a VID: 1 to 4094" },
		{ "learning yes",
		  "vswctl: learning 'yes' is neither on nor off\n" },
		{ "pcp 1", "vswctl: what is the port? say 'dev DEV'" },
	};
	char text[128], *words[32];
	struct args args;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "add vsw0 web1 %s", bad[i].words);
		args = split(text, words);
		capture(false);
		check(object_run(&ctl, &args, &port_object) == EXIT_USAGE,
		      "port add: %s", bad[i].words);
		capture_end();
		check(!strncmp(err.text, bad[i].complaint,
			       strlen(bad[i].complaint)),
		      "port add: %s: says why", bad[i].words);
		capture_free();
	}
}

static void membership_check(struct nlattr *nla, unsigned int first,
			     unsigned int last, unsigned int flags)
{
	struct nlattr *tb[VSW_A_MEMBERSHIP_MAX + 1];

	nla_parse_nested(tb, VSW_A_MEMBERSHIP_MAX, nla, NULL);
	check(nla->nla_type & NLA_F_NESTED &&
	      attr_uint(tb[VSW_A_MEMBERSHIP_FIRST]) == first &&
	      attr_uint(tb[VSW_A_MEMBERSHIP_LAST]) == last &&
	      attr_uint(tb[VSW_A_MEMBERSHIP_FLAGS]) == flags,
	      "trunk: %u to %u, flags %u", first, last, flags);
}

static void test_trunk(void)
{
	static const unsigned int want[][3] = {
		{ 10, 10, 0 }, { 20, 24, 0 }, { 26, 30, 0 }, { 25, 25, 3 },
	};
	struct port_request port = { .native = 25, .has_trunk = true };
	struct nlattr *nla;
	unsigned int i = 0;
	int left;

	capture(false);
	request_init(&port.req, &ctl, VSW_CMD_PORT_NEW);
	parse_vids("10,20-30", &port.trunk);
	check(!port_put_memberships(&port), "trunk with native");
	nla_for_each_attr(nla, genlmsg_attrdata(nlmsg_data(nlmsg_hdr(port.req.msg)), 0),
			  genlmsg_attrlen(nlmsg_data(nlmsg_hdr(port.req.msg)), 0),
			  left) {
		if (i < ARRAY_SIZE(want))
			membership_check(nla, want[i][0], want[i][1],
					 want[i][2]);
		i++;
	}
	check(i == ARRAY_SIZE(want), "trunk: number of ranges");
	request_free(&port.req);
	capture_end();
	capture_free();
}

/* Every other VID is a range of its own: the most that a request can hold */
static void test_trunk_worst(void)
{
	struct port_request port = { .has_trunk = true };
	unsigned int vid;

	capture(false);
	request_init(&port.req, &ctl, VSW_CMD_PORT_NEW);
	for (vid = 1; vid <= VSW_VID_MAX; vid += 2)
		vid_set_add(&port.trunk, vid);
	port_put_memberships(&port);
	check(!port.req.overflow, "trunk: the longest list fits");
	request_free(&port.req);
	capture_end();
	capture_free();
}

static struct nl_msg *message_new(uint8_t command)
{
	struct nl_msg *msg = nlmsg_alloc_size(8192);

	genlmsg_put(msg, 0, 0, 16, 0, 0, command, 1);
	return msg;
}

static void message_end(struct messages *messages, struct nl_msg *msg)
{
	messages_add(messages, nlmsg_hdr(msg));
	nlmsg_free(msg);
}

static void put_port(struct messages *messages, const char *name,
		     const char *device, bool is_vf)
{
	struct nl_msg *msg = message_new(VSW_CMD_PORT_GET);

	nla_put_u32(msg, VSW_A_PORT_SWITCH, 7);
	nla_put_string(msg, VSW_A_PORT_SWITCH_NAME, "vsw0");
	nla_put_string(msg, VSW_A_PORT_NAME, name);
	nla_put_u32(msg, VSW_A_PORT_ROLE, VSW_PORT_ROLE_LOCAL);
	nla_put_u32(msg, VSW_A_PORT_PATH, is_vf);
	if (is_vf) {
		nla_put_string(msg, VSW_A_PORT_PF_NAME, device);
		nla_put_u32(msg, VSW_A_PORT_VF, 3);
	} else {
		nla_put_string(msg, VSW_A_PORT_IFNAME, device);
	}
	nla_put(msg, VSW_A_PORT_MAC, 6, "\x52\x54\x00\xaa\x00\x01");
	nla_put_u16(msg, VSW_A_PORT_PVID, 100);
	nla_put_u32(msg, VSW_A_PORT_FRAMES, VSW_FRAMES_UNTAGGED);
	nla_put_u8(msg, VSW_A_PORT_LEARNING, !is_vf);
	nla_put_u8(msg, VSW_A_PORT_ISOLATED, 0);
	nla_put_u32(msg, VSW_A_PORT_VLAN_COUNT, 1);
	nla_put_u8(msg, VSW_A_PORT_UP, !is_vf);
	if (is_vf) {
		nla_put_u32(msg, VSW_A_PORT_MAX_TX_RATE, 1000);
	} else {
		nla_put_string(msg, VSW_A_PORT_UPLINK, "up0");
		nla_put_string(msg, VSW_A_PORT_PIN, "up0");
	}
	message_end(messages, msg);
}

static void test_port_table(void)
{
	static const char want[] =
		"PORT                         SWITCH  ROLE   PATH  DEVICE      "
		"STATE  PVID  VLANS  MAC                UPLINK  POLICY\n"
		"web1                         vsw0    local  soft  tap0        "
		"up      100      1  52:54:00:aa:00:01  up0     "
		"pin up0\n"
		"a-database-with-a-long-name  vsw0    local  vf    enp1s0f0/3  "
		"down    100      1  52:54:00:aa:00:01  -       "
		"learning off, max-tx-rate 1000\n";
	struct messages messages = {};

	put_port(&messages, "web1", "tap0", false);
	put_port(&messages, "a-database-with-a-long-name", "enp1s0f0", true);
	capture(false);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check_text(out.text, want, "port: table");
	capture_free();
	messages_free(&messages);
}

static void test_port_json(void)
{
	struct messages messages = {};

	put_port(&messages, "web1", "tap0", false);
	capture(true);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check_text(out.text,
		   "[{\"switch\":7,\"switch-name\":\"vsw0\",\"name\":\"web1\","
		   "\"role\":\"local\",\"path\":\"soft\",\"ifname\":\"tap0\","
		   "\"mac\":\"52:54:00:aa:00:01\",\"pvid\":100,"
		   "\"frames\":\"untagged\",\"learning\":true,"
		   "\"isolated\":false,\"vlan-count\":1,\"up\":true,"
		   "\"uplink\":\"up0\",\"pin\":\"up0\"}]\n",
		   "port: JSON");
	capture_free();
	messages_free(&messages);
}

static void test_port_record(void)
{
	struct messages messages = {};

	put_port(&messages, "web1", "tap0", false);
	capture(false);
	show_record(&ctl, &port_view, &messages, NULL);
	capture_end();
	check(strstr(out.text, "\nlearning           on\n"), "port: record");
	check(!strncmp(out.text, "switch             7\n", 21),
	      "port: record has the index of a device");
	capture_free();
	messages_free(&messages);
}

static void test_empty(void)
{
	struct messages messages = {};

	capture(false);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check_text(out.text, "", "nothing to show: no headings");
	capture_free();
	capture(true);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check_text(out.text, "[]\n", "nothing to show: JSON");
	capture_free();
}

static void put_uint(struct nl_msg *msg, int attr, uint64_t value)
{
	uint32_t narrow = value;

	if (narrow == value)
		nla_put(msg, attr, sizeof(narrow), &narrow);
	else
		nla_put(msg, attr, sizeof(value), &value);
}

static void put_drop(struct nl_msg *msg, int attr, uint32_t reason,
		     uint64_t packets)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	nla_put_u32(msg, VSW_A_DROP_REASON, reason);
	put_uint(msg, VSW_A_DROP_PACKETS, packets);
	nla_nest_end(msg, nest);
}

/* As the messages of a dump: stats.c asks the kernel for them itself */
static void test_stats_json(void)
{
	static const struct view view = { .set = &stats_attrs };
	struct nl_msg *msg = message_new(VSW_CMD_STATS_GET);
	struct messages messages = {};

	nla_put_string(msg, VSW_A_STATS_PORT, "web1");
	put_uint(msg, VSW_A_STATS_RX_PACKETS, 5);
	put_uint(msg, VSW_A_STATS_RX_BYTES, 1ULL << 40);
	put_drop(msg, VSW_A_STATS_RX_DROP, VSW_DROP_REASON_NO_PVID, 3);
	put_drop(msg, VSW_A_STATS_RX_DROP, 1000, 1ULL << 33);
	put_uint(msg, VSW_A_STATS_RX_FASTPATH, 4);
	message_end(&messages, msg);
	capture(true);
	show(&ctl, &view, &messages, NULL);
	capture_end();
	check_text(out.text,
		   "[{\"port\":\"web1\",\"rx-packets\":5,"
		   "\"rx-bytes\":1099511627776,\"rx-drop\":["
		   "{\"reason\":\"no-pvid\",\"packets\":3},"
		   "{\"reason\":\"1000\",\"packets\":8589934592}],"
		   "\"rx-fastpath\":4}]\n",
		   "stats: JSON, both widths of uint, unknown reason");
	capture_free();
	messages_free(&messages);
}

static void test_vlan(void)
{
	struct nl_msg *msg = message_new(VSW_CMD_VLAN_GET);
	struct messages messages = {};

	nla_put_string(msg, VSW_A_VLAN_PORT, "web1");
	nla_put_u16(msg, VSW_A_VLAN_FIRST, 20);
	nla_put_u16(msg, VSW_A_VLAN_LAST, 30);
	nla_put_u32(msg, VSW_A_VLAN_FLAGS, 0);
	message_end(&messages, msg);
	msg = message_new(VSW_CMD_VLAN_GET);
	nla_put_string(msg, VSW_A_VLAN_PORT, "web1");
	nla_put_u16(msg, VSW_A_VLAN_FIRST, 100);
	nla_put_u16(msg, VSW_A_VLAN_LAST, 100);
	nla_put_u32(msg, VSW_A_VLAN_FLAGS, 1 | 2 | 4);
	message_end(&messages, msg);
	capture(false);
	show(&ctl, &vlan_view, &messages, NULL);
	capture_end();
	check_text(out.text, "PORT  SWITCH  VID    FLAGS\n"
			     "web1  -       20-30  -\n"
			     "web1  -       100    pvid untagged 2\n",
		   "vlan: table, unknown flag");
	capture_free();
	capture(true);
	show(&ctl, &vlan_view, &messages, NULL);
	capture_end();
	check(strstr(out.text, "\"flags\":[]}") &&
	      strstr(out.text, "\"flags\":[\"pvid\",\"untagged\",\"2\"]}"),
	      "vlan: JSON flags");
	capture_free();
	messages_free(&messages);
}

static void test_hostile_names(void)
{
	struct nl_msg *msg = message_new(VSW_CMD_PORT_GET);
	struct messages messages = {};
	char huge[600];

	memset(huge, 'x', sizeof(huge));
	nla_put(msg, VSW_A_PORT_NAME, 4, "a\x1b[m");
	nla_put(msg, VSW_A_PORT_SWITCH_NAME, sizeof(huge), huge);
	nla_put(msg, VSW_A_PORT_MAC, 2, "ab");
	nla_put(msg, VSW_A_PORT_PVID, 0, NULL);
	nla_put(msg, 200, 4, "abcd");
	message_end(&messages, msg);
	capture(false);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check(!strchr(out.text, '\x1b'), "no escape sequence gets through");
	check(strstr(out.text, "\na?[m "), "a name without a NUL");
	capture_free();
	capture(true);
	show(&ctl, &port_view, &messages, NULL);
	capture_end();
	check(strstr(out.text, "\"mac\":\"61:62:00:00:00:00\",\"pvid\":0}"),
	      "short attributes, unknown attribute");
	capture_free();
	messages_free(&messages);
}

/* An NLMSG_ERROR as the kernel sends it with NETLINK_CAP_ACK */
static struct nl_msg *error_new(int error, int flags)
{
	struct nlmsgerr payload = { .error = error };
	struct nl_msg *msg = nlmsg_alloc_size(1024);

	nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0, flags | NLM_F_ACK_TLVS);
	nlmsg_append(msg, &payload, sizeof(payload), NLMSG_ALIGNTO);
	return msg;
}

static void extack_check(struct nl_msg *reply, struct nl_msg *request,
			 const char *want, const char *what)
{
	char text[256];

	extack_text(nlmsg_hdr(reply), nlmsg_hdr(request), &port_attrs,
		    text, sizeof(text));
	check_text(text, want, what);
	nlmsg_free(reply);
}

static uint32_t offset_of(struct nl_msg *msg, const void *place)
{
	return (const char *)place - (const char *)nlmsg_hdr(msg);
}

static void test_extack_blame(void)
{
	struct nl_msg *request = message_new(VSW_CMD_PORT_NEW);
	struct nl_msg *reply = error_new(-EINVAL, NLM_F_CAPPED);
	struct nlattr *nest, *policy;
	const void *place;

	nla_put_u32(request, VSW_A_PORT_SWITCH, 7);
	nest = nla_nest_start(request, VSW_A_PORT_VLAN);
	nla_put_u16(request, VSW_A_MEMBERSHIP_FIRST, 5);
	place = nlmsg_tail(nlmsg_hdr(request));
	nla_put_u16(request, VSW_A_MEMBERSHIP_LAST, 5000);
	nla_nest_end(request, nest);
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "integer out of range");
	nla_put_u32(reply, NLMSGERR_ATTR_OFFS, offset_of(request, place));
	policy = nla_nest_start(reply, NLMSGERR_ATTR_POLICY);
	nla_put_u64(reply, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
	nla_put_u64(reply, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 4094);
	nla_nest_end(reply, policy);
	extack_check(reply, request, "integer out of range "
		     "(attribute vlan.last, 1 to 4094)", "extack: attribute");

	reply = error_new(-EINVAL, NLM_F_CAPPED);
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "vsw: what else");
	nla_put_u32(reply, NLMSGERR_ATTR_OFFS, 100000);
	extack_check(reply, request, "what else", "extack: wild offset");

	reply = error_new(-EINVAL, NLM_F_CAPPED);
	nla_put_u32(reply, NLMSGERR_ATTR_MISS_TYPE, VSW_A_MEMBERSHIP_FIRST);
	nla_put_u32(reply, NLMSGERR_ATTR_MISS_NEST, offset_of(request, nest));
	extack_check(reply, request, "Invalid argument "
		     "(attribute first is missing)", "extack: missing in nest");
	nlmsg_free(request);
}

static void test_extack(void)
{
	struct nl_msg *request = message_new(VSW_CMD_PORT_NEW);
	struct nl_msg *reply;
	int zero = 0, exists = -EEXIST;

	reply = error_new(-EPERM, NLM_F_CAPPED);
	extack_check(reply, request,
		     "Operation not permitted: CAP_NET_ADMIN is needed",
		     "extack: none");
	reply = error_new(-EINVAL, NLM_F_CAPPED);
	nla_put_u32(reply, NLMSGERR_ATTR_MISS_TYPE, VSW_A_PORT_NAME);
	extack_check(reply, request,
		     "Invalid argument (attribute name is missing)",
		     "extack: missing");
	reply = error_new(0, NLM_F_CAPPED);
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "vsw: mind the gap");
	extack_check(reply, request, "mind the gap", "extack: warning");
	extack_check(error_new(0, NLM_F_CAPPED), request, "",
		     "extack: success");

	reply = nlmsg_alloc_size(1024);
	nlmsg_put(reply, 0, 0, NLMSG_DONE, 0, NLM_F_ACK_TLVS);
	nlmsg_append(reply, &exists, sizeof(exists), NLMSG_ALIGNTO);
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "the dump failed");
	check(extack_error(nlmsg_hdr(reply)) == -EEXIST, "extack: done");
	extack_check(reply, request, "the dump failed", "extack: done says");

	reply = nlmsg_alloc_size(1024);
	nlmsg_put(reply, 0, 0, NLMSG_DONE, 0, 0);
	nlmsg_append(reply, &zero, sizeof(zero), NLMSG_ALIGNTO);
	extack_check(reply, request, "", "extack: done, success");
	nlmsg_free(request);
}

/* The whole request stands before the attributes unless it is capped */
static void test_extack_whole(void)
{
	struct nl_msg *request = message_new(VSW_CMD_PORT_NEW);
	struct nl_msg *reply = nlmsg_alloc_size(8192);
	int error = -ENODEV;

	nla_put_u32(request, VSW_A_PORT_SWITCH, 7);
	nlmsg_put(reply, 0, 0, NLMSG_ERROR, 0, NLM_F_ACK_TLVS);
	nlmsg_append(reply, &error, sizeof(error), 0);
	nlmsg_append(reply, nlmsg_hdr(request),
		     nlmsg_hdr(request)->nlmsg_len, NLMSG_ALIGNTO);
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "no such switch");
	extack_check(reply, request, "no such switch", "extack: not capped");
	nlmsg_free(request);
}

/*
 * What frames do, where no test in a guest can show it: the NIC's part, an
 * address that has been silent, a port that waits.
 */
enum { HOST, TAP, UP, DB1, DB2, PORTS };

#define SOFT_FLAGS (TOPOLOGY_LEARNING | TOPOLOGY_UNICAST_FLOOD |	\
		    TOPOLOGY_MULTICAST_FLOOD | TOPOLOGY_BROADCAST_FLOOD | \
		    TOPOLOGY_INGRESS_FILTERING | TOPOLOGY_ADMIT_UNTAGGED)

static struct topology_port decide_ports[PORTS] = {
	[HOST] = { "vsw0", SOFT_FLAGS | TOPOLOGY_HOST, 1, .up = true },
	[TAP] = { "tap", SOFT_FLAGS, 2, .pvid = 100, .up = true, .mtu = 1500 },
	[UP] = { "up", SOFT_FLAGS | TOPOLOGY_UPLINK | TOPOLOGY_ADMIT_TAGGED, 3,
		 .up = true, .mtu = 9000 },
	[DB1] = { "db1", TOPOLOGY_VF | TOPOLOGY_INGRESS_FILTERING, .pf = 3,
		  .vf = 1, .mac = { 2, 0, 0, 0, 0, DB1 }, .pvid = 100,
		  .up = true, .nic_spoofchk = true },
	[DB2] = { "db2", TOPOLOGY_VF | TOPOLOGY_INGRESS_FILTERING, .pf = 3,
		  .vf = 2, .mac = { 2, 0, 0, 0, 0, DB2 }, .pvid = 100,
		  .up = true },
};

static uint32_t decide_age;

static int decide_set_vid(struct topology *topology, uint16_t vid)
{
	size_t i;

	for (i = 0; i < topology->count; i++) {
		topology->ports[i].member = i != HOST && vid == 100;
		topology->ports[i].untagged = i != UP;
	}
	return EXIT_OK;
}

/* The last byte of an address says behind which port it lives */
static int decide_find(struct topology *topology, const uint8_t mac[6],
		       uint16_t vid, struct topology_entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	if (mac[5] < topology->count && vid == 100)
		*entry = (struct topology_entry){
			.port = &topology->ports[mac[5]],
			.type = mac[5] < DB1 ? VSW_FDB_TYPE_DYNAMIC :
					       VSW_FDB_TYPE_LOCAL,
			.age = decide_age,
		};
	return EXIT_OK;
}

/* All steps in a line: "step result reason port, ..." */
static void decide_text(int from, int source, int destination, bool tagged,
			uint32_t length, char *buf, size_t size)
{
	struct decide_frame frame = {
		.src = { 2, 0, 0, 0, 0, source },
		.has_src = true,
		.dst = { destination == 255 ? 255 : 2, 0, 0, 0, 0,
			 destination },
		.tagged = tagged,
		.vid = tagged ? 100 : 0,
		.length = length,
	};
	struct topology topology = {
		.ctl = &ctl, .ports = decide_ports, .count = PORTS,
		.set_vid = decide_set_vid, .find = decide_find,
	};
	struct verdict verdict;
	size_t i;

	for (i = 0; i < PORTS; i++)
		decide_ports[i].egress = &decide_ports[i < DB1 ? i : UP];
	snprintf(buf, size, "%d", decide(&topology, &decide_ports[from], false,
					 &frame, &verdict));
	for (i = 0; i < verdict.count; i++)
		snprintf(buf + strlen(buf), size - strlen(buf),
			 ", %s %s%s%s%s%s", verdict.steps[i].step,
			 verdict.steps[i].result,
			 verdict.steps[i].reason ? " " : "",
			 verdict.steps[i].reason ? verdict.steps[i].reason : "",
			 verdict.steps[i].port ? " at " : "",
			 verdict.steps[i].port ? verdict.steps[i].port->name :
						 "");
	verdict_free(&verdict);
}

#define RECEIVED(tag) "receive ok, classify ok " tag ", admit ok member, "

static void test_decide(void)
{
	static const struct {
		int from, source, destination;
		bool tagged;
		uint32_t length, age;
		const char *want;
	} cases[] = {
		{ DB1, DB1, DB2, .want = "0, nic delivered at db2" },
		{ DB1, DB1, UP, .want = "0, nic delivered at up" },
		{ DB1, DB1, 99, .want = "0, nic delivered at up" },
		{ DB1, DB1, TAP, .want = "0, nic ok, " RECEIVED("tagged")
		  "learn vf at db1, look-up found at tap, deliver untagged at tap" },
		{ DB1, DB2, TAP, .want = "0, nic dropped nic-spoofchk" },
		{ DB2, 98, 99, .want = "0, nic delivered at up" },
		{ DB1, DB1, TAP, true, .want = "0, nic dropped nic-tag" },
		{ TAP, TAP, DB1, .want = "0, " RECEIVED("untagged")
		  "learn kept, look-up found at db1, deliver tagged at db1" },
		{ UP, TAP, DB1, true, .age = 4, .want = "0, " RECEIVED("tagged")
		  "learn dropped reflected" },
		{ UP, TAP, DB1, true, .age = 5, .want = "0, " RECEIVED("tagged")
		  "learn moved, look-up found at db1, deliver dropped same-port" },
		{ TAP, TAP, UP, .length = 9018, .want = "0, "
		  RECEIVED("untagged") "learn kept, look-up found at up, "
		  "deliver tagged at up" },
		{ TAP, TAP, UP, .length = 9019, .want = "0, "
		  RECEIVED("untagged") "learn kept, look-up found at up, "
		  "deliver dropped too-big at up" },
		{ TAP, TAP, 255, .want = "0, " RECEIVED("untagged")
		  "learn kept, look-up flood multicast, "
		  "deliver skipped egress-vlan at vsw0, "
		  "deliver skipped same-port at tap, deliver tagged at up, "
		  "deliver skipped no-flood at db1, "
		  "deliver skipped no-flood at db2" },
	};
	char got[512], what[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		decide_age = cases[i].age;
		decide_text(cases[i].from, cases[i].source,
			    cases[i].destination, cases[i].tagged,
			    cases[i].length, got, sizeof(got));
		snprintf(what, sizeof(what), "explain: frame %zu", i);
		check_text(got, cases[i].want, what);
	}

	capture(false);
	decide_ports[TAP].waits = true;
	decide_text(TAP, TAP, UP, false, 0, got, sizeof(got));
	decide_ports[TAP].waits = false;
	capture_end();
	check_text(err.text,
		   "vswctl: port 'tap' waits for its device: it receives nothing\n",
		   "explain: a port that waits");
	capture_free();
}

int main(void)
{
	check_begin();
	test_uint();
	test_bool();
	test_mac();
	test_vid();
	test_vids();
	test_rate();
	test_vf();
	test_names();
	test_decide();
	test_policy_keys();
	test_bad_keys();
	test_trunk();
	test_trunk_worst();
	test_port_table();
	test_port_json();
	test_port_record();
	test_empty();
	test_stats_json();
	test_vlan();
	test_hostile_names();
	test_extack();
	test_extack_blame();
	test_extack_whole();
	return check_end();
}
