// SPDX-License-Identifier: GPL-2.0
#include "function.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <netlink/msg.h>

#include "output.h"
#include "port.h"
#include "vswctl.h"

/* Bytes per second, in which devlink counts, of a Mbit/s */
#define MBIT 125000

/**
 * struct devlink_port - which it is, by netlink
 * @bus: bus of its device
 * @device: the device
 * @index: number of the port
 */
struct devlink_port {
	char bus[64];
	char device[64];
	uint32_t index;
};

/* vswctl knows no devlink attribute by name */
static const struct attr_set devlink_attrs = { .name = "devlink" };

static bool message_parse(struct nlmsghdr *message, struct nlattr **tb)
{
	return !nlmsg_parse(message, GENL_HDRLEN, tb, DEVLINK_ATTR_MAX, NULL);
}

static int dump(struct vswctl *devlink, uint8_t command,
		struct messages *messages)
{
	struct request req;
	int code;

	code = request_start(&req, devlink, command, &devlink_attrs);
	if (code)
		return code;
	code = request_dump(&req, messages);
	request_free(&req);
	return code;
}

int functions_get(struct vswctl *ctl, struct functions *functions)
{
	struct vswctl devlink = *ctl;
	int code;

	functions->known = true;
	/* A kernel without it has no NIC in switchdev mode either */
	if (!family_open(&devlink, DEVLINK_GENL_NAME))
		return EXIT_OK;
	code = dump(&devlink, DEVLINK_CMD_PORT_GET, &functions->ports);
	if (!code)
		code = dump(&devlink, DEVLINK_CMD_RATE_GET, &functions->rates);
	family_disconnect(&devlink);
	return code;
}

void functions_free(struct functions *functions)
{
	messages_free(&functions->ports);
	messages_free(&functions->rates);
	functions->known = false;
}

static bool port_find(const struct functions *functions, uint32_t ifindex,
		      struct nlattr **tb)
{
	struct nlmsghdr *message = NULL;

	while ((message = messages_next(&functions->ports, message)))
		if (message_parse(message, tb) &&
		    tb[DEVLINK_ATTR_PORT_NETDEV_IFINDEX] &&
		    attr_uint(tb[DEVLINK_ATTR_PORT_NETDEV_IFINDEX]) == ifindex)
			return true;
	return false;
}

static bool same_name(const struct nlattr *a, const struct nlattr *b)
{
	return a && b && nla_len(a) == nla_len(b) &&
	       !memcmp(nla_data(a), nla_data(b), nla_len(a));
}

static bool same_device(struct nlattr **a, struct nlattr **b)
{
	return same_name(a[DEVLINK_ATTR_BUS_NAME], b[DEVLINK_ATTR_BUS_NAME]) &&
	       same_name(a[DEVLINK_ATTR_DEV_NAME], b[DEVLINK_ATTR_DEV_NAME]);
}

static bool is_vf(struct nlattr **tb)
{
	return tb[DEVLINK_ATTR_PORT_FLAVOUR] &&
	       attr_uint(tb[DEVLINK_ATTR_PORT_FLAVOUR]) ==
	       DEVLINK_PORT_FLAVOUR_PCI_VF;
}

/* Does the PF have a representor with a devlink port? */
static bool has_representors(const struct functions *functions,
			     uint32_t ifindex)
{
	struct nlattr *pf[DEVLINK_ATTR_MAX + 1], *tb[DEVLINK_ATTR_MAX + 1];
	struct nlmsghdr *message = NULL;

	if (!port_find(functions, ifindex, pf))
		return false;
	while ((message = messages_next(&functions->ports, message)))
		if (message_parse(message, tb) && is_vf(tb) &&
		    same_device(pf, tb))
			return true;
	return false;
}

static void mac_parse(struct nlattr *function, struct function_state *state)
{
	struct nlattr *tb[DEVLINK_PORT_FUNCTION_ATTR_MAX + 1];
	struct nlattr *mac;

	if (!function ||
	    nla_parse_nested(tb, DEVLINK_PORT_FUNCTION_ATTR_MAX, function,
			     NULL))
		return;
	mac = tb[DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR];
	state->has_mac = mac && nla_len(mac) == sizeof(state->mac);
	if (state->has_mac)
		memcpy(state->mac, nla_data(mac), sizeof(state->mac));
}

static void rates_find(const struct functions *functions,
		       struct nlattr **port, struct function_state *state)
{
	struct nlattr *tb[DEVLINK_ATTR_MAX + 1];
	struct nlmsghdr *message = NULL;

	while ((message = messages_next(&functions->rates, message))) {
		if (!message_parse(message, tb) || !same_device(port, tb) ||
		    !tb[DEVLINK_ATTR_PORT_INDEX] ||
		    attr_uint(tb[DEVLINK_ATTR_PORT_INDEX]) !=
		    attr_uint(port[DEVLINK_ATTR_PORT_INDEX]))
			continue;
		state->has_share = tb[DEVLINK_ATTR_RATE_TX_SHARE];
		state->has_max = tb[DEVLINK_ATTR_RATE_TX_MAX];
		state->tx_share = attr_uint(tb[DEVLINK_ATTR_RATE_TX_SHARE]);
		state->tx_max = attr_uint(tb[DEVLINK_ATTR_RATE_TX_MAX]);
	}
}

static bool find(const struct functions *functions, uint32_t ifindex,
		 struct devlink_port *port, struct function_state *state)
{
	struct nlattr *tb[DEVLINK_ATTR_MAX + 1];

	memset(state, 0, sizeof(*state));
	if (!port_find(functions, ifindex, tb) || !is_vf(tb))
		return false;
	attr_string(tb[DEVLINK_ATTR_BUS_NAME], port->bus, sizeof(port->bus));
	attr_string(tb[DEVLINK_ATTR_DEV_NAME], port->device,
		    sizeof(port->device));
	port->index = attr_uint(tb[DEVLINK_ATTR_PORT_INDEX]);
	mac_parse(tb[DEVLINK_ATTR_PORT_FUNCTION], state);
	rates_find(functions, tb, state);
	return true;
}

bool function_state(const struct functions *functions, uint32_t ifindex,
		    struct function_state *state)
{
	struct devlink_port port;

	return find(functions, ifindex, &port, state);
}

static void mac_text(const uint8_t *mac, char *buf, size_t size)
{
	snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
}

static void rate_json(struct json_object *object, const char *key,
		      uint64_t rate)
{
	json_object_object_add(object, key,
			       json_object_new_uint64(rate / MBIT));
}

struct json_object *function_json(const struct function_state *state)
{
	struct json_object *object = json_object_new_object();
	char mac[18];

	mac_text(state->mac, mac, sizeof(mac));
	if (state->has_mac)
		json_object_object_add(object, "mac",
				       json_object_new_string(mac));
	if (state->has_share)
		rate_json(object, "min-tx-rate", state->tx_share);
	if (state->has_max)
		rate_json(object, "max-tx-rate", state->tx_max);
	return object;
}

unsigned int function_lines(const struct function_state *state)
{
	return state->has_mac + state->has_share + state->has_max;
}

bool function_line(const struct function_state *state, unsigned int index,
		   char *buf, size_t size)
{
	char mac[18];

	if (state->has_mac && !index--) {
		mac_text(state->mac, mac, sizeof(mac));
		snprintf(buf, size, "%-18s %s", "function-mac", mac);
		return true;
	}
	if (state->has_share && !index--) {
		snprintf(buf, size, "%-18s %llu", "function-min-rate",
			 (unsigned long long)state->tx_share / MBIT);
		return true;
	}
	if (state->has_max && !index--) {
		snprintf(buf, size, "%-18s %llu", "function-max-rate",
			 (unsigned long long)state->tx_max / MBIT);
		return true;
	}
	return false;
}

static int port_request(struct request *req, struct vswctl *devlink,
			uint8_t command, const struct devlink_port *port)
{
	int code = request_start(req, devlink, command, &devlink_attrs);

	if (code)
		return code;
	request_put_string(req, DEVLINK_ATTR_BUS_NAME, port->bus);
	request_put_string(req, DEVLINK_ATTR_DEV_NAME, port->device);
	request_put_u32(req, DEVLINK_ATTR_PORT_INDEX, port->index);
	return EXIT_OK;
}

static int set_mac(struct vswctl *devlink, const struct devlink_port *port,
		   const uint8_t *mac)
{
	struct nlattr *nest;
	struct request req;
	int code;

	code = port_request(&req, devlink, DEVLINK_CMD_PORT_SET, port);
	if (code)
		return code;
	nest = request_nest(&req, DEVLINK_ATTR_PORT_FUNCTION);
	request_put_mac(&req, DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, mac);
	request_nest_end(&req, nest);
	code = request_send(&req, NULL);
	request_free(&req);
	return code;
}

static int set_rate(struct vswctl *devlink, const struct devlink_port *port,
		    int attr, uint64_t rate)
{
	struct request req;
	int code;

	code = port_request(&req, devlink, DEVLINK_CMD_RATE_SET, port);
	if (code)
		return code;
	request_put_u64(&req, attr, rate);
	code = request_send(&req, NULL);
	request_free(&req);
	return code;
}

static int set_share(struct vswctl *devlink, const struct devlink_port *port,
		     uint64_t share, struct function_state *done)
{
	int code = set_rate(devlink, port, DEVLINK_ATTR_RATE_TX_SHARE, share);

	if (!code)
		done->tx_share = share;
	return code;
}

/* The limit is never below the guarantee in between */
static int set_rates(struct vswctl *devlink, const struct devlink_port *port,
		     const struct function_state *to,
		     struct function_state *done)
{
	int code = EXIT_OK;

	if (to->has_share && to->tx_share < done->tx_share)
		code = set_share(devlink, port, to->tx_share, done);
	if (!code && to->has_max && to->tx_max != done->tx_max) {
		code = set_rate(devlink, port, DEVLINK_ATTR_RATE_TX_MAX,
				to->tx_max);
		if (!code)
			done->tx_max = to->tx_max;
	}
	if (!code && to->has_share && to->tx_share != done->tx_share)
		code = set_share(devlink, port, to->tx_share, done);
	return code;
}

/* As far as it goes; @done has what the function is then */
static int set_all(struct vswctl *devlink, const struct devlink_port *port,
		   const struct function_state *to,
		   struct function_state *done)
{
	int code;

	if (to->has_mac && done->has_mac &&
	    memcmp(done->mac, to->mac, sizeof(to->mac))) {
		code = set_mac(devlink, port, to->mac);
		if (code)
			return code;
		memcpy(done->mac, to->mac, sizeof(to->mac));
	}
	return set_rates(devlink, port, to, done);
}

/* Whole or not at all */
static int set(struct vswctl *ctl, const struct devlink_port *port,
	       const struct function_state *from,
	       const struct function_state *to)
{
	struct function_state done = *from, undone;
	struct vswctl devlink = *ctl;
	int code;

	if (!family_open(&devlink, DEVLINK_GENL_NAME))
		return fail(ctl, EXIT_REFUSED, "the kernel has no devlink");
	code = set_all(&devlink, port, to, &done);
	if (code) {
		undone = done;
		if (set_all(&devlink, port, from, &undone))
			warn(ctl, "and the VF could not be made what it was");
	}
	family_disconnect(&devlink);
	return code;
}

/* What a request wants the function to be */
static void wish_read(struct request *req, struct function_state *wish)
{
	const struct nlattr *mac = request_attr(req, VSW_A_PORT_MAC);
	const struct nlattr *min = request_attr(req, VSW_A_PORT_MIN_TX_RATE);
	const struct nlattr *max = request_attr(req, VSW_A_PORT_MAX_TX_RATE);
	static const uint8_t none[6];

	memset(wish, 0, sizeof(*wish));
	if (mac)
		memcpy(wish->mac, nla_data(mac), sizeof(wish->mac));
	wish->has_mac = memcmp(wish->mac, none, sizeof(none));
	wish->has_share = min;
	wish->tx_share = attr_uint(min) * MBIT;
	wish->has_max = max;
	wish->tx_max = attr_uint(max) * MBIT;
}

static bool is_wish(const struct function_state *wish)
{
	return wish->has_mac || wish->has_share || wish->has_max;
}

static void rates_drop(struct request *req)
{
	request_drop(req, VSW_A_PORT_MIN_TX_RATE);
	request_drop(req, VSW_A_PORT_MAX_TX_RATE);
}

/* What cannot be set is refused, or told where the switch has it too */
static int check(struct vswctl *ctl, bool found,
		 const struct function_state *from,
		 const struct function_state *wish)
{
	if ((wish->has_share && !from->has_share) ||
	    (wish->has_max && !from->has_max))
		return fail(ctl, EXIT_REFUSED,
			    "the NIC cannot limit that VF by devlink: leave the rates out");
	if (wish->has_mac && !from->has_mac)
		warn(ctl, "%s: the MAC address is set on the port, not on the VF itself",
		     found ? "the NIC cannot set it by devlink" :
			     "the representor has no devlink port");
	return EXIT_OK;
}

/* What the function was, unless the module has that of @row already */
static void before_put(struct request *req, const struct row *row,
		       const struct function_state *from,
		       const struct function_state *wish)
{
	if (wish->has_mac && from->has_mac && !row->tb[VSW_A_PORT_BEFORE_MAC])
		request_put_mac(req, VSW_A_PORT_BEFORE_MAC, from->mac);
	if (wish->has_share && !row->tb[VSW_A_PORT_BEFORE_TX_SHARE])
		request_put_u64(req, VSW_A_PORT_BEFORE_TX_SHARE,
				from->tx_share);
	if (wish->has_max && !row->tb[VSW_A_PORT_BEFORE_TX_MAX])
		request_put_u64(req, VSW_A_PORT_BEFORE_TX_MAX, from->tx_max);
}

static void overlay(struct function_state *state,
		    const struct function_state *wish)
{
	if (wish->has_mac)
		memcpy(state->mac, wish->mac, sizeof(state->mac));
	if (wish->has_share)
		state->tx_share = wish->tx_share;
	if (wish->has_max)
		state->tx_max = wish->tx_max;
}

/* Set the function and send @req, which is port-set, with what it was */
static int settle(struct request *req, const struct row *row,
		  const struct function_state *wish, struct messages *replies)
{
	struct functions functions = {};
	struct devlink_port port = {};
	struct function_state from;
	struct function_state now;
	bool found;
	int code;

	code = functions_get(req->ctl, &functions);
	found = find(&functions, attr_uint(row->tb[VSW_A_PORT_IFINDEX]), &port,
		     &from);
	functions_free(&functions);
	if (!code)
		code = check(req->ctl, found, &from, wish);
	if (!code && found)
		code = set(req->ctl, &port, &from, wish);
	if (code)
		return code;
	before_put(req, row, &from, wish);
	code = request_send(req, replies);
	if (code && found) {
		now = from;
		overlay(&now, wish);
		set(req->ctl, &port, &now, &from);
	}
	return code;
}

static int settle_new(struct vswctl *ctl, const struct row *row,
		      const struct function_state *wish,
		      struct messages *replies)
{
	char name[VSW_PORT_NAME_MAX + 1];
	struct request req;
	int code;

	row_text(row, VSW_A_PORT_NAME, name, sizeof(name));
	code = request_init(&req, ctl, VSW_CMD_PORT_SET);
	if (code)
		return code;
	request_put_string(&req, VSW_A_PORT_NAME, name);
	code = settle(&req, row, wish, replies);
	request_free(&req);
	return code;
}

static void undo_new(struct vswctl *ctl, const struct row *row)
{
	char name[VSW_PORT_NAME_MAX + 1];
	struct request req;

	row_text(row, VSW_A_PORT_NAME, name, sizeof(name));
	if (request_init(&req, ctl, VSW_CMD_PORT_DEL))
		return;
	request_put_string(&req, VSW_A_PORT_NAME, name);
	request_put_u32(&req, VSW_A_PORT_ID,
			attr_uint(row->tb[VSW_A_PORT_ID]));
	if (request_send(&req, NULL))
		warn(ctl, "and port %s could not be deleted again", name);
	request_free(&req);
}

/* Is the request about a representor? Only devlink can tell before */
static int wants_representor(struct request *req, bool *is)
{
	const struct nlattr *pf = request_attr(req, VSW_A_PORT_PF);
	const struct nlattr *dev = request_attr(req, VSW_A_PORT_IFINDEX);
	struct functions functions = {};
	struct function_state state;
	int code;

	code = functions_get(req->ctl, &functions);
	*is = pf ? has_representors(&functions, attr_uint(pf)) :
		   function_state(&functions, attr_uint(dev), &state);
	functions_free(&functions);
	return code;
}

int function_port_new(struct request *req, const struct view *view)
{
	struct messages made = {}, replies = {};
	struct nlmsghdr *message;
	struct function_state wish;
	bool is_rep = false;
	struct row row;
	int code = EXIT_OK;

	/* The driver is asked by devlink, and could not be asked back */
	if (req->ctl->txn)
		return request_send(req, NULL);
	wish_read(req, &wish);
	if (wish.has_share || wish.has_max)
		code = wants_representor(req, &is_rep);
	if (is_rep)
		rates_drop(req);
	if (!code)
		code = request_send(req, &made);
	message = messages_next(&made, NULL);
	if (!code && is_wish(&wish) && message &&
	    row_init(&row, view->set, message, NULL) &&
	    row.tb[VSW_A_PORT_REP_OF]) {
		code = settle_new(req->ctl, &row, &wish, &replies);
		if (code)
			undo_new(req->ctl, &row);
	}
	if (!code && req->ctl->json && message)
		code = show(req->ctl, view, replies.length ? &replies : &made,
			    NULL);
	messages_free(&made);
	messages_free(&replies);
	return code;
}

int function_port_set(struct request *req, const char *name,
		      const struct view *view)
{
	struct messages messages = {}, replies = {};
	struct function_state wish;
	struct row row;
	int code;

	wish_read(req, &wish);
	if (!is_wish(&wish) || req->ctl->txn)
		return request_change(req, view);
	code = port_get(req->ctl, name, &messages, &row);
	if (!code && row.tb[VSW_A_PORT_REP_OF]) {
		rates_drop(req);
		code = settle(req, &row, &wish, &replies);
		if (!code && req->ctl->json)
			code = show(req->ctl, view, &replies, NULL);
	} else if (!code) {
		code = request_change(req, view);
	}
	messages_free(&messages);
	messages_free(&replies);
	return code;
}

static void before_read(const struct row *row, struct function_state *before)
{
	const struct nlattr *mac = row->tb[VSW_A_PORT_BEFORE_MAC];

	memset(before, 0, sizeof(*before));
	before->has_mac = mac && nla_len(mac) == sizeof(before->mac);
	if (before->has_mac)
		memcpy(before->mac, nla_data(mac), sizeof(before->mac));
	before->has_share = row->tb[VSW_A_PORT_BEFORE_TX_SHARE];
	before->tx_share = attr_uint(row->tb[VSW_A_PORT_BEFORE_TX_SHARE]);
	before->has_max = row->tb[VSW_A_PORT_BEFORE_TX_MAX];
	before->tx_max = attr_uint(row->tb[VSW_A_PORT_BEFORE_TX_MAX]);
}

int function_get_before(struct vswctl *ctl, const char *name,
			uint32_t *ifindex, struct function_state *before)
{
	struct messages messages = {};
	struct row row;
	int code;

	memset(before, 0, sizeof(*before));
	code = port_get(ctl, name, &messages, &row);
	if (!code) {
		*ifindex = attr_uint(row.tb[VSW_A_PORT_IFINDEX]);
		before_read(&row, before);
	}
	messages_free(&messages);
	return code;
}

int function_restore(struct vswctl *ctl, uint32_t ifindex,
		     const struct function_state *before)
{
	struct functions functions = {};
	struct devlink_port port = {};
	struct function_state from;
	int code;

	if (!is_wish(before))
		return EXIT_OK;
	code = functions_get(ctl, &functions);
	/* A representor that is gone has nothing to restore */
	if (!code && find(&functions, ifindex, &port, &from))
		code = set(ctl, &port, &from, before);
	functions_free(&functions);
	return code;
}
