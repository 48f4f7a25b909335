// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "parse.h"
#include "port.h"
#include "ports.h"
#include "txn.h"
#include "vswctl.h"

static const char help[] =
	"VLANs that ports are members of.\n"
	"\n"
	"vswctl vlan [show [PORT | switch SWITCH]]\n"
	"vswctl vlan add PORT vid LIST [pvid] [untagged]\n"
	"vswctl vlan del PORT vid LIST\n"
	"\n"
	"  LIST      VLANs such as 10,20-30; all are changed or none\n"
	"  pvid      untagged frames received belong to this VLAN (one VID)\n"
	"  untagged  frames leave without a tag\n";

/**
 * struct vlan_change - a change of the membership of a port
 * @req: the words become attributes here; the ranges have requests of
 *	their own
 * @command: VSW_CMD_VLAN_NEW or VSW_CMD_VLAN_DEL
 * @port: the port
 * @vids: the VLANs
 * @has_vids: those were given
 * @flags: how the port is to be a member
 */
struct vlan_change {
	struct request req;
	uint8_t command;
	const char *port;
	struct vid_set vids;
	bool has_vids;
	uint32_t flags;
};

static int put_vids(struct request *req, const struct key *key,
		    const char *word)
{
	struct vlan_change *change = (struct vlan_change *)req;
	const char *why = parse_vids(word, &change->vids);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	change->has_vids = true;
	return EXIT_OK;
}

static int put_flag(struct request *req, const struct key *key,
		    const char *word)
{
	(void)word;
	((struct vlan_change *)req)->flags |= key->max;
	return EXIT_OK;
}

static const struct key vid_keys[] = {
	{ "vid", put_vids },
	{ }
};

static const struct key flag_keys[] = {
	{ "pvid", put_flag, .max = VSW_VLAN_FLAG_PVID, .flag = true },
	{ "untagged", put_flag, .max = VSW_VLAN_FLAG_UNTAGGED, .flag = true },
	{ }
};

static void vids_text(const struct row *row, char *buf, size_t size)
{
	char last[8];

	row_text(row, VSW_A_VLAN_FIRST, buf, size);
	row_text(row, VSW_A_VLAN_LAST, last, sizeof(last));
	if (strcmp(last, "-") && strcmp(last, buf))
		snprintf(buf + strlen(buf), size - strlen(buf), "-%s", last);
}

static const struct column columns[] = {
	{ "PORT", VSW_A_VLAN_PORT },
	{ "SWITCH", VSW_A_VLAN_SWITCH },
	{ "VID", .text = vids_text },
	{ "FLAGS", VSW_A_VLAN_FLAGS },
};

const struct view vlan_view = {
	.set = &vlan_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
};

static int range_send(const struct vlan_change *change, uint8_t command,
		      uint16_t first, uint16_t last, uint32_t flags,
		      struct messages *replies)
{
	struct request req;
	int code;

	code = request_init(&req, change->req.ctl, command);
	if (code)
		return code;
	request_put_string(&req, VSW_A_VLAN_PORT, change->port);
	request_put_u16(&req, VSW_A_VLAN_FIRST, first);
	request_put_u16(&req, VSW_A_VLAN_LAST, last);
	if (command == VSW_CMD_VLAN_NEW)
		request_put_u32(&req, VSW_A_VLAN_FLAGS, flags);
	code = request_send(&req, replies);
	request_free(&req);
	return code;
}

static int ranges_put(const struct vlan_change *change,
		      struct messages *replies)
{
	uint16_t first, last;
	int code = EXIT_OK;

	for (first = 1; !code && vid_set_range(&change->vids, &first, &last);
	     first = last + 1)
		code = range_send(change, change->command, first, last,
				  change->flags, replies);
	return code;
}

/* A request for each contiguous range; several are a transaction */
static int ranges_send(const struct vlan_change *change,
		       struct messages *replies)
{
	struct vswctl *ctl = change->req.ctl;
	uint16_t first = 1, last;
	int code;

	vid_set_range(&change->vids, &first, &last);
	if (ctl->txn || vid_set_count(&change->vids) == last - first + 1U)
		return ranges_put(change, replies);

	code = txn_begin(ctl);
	if (!code)
		code = ranges_put(change, NULL);
	code = txn_end(ctl, code);
	/* What a transaction does not answer: the VLANs of the port now */
	if (!code && ctl->json && change->command == VSW_CMD_VLAN_NEW)
		code = objects_get_of(ctl, VSW_CMD_VLAN_GET, VSW_A_VLAN_PORT,
				      change->port, replies);
	return code;
}

static int vlan_words(struct vlan_change *change, struct args *args)
{
	struct vswctl *ctl = change->req.ctl;
	int code;

	code = args_need(ctl, args, "the name of the port", &change->port);
	if (!code)
		code = port_put_name(&change->req, VSW_A_VLAN_PORT,
				     change->port);
	if (!code)
		code = keys_read(&change->req, args, vid_keys,
				 change->command == VSW_CMD_VLAN_NEW ?
				 flag_keys : NULL);
	if (code)
		return code;
	if (!change->has_vids)
		return fail(ctl, EXIT_USAGE, "which VLANs? say 'vid LIST'");
	if (change->flags & VSW_VLAN_FLAG_PVID &&
	    vid_set_count(&change->vids) > 1)
		return fail(ctl, EXIT_USAGE, "'pvid' takes one VID, no list");
	return EXIT_OK;
}

static int vlan_change(struct vswctl *ctl, struct args *args, uint8_t command)
{
	struct vlan_change change = { .command = command };
	struct messages replies = {};
	int code;

	code = request_init(&change.req, ctl, command);
	if (code)
		return code;
	code = vlan_words(&change, args);
	if (!code)
		code = ranges_send(&change, &replies);
	if (!code && ctl->json && replies.length)
		code = show(ctl, &vlan_view, &replies, NULL);
	messages_free(&replies);
	request_free(&change.req);
	return code;
}

static int vlan_show(struct vswctl *ctl, struct args *args)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, VSW_CMD_VLAN_GET);
	if (code)
		return code;
	code = ports_select(&req, args, VSW_A_VLAN_SWITCH, VSW_A_VLAN_PORT,
			    NULL);
	if (!code)
		code = request_show(&req, &vlan_view, NULL);
	request_free(&req);
	return code;
}

static int vlan_add(struct vswctl *ctl, struct args *args)
{
	return vlan_change(ctl, args, VSW_CMD_VLAN_NEW);
}

static int vlan_del(struct vswctl *ctl, struct args *args)
{
	return vlan_change(ctl, args, VSW_CMD_VLAN_DEL);
}

static const struct verb verbs[] = {
	{ "show", vlan_show },
	{ "add", vlan_add },
	{ "del", vlan_del },
	{ }
};

const struct object vlan_object = {
	.name = "vlan",
	.verbs = verbs,
	.help = help,
};
