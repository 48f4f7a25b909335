// SPDX-License-Identifier: GPL-2.0
/* Lists of ports, and what is shown beside their attributes */
#include "ports.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "fastpath.h"
#include "function.h"
#include "nl.h"
#include "output.h"
#include "port.h"
#include "stats.h"
#include "vf.h"
#include "vswctl.h"

/**
 * struct ports - what is shown beside the attributes of ports
 * @stats: counters of all ports, if wanted
 * @cursor: see stats_find()
 * @fastpaths: which devices have XDP programs
 * @vfs: VFs of all uplinks, if their number or their counters are wanted
 * @with_vfs: their number is
 * @functions: of VFs in switchdev mode, once one is shown
 * @ctl: the command
 */
struct ports {
	struct messages stats;
	struct nlmsghdr *cursor;
	struct fastpaths fastpaths;
	struct messages vfs;
	bool with_vfs;
	struct functions functions;
	struct vswctl *ctl;
};

static bool counters(const struct row *row, struct row *stats)
{
	struct ports *ports = row->data;
	char name[VSW_PORT_NAME_MAX + 1];

	row_text(row, VSW_A_PORT_NAME, name, sizeof(name));
	return stats_find(&ports->stats, &ports->cursor, name, stats);
}

/* What the NIC has counted for the VF of a port, as a row of VFs */
static bool nic_counters(const struct row *row, struct row *vf)
{
	struct ports *ports = row->data;
	struct nlmsghdr *message = NULL;

	if (!row->tb[VSW_A_PORT_PF] || !row->tb[VSW_A_PORT_VF])
		return false;
	while ((message = messages_next(&ports->vfs, message)))
		if (row_init(vf, &vf_attrs, message, NULL) &&
		    attr_uint(vf->tb[VSW_A_VF_PF]) ==
		    attr_uint(row->tb[VSW_A_PORT_PF]) &&
		    attr_uint(vf->tb[VSW_A_VF_VF]) ==
		    attr_uint(row->tb[VSW_A_PORT_VF]))
			return vf->tb[VSW_A_VF_RX_PACKETS];
	return false;
}

static void counter_text(const struct row *row, int attr, char *buf,
			 size_t size)
{
	struct row stats;

	if (counters(row, &stats))
		row_text(&stats, attr, buf, size);
}

static void rx_packets_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_RX_PACKETS, buf, size);
}

static void rx_bytes_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_RX_BYTES, buf, size);
}

static void rx_dropped_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_RX_DROPPED, buf, size);
}

static void tx_packets_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_TX_PACKETS, buf, size);
}

static void tx_bytes_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_TX_BYTES, buf, size);
}

static void tx_dropped_text(const struct row *row, char *buf, size_t size)
{
	counter_text(row, VSW_A_STATS_TX_DROPPED, buf, size);
}

static const struct column stats_columns[] = {
	{ "PORT", VSW_A_PORT_NAME },
	{ "SWITCH", VSW_A_PORT_SWITCH_NAME },
	{ "STATE", .text = port_state_text },
	{ "RX-PACKETS", .text = rx_packets_text, .right = true },
	{ "RX-BYTES", .text = rx_bytes_text, .right = true },
	{ "RX-DROPPED", .text = rx_dropped_text, .right = true },
	{ "TX-PACKETS", .text = tx_packets_text, .right = true },
	{ "TX-BYTES", .text = tx_bytes_text, .right = true },
	{ "TX-DROPPED", .text = tx_dropped_text, .right = true },
};

static void nic_word_text(const struct row *row, char *buf, size_t size)
{
	(void)row;
	snprintf(buf, size, "nic");
}

/*
 * Of a row of VFs: what a VF sends the switch receives. Frames between VFs never
 * come through the datapath: only the NIC counts them.
 */
static const struct column nic_columns[] = {
	{ "" },
	{ "" },
	{ "", .text = nic_word_text },
	{ "", VSW_A_VF_TX_PACKETS },
	{ "", VSW_A_VF_TX_BYTES },
	{ "" },
	{ "", VSW_A_VF_RX_PACKETS },
	{ "", VSW_A_VF_RX_BYTES },
	{ "" },
};

static unsigned int count_vfs(const struct row *row)
{
	const struct ports *ports = row->data;
	struct nlmsghdr *message = NULL;
	unsigned int count = 0;
	struct row vf;

	while ((message = messages_next(&ports->vfs, message)))
		if (row_init(&vf, &vf_attrs, message, NULL) &&
		    (!vf.tb[VSW_A_VF_PRESENT] ||
		     attr_uint(vf.tb[VSW_A_VF_PRESENT])) &&
		    attr_uint(vf.tb[VSW_A_VF_PF]) ==
		    attr_uint(row->tb[VSW_A_PORT_IFINDEX]))
			count++;
	return count;
}

void ports_vfs_text(const struct row *row, char *buf, size_t size)
{
	if (row->data)
		snprintf(buf, size, "%u", count_vfs(row));
}

/* State of the fast path, or NULL for a port that can have none */
static const char *fastpath(const struct row *row)
{
	const struct ports *ports = row->data;

	if (!ports || !ports->fastpaths.known ||
	    !row->tb[VSW_A_PORT_IFINDEX] ||
	    attr_uint(row->tb[VSW_A_PORT_ROLE]) == VSW_PORT_ROLE_HOST)
		return NULL;
	return fastpath_state(&ports->fastpaths,
			      attr_uint(row->tb[VSW_A_PORT_IFINDEX]));
}

void ports_policy_text(const struct row *row, char *buf, size_t size)
{
	const char *state = fastpath(row);
	size_t length;

	port_policy_text(row, buf, size);
	if (!state || strcmp(state, "xdp"))
		return;
	/* Nothing but the dash of an empty cell is written over */
	length = strcmp(buf, "-") ? strlen(buf) : 0;
	snprintf(buf + length, size - length, "%sfastpath xdp",
		 length ? ", " : "");
}

static const struct {
	const char *name;
	int attr;
} nic_counter[] = {
	{ "rx-packets", VSW_A_VF_TX_PACKETS },
	{ "rx-bytes", VSW_A_VF_TX_BYTES },
	{ "tx-packets", VSW_A_VF_RX_PACKETS },
	{ "tx-bytes", VSW_A_VF_RX_BYTES },
};

static struct json_object *nic_json(const struct row *vf)
{
	struct json_object *object = json_object_new_object();
	uint64_t value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nic_counter); i++) {
		value = attr_uint(vf->tb[nic_counter[i].attr]);
		json_object_object_add(object, nic_counter[i].name,
				       json_object_new_uint64(value));
	}
	return object;
}

/* The counter of the NIC at that place, as a line */
static bool nic_line(const struct row *vf, unsigned int index, char *buf,
		     size_t size)
{
	char text[64];

	if (index >= ARRAY_SIZE(nic_counter))
		return false;
	row_text(vf, nic_counter[index].attr, text, sizeof(text));
	snprintf(buf, size, "nic-%-14s %s", nic_counter[index].name, text);
	return true;
}

/* The function of a representor */
static bool function(const struct row *row, struct function_state *state)
{
	struct ports *ports = row->data;

	if (!row->tb[VSW_A_PORT_REP_OF])
		return false;
	if (!ports->functions.known)
		(void)functions_get(ports->ctl, &ports->functions);
	return function_state(&ports->functions,
			      attr_uint(row->tb[VSW_A_PORT_IFINDEX]), state);
}

static void extend(const struct row *row, struct json_object *object)
{
	const struct ports *ports = row->data;
	const char *state = fastpath(row);
	struct function_state function_is;
	struct row stats;

	if (state)
		json_object_object_add(object, "fastpath",
				       json_object_new_string(state));
	if (ports->with_vfs)
		json_object_object_add(object, "vfs",
				       json_object_new_int(count_vfs(row)));
	if (function(row, &function_is))
		json_object_object_add(object, "function",
				       function_json(&function_is));
	if (counters(row, &stats))
		json_object_object_add(object, "stats",
				       attrs_json(stats.set, stats.head,
						  stats.length));
	if (nic_counters(row, &stats))
		json_object_object_add(object, "nic-stats", nic_json(&stats));
}

/* The attribute at that place of a row, as a line; counts @index down to it */
static bool attribute_line(const struct row *row, unsigned int *index,
			   char *buf, size_t size)
{
	const struct attr *attr;
	struct nlattr *nla;
	char text[64];
	int left;

	nla_for_each_attr(nla, row->head, row->length, left) {
		attr = attr_find(row->set, nla_type(nla));
		if (!attr || attr->type != ATTR_UINT || (*index)--)
			continue;
		attr_text(row->set, nla, text, sizeof(text));
		snprintf(buf, size, "%-18s %s", attr->name, text);
		return true;
	}
	return false;
}

/* What follows the attributes of a single port */
static bool note(const struct row *row, unsigned int index, char *buf,
		 size_t size)
{
	const struct ports *ports = row->data;
	const char *state = fastpath(row);
	struct function_state function_is;
	unsigned int lines;
	struct row stats;

	if (state && !index--) {
		snprintf(buf, size, "%-18s %s", "fastpath", state);
		return true;
	}
	if (ports->with_vfs && !index--) {
		snprintf(buf, size, "%-18s %u", "vfs", count_vfs(row));
		return true;
	}
	if (function(row, &function_is)) {
		lines = function_lines(&function_is);
		if (index < lines)
			return function_line(&function_is, index, buf, size);
		index -= lines;
	}
	if (counters(row, &stats) && attribute_line(&stats, &index, buf, size))
		return true;
	return nic_counters(row, &stats) && nic_line(&stats, index, buf, size);
}

static int ports_request(struct request *req, const struct view *view,
			 bool single, bool with_vfs)
{
	struct ports ports = { .with_vfs = with_vfs, .ctl = req->ctl };
	struct view extended = *view;
	int code = EXIT_OK;

	extended.extend = extend;
	fastpaths_get(&ports.fastpaths, 0);
	if (req->ctl->stats) {
		extended.columns = stats_columns;
		extended.count = ARRAY_SIZE(stats_columns);
		extended.below = nic_columns;
		extended.below_row = nic_counters;
		code = stats_get(req->ctl, &ports.stats);
	}
	if (!code && (with_vfs || req->ctl->stats))
		code = vfs_get(req->ctl, NULL, &ports.vfs);
	if (single)
		extended.note = note;
	if (!code && single)
		code = request_show_record(req, &extended, &ports);
	else if (!code)
		code = request_show(req, &extended, &ports);
	fastpaths_free(&ports.fastpaths);
	functions_free(&ports.functions);
	messages_free(&ports.stats);
	messages_free(&ports.vfs);
	return code;
}

int ports_select(struct request *req, struct args *args, int switch_attr,
		 int port_attr, const char **name)
{
	bool is_switch = args_take(args, "switch");
	const char *word = args_next(args);
	uint32_t ifindex;
	int code;

	if (name)
		*name = is_switch ? NULL : word;
	if (is_switch && !word)
		return fail(req->ctl, EXIT_USAGE, "'switch' has no value");
	code = args_end(req->ctl, args);
	if (code || !word)
		return code;
	if (!is_switch)
		return port_put_name(req, port_attr, word);
	code = device_find(req->ctl, "switch", word, &ifindex);
	if (!code)
		request_put_u32(req, switch_attr, ifindex);
	return code;
}

int ports_show(struct vswctl *ctl, struct args *args, const struct view *view,
	       bool with_vfs)
{
	struct request req;
	const char *name;
	int code;

	code = request_init(&req, ctl, VSW_CMD_PORT_GET);
	if (code)
		return code;
	code = ports_select(&req, args, VSW_A_PORT_SWITCH, VSW_A_PORT_NAME,
			    &name);
	if (!code)
		code = ports_request(&req, view, name, with_vfs);
	request_free(&req);
	return code;
}
