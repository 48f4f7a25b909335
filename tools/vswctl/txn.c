// SPDX-License-Identifier: GPL-2.0
/* Transactions: many requests in one message. See txn.h */
#include "txn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <netlink/msg.h>

#include "attrs.h"
#include "extack.h"
#include "nl.h"
#include "vswctl.h"

/**
 * struct entry - where a change stands
 * @command: VSW_CMD_*
 * @line: line that it comes from
 * @offset: of its attribute, from the first entry
 */
struct entry {
	uint8_t command;
	unsigned int line;
	size_t offset;
};

/**
 * struct txn - a transaction
 * @data: attributes VSW_A_BATCH_ENTRY
 * @length: bytes used
 * @room: bytes allocated
 * @entry: one for each of them
 * @count: how many are used
 * @entry_room: how many are allocated
 * @lock: file that is held open meanwhile, or -1
 */
struct txn {
	char *data;
	size_t length;
	size_t room;
	struct entry *entry;
	size_t count;
	size_t entry_room;
	int lock;
};

/* VSW_BATCH_OP_* by VSW_CMD_*, and one more so that 0 is none */
static const uint8_t ops[] = {
	[VSW_CMD_SWITCH_NEW] = 1 + VSW_BATCH_OP_SWITCH_NEW,
	[VSW_CMD_SWITCH_SET] = 1 + VSW_BATCH_OP_SWITCH_SET,
	[VSW_CMD_SWITCH_DEL] = 1 + VSW_BATCH_OP_SWITCH_DEL,
	[VSW_CMD_PORT_NEW] = 1 + VSW_BATCH_OP_PORT_NEW,
	[VSW_CMD_PORT_SET] = 1 + VSW_BATCH_OP_PORT_SET,
	[VSW_CMD_PORT_DEL] = 1 + VSW_BATCH_OP_PORT_DEL,
	[VSW_CMD_VLAN_NEW] = 1 + VSW_BATCH_OP_VLAN_NEW,
	[VSW_CMD_VLAN_DEL] = 1 + VSW_BATCH_OP_VLAN_DEL,
	[VSW_CMD_FDB_NEW] = 1 + VSW_BATCH_OP_FDB_NEW,
	[VSW_CMD_FDB_DEL] = 1 + VSW_BATCH_OP_FDB_DEL,
};

/* An attribute cannot be longer */
#define ENTRY_MAX	65535
/* What stands in an entry before the attributes of its request */
#define ENTRY_HEAD	(NLA_HDRLEN + NLA_HDRLEN + 4 + NLA_HDRLEN)

int txn_begin(struct vswctl *ctl)
{
	ctl->txn = calloc(1, sizeof(*ctl->txn));
	if (!ctl->txn)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	ctl->txn->lock = -1;
	return EXIT_OK;
}

int *txn_lock(struct txn *txn)
{
	return &txn->lock;
}

struct txn *txn_take(struct vswctl *ctl)
{
	struct txn *txn = ctl->txn;

	ctl->txn = NULL;
	return txn;
}

void txn_free(struct txn *txn)
{
	if (!txn)
		return;
	if (txn->lock >= 0)
		close(txn->lock);
	free(txn->data);
	free(txn->entry);
	free(txn);
}

bool txn_wants(const struct request *req)
{
	return req->ctl->txn && req->set != &batch_attrs &&
	       (req->command == VSW_CMD_FDB_FLUSH ||
		(req->command < ARRAY_SIZE(ops) && ops[req->command]));
}

/* Room for @need more bytes and one more entry */
static bool txn_grow(struct txn *txn, size_t need)
{
	size_t room = txn->room ? txn->room : 65536;
	size_t entry_room = txn->entry_room ? txn->entry_room : 256;
	void *data;

	while (txn->length + need > room)
		room *= 2;
	if (room > txn->room) {
		data = realloc(txn->data, room);
		if (!data)
			return false;
		txn->data = data;
		txn->room = room;
	}
	if (txn->count == entry_room)
		entry_room *= 2;
	if (entry_room > txn->entry_room) {
		data = realloc(txn->entry, entry_room * sizeof(*txn->entry));
		if (!data)
			return false;
		txn->entry = data;
		txn->entry_room = entry_room;
	}
	return true;
}

static char *put_header(char *to, int type, size_t length)
{
	struct nlattr *nla = (struct nlattr *)to;

	nla->nla_type = type;
	nla->nla_len = length;
	return to + NLA_HDRLEN;
}

static void put_entry(struct txn *txn, uint32_t op, const void *attrs,
		      size_t length)
{
	char *to = txn->data + txn->length;

	memset(to, 0, NLA_ALIGN(ENTRY_HEAD + length));
	to = put_header(to, VSW_A_BATCH_ENTRY | NLA_F_NESTED,
			ENTRY_HEAD + length);
	to = put_header(to, VSW_A_ENTRY_OP, NLA_HDRLEN + sizeof(op));
	memcpy(to, &op, sizeof(op));
	to = put_header(to + sizeof(op), VSW_A_ENTRY_ATTRS,
			NLA_HDRLEN + length);
	if (length)
		memcpy(to, attrs, length);
}

int txn_add(const struct request *req)
{
	struct nlmsghdr *header = nlmsg_hdr(req->msg);
	size_t length = header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	struct vswctl *ctl = req->ctl;
	struct txn *txn = ctl->txn;

	if (req->command == VSW_CMD_FDB_FLUSH)
		return fail(ctl, EXIT_USAGE,
			    "a flush is no part of a transaction: do it before or after");
	if (req->overflow || ENTRY_HEAD + length > ENTRY_MAX)
		return fail(ctl, EXIT_USAGE,
			    "too much for one entry of a transaction: add VLANs by 'vlan add'");
	if (!txn_grow(txn, NLA_ALIGN(ENTRY_HEAD + length)))
		return fail(ctl, EXIT_REFUSED, "out of memory");
	put_entry(txn, ops[req->command] - 1,
		  (char *)header + NLMSG_LENGTH(GENL_HDRLEN), length);
	txn->entry[txn->count++] = (struct entry) {
		.command = req->command,
		.line = ctl->line,
		.offset = txn->length,
	};
	txn->length += NLA_ALIGN(ENTRY_HEAD + length);
	return EXIT_OK;
}

/* The entry that @offset of the message is in, or NULL */
static const struct entry *entry_find(const struct txn *txn, size_t offset)
{
	size_t i;

	offset -= NLMSG_LENGTH(GENL_HDRLEN);
	if (offset >= txn->length)
		return NULL;
	for (i = txn->count; i--;)
		if (txn->entry[i].offset <= offset)
			return &txn->entry[i];
	return NULL;
}

/* The message that the entry would have been alone; the caller frees it */
static struct nlmsghdr *entry_request(const struct txn *txn,
				      const struct entry *entry)
{
	const struct nlattr *nla = (void *)(txn->data + entry->offset);
	size_t length = nla->nla_len - ENTRY_HEAD;
	struct nlmsghdr *header;

	header = calloc(1, NLMSG_LENGTH(GENL_HDRLEN) + length);
	if (!header)
		return NULL;
	header->nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + length;
	memcpy((char *)header + NLMSG_LENGTH(GENL_HDRLEN),
	       (char *)nla + ENTRY_HEAD, length);
	return header;
}

void txn_text(struct vswctl *ctl, struct nlmsghdr *reply, char *buf,
	      size_t size)
{
	const struct txn *txn = ctl->txn;
	struct nlmsghdr empty = { .nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) };
	struct nlmsghdr *request = NULL;
	const struct entry *entry;
	uint32_t offset;

	entry = extack_blamed(reply, &offset) ? entry_find(txn, offset) : NULL;
	if (entry)
		request = entry_request(txn, entry);
	/* The last line of a file is not to blame for all of it */
	if (!entry && ctl->atomic && extack_error(reply))
		ctl->line = 0;
	if (!entry || !request) {
		extack_text(reply, &empty, &batch_attrs, buf, size);
		return;
	}
	ctl->line = entry->line;
	extack_shift(reply, entry->offset + ENTRY_HEAD);
	extack_text(reply, request, operation_find(entry->command)->set, buf,
		    size);
	free(request);
}

/* The same entries by another type of attribute */
static int put_entries(struct request *req, const struct txn *txn, int type)
{
	struct nlattr *nla;
	char *to;
	size_t i;

	to = nlmsg_reserve(req->msg, txn->length, NLMSG_ALIGNTO);
	if (!to)
		return fail(req->ctl, EXIT_REFUSED, "out of memory");
	if (txn->length)
		memcpy(to, txn->data, txn->length);
	for (i = 0; i < txn->count; i++) {
		nla = (struct nlattr *)(to + txn->entry[i].offset);
		nla->nla_type = type | NLA_F_NESTED;
	}
	return EXIT_OK;
}

int txn_commit(struct vswctl *ctl, struct txn *txn, const struct txn *undo,
	       unsigned int timeout)
{
	struct request req;
	int code;

	if (!txn->count)
		return EXIT_OK;
	code = request_init_size(&req, ctl, VSW_CMD_BATCH, txn->length +
				 (undo ? undo->length : 0) + 4096);
	if (code)
		return code;
	code = put_entries(&req, txn, VSW_A_BATCH_ENTRY);
	if (!code && undo) {
		code = put_entries(&req, undo, VSW_A_BATCH_UNDO);
		request_put_u32(&req, VSW_A_BATCH_TIMEOUT, timeout);
	}
	/* txn_text() looks there for the entry to blame */
	ctl->txn = txn;
	if (!code)
		code = request_send(&req, NULL);
	ctl->txn = NULL;
	request_free(&req);
	return code;
}

int txn_end(struct vswctl *ctl, int code)
{
	struct txn *txn = txn_take(ctl);

	if (!code)
		code = txn_commit(ctl, txn, NULL, 0);
	txn_free(txn);
	return code;
}

int txn_settle(struct vswctl *ctl, bool stays)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, stays ? VSW_CMD_BATCH_CONFIRM :
					       VSW_CMD_BATCH_UNDO);
	if (!code)
		code = request_send(&req, NULL);
	request_free(&req);
	return code;
}

int txn_check_settled(struct vswctl *ctl, const char *what)
{
	long left;
	int code = txn_waiting(ctl, &left);

	if (code || left < 0)
		return code;
	return fail(ctl, EXIT_REFUSED,
		    "a change waits to be confirmed, and is taken back in %ld s: confirm it or take it back before you %s (vswctl config confirm, rollback)",
		    left, what);
}

int txn_waiting(struct vswctl *ctl, long *left)
{
	struct messages replies = {};
	struct nlattr *attr = NULL;
	struct nlmsghdr *message;
	struct request req;
	int code;

	code = request_init(&req, ctl, VSW_CMD_BATCH_GET);
	if (!code)
		code = request_send(&req, &replies);
	message = messages_next(&replies, NULL);
	if (!code && message)
		attr = nlmsg_find_attr(message, GENL_HDRLEN, VSW_A_BATCH_LEFT);
	*left = attr ? (long)attr_uint(attr) : -1;
	messages_free(&replies);
	request_free(&req);
	return code;
}
