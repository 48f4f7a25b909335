// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes off an input, and attributes onto a message. See nlfuzz.h.
 */
#include "nlfuzz.h"

#include <string.h>

uint8_t next8(struct bytes *b)
{
	return b->at < b->end ? *b->at++ : 0;
}

uint16_t next16(struct bytes *b)
{
	uint16_t low = next8(b);

	return low | next8(b) << 8;
}

uint32_t next32(struct bytes *b)
{
	uint32_t low = next16(b);

	return low | (uint32_t)next16(b) << 16;
}

struct bytes cut(struct bytes *b, size_t length)
{
	struct bytes part = { b->at, b->end };

	if ((size_t)(b->end - b->at) > length)
		part.end = b->at + length;
	b->at = part.end;
	return part;
}

static uint8_t *tail(struct message *m)
{
	return m->bytes + NLMSG_ALIGN(m->header.nlmsg_len);
}

static size_t room(struct message *m)
{
	return sizeof(m->bytes) - NLMSG_ALIGN(m->header.nlmsg_len);
}

void message_begin(struct message *m, uint16_t type, uint16_t flags,
		   const void *head, size_t length)
{
	memset(&m->header, 0, sizeof(m->header));
	m->ours = false;
	m->wild = false;
	m->whole = false;
	m->header.nlmsg_type = type;
	m->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	memset(m->bytes + NLMSG_HDRLEN, 0, NLMSG_ALIGN(length));
	memcpy(m->bytes + NLMSG_HDRLEN, head, length);
	m->header.nlmsg_len = NLMSG_HDRLEN + NLMSG_ALIGN(length);
}

/* What has no room any more is left out. */
void put(struct message *m, uint16_t type, const void *data, size_t length)
{
	struct nlattr attr = { NLA_HDRLEN + length, type };
	uint8_t *at = tail(m);

	if (length > UINT16_MAX - NLA_HDRLEN || room(m) < NLA_HDRLEN + NLA_ALIGN(length))
		return;
	memcpy(at, &attr, sizeof(attr));
	memset(at + NLA_HDRLEN, 0, NLA_ALIGN(length));
	if (length)
		memcpy(at + NLA_HDRLEN, data, length);
	m->header.nlmsg_len = at - m->bytes + NLA_HDRLEN + NLA_ALIGN(length);
}

void put_u16(struct message *m, uint16_t type, uint16_t value)
{
	put(m, type, &value, sizeof(value));
}

void put_u32(struct message *m, uint16_t type, uint32_t value)
{
	put(m, type, &value, sizeof(value));
}

void put_string(struct message *m, uint16_t type, const char *text)
{
	put(m, type, text, strlen(text) + 1);
}

/* An attribute that holds others, and that the kernel is not told so of */
struct nlattr *hold_begin(struct message *m, uint16_t type)
{
	void *at = tail(m);

	if (room(m) < NLA_HDRLEN)
		return NULL;
	put(m, type, NULL, 0);
	return at;
}

struct nlattr *nest_begin(struct message *m, uint16_t type)
{
	return hold_begin(m, type | NLA_F_NESTED);
}

void nest_end(struct message *m, struct nlattr *nest)
{
	size_t length;

	if (!nest)
		return;
	length = tail(m) - (uint8_t *)nest;
	/* Longer than an attribute can be: it is a lie, then. */
	nest->nla_len = length > UINT16_MAX ? UINT16_MAX : length;
}
