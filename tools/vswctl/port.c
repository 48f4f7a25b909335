// SPDX-License-Identifier: GPL-2.0
#include "port.h"

#include <net/if.h>

#include <linux/vsw.h>

#include "args.h"
#include "enums.h"
#include "function.h"
#include "object.h"
#include "output.h"
#include "ports.h"
#include "port_state.h"
#include "profile.h"
#include "vswctl.h"

static const char help[] =
	"Ports: where VMs, containers and VFs attach, with their policy.\n"
	"\n"
	"vswctl [-s] port [show [NAME | switch SWITCH]]\n"
	"vswctl port add SWITCH NAME [dev DEV] [vf PF/N | vf PF/any]\n"
	"                [path soft|vf]\n"
	"                [vlan VID|none | trunk LIST [native VID]] [POLICY]\n"
	"vswctl port set NAME [vlan VID|none | trunk LIST [native VID]]\n"
	"                [fastpath xdp|none] [POLICY]\n"
	"vswctl port set NAME dev DEV|none\n"
	"vswctl port set NAME vf PF/N|PF/any|none\n"
	"vswctl port failover NAME soft|vf\n"
	"vswctl port del NAME [id N]\n"
	"vswctl port export NAME\n"
	"vswctl port import FILE [dev DEV] [vf PF/N] [switch SWITCH] [name NAME]\n"
	"                   [addresses on|off]\n"
	"\n"
	"  dev      net device (tap, veth, ...) that becomes the port\n"
	"  vf       virtual function N of the uplink PF, or the first free; in\n"
	"           switchdev mode its representor, with the policy of a dev\n"
	"  path     which of both it begins with (default: soft)\n"
	"  vlan     access port of that VLAN (default: the switch's)\n"
	"  trunk    tagged member of these VLANs, such as 10,20-30\n"
	"  fastpath forward by XDP what needs no skb: see vsw-fastpath(8)\n"
	"  native   and untagged member of this one, which is the PVID\n"
	"  id       only if the port of that name still has this id\n"
	"  addresses off: without its MAC and what it has learned (on)\n"
	"\n"
	"POLICY:\n"
	"  mac MAC|none               address that lives behind the port\n"
	"  pcp 0-7                    priority of untagged frames\n"
	"  frames all|tagged|untagged frames that it accepts\n"
	"  ingress-filtering on|off   drop VLANs it is no member of (on)\n"
	"  learning on|off            learn source addresses (on)\n"
	"  unicast-flood on|off       gets unknown unicast frames (on)\n"
	"  multicast-flood on|off     gets multicast frames (on)\n"
	"  broadcast-flood on|off     gets broadcast frames (on)\n"
	"  hairpin on|off             frames may go back out of it (off)\n"
	"  isolated on|off            no talk to other isolated ports (off)\n"
	"  fdb-max N                  most addresses learned; 0 no limit\n"
	"  pin UPLINK|none            uses that uplink of a team while it is up\n"
	"  profile NAME|none          what else is as that profile says, now and later\n"
	"  spoofchk on|off            VF: anti-spoofing (on)\n"
	"  trust on|off               VF: may set MAC, promiscuous mode (off)\n"
	"  link-state auto|enable|disable|follow-team\n"
	"                             VF: link that it reports (auto)\n"
	"  min-tx-rate RATE|none      VF: guaranteed, such as 100mbit, 1gbit\n"
	"  max-tx-rate RATE|none      VF: highest\n"
	"  enforcement strict|best-effort\n"
	"                             VF: do without a rate or link state that\n"
	"                             the driver cannot set? (strict)\n"
	"  on-drift enforce|observe   VF: when somebody else changes it (enforce)\n"
	"  vlan-proto 8021q|8021ad    VF: C-VLAN of the switch, or S-VLAN of the wire\n"
	"  failover manual|auto       VF and device: does the active path follow\n"
	"                             the frames of the VM? (manual)\n";

static int put_device(struct request *req, const struct key *key,
		      const char *word)
{
	((struct port_request *)req)->has_path = true;
	return key_put_device(req, key, word);
}

static const struct key add_keys[] = {
	{ "dev", put_device, VSW_A_PORT_IFINDEX },
	{ "vf", port_put_vf },
	{ "path", key_put_enum, VSW_A_PORT_PATH, .names = &path_names },
	{ "trunk", port_put_trunk },
	{ "native", port_put_native },
	{ }
};

static const struct column columns[] = {
	{ "PORT", VSW_A_PORT_NAME },
	{ "SWITCH", VSW_A_PORT_SWITCH_NAME },
	{ "ROLE", VSW_A_PORT_ROLE },
	{ "PATH", VSW_A_PORT_PATH },
	{ "DEVICE", .text = port_device_text },
	{ "STATE", .text = port_state_text },
	{ "PVID", VSW_A_PORT_PVID, .right = true, .none = true },
	{ "VLANS", VSW_A_PORT_VLAN_COUNT, .right = true },
	{ "MAC", VSW_A_PORT_MAC, .none = true },
	{ "UPLINK", VSW_A_PORT_UPLINK },
	{ "POLICY", .text = ports_policy_text },
};

const struct view port_view = {
	.set = &port_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};

static int port_show(struct vswctl *ctl, struct args *args)
{
	return ports_show(ctl, args, &port_view, false);
}

static int add_words(struct port_request *port, struct args *args,
		     struct expansion **hold)
{
	struct vswctl *ctl = port->req.ctl;
	const char *name, *switch_name;
	int code;

	code = args_need(ctl, args, "the name of the switch", &switch_name);
	if (!code)
		code = args_need(ctl, args, "the name of the port", &name);
	if (!code)
		code = port_put_name(&port->req, VSW_A_PORT_NAME, name);
	if (!code)
		code = profile_expand(ctl, args, hold);
	if (!code)
		code = keys_read(&port->req, args, add_keys,
				 port_policy_keys);
	if (!code)
		code = port_put_memberships(port);
	if (!code && !port->has_path)
		code = fail(ctl, EXIT_USAGE,
			    "what is the port? say 'dev DEV' or 'vf PF/N', or both");
	if (!code)
		code = key_put_switch(&port->req, VSW_A_PORT_SWITCH,
				      VSW_A_PORT_SWITCH_NAME, switch_name);
	return code;
}

static int port_add(struct vswctl *ctl, struct args *args)
{
	struct expansion *hold = NULL;
	struct port_request port = {};
	int code;

	code = request_init(&port.req, ctl, VSW_CMD_PORT_NEW);
	if (code)
		return code;
	code = add_words(&port, args, &hold);
	if (!code)
		code = function_port_new(&port.req, &port_view);
	profile_expand_free(hold);
	request_free(&port.req);
	return code;
}

static int port_set(struct vswctl *ctl, struct args *args)
{
	const char *name;
	int code = args_need(ctl, args, "the name of the port", &name);

	return code ? code : port_change(ctl, name, args, NULL);
}

static int port_move(struct vswctl *ctl, struct args *args)
{
	const char *name, *path;
	int code;

	code = args_need(ctl, args, "the name of the port", &name);
	if (!code)
		code = args_need(ctl, args, "the path, soft or vf", &path);
	if (!code)
		code = args_end(ctl, args);
	return code ? code : port_failover(ctl, name, path);
}

static int port_del(struct vswctl *ctl, struct args *args)
{
	const char *name;
	int code = args_need(ctl, args, "the name of the port", &name);

	return code ? code : port_delete(ctl, name, args);
}

static const struct verb verbs[] = {
	{ "show", port_show },
	{ "add", port_add },
	{ "set", port_set },
	{ "failover", port_move },
	{ "del", port_del },
	{ "export", port_export },
	{ "import", port_import },
	{ }
};

const struct object port_object = {
	.name = "port",
	.verbs = verbs,
	.help = help,
};
