// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of the family from bytes. See nlfuzz.h.
 */
#include "nlfuzz.h"

#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <net/if.h>
#include <string.h>

enum kind {
	KIND_U8, KIND_U16, KIND_U32, KIND_UINT, KIND_IFINDEX, KIND_STRING, KIND_BINARY,
	KIND_NEST, KIND_INNER,
};

struct attribute {
	uint16_t type;
	enum kind kind;
	/* The highest value or the greatest length, 0: nobody has said */
	uint32_t max;
	/* The set of what is in it */
	int nest;
	bool many;
};

struct attribute_set {
	const struct attribute *attributes;
	size_t count;
};

/* What a request is about, and names that do for it, or none */
struct named {
	uint8_t attribute;
	const char *names[4];
};

struct operation {
	uint8_t cmd;
	int set;
	bool can_do;
	bool can_dump;
	struct named named[3];
	size_t named_count;
	/* Those of the set that a request may have */
	uint8_t asked[64];
	size_t asked_count;
};

#include "schema.h"

static void compose_set(struct message *m, int set, struct bytes *b, int depth);

static const struct operation *operation_of(uint8_t cmd)
{
	size_t i;

	for (i = 0; i < COUNT(operations); i++)
		if (operations[i].cmd == cmd)
			return &operations[i];
	return NULL;
}

static void compose_asked(struct message *m, const struct operation *op,
			  struct bytes *b);

/* The attributes of another operation */
static void compose_inner(struct message *m, const struct attribute *attr,
			  struct bytes *b)
{
	uint8_t cmd = batch_commands[next8(b) % COUNT(batch_commands)];
	struct nlattr *nest = hold_begin(m, attr->type);

	compose_asked(m, operation_of(cmd), b);
	nest_end(m, nest);
}

static void compose_nest(struct message *m, const struct attribute *attr,
			 struct bytes *b, int depth)
{
	/* Many, now and then */
	unsigned int count = 1 + (attr->many ? next8(b) % 4 : 0);
	struct nlattr *nest;

	while (count--) {
		nest = nest_begin(m, attr->type);
		compose_set(m, attr->nest, b, depth + 1);
		nest_end(m, nest);
	}
}

static void compose_binary(struct message *m, const struct attribute *attr,
			   struct bytes *b)
{
	struct bytes raw;
	uint8_t n;

	if (attr->max == 6) {
		put(m, attr->type, some_mac(b), 6);
		return;
	}
	n = next8(b);
	raw = cut(b, n);
	put(m, attr->type, raw.at, raw.end - raw.at);
}

static void compose_string(struct message *m, const struct attribute *attr,
			   struct bytes *b)
{
	char raw[64];
	const char *text = some_name(b, raw);

	/* As it is, or without its end */
	if (text == raw)
		put(m, attr->type, raw, sizeof(raw));
	else
		put_string(m, attr->type, text);
}

/* A number of as many bytes as the kernel has for it */
static void compose_number(struct message *m, const struct attribute *attr,
			   struct bytes *b)
{
	uint64_t value = some_number(b, attr->max);
	size_t size = attr->kind == KIND_U8 ? 1 : attr->kind == KIND_UINT ? 8 : 4;

	put(m, attr->type, &value, size);
}

static void compose_attribute(struct message *m, const struct attribute *attr,
			      struct bytes *b, int depth)
{
	switch (attr->kind) {
	case KIND_U16:
		put_u16(m, attr->type, some_vid(b));
		break;
	case KIND_IFINDEX:
		put_u32(m, attr->type, some_index(b));
		break;
	case KIND_STRING:
		compose_string(m, attr, b);
		break;
	case KIND_BINARY:
		compose_binary(m, attr, b);
		break;
	case KIND_NEST:
		if (depth < 4)
			compose_nest(m, attr, b, depth);
		break;
	case KIND_INNER:
		compose_inner(m, attr, b);
		break;
	default:
		compose_number(m, attr, b);
		break;
	}
}

/* One that has no business there, or another length than it should have */
static void compose_wild(struct message *m, int set, struct bytes *b)
{
	const struct attribute_set *s = &sets[set];
	uint8_t how = next8(b);
	struct bytes raw;

	m->wild = true;
	if (how < 128) {
		compose_attribute(m, &s->attributes[how % s->count], b, 0);
		return;
	}
	raw = cut(b, how % 16);
	put(m, next16(b), raw.at, raw.end - raw.at);
}

/* All of a set, in their order, but those that a byte leaves out */
static void compose_set(struct message *m, int set, struct bytes *b, int depth)
{
	const struct attribute_set *s = &sets[set];
	size_t i;

	for (i = 0; i < s->count; i++)
		if (next8(b) & 1)
			compose_attribute(m, &s->attributes[i], b, depth);
}

/* Mostly of one that there is: who names nothing is refused before anything happens. */
static void compose_named(struct message *m, const struct operation *op, struct bytes *b)
{
	size_t i;

	for (i = 0; i < op->named_count; i++) {
		const struct named *named = &op->named[i];
		const struct attribute *attr =
			&sets[op->set].attributes[named->attribute];
		uint8_t n = next8(b);
		const char *name = named->names[n % COUNT(named->names)];

		if (n >= 240)
			continue;
		if (n >= 224 || !name)
			compose_attribute(m, attr, b, 0);
		else if (attr->kind == KIND_IFINDEX)
			put_u32(m, attr->type, if_nametoindex(name));
		else
			put_string(m, attr->type, name);
	}
}

static void compose_asked(struct message *m, const struct operation *op,
			  struct bytes *b)
{
	uint8_t n;

	if (!(m->header.nlmsg_flags & NLM_F_DUMP))
		compose_named(m, op, b);
	/* A zero is the end. */
	while ((n = next8(b))) {
		if (n >= 248)
			compose_wild(m, op->set, b);
		else if (op->asked_count)
			compose_attribute(m, &sets[op->set].attributes
					     [op->asked[n % op->asked_count]], b, 0);
	}
}

/* The records that follow */
static void compose_entries(struct message *m, uint16_t type, unsigned int count,
			    struct bytes *input)
{
	struct nlattr *entry, *attrs;
	struct bytes record;
	uint8_t op;

	while (count-- && input->at < input->end) {
		record = cut(input, RECORD);
		op = next8(&record) % COUNT(batch_commands);
		entry = nest_begin(m, type);
		put_u32(m, VSW_A_ENTRY_OP, op);
		attrs = hold_begin(m, VSW_A_ENTRY_ATTRS);
		compose_asked(m, operation_of(batch_commands[op]), &record);
		nest_end(m, attrs);
		nest_end(m, entry);
	}
}

static void compose_family(struct message *m, const struct operation *op,
			   struct bytes *record, struct bytes *input)
{
	struct genlmsghdr head = { .cmd = op->cmd, .version = VSW_FAMILY_VERSION };
	uint8_t how = next8(record);
	uint16_t flags = 0;
	uint8_t entries;

	if (op->can_dump && (!op->can_do || how & 1))
		flags = NLM_F_DUMP;
	message_begin(m, family, flags, &head, sizeof(head));
	m->ours = true;
	m->whole = !(flags & NLM_F_DUMP);
	if (op->cmd == VSW_CMD_BATCH) {
		entries = next8(record);
		compose_entries(m, VSW_A_BATCH_ENTRY, entries & 15, input);
		compose_entries(m, VSW_A_BATCH_UNDO, entries >> 6, input);
	}
	compose_asked(m, op, record);
	if (how >= 250) {
		m->header.nlmsg_flags = next16(record) | NLM_F_REQUEST;
		m->wild = true;
	}
}

/* Neither attributes nor a command that there is */
static void compose_raw(struct message *m, struct bytes *record)
{
	struct genlmsghdr head = { 0 };
	uint16_t flags;
	size_t length;

	head.cmd = next8(record);
	head.version = next8(record);
	flags = next8(record) & 1 ? NLM_F_DUMP : 0;
	length = record->end - record->at;
	message_begin(m, family, flags, &head, sizeof(head));
	m->ours = true;
	m->wild = true;
	memcpy(m->bytes + m->header.nlmsg_len, record->at, length);
	m->header.nlmsg_len += length;
}

void compose(struct message *m, struct bytes *input)
{
	struct bytes record = cut(input, RECORD);
	uint8_t what = next8(&record);

	if (what < 192)
		compose_family(m, &operations[what % COUNT(operations)], &record, input);
	else if (what < 250)
		compose_rtnl(m, &record);
	else
		compose_raw(m, &record);
}
