// SPDX-License-Identifier: GPL-2.0
/* VFs as devices of this host: their number, their driver, who may have them */
#include "vf.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "output.h"
#include "parse.h"
#include "port.h"
#include "sriov.h"
#include "vswctl.h"

/* The hardware of a row */
static struct sriov_vf hardware(const struct row *row)
{
	struct sriov_vf vf;
	char nic[64] = "";

	attr_string(row->tb[VSW_A_VF_NIC], nic, sizeof(nic));
	sriov_vf_get(&vf, nic, attr_uint(row->tb[VSW_A_VF_VF]));
	return vf;
}

static void pci_text(const struct row *row, char *buf, size_t size)
{
	snprintf(buf, size, "%s", hardware(row).pci);
}

static void driver_text(const struct row *row, char *buf, size_t size)
{
	snprintf(buf, size, "%s", hardware(row).driver);
}

static void group_text(const struct row *row, char *buf, size_t size)
{
	snprintf(buf, size, "%s", hardware(row).group);
}

static bool is_for_vm(const struct sriov_vf *vf)
{
	return *vf->group && vf->is_for_vm;
}

/* What QEMU opens; nothing is written where there is no such node */
static void vfio_node(const struct sriov_vf *vf, char *buf, size_t size)
{
	if (is_for_vm(vf))
		snprintf(buf, size, "/dev/vfio/%s", vf->group);
}

static void node_text(const struct row *row, char *buf, size_t size)
{
	struct sriov_vf vf = hardware(row);

	vfio_node(&vf, buf, size);
}

static const struct column device_columns[] = {
	{ "VF", .text = vf_text },
	{ "PORT", VSW_A_VF_PORT },
	{ "PCI", .text = pci_text },
	{ "DRIVER", .text = driver_text },
	{ "IOMMU-GROUP", .text = group_text, .right = true },
	{ "DEVICE", .text = node_text },
};

static void add_text(struct json_object *object, const char *key,
		     const char *text)
{
	if (*text)
		json_object_object_add(object, key,
				       json_object_new_string(text));
}

static void extend(const struct row *row, struct json_object *object)
{
	struct sriov_vf vf = hardware(row);
	char node[32] = "";

	vfio_node(&vf, node, sizeof(node));
	add_text(object, "pci", vf.pci);
	add_text(object, "driver", vf.driver);
	add_text(object, "iommu-group", vf.group);
	add_text(object, "device", node);
}

static const struct view device_view = {
	.set = &vf_attrs,
	.columns = device_columns,
	.count = ARRAY_SIZE(device_columns),
	.extend = extend,
};

int vf_devices(struct vswctl *ctl, struct args *args)
{
	return vfs_show(ctl, args, &device_view);
}

/* The row of a VF */
static int row_find(struct vswctl *ctl, const struct messages *messages,
		    const char *word, uint32_t vf, struct row *row)
{
	struct nlmsghdr *message = NULL;

	while ((message = messages_next(messages, message)))
		if (row_init(row, &vf_attrs, message, NULL) &&
		    attr_uint(row->tb[VSW_A_VF_VF]) == vf)
			return EXIT_OK;
	return fail(ctl, EXIT_REFUSED, "there is no VF %s: see vswctl vf show",
		    word);
}

/* Let the VF of the next word change hands; only that of a port may be @owned */
static int change(struct vswctl *ctl, struct args *args, bool owned,
		  int (*to)(struct vswctl *ctl, struct sriov_vf *vf))
{
	struct messages messages = {};
	char pf[IF_NAMESIZE];
	struct sriov_vf vf;
	const char *word;
	uint32_t index;
	struct row row = {};
	int code;

	code = args_need(ctl, args, "the VF", &word);
	if (!code)
		code = args_end(ctl, args);
	if (code)
		return code;
	if (parse_vf(word, pf, sizeof(pf), &index) || index == VF_ANY)
		return fail(ctl, EXIT_USAGE, "'%s' is not a VF such as enp1s0f0/3",
			    word);
	code = vfs_get(ctl, pf, &messages);
	if (!code)
		code = row_find(ctl, &messages, word, index, &row);
	/* Nobody gets one that has no policy */
	if (!code && owned && !vf_has_owner(&row))
		code = fail(ctl, EXIT_REFUSED,
			    "VF %s belongs to no port, so nobody keeps it in its VLAN: vswctl port add",
			    word);
	if (!code) {
		vf = hardware(&row);
		code = *vf.pci ? to(ctl, &vf) :
		       fail(ctl, EXIT_REFUSED, "VF %s is no PCI device", word);
	}
	messages_free(&messages);
	return code;
}

int vf_bind(struct vswctl *ctl, struct args *args)
{
	return change(ctl, args, true, sriov_bind);
}

int vf_unbind(struct vswctl *ctl, struct args *args)
{
	return change(ctl, args, false, sriov_unbind);
}

/* Who would lose a VF, "" for nobody */
static void users_text(const struct messages *messages, char *buf, size_t size)
{
	struct nlmsghdr *message = NULL;
	char user[80], name[64];
	struct sriov_vf vf;
	struct row row;

	*buf = '\0';
	while ((message = messages_next(messages, message))) {
		/* What is gone cannot be taken away */
		if (!row_init(&row, &vf_attrs, message, NULL) ||
		    (row.tb[VSW_A_VF_PRESENT] &&
		     !attr_uint(row.tb[VSW_A_VF_PRESENT])))
			continue;
		vf = hardware(&row);
		row_text(&row, VSW_A_VF_PORT, name, sizeof(name));
		*user = '\0';
		if (vf_has_owner(&row))
			snprintf(user, sizeof(user), "port %s", name);
		else if (is_for_vm(&vf))
			snprintf(user, sizeof(user), "%s for a VM", vf.pci);
		if (*user && strlen(buf) + strlen(user) + 3 < size)
			snprintf(buf + strlen(buf), size - strlen(buf), "%s%s",
				 *buf ? ", " : "", user);
	}
}

static int count_change(struct vswctl *ctl, const struct row *uplink,
			uint32_t count)
{
	struct messages messages = {};
	char device[IF_NAMESIZE], nic[64], users[512];
	uint32_t now, total;
	int code;

	if (uplink->tb[VSW_A_PORT_AWAITS])
		return fail(ctl, EXIT_REFUSED,
			    "the uplink waits for its NIC: load the driver");
	row_text(uplink, VSW_A_PORT_IFNAME, device, sizeof(device));
	attr_string(uplink->tb[VSW_A_PORT_NIC], nic, sizeof(nic));
	if (!sriov_count(nic, &now, &total))
		return fail(ctl, EXIT_REFUSED, "%s has no SR-IOV on PCI",
			    device);
	if (count == now)
		return EXIT_OK;
	code = vfs_get(ctl, device, &messages);
	if (!code) {
		users_text(&messages, users, sizeof(users));
		if (*users && now)
			code = fail(ctl, EXIT_REFUSED,
				    "a new number takes all %u VFs of %s away for a moment, from %s: delete the ports and unbind the VFs first",
				    now, device, users);
	}
	if (!code && count > total)
		code = fail(ctl, EXIT_REFUSED, "%s has %u VFs at most", nic,
			    total);
	messages_free(&messages);
	return code ? code : sriov_set_count(ctl, nic, now, count);
}

int vfs_set(struct vswctl *ctl, const char *uplink, uint32_t count)
{
	struct messages messages = {};
	struct row row;
	int code;

	code = port_get(ctl, uplink, &messages, &row);
	if (!code &&
	    attr_uint(row.tb[VSW_A_PORT_ROLE]) != VSW_PORT_ROLE_UPLINK)
		code = fail(ctl, EXIT_REFUSED, "port '%s' is not an uplink",
			    uplink);
	if (!code)
		code = count_change(ctl, &row, count);
	messages_free(&messages);
	return code;
}
