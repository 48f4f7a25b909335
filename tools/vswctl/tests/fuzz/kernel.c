// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that answers what the fuzzer wants, below libnl: its functions that talk
 * to sockets are replaced, and those that take messages apart are the real ones.
 *
 * The input is a row of answers, each a byte that says what it is, two that say how
 * long, and so many bytes:
 *
 *	0	a datagram, as it is
 *	1	an object: its command, and attributes
 *	2	a refusal: an error number, a byte with flags, and attributes of the ACK
 *	3	the end of a dump: a byte with flags, and attributes of the ACK
 *	4	a net device: a struct ifinfomsg, and attributes
 *
 * When the input is at its end, everything is done and nothing follows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "fuzz.h"
#include "kernel.h"

#define FAMILY 42
/* Answers "nothing follows" in a row, without a request in between */
#define PATIENCE 4
/* Whoever asks more often than a batch can would ask for ever, as "top" does */
#define REQUESTS_MAX 500

enum answer {
	ANSWER_RAW,
	ANSWER_OBJECT,
	ANSWER_ERROR,
	ANSWER_DONE,
	ANSWER_LINK,
	ANSWERS,
};

/**
 * struct kernel - what the kernel does
 * @data: input that is left
 * @size: its length
 * @request: header of the last request
 * @requests: how many there were
 * @idle: how often it had nothing to say since the last
 */
static struct {
	const uint8_t *data;
	size_t size;
	struct nlmsghdr request;
	unsigned int requests;
	unsigned int idle;
} kernel;

void kernel_feed(const uint8_t *data, size_t size)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.data = data;
	kernel.size = size;
}

/* Up to @size bytes of the input */
static size_t take(const uint8_t **data, size_t size)
{
	if (size > kernel.size)
		size = kernel.size;
	*data = kernel.data;
	kernel.data += size;
	kernel.size -= size;
	return size;
}

static uint8_t take_byte(void)
{
	const uint8_t *byte;

	return take(&byte, 1) ? *byte : 0;
}

/* A message with @head and then the rest of the answer; returns its length */
static int message(unsigned char **buf, uint16_t type, uint16_t flags,
		   const void *head, size_t head_size, const uint8_t *rest,
		   size_t size)
{
	struct nlmsghdr *header;
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(head_size);

	header = calloc(1, at + size);
	if (!header)
		abort();
	header->nlmsg_len = at + size;
	header->nlmsg_type = type;
	header->nlmsg_flags = flags;
	header->nlmsg_seq = kernel.request.nlmsg_seq;
	memcpy((char *)header + NLMSG_HDRLEN, head, head_size);
	if (size)
		memcpy((char *)header + at, rest, size);
	*buf = (unsigned char *)header;
	return header->nlmsg_len;
}

static int refusal(unsigned char **buf, const uint8_t *rest, size_t size)
{
	struct nlmsgerr error = { .msg = kernel.request };
	uint8_t flags = size > 1 ? rest[1] : 0;

	error.error = size ? -(int)rest[0] : 0;
	if (size > 1) {
		rest += 2;
		size -= 2;
	}
	return message(buf, NLMSG_ERROR,
		       (flags & 1 ? 0 : NLM_F_CAPPED) |
		       (flags & 2 ? 0 : NLM_F_ACK_TLVS),
		       &error, sizeof(error), rest, size);
}

static int end_of_dump(unsigned char **buf, const uint8_t *rest, size_t size)
{
	uint8_t flags = size ? rest[0] : 0;
	int error = flags >> 4 ? -(flags >> 4) : 0;

	return message(buf, NLMSG_DONE,
		       NLM_F_MULTI | (flags & 1 ? NLM_F_DUMP_INTR : 0) |
		       (flags & 2 ? NLM_F_ACK_TLVS : 0),
		       &error, sizeof(error), rest + !!size, size - !!size);
}

static int object(unsigned char **buf, const uint8_t *rest, size_t size)
{
	struct genlmsghdr head = { .cmd = size ? rest[0] : 0, .version = 1 };

	return message(buf, FAMILY, NLM_F_MULTI, &head, sizeof(head),
		       rest + !!size, size - !!size);
}

static int link_object(unsigned char **buf, const uint8_t *rest, size_t size)
{
	struct ifinfomsg head = {};
	size_t used = size < sizeof(head) ? size : sizeof(head);

	if (used)
		memcpy(&head, rest, used);
	return message(buf, RTM_NEWLINK, NLM_F_MULTI, &head, sizeof(head),
		       rest + used, size - used);
}

/* A request is done, a dump is; and who only listens hears an error at last */
static int nothing(unsigned char **buf)
{
	struct nlmsgerr error = { .msg = kernel.request };
	int zero = 0;

	if (kernel.idle++ >= PATIENCE)
		return -NLE_FAILURE;
	if (kernel.request.nlmsg_flags & NLM_F_DUMP)
		return message(buf, NLMSG_DONE, NLM_F_MULTI, &zero,
			       sizeof(zero), NULL, 0);
	return message(buf, NLMSG_ERROR, NLM_F_CAPPED, &error, sizeof(error),
		       NULL, 0);
}

static int raw(unsigned char **buf, const uint8_t *rest, size_t size)
{
	/* libnl takes an empty datagram for the end of the socket */
	if (!size)
		return nothing(buf);
	*buf = malloc(size);
	if (!*buf)
		abort();
	memcpy(*buf, rest, size);
	return size;
}

static int receive(struct nl_sock *sock, struct sockaddr_nl *from,
		   unsigned char **buf, struct ucred **creds)
{
	const uint8_t *rest;
	unsigned int kind;
	size_t size;

	(void)sock;
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	if (creds)
		*creds = NULL;
	if (!kernel.size)
		return nothing(buf);
	kind = take_byte();
	size = take_byte();
	size |= (size_t)take_byte() << 8;
	size = take(&rest, size);
	switch (kind % ANSWERS) {
	case ANSWER_RAW:
		return raw(buf, rest, size);
	case ANSWER_OBJECT:
		return object(buf, rest, size);
	case ANSWER_ERROR:
		return refusal(buf, rest, size);
	case ANSWER_DONE:
		return end_of_dump(buf, rest, size);
	default:
		return link_object(buf, rest, size);
	}
}

/* The length of the request, or an error */
static int requested(const struct nlmsghdr *header)
{
	if (kernel.requests++ > REQUESTS_MAX)
		return -NLE_FAILURE;
	kernel.request = *header;
	kernel.idle = 0;
	return (int)header->nlmsg_len;
}

/* In the place of libnl's; see redefine.txt */

int fuzz_genl_connect(struct nl_sock *sock)
{
	/* Numbers of the sequence are not what is tested */
	nl_socket_disable_auto_ack(sock);
	nl_socket_disable_seq_check(sock);
	return 0;
}

int fuzz_nl_connect(struct nl_sock *sock, int protocol)
{
	(void)protocol;
	return fuzz_genl_connect(sock);
}

int fuzz_genl_ctrl_resolve(struct nl_sock *sock, const char *name)
{
	(void)sock;
	(void)name;
	return FAMILY;
}

int fuzz_genl_ctrl_resolve_grp(struct nl_sock *sock, const char *family,
			       const char *group)
{
	(void)sock;
	(void)family;
	(void)group;
	return 1;
}

int fuzz_nl_socket_add_membership(struct nl_sock *sock, int group)
{
	(void)sock;
	(void)group;
	return 0;
}

int fuzz_nl_send(struct nl_sock *sock, struct nl_msg *msg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);

	(void)sock;
	if (!nlmsg_ok(header, (int)header->nlmsg_len))
		fuzz_fail("a request that is no message");
	return requested(header);
}

int fuzz_nl_send_simple(struct nl_sock *sock, int type, int flags, void *buf,
			size_t size)
{
	struct nlmsghdr header = {
		.nlmsg_len = NLMSG_LENGTH(size),
		.nlmsg_type = type,
		.nlmsg_flags = flags,
	};

	(void)sock;
	(void)buf;
	return requested(&header);
}

int fuzz_nl_recvmsgs(struct nl_sock *sock, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, receive);
	return nl_recvmsgs(sock, cb);
}

int fuzz_nl_recvmsgs_default(struct nl_sock *sock)
{
	struct nl_cb *cb = nl_socket_get_cb(sock);
	int error = fuzz_nl_recvmsgs(sock, cb);

	nl_cb_put(cb);
	return error;
}
