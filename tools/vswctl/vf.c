// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "vf.h"
#include "vswctl.h"

static const char help[] =
	"Virtual functions of uplinks: what the NIC does (effective), and what\n"
	"the port that owns the VF wants.\n"
	"\n"
	"vswctl [-s] vf [show [PF]]\n"
	"vswctl vf devices [PF]\n"
	"vswctl vf bind|unbind PF/N\n"
	"\n"
	"  RATE    lowest and highest in Mbit/s; - for no limit\n"
	"  drift   settings whose effective value is not the wanted one\n"
	"  unenforced  what the driver cannot set, and the port does without;\n"
	"          vlan: it has no tag on the uplink, so the VF may use any\n"
	"  -s      counters of the NIC instead of settings\n"
	"  devices what VFs are on the PCI bus, and what a VM is given\n"
	"  bind    the VF of a port is given to vfio-pci, for a VM\n"
	"  unbind  and back to its own driver\n"
	"\n"
	"A VF is set through its port: see vswctl port help.\n";

void vf_text(const struct row *row, char *buf, size_t size)
{
	char vf[12];

	row_text(row, VSW_A_VF_PF_NAME, buf, size);
	row_text(row, VSW_A_VF_VF, vf, sizeof(vf));
	snprintf(buf + strlen(buf), size - strlen(buf), "/%s", vf);
}

static void effective_text(const struct row *row, char *buf, size_t size)
{
	(void)row;
	snprintf(buf, size, "effective");
}

static void wanted_text(const struct row *row, char *buf, size_t size)
{
	(void)row;
	snprintf(buf, size, "wanted");
}

static void rate_text(const struct row *row, int min, int max, char *buf,
		      size_t size)
{
	char lowest[12], highest[12];

	row_text(row, min, lowest, sizeof(lowest));
	row_text(row, max, highest, sizeof(highest));
	if (attr_uint(row->tb[min]))
		snprintf(buf, size, "%s..%s", lowest,
			 attr_uint(row->tb[max]) ? highest : "");
	else if (attr_uint(row->tb[max]))
		snprintf(buf, size, "..%s", highest);
}

static void rate_effective_text(const struct row *row, char *buf, size_t size)
{
	rate_text(row, VSW_A_VF_MIN_TX_RATE, VSW_A_VF_MAX_TX_RATE, buf, size);
}

static void rate_wanted_text(const struct row *row, char *buf, size_t size)
{
	rate_text(row, VSW_A_VF_WANTED_MIN_TX_RATE,
		  VSW_A_VF_WANTED_MAX_TX_RATE, buf, size);
}

/* "100", or "100 ad" where the tag is of 802.1ad */
static void vlan_text(const struct row *row, int vlan, int proto, char *buf,
		      size_t size)
{
	if (!row->tb[vlan] || !attr_uint(row->tb[vlan]))
		return;
	row_text(row, vlan, buf, size);
	if (attr_uint(row->tb[proto]) == VSW_VLAN_PROTO_8021AD)
		snprintf(buf + strlen(buf), size - strlen(buf), " ad");
}

static void vlan_effective_text(const struct row *row, char *buf, size_t size)
{
	vlan_text(row, VSW_A_VF_VLAN, VSW_A_VF_VLAN_PROTO, buf, size);
}

static void vlan_wanted_text(const struct row *row, char *buf, size_t size)
{
	vlan_text(row, VSW_A_VF_WANTED_VLAN, VSW_A_VF_WANTED_VLAN_PROTO, buf,
		  size);
}

static const struct column effective_columns[] = {
	{ "VF", .text = vf_text },
	{ "PORT", VSW_A_VF_PORT },
	{ "VALUE", .text = effective_text },
	{ "MAC", VSW_A_VF_MAC, .none = true },
	{ "VLAN", .text = vlan_effective_text, .right = true },
	{ "PCP", VSW_A_VF_PCP, .right = true },
	{ "SPOOFCHK", VSW_A_VF_SPOOFCHK },
	{ "TRUST", VSW_A_VF_TRUST },
	{ "LINK", VSW_A_VF_LINK_STATE },
	{ "RATE", .text = rate_effective_text },
};

static const struct column wanted_columns[] = {
	{ "" },
	{ "" },
	{ "", .text = wanted_text },
	{ "", VSW_A_VF_WANTED_MAC, .none = true },
	{ "", .text = vlan_wanted_text },
	{ "", VSW_A_VF_WANTED_PCP },
	{ "", VSW_A_VF_WANTED_SPOOFCHK },
	{ "", VSW_A_VF_WANTED_TRUST },
	{ "", VSW_A_VF_WANTED_LINK_STATE },
	{ "", .text = rate_wanted_text },
};

static const struct column stats_columns[] = {
	{ "VF", .text = vf_text },
	{ "PORT", VSW_A_VF_PORT },
	{ "RX-PACKETS", VSW_A_VF_RX_PACKETS, .right = true },
	{ "RX-BYTES", VSW_A_VF_RX_BYTES, .right = true },
	{ "TX-PACKETS", VSW_A_VF_TX_PACKETS, .right = true },
	{ "TX-BYTES", VSW_A_VF_TX_BYTES, .right = true },
};

/* A VF that no port owns is wanted to be nothing */
bool vf_has_owner(const struct row *row)
{
	return row->tb[VSW_A_VF_PORT];
}

static bool wanted_row(const struct row *row, struct row *below)
{
	*below = *row;
	/* The port of a representor wants nothing of the PF */
	return vf_has_owner(row) && !row->tb[VSW_A_VF_REP];
}

/* What the driver cannot set is no drift */
static bool is_unenforced(const struct row *row, int attr)
{
	uint64_t unenforced = attr_uint(row->tb[VSW_A_VF_UNENFORCED]);

	switch (attr) {
	case VSW_A_VF_TRUST:
		return unenforced & VSW_VF_CAPABILITY_TRUST;
	case VSW_A_VF_LINK_STATE:
		return unenforced & VSW_VF_CAPABILITY_LINK_STATE;
	case VSW_A_VF_MIN_TX_RATE:
	case VSW_A_VF_MAX_TX_RATE:
		return unenforced & VSW_VF_CAPABILITY_RATE;
	default:
		return false;
	}
}

static void drift_text(const struct row *row, char *buf, size_t size)
{
	char effective[64], wanted[64];
	int attr, pair;

	if (!attr_uint(row->tb[VSW_A_VF_DRIFT]))
		return;
	*buf = '\0';
	for (attr = VSW_A_VF_MAC; attr <= VSW_A_VF_MAX_TX_RATE; attr++) {
		pair = attr - VSW_A_VF_MAC + VSW_A_VF_WANTED_MAC;
		if (!row->tb[attr] || !row->tb[pair] ||
		    is_unenforced(row, attr))
			continue;
		row_text(row, attr, effective, sizeof(effective));
		row_text(row, pair, wanted, sizeof(wanted));
		if (strcmp(effective, wanted))
			snprintf(buf + strlen(buf), size - strlen(buf), "%s%s",
				 *buf ? " " : "",
				 attr_find(&vf_attrs, attr)->name);
	}
	if (attr_uint(row->tb[VSW_A_VF_VLAN_PROTO]) !=
	    attr_uint(row->tb[VSW_A_VF_WANTED_VLAN_PROTO]))
		snprintf(buf + strlen(buf), size - strlen(buf), "%svlan-proto",
			 *buf ? " " : "");
}

/* All VFs of a PF have the same capability: say it once, below the last */
static bool is_last_of_pf(const struct row *row)
{
	struct nlmsghdr *message = NULL;
	struct row other;

	while ((message = messages_next(row->data, message)))
		if (row_init(&other, &vf_attrs, message, NULL) &&
		    attr_uint(other.tb[VSW_A_VF_PF]) ==
		    attr_uint(row->tb[VSW_A_VF_PF]) &&
		    attr_uint(other.tb[VSW_A_VF_VF]) >
		    attr_uint(row->tb[VSW_A_VF_VF]))
			return false;
	return true;
}

static bool capability_text(const struct row *row, char *buf, size_t size)
{
	char capability[128];

	if (!row->tb[VSW_A_VF_CAPABILITY] || !is_last_of_pf(row))
		return false;
	row_text(row, VSW_A_VF_PF_NAME, buf, size);
	row_text(row, VSW_A_VF_CAPABILITY, capability, sizeof(capability));
	snprintf(buf + strlen(buf), size - strlen(buf), " can set: %s",
		 capability);
	return true;
}

static bool vf_note(const struct row *row, unsigned int index, char *buf,
		    size_t size)
{
	char list[128];

	if (row->tb[VSW_A_VF_PRESENT] &&
	    !attr_uint(row->tb[VSW_A_VF_PRESENT]) && !index--) {
		snprintf(buf, size, "gone: the PF has no such VF now");
		return true;
	}
	if (row->tb[VSW_A_VF_REP] && !index--) {
		row_text(row, VSW_A_VF_REP, list, sizeof(list));
		snprintf(buf, size,
			 "switchdev mode: %s represents it, see vswctl port",
			 list);
		return true;
	}
	if (attr_uint(row->tb[VSW_A_VF_PARKED]) && !index--) {
		snprintf(buf, size, "parked: no port owns it");
		return true;
	}
	if (attr_uint(row->tb[VSW_A_VF_STANDBY]) && !index--) {
		snprintf(buf, size, "standby: its port uses the soft path");
		return true;
	}
	if (attr_uint(row->tb[VSW_A_VF_DRIFT]) && !index--) {
		drift_text(row, list, sizeof(list));
		snprintf(buf, size, "drift: %s", list);
		return true;
	}
	if (attr_uint(row->tb[VSW_A_VF_UNENFORCED]) && !index--) {
		row_text(row, VSW_A_VF_UNENFORCED, list, sizeof(list));
		snprintf(buf, size, "unenforced: %s", list);
		return true;
	}
	return !index && capability_text(row, buf, size);
}

static const struct view vf_view = {
	.set = &vf_attrs,
	.columns = effective_columns,
	.below = wanted_columns,
	.count = ARRAY_SIZE(effective_columns),
	.below_row = wanted_row,
	.note = vf_note,
};

static const struct column event_columns[] = {
	{ "VF", .text = vf_text },
	{ "EVENT", VSW_A_VF_EVENT },
	{ "PORT", VSW_A_VF_PORT },
	{ "DRIFT", .text = drift_text },
};

const struct view vf_event_view = {
	.set = &vf_attrs,
	.columns = event_columns,
	.count = ARRAY_SIZE(event_columns),
};

static const struct view vf_stats_view = {
	.set = &vf_attrs,
	.columns = stats_columns,
	.count = ARRAY_SIZE(stats_columns),
};

/* The VFs of a PF, or of all */
int vfs_get(struct vswctl *ctl, const char *pf, struct messages *messages)
{
	struct request req;
	uint32_t ifindex;
	int code;

	code = request_init(&req, ctl, VSW_CMD_VF_GET);
	if (code)
		return code;
	if (pf) {
		code = device_find(ctl, "PF", pf, &ifindex);
		request_put_u32(&req, VSW_A_VF_PF, ifindex);
	}
	if (!code)
		code = request_dump(&req, messages);
	request_free(&req);
	return code;
}

int vfs_show(struct vswctl *ctl, struct args *args, const struct view *view)
{
	const char *pf = args_next(args);
	struct messages messages = {};
	int code = args_end(ctl, args);

	if (!code)
		code = vfs_get(ctl, pf, &messages);
	if (!code)
		code = show(ctl, view, &messages, &messages);
	messages_free(&messages);
	return code;
}

static int vf_show(struct vswctl *ctl, struct args *args)
{
	return vfs_show(ctl, args, ctl->stats ? &vf_stats_view : &vf_view);
}

static const struct verb verbs[] = {
	{ "show", vf_show },
	{ "devices", vf_devices },
	{ "bind", vf_bind },
	{ "unbind", vf_unbind },
	{ }
};

const struct object vf_object = {
	.name = "vf",
	.verbs = verbs,
	.help = help,
};
