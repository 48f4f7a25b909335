// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "object.h"
#include "output.h"
#include "port.h"
#include "ports.h"
#include "profile.h"
#include "vswctl.h"

static const char help[] =
	"Uplinks: ports towards the wire. They never forward to each other.\n"
	"\n"
	"vswctl [-s] uplink [show [NAME | switch SWITCH]]\n"
	"vswctl uplink add SWITCH DEV [name NAME]\n"
	"                  [vlan VID|none | trunk LIST [native VID]] [POLICY]\n"
	"vswctl uplink set NAME [vlan VID|none | trunk LIST [native VID]]\n"
	"                  [fastpath xdp|none] [vfs N] [POLICY]\n"
	"vswctl uplink del NAME [id N]\n"
	"\n"
	"  DEV      physical function, plain NIC, bond, VXLAN device, ...\n"
	"  name     name of the port (default DEV)\n"
	"  trunk    tagged member of these VLANs, such as 10,20-30\n"
	"  native   and untagged member of this one, which is the PVID\n"
	"  vfs      number of VFs, unless a port or a VM uses one\n"
	"\n"
	"POLICY as in vswctl port help, and\n"
	"  unowned leave|park         shut VFs that no port owns (leave)\n"
	"  filter-max N               most addresses in the filter of the NIC\n"
	"                             (0, no limit)\n"
	"  filter-overflow report|promisc\n"
	"                             what if there are more (report)\n";

static int put_name(struct request *req, const struct key *key,
		    const char *word)
{
	((struct port_request *)req)->has_name = true;
	return key_put_name(req, key, word);
}

static const struct key add_keys[] = {
	{ "name", put_name, VSW_A_PORT_NAME, VSW_PORT_NAME_MAX },
	{ "trunk", port_put_trunk },
	{ "native", port_put_native },
	{ }
};

static bool is_uplink(const struct row *row)
{
	return attr_uint(row->tb[VSW_A_PORT_ROLE]) == VSW_PORT_ROLE_UPLINK;
}

/* "12", or "16/16" if that is the limit */
static void macs_text(const struct row *row, char *buf, size_t size)
{
	unsigned int max = attr_uint(row->tb[VSW_A_PORT_FILTER_MAX]);
	size_t length;

	row_text(row, VSW_A_PORT_NIC_MACS, buf, size);
	length = strlen(buf);
	if (max)
		snprintf(buf + length, size - length, "/%u", max);
}

static const struct column columns[] = {
	{ "UPLINK", VSW_A_PORT_NAME },
	{ "SWITCH", VSW_A_PORT_SWITCH_NAME },
	{ "DEVICE", .text = port_device_text },
	{ "STATE", .text = port_state_text },
	{ "PVID", VSW_A_PORT_PVID, .right = true, .none = true },
	{ "VLANS", VSW_A_PORT_VLAN_COUNT, .right = true },
	{ "NIC-MACS", .text = macs_text, .right = true },
	{ "OVER", VSW_A_PORT_NIC_MACS_OVER, .right = true, .none = true },
	{ "PROMISC", VSW_A_PORT_PROMISC },
	{ "VFS", .text = ports_vfs_text, .right = true },
	{ "TEAM-PORTS", VSW_A_PORT_TEAM_PORTS, .right = true },
	{ "POLICY", .text = ports_policy_text },
};

static const struct view uplink_view = {
	.set = &port_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
	.wanted = is_uplink,
};

/* The port of that name, complain unless it is an uplink */
static int uplink_find(struct vswctl *ctl, const char *name)
{
	struct messages messages = {};
	struct row row;
	int code;

	code = port_get(ctl, name, &messages, &row);
	if (!code && !is_uplink(&row))
		code = fail(ctl, EXIT_REFUSED,
			    "port '%s' is not an uplink: see vswctl port", name);
	messages_free(&messages);
	return code;
}

static int uplink_show(struct vswctl *ctl, struct args *args)
{
	int code = EXIT_OK;

	if (args->left == 1 && strcmp(args_peek(args), "switch"))
		code = uplink_find(ctl, args_peek(args));
	return code ? code : ports_show(ctl, args, &uplink_view, true);
}

static int add_words(struct port_request *port, struct args *args,
		     struct expansion **hold)
{
	struct request *req = &port->req;
	const char *device, *switch_name;
	uint32_t ifindex;
	int code;

	request_put_u32(req, VSW_A_PORT_ROLE, VSW_PORT_ROLE_UPLINK);
	code = args_need(req->ctl, args, "the name of the switch",
			 &switch_name);
	if (!code)
		code = args_need(req->ctl, args, "the net device", &device);
	if (!code)
		code = profile_expand(req->ctl, args, hold);
	if (!code)
		code = keys_read(req, args, add_keys, port_policy_keys);
	if (!code)
		code = port_put_memberships(port);
	if (!code && !port->has_name)
		code = port_put_name(req, VSW_A_PORT_NAME, device);
	if (!code)
		code = key_put_switch(req, VSW_A_PORT_SWITCH,
				      VSW_A_PORT_SWITCH_NAME, switch_name);
	if (code)
		return code;
	code = device_find(req->ctl, "uplink", device, &ifindex);
	request_put_u32(req, VSW_A_PORT_IFINDEX, ifindex);
	return code;
}

static int uplink_add(struct vswctl *ctl, struct args *args)
{
	struct expansion *hold = NULL;
	struct port_request port = {};
	int code;

	code = request_init(&port.req, ctl, VSW_CMD_PORT_NEW);
	if (code)
		return code;
	code = add_words(&port, args, &hold);
	if (!code)
		code = request_change(&port.req, &port_view);
	profile_expand_free(hold);
	request_free(&port.req);
	return code;
}

static int uplink_set(struct vswctl *ctl, struct args *args)
{
	const char *name;
	int code = args_need(ctl, args, "the name of the uplink", &name);

	return code ? code : port_change(ctl, name, args, uplink_find);
}

static int uplink_del(struct vswctl *ctl, struct args *args)
{
	const char *name;
	int code = args_need(ctl, args, "the name of the uplink", &name);

	if (!code && !ctl->txn)
		code = uplink_find(ctl, name);
	return code ? code : port_delete(ctl, name, args);
}

static const struct verb verbs[] = {
	{ "show", uplink_show },
	{ "add", uplink_add },
	{ "set", uplink_set },
	{ "del", uplink_del },
	{ }
};

const struct object uplink_object = {
	.name = "uplink",
	.verbs = verbs,
	.help = help,
};
