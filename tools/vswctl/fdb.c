// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/vsw.h>

#include "args.h"
#include "enums.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "parse.h"
#include "vswctl.h"

static const char help[] =
	"Forwarding entries: behind which port an address lives, per VLAN.\n"
	"\n"
	"vswctl fdb [show [switch SWITCH] [port PORT] [vid VID] [mac MAC]\n"
	"                 [type dynamic|sticky|static|local]]\n"
	"vswctl fdb get MAC switch SWITCH vid VID\n"
	"vswctl fdb add MAC port PORT [vid VID] [static|sticky|dynamic]\n"
	"vswctl fdb del MAC switch SWITCH vid VID\n"
	"vswctl fdb flush switch SWITCH [port PORT] [vid VID]\n"
	"                 [type dynamic|sticky|static]\n"
	"\n"
	"  vid       a new entry is in the VLAN of the port's PVID by default\n"
	"  static    neither ages nor moves (default)\n"
	"  sticky    ages but does not move\n"
	"  dynamic   ages and moves, as if learned\n"
	"  AGE       seconds since the address was last seen as a source\n";

/**
 * struct fdb_request - a request while it is put together
 * @req: the request; first, so that keys find the rest
 * @mac: fdb show, the only address to show
 * @has_mac: that was given
 * @has_switch: a switch was given
 * @has_port: a port was given
 * @has_vid: a VLAN was given
 */
struct fdb_request {
	struct request req;
	uint8_t mac[6];
	bool has_mac;
	bool has_switch;
	bool has_port;
	bool has_vid;
};

static int put_switch(struct request *req, const struct key *key,
		      const char *word)
{
	((struct fdb_request *)req)->has_switch = true;
	if (req->command == VSW_CMD_FDB_DEL)
		return key_put_switch(req, key->attr, VSW_A_FDB_SWITCH_NAME,
				      word);
	return key_put_device(req, key, word);
}

static int put_port(struct request *req, const struct key *key,
		    const char *word)
{
	((struct fdb_request *)req)->has_port = true;
	return key_put_name(req, key, word);
}

static int put_vid(struct request *req, const struct key *key,
		   const char *word)
{
	((struct fdb_request *)req)->has_vid = true;
	return key_put_vid(req, key, word);
}

/* The kernel does not select by address: is_wanted() does */
static int put_filter(struct request *req, const struct key *key,
		      const char *word)
{
	struct fdb_request *fdb = (struct fdb_request *)req;
	const char *why = parse_mac(word, fdb->mac);

	if (why)
		return key_bad(req->ctl, key->name, word, why);
	fdb->has_mac = true;
	return EXIT_OK;
}

#define SWITCH_KEY	{ "switch", put_switch, VSW_A_FDB_SWITCH }
#define PORT_KEY	{ "port", put_port, VSW_A_FDB_PORT, VSW_PORT_NAME_MAX }
#define VID_KEY		{ "vid", put_vid, VSW_A_FDB_VID }
#define TYPE_KEY	{ "type", key_put_enum, VSW_A_FDB_TYPE,	\
			  .names = &fdb_type_names }

static const struct key entry_keys[] = { SWITCH_KEY, VID_KEY, { } };
static const struct key select_keys[] = {
	SWITCH_KEY, PORT_KEY, VID_KEY, TYPE_KEY, { }
};

static const struct key mac_keys[] = { { "mac", put_filter }, { } };
static const struct key add_keys[] = { PORT_KEY, VID_KEY, { } };

/* The type as a word of its own */
static const struct key type_keys[] = {
	{ "static", key_put_enum, VSW_A_FDB_TYPE, .names = &fdb_type_names,
	  .unless = "sticky", .flag = true },
	{ "sticky", key_put_enum, VSW_A_FDB_TYPE, .names = &fdb_type_names,
	  .unless = "dynamic", .flag = true },
	{ "dynamic", key_put_enum, VSW_A_FDB_TYPE, .names = &fdb_type_names,
	  .unless = "static", .flag = true },
	{ }
};

static bool is_wanted(const struct row *row)
{
	const struct fdb_request *fdb = row->data;
	uint8_t mac[6] = {};

	if (!fdb || !fdb->has_mac)
		return true;
	nla_memcpy(mac, row->tb[VSW_A_FDB_MAC], sizeof(mac));
	return !memcmp(mac, fdb->mac, sizeof(mac));
}

static const struct column columns[] = {
	{ "MAC", VSW_A_FDB_MAC },
	{ "VID", VSW_A_FDB_VID, .right = true },
	{ "PORT", VSW_A_FDB_PORT },
	{ "SWITCH", VSW_A_FDB_SWITCH },
	{ "TYPE", VSW_A_FDB_TYPE },
	{ "AGE", VSW_A_FDB_AGE, .right = true },
};

const struct view fdb_view = {
	.set = &fdb_attrs,
	.columns = columns,
	.count = ARRAY_SIZE(columns),
	.wanted = is_wanted,
};

static void flushed_print(struct vswctl *ctl, const struct messages *replies)
{
	struct nlmsghdr *message = messages_next(replies, NULL);
	struct row row;

	if (!message || !row_init(&row, &fdb_attrs, message, NULL))
		return;
	if (ctl->json)
		show_json(ctl, attrs_json(row.set, row.head, row.length));
	else
		fprintf(ctl->out, "flushed %llu\n", (unsigned long long)
			attr_uint(row.tb[VSW_A_FDB_FLUSHED]));
}

static int need(const struct fdb_request *fdb, bool has, const char *what)
{
	if (has)
		return EXIT_OK;
	return fail(fdb->req.ctl, EXIT_USAGE, "%s", what);
}

static int need_switch(const struct fdb_request *fdb)
{
	return need(fdb, fdb->has_switch, "which switch? say 'switch SWITCH'");
}

static int mac_word(struct fdb_request *fdb, struct args *args)
{
	static const struct key key = { "MAC", .attr = VSW_A_FDB_MAC };
	const char *word;
	int code;

	code = args_need(fdb->req.ctl, args, "the MAC address", &word);
	return code ? code : key_put_mac(&fdb->req, &key, word);
}

/* "MAC switch SWITCH vid VID" */
static int entry_words(struct fdb_request *fdb, struct args *args)
{
	int code = mac_word(fdb, args);

	if (!code)
		code = keys_read(&fdb->req, args, entry_keys, NULL);
	if (!code)
		code = need_switch(fdb);
	if (!code)
		code = need(fdb, fdb->has_vid, "which VLAN? say 'vid VID'");
	return code;
}

static int fdb_show(struct vswctl *ctl, struct args *args)
{
	struct fdb_request fdb = {};
	int code;

	code = request_init(&fdb.req, ctl, VSW_CMD_FDB_GET);
	if (code)
		return code;
	code = keys_read(&fdb.req, args, select_keys, mac_keys);
	if (!code)
		code = request_show(&fdb.req, &fdb_view, &fdb);
	request_free(&fdb.req);
	return code;
}

static int fdb_get(struct vswctl *ctl, struct args *args)
{
	struct fdb_request fdb = {};
	struct messages replies = {};
	int code;

	code = request_init(&fdb.req, ctl, VSW_CMD_FDB_GET);
	if (code)
		return code;
	code = entry_words(&fdb, args);
	if (!code)
		code = request_send(&fdb.req, &replies);
	if (!code)
		code = show(ctl, &fdb_view, &replies, NULL);
	messages_free(&replies);
	request_free(&fdb.req);
	return code;
}

static int fdb_add(struct vswctl *ctl, struct args *args)
{
	struct fdb_request fdb = {};
	int code;

	code = request_init(&fdb.req, ctl, VSW_CMD_FDB_NEW);
	if (code)
		return code;
	code = mac_word(&fdb, args);
	if (!code)
		code = keys_read(&fdb.req, args, add_keys, type_keys);
	if (!code)
		code = need(&fdb, fdb.has_port, "which port? say 'port PORT'");
	if (!code)
		code = request_change(&fdb.req, &fdb_view);
	request_free(&fdb.req);
	return code;
}

static int fdb_del(struct vswctl *ctl, struct args *args)
{
	struct fdb_request fdb = {};
	int code;

	code = request_init(&fdb.req, ctl, VSW_CMD_FDB_DEL);
	if (code)
		return code;
	code = entry_words(&fdb, args);
	if (!code)
		code = request_send(&fdb.req, NULL);
	request_free(&fdb.req);
	return code;
}

static int fdb_flush(struct vswctl *ctl, struct args *args)
{
	struct fdb_request fdb = {};
	struct messages replies = {};
	int code;

	code = request_init(&fdb.req, ctl, VSW_CMD_FDB_FLUSH);
	if (code)
		return code;
	code = keys_read(&fdb.req, args, select_keys, NULL);
	if (!code)
		code = need_switch(&fdb);
	if (!code)
		code = request_send(&fdb.req, &replies);
	if (!code)
		flushed_print(ctl, &replies);
	messages_free(&replies);
	request_free(&fdb.req);
	return code;
}

static const struct verb verbs[] = {
	{ "show", fdb_show },
	{ "get", fdb_get },
	{ "add", fdb_add },
	{ "del", fdb_del },
	{ "flush", fdb_flush },
	{ }
};

const struct object fdb_object = {
	.name = "fdb",
	.verbs = verbs,
	.help = help,
};
