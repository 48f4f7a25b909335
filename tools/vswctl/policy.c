// SPDX-License-Identifier: GPL-2.0
/* The policy of ports and uplinks: its keywords and how it is shown */
#include "port.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "enums.h"
#include "fastpath.h"
#include "function.h"
#include "object.h"
#include "output.h"
#include "profile.h"
#include "vf.h"
#include "vswctl.h"

const struct key port_policy_keys[] = {
	{ "vlan", key_put_vid_or_none, VSW_A_PORT_PVID, .unless = "trunk" },
	{ "mac", key_put_mac_or_none, VSW_A_PORT_MAC },
	{ "pcp", key_put_u8, VSW_A_PORT_PCP },
	{ "frames", key_put_enum, VSW_A_PORT_FRAMES, .names = &frames_names },
	{ "ingress-filtering", key_put_bool, VSW_A_PORT_INGRESS_FILTERING },
	{ "learning", key_put_bool, VSW_A_PORT_LEARNING },
	{ "unicast-flood", key_put_bool, VSW_A_PORT_UNICAST_FLOOD },
	{ "multicast-flood", key_put_bool, VSW_A_PORT_MULTICAST_FLOOD },
	{ "broadcast-flood", key_put_bool, VSW_A_PORT_BROADCAST_FLOOD },
	{ "hairpin", key_put_bool, VSW_A_PORT_HAIRPIN },
	{ "isolated", key_put_bool, VSW_A_PORT_ISOLATED },
	{ "fdb-max", key_put_u32, VSW_A_PORT_FDB_MAX },
	{ "spoofchk", key_put_bool, VSW_A_PORT_SPOOFCHK },
	{ "trust", key_put_bool, VSW_A_PORT_TRUST },
	{ "link-state", key_put_enum, VSW_A_PORT_LINK_STATE,
	  .names = &link_state_names },
	{ "min-tx-rate", key_put_rate, VSW_A_PORT_MIN_TX_RATE },
	{ "max-tx-rate", key_put_rate, VSW_A_PORT_MAX_TX_RATE },
	{ "enforcement", key_put_enum, VSW_A_PORT_ENFORCEMENT,
	  .names = &enforcement_names },
	{ "on-drift", key_put_enum, VSW_A_PORT_ON_DRIFT,
	  .names = &on_drift_names },
	{ "unowned", key_put_enum, VSW_A_PORT_UNOWNED,
	  .names = &unowned_names },
	{ "failover", key_put_enum, VSW_A_PORT_FAILOVER,
	  .names = &failover_names },
	{ "vlan-proto", key_put_enum, VSW_A_PORT_VLAN_PROTO,
	  .names = &vlan_proto_names },
	{ "pin", key_put_name_or_none, VSW_A_PORT_PIN, VSW_PORT_NAME_MAX },
	{ "profile", key_put_name_or_none, VSW_A_PORT_PROFILE,
	  VSW_PORT_NAME_MAX },
	{ "filter-max", key_put_u32, VSW_A_PORT_FILTER_MAX },
	{ "filter-overflow", key_put_enum, VSW_A_PORT_FILTER_OVERFLOW,
	  .names = &filter_overflow_names },
	{ }
};

int port_put_vf(struct request *req, const struct key *key, const char *word)
{
	char pf[IF_NAMESIZE];
	uint32_t ifindex, vf;
	const char *why;
	int code;

	((struct port_request *)req)->has_path = true;
	why = parse_vf(word, pf, sizeof(pf), &vf);
	if (why)
		return key_bad(req->ctl, key->name, word, why);
	code = device_find(req->ctl, key->name, pf, &ifindex);
	if (code)
		return code;
	request_put_u32(req, VSW_A_PORT_PF, ifindex);
	if (vf != VF_ANY)
		request_put_u32(req, VSW_A_PORT_VF, vf);
	return EXIT_OK;
}

static int put_vf_or_none(struct request *req, const struct key *key,
			  const char *word)
{
	if (strcmp(word, "none"))
		return port_put_vf(req, key, word);
	request_put_u32(req, VSW_A_PORT_PF, 0);
	return EXIT_OK;
}

static int put_device_or_none(struct request *req, const struct key *key,
			      const char *word)
{
	if (strcmp(word, "none"))
		return key_put_device(req, key, word);
	request_put_u32(req, key->attr, 0);
	return EXIT_OK;
}

static int put_fastpath(struct request *req, const struct key *key,
			const char *word)
{
	if (strcmp(word, "xdp") && strcmp(word, "none"))
		return fail(req->ctl, EXIT_USAGE, "%s '%s' is none of xdp, none",
			    key->name, word);
	((struct port_request *)req)->fastpath = word;
	return EXIT_OK;
}

static int put_vfs(struct request *req, const struct key *key,
		   const char *word)
{
	struct port_request *port = (struct port_request *)req;
	const char *why = parse_uint(word, UINT16_MAX, &port->vfs);

	port->has_vfs = true;
	return why ? key_bad(req->ctl, key->name, word, why) : EXIT_OK;
}

/* Only of ports that exist */
static const struct key set_keys[] = {
	{ "fastpath", put_fastpath },
	{ "vfs", put_vfs },
	{ "trunk", port_put_trunk },
	{ "native", port_put_native },
	{ "dev", put_device_or_none, VSW_A_PORT_IFINDEX, .unless = "vf" },
	{ "vf", put_vf_or_none },
	{ }
};

int port_put_trunk(struct request *req, const struct key *key,
		   const char *word)
{
	struct port_request *port = (struct port_request *)req;
	const char *why = parse_vids(word, &port->trunk);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	port->has_trunk = true;
	return EXIT_OK;
}

int port_put_native(struct request *req, const struct key *key,
		    const char *word)
{
	struct port_request *port = (struct port_request *)req;
	const char *why = parse_vid(word, &port->native);

	return why ? key_bad(req->ctl, key->name, word, why) : EXIT_OK;
}

static void put_membership(struct request *req, uint16_t first, uint16_t last,
			   uint32_t flags)
{
	struct nlattr *nest = request_nest(req, VSW_A_PORT_VLAN);

	request_put_u16(req, VSW_A_MEMBERSHIP_FIRST, first);
	request_put_u16(req, VSW_A_MEMBERSHIP_LAST, last);
	request_put_u32(req, VSW_A_MEMBERSHIP_FLAGS, flags);
	request_nest_end(req, nest);
}

int port_put_memberships(struct port_request *port)
{
	struct request *req = &port->req;
	uint16_t first, last;

	if (port->native && !port->has_trunk)
		return fail(req->ctl, EXIT_USAGE,
			    "'native' needs 'trunk'; for one VLAN say 'vlan'");
	if (port->native)
		vid_set_remove(&port->trunk, port->native);
	for (first = 1; vid_set_range(&port->trunk, &first, &last);
	     first = last + 1)
		put_membership(req, first, last, 0);
	if (port->native)
		put_membership(req, port->native, port->native,
			       VSW_VLAN_FLAG_PVID | VSW_VLAN_FLAG_UNTAGGED);
	return EXIT_OK;
}

int port_put_name(struct request *req, int attr, const char *name)
{
	struct key key = {
		.name = "port",
		.attr = attr,
		.max = VSW_PORT_NAME_MAX,
	};

	return key_put_name(req, &key, name);
}

int port_check_name(struct vswctl *ctl, const char *what, const char *name)
{
	const char *c;

	for (c = name; *c > ' ' && *c < 127 && *c != '/'; c++)
		;
	if (*c || *name == '.' || c - name > VSW_PORT_NAME_MAX)
		return fail(ctl, EXIT_USAGE,
			    "%s '%s' is no name: 1 to %u printable characters without space and slash, no dot first",
			    what, name, VSW_PORT_NAME_MAX);
	return EXIT_OK;
}

void port_state_text(const struct row *row, char *buf, size_t size)
{
	const struct nlattr *up = row->tb[VSW_A_PORT_UP];

	if (row->tb[VSW_A_PORT_AWAITS] && !row->tb[VSW_A_PORT_IFNAME])
		snprintf(buf, size, "awaited");
	else if (up)
		snprintf(buf, size, "%s", attr_uint(up) ? "up" : "down");
}

/* "PF/N", or what is left of it while the port waits for it */
static void vf_path_text(const struct row *row, char *buf, size_t size)
{
	char vf[12];
	int attr = row->tb[VSW_A_PORT_AWAITS] ? VSW_A_PORT_AWAITS :
						VSW_A_PORT_PF_NAME;

	if (!row->tb[attr])
		return;
	row_text(row, attr, buf, size);
	if (!row->tb[VSW_A_PORT_VF])
		return;
	row_text(row, VSW_A_PORT_VF, vf, sizeof(vf));
	snprintf(buf + strlen(buf), size - strlen(buf), "/%s", vf);
}

/* The active path first */
void port_device_text(const struct row *row, char *buf, size_t size)
{
	char device[64] = "", vf[96] = "";
	bool on_vf = attr_uint(row->tb[VSW_A_PORT_PATH]) == VSW_PATH_VF;

	if (row->tb[VSW_A_PORT_IFNAME])
		row_text(row, VSW_A_PORT_IFNAME, device, sizeof(device));
	vf_path_text(row, vf, sizeof(vf));
	if (!*vf || !*device)
		snprintf(buf, size, "%s%s", vf, device);
	else
		snprintf(buf, size, "%s, %s", on_vf ? vf : device,
			 on_vf ? device : vf);
}

/* A number that is not 0, a switch that is not as a new port has it */
static bool is_default(const struct row *row, const struct key *key)
{
	const struct nlattr *nla = row->tb[key->attr];
	uint64_t value = attr_uint(nla);

	switch (key->attr) {
	case VSW_A_PORT_PVID:
	case VSW_A_PORT_MAC:
		return true;
	case VSW_A_PORT_PIN:
	case VSW_A_PORT_PROFILE:
		return !nla;
	case VSW_A_PORT_FRAMES:
		/* What an access port has is no surprise */
		return !nla || value != VSW_FRAMES_TAGGED;
	case VSW_A_PORT_INGRESS_FILTERING:
	case VSW_A_PORT_LEARNING:
	case VSW_A_PORT_UNICAST_FLOOD:
	case VSW_A_PORT_MULTICAST_FLOOD:
	case VSW_A_PORT_BROADCAST_FLOOD:
	case VSW_A_PORT_SPOOFCHK:
		return !nla || value;
	default:
		return !value;
	}
}

void port_policy_text(const struct row *row, char *buf, size_t size)
{
	const struct key *key;
	size_t length = 0;
	char value[32];

	for (key = port_policy_keys; key->name && length < size; key++) {
		if (is_default(row, key))
			continue;
		row_text(row, key->attr, value, sizeof(value));
		length += snprintf(buf + length, size - length, "%s%s %s",
				   length ? ", " : "", key->name, value);
	}
	if (!row->tb[VSW_A_PORT_REP_OF] || length >= size)
		return;
	row_text(row, VSW_A_PORT_REP_OF, value, sizeof(value));
	snprintf(buf + length, size - length, "%srep of %s",
		 length ? ", " : "", value);
}

/* Does that follow from its VLANs, as "port add" has it? */
static bool frames_follow(const struct row *row)
{
	bool several = attr_uint(row->tb[VSW_A_PORT_VLAN_COUNT]) > 1;

	return attr_uint(row->tb[VSW_A_PORT_FRAMES]) ==
	       (several ? VSW_FRAMES_ALL : VSW_FRAMES_UNTAGGED);
}

/* Is it left out, because the port has it anyway? */
static bool is_implied(const struct row *row, const struct key *key)
{
	static const uint8_t none[6];
	uint8_t mac[6] = {};

	switch (key->attr) {
	case VSW_A_PORT_PVID:
		return true;
	case VSW_A_PORT_MAC:
		nla_memcpy(mac, row->tb[key->attr], sizeof(mac));
		return !memcmp(mac, none, sizeof(none));
	case VSW_A_PORT_FRAMES:
		return frames_follow(row);
	default:
		return is_default(row, key);
	}
}

struct json_object *port_policy_json(const struct row *row)
{
	struct json_object *policy = json_object_new_object();
	const struct key *key;
	char value[64];

	for (key = port_policy_keys; key->name; key++) {
		if (!row->tb[key->attr] || is_implied(row, key))
			continue;
		row_text(row, key->attr, value, sizeof(value));
		json_object_object_add(policy, key->name,
				       json_object_new_string(value));
	}
	return policy;
}

static int port_request_init(struct request *req, struct vswctl *ctl,
			     uint8_t command, const char *name)
{
	int code;

	code = request_init(req, ctl, command);
	if (code)
		return code;
	code = port_put_name(req, VSW_A_PORT_NAME, name);
	if (code)
		request_free(req);
	return code;
}

int port_failover(struct vswctl *ctl, const char *name, const char *path)
{
	static const struct key key = {
		.name = "path",
		.attr = VSW_A_PORT_PATH,
		.names = &path_names,
	};
	struct request req;
	int code;

	code = port_request_init(&req, ctl, VSW_CMD_PORT_SET, name);
	if (code)
		return code;
	code = key_put_enum(&req, &key, path);
	if (!code)
		code = request_change(&req, &port_view);
	request_free(&req);
	return code;
}

int port_read_policy(struct port_request *port, struct args *args)
{
	int code = keys_read(&port->req, args, port_policy_keys, set_keys);

	return code ? code : port_put_memberships(port);
}

int port_change(struct vswctl *ctl, const char *name, struct args *args,
		int (*check)(struct vswctl *ctl, const char *name))
{
	struct port_request port = {};
	struct expansion *hold;
	int words = args->left;
	int code;

	code = port_request_init(&port.req, ctl, VSW_CMD_PORT_SET, name);
	if (code)
		return code;
	code = profile_expand(ctl, args, &hold);
	if (!code)
		code = port_read_policy(&port, args);
	if (!code && ctl->txn && (port.has_vfs || port.fastpath))
		code = fail(ctl, EXIT_USAGE,
			    "'%s' is no part of a transaction: change it by itself",
			    port.has_vfs ? "vfs" : "fastpath");
	/* Nobody could take it back if the rest failed */
	if (!code && port.has_vfs && words != 2)
		code = fail(ctl, EXIT_USAGE,
			    "'vfs N' stands alone: change the rest by itself");
	/* The kernel says so too, and knows what the transaction makes */
	if (!code && check && !ctl->txn)
		code = check(ctl, name);
	/* What may fail for reasons of its own comes first */
	if (!code && port.has_vfs)
		code = vfs_set(ctl, name, port.vfs);
	if (!code && port.fastpath)
		code = fastpath_set(ctl, name, port.fastpath);
	if (!code)
		code = function_port_set(&port.req, name, &port_view);
	profile_expand_free(hold);
	request_free(&port.req);
	return code;
}

int port_get(struct vswctl *ctl, const char *name, struct messages *messages,
	     struct row *row)
{
	struct nlmsghdr *message;
	struct request req;
	int code;

	code = port_request_init(&req, ctl, VSW_CMD_PORT_GET, name);
	if (code)
		return code;
	code = request_send(&req, messages);
	request_free(&req);
	message = messages_next(messages, NULL);
	if (!code && (!message ||
		      !row_init(row, &port_attrs, message, NULL)))
		code = fail(ctl, EXIT_REFUSED, "no answer for port '%s'",
			    name);
	return code;
}

/* Who is late does not mean another port that has the name now. */
static const struct key delete_keys[] = {
	{ "id", key_put_u32, VSW_A_PORT_ID },
	{ }
};

int port_delete(struct vswctl *ctl, const char *name, struct args *args)
{
	struct function_state before;
	char device[IF_NAMESIZE];
	struct request req;
	uint32_t ifindex;
	int code;

	code = port_request_init(&req, ctl, VSW_CMD_PORT_DEL, name);
	if (code)
		return code;
	code = keys_read(&req, args, delete_keys, NULL);
	if (code || ctl->txn) {
		code = code ? code : request_send(&req, NULL);
		request_free(&req);
		return code;
	}
	code = fastpath_device(ctl, name, device);
	if (!code)
		code = function_get_before(ctl, name, &ifindex, &before);
	if (!code)
		code = request_send(&req, NULL);
	/* The device is to be as it was */
	if (!code && *device)
		code = fastpath_detach(ctl, device);
	if (!code)
		code = function_restore(ctl, ifindex, &before);
	request_free(&req);
	return code;
}
