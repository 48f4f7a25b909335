// SPDX-License-Identifier: GPL-2.0
/* Transport: the generic netlink family vsw by libnl-3 */
#include "nl.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vsw.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "attrs.h"
#include "extack.h"
#include "txn.h"
#include "vswctl.h"

/* A new port may have a nest for every other VID; all else is small */
#define REQUEST_SIZE	4096
#define PORT_NEW_SIZE	(128 * 1024)
#define BUFFER_SIZE	(64 * 1024)
#define EVENT_ROOM	(4 * 1024 * 1024)
#define DUMP_TRIES	4

/**
 * struct exchange - a request and what came of it
 * @req: the request
 * @replies: where answers go, or NULL
 * @code: exit code
 * @done: the kernel has said its last word
 * @interrupted: the state changed during a dump
 */
struct exchange {
	struct request *req;
	struct messages *replies;
	int code;
	bool done;
	bool interrupted;
};

bool messages_add(struct messages *messages, const struct nlmsghdr *message)
{
	size_t length = NLMSG_ALIGN(message->nlmsg_len);
	size_t room = messages->room ? messages->room : 4096;
	char *data;

	while (messages->length + length > room)
		room *= 2;
	if (room > messages->room) {
		data = realloc(messages->data, room);
		if (!data)
			return false;
		messages->data = data;
		messages->room = room;
	}
	memcpy(messages->data + messages->length, message,
	       message->nlmsg_len);
	messages->length += length;
	return true;
}

void messages_free(struct messages *messages)
{
	free(messages->data);
	memset(messages, 0, sizeof(*messages));
}

struct nlmsghdr *messages_next(const struct messages *messages,
			       struct nlmsghdr *message)
{
	char *next = messages->data;

	if (message)
		next = (char *)message + NLMSG_ALIGN(message->nlmsg_len);
	if (!next || next >= messages->data + messages->length)
		return NULL;
	return (struct nlmsghdr *)next;
}

static int request_alloc(struct request *req, struct vswctl *ctl,
			 uint8_t command, const struct attr_set *set,
			 size_t size)
{
	memset(req, 0, sizeof(*req));
	req->ctl = ctl;
	req->command = command;
	req->set = set;
	req->msg = nlmsg_alloc_size(size);
	if (!req->msg)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	/* The family is not known before it is needed: see exchange() */
	genlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, command,
		    VSW_FAMILY_VERSION);
	return EXIT_OK;
}

int request_start(struct request *req, struct vswctl *ctl, uint8_t command,
		  const struct attr_set *set)
{
	return request_alloc(req, ctl, command, set,
			     command == VSW_CMD_PORT_NEW ? PORT_NEW_SIZE :
							   REQUEST_SIZE);
}

int request_init_size(struct request *req, struct vswctl *ctl, uint8_t command,
		      size_t size)
{
	return request_alloc(req, ctl, command, operation_find(command)->set,
			     size);
}

int request_init(struct request *req, struct vswctl *ctl, uint8_t command)
{
	return request_start(req, ctl, command, operation_find(command)->set);
}

void request_free(struct request *req)
{
	nlmsg_free(req->msg);
	req->msg = NULL;
}

static void request_put(struct request *req, int attr, const void *data,
			size_t length)
{
	if (nla_put(req->msg, attr, length, data))
		req->overflow = true;
}

void request_put_u8(struct request *req, int attr, uint8_t value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_put_u16(struct request *req, int attr, uint16_t value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_put_u32(struct request *req, int attr, uint32_t value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_put_u64(struct request *req, int attr, uint64_t value)
{
	request_put(req, attr, &value, sizeof(value));
}

void request_put_string(struct request *req, int attr, const char *value)
{
	request_put(req, attr, value, strlen(value) + 1);
}

void request_put_mac(struct request *req, int attr, const uint8_t mac[6])
{
	request_put(req, attr, mac, 6);
}

struct nlattr *request_nest(struct request *req, int attr)
{
	struct nlattr *nest = nla_nest_start(req->msg, attr | NLA_F_NESTED);

	if (!nest)
		req->overflow = true;
	return nest;
}

void request_nest_end(struct request *req, struct nlattr *nest)
{
	if (nest)
		nla_nest_end(req->msg, nest);
}

struct nlattr *request_attr(const struct request *req, int attr)
{
	return nlmsg_find_attr(nlmsg_hdr(req->msg), GENL_HDRLEN, attr);
}

void request_drop(struct request *req, int attr)
{
	struct nlmsghdr *header = nlmsg_hdr(req->msg);
	struct nlattr *nla = request_attr(req, attr);
	char *end = (char *)header + header->nlmsg_len;
	char *next;

	if (!nla)
		return;
	next = (char *)nla + NLA_ALIGN(nla->nla_len);
	header->nlmsg_len -= next - (char *)nla;
	memmove(nla, next, end - next);
}

static void option_set(struct nl_sock *sock, int option)
{
	int on = 1;

	/* Without it there is less to say, but nothing else changes */
	(void)setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, option,
			 &on, sizeof(on));
}

static struct nl_sock *socket_open(void)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return NULL;
	if (genl_connect(sock)) {
		nl_socket_free(sock);
		return NULL;
	}
	nl_socket_set_msg_buf_size(sock, BUFFER_SIZE);
	(void)nl_socket_set_buffer_size(sock, 8 * BUFFER_SIZE,
					2 * PORT_NEW_SIZE);
	option_set(sock, NETLINK_EXT_ACK);
	option_set(sock, NETLINK_CAP_ACK);
	option_set(sock, NETLINK_GET_STRICT_CHK);
	return sock;
}

static int family_resolve(struct vswctl *ctl)
{
	ctl->family = genl_ctrl_resolve(ctl->sock, VSW_FAMILY_NAME);
	if (ctl->family == -NLE_OBJ_NOTFOUND)
		return fail(ctl, EXIT_NO_MODULE,
			    "the vsw module is not loaded: modprobe vsw");
	if (ctl->family < 0)
		return fail(ctl, EXIT_REFUSED,
			    "cannot ask for the netlink family vsw: %s",
			    nl_geterror(ctl->family));
	return EXIT_OK;
}

int family_connect(struct vswctl *ctl)
{
	int code;

	if (ctl->sock)
		return EXIT_OK;
	ctl->sock = socket_open();
	if (!ctl->sock)
		return fail(ctl, EXIT_REFUSED,
			    "cannot open a generic netlink socket: %s",
			    strerror(errno));
	code = family_resolve(ctl);
	if (code)
		family_disconnect(ctl);
	return code;
}

void family_disconnect(struct vswctl *ctl)
{
	nl_socket_free(ctl->sock);
	ctl->sock = NULL;
}

bool family_open(struct vswctl *ctl, const char *name)
{
	ctl->sock = socket_open();
	if (!ctl->sock)
		return false;
	ctl->family = genl_ctrl_resolve(ctl->sock, name);
	if (ctl->family >= 0)
		return true;
	family_disconnect(ctl);
	return false;
}

int family_listen(struct vswctl *ctl, struct nl_sock **sock)
{
	int code = family_connect(ctl);

	if (code)
		return code;
	*sock = socket_open();
	if (!*sock)
		return fail(ctl, EXIT_REFUSED,
			    "cannot open a generic netlink socket: %s",
			    strerror(errno));
	nl_socket_disable_seq_check(*sock);
	(void)nl_socket_set_buffer_size(*sock, EVENT_ROOM, 0);
	return EXIT_OK;
}

int family_join(struct vswctl *ctl, struct nl_sock *sock, const char *group)
{
	int number = genl_ctrl_resolve_grp(sock, VSW_FAMILY_NAME, group);
	int error = number < 0 ? number : nl_socket_add_membership(sock, number);

	if (error < 0)
		return fail(ctl, EXIT_REFUSED,
			    "cannot listen to the events of group %s: %s",
			    group, nl_geterror(error));
	return EXIT_OK;
}

/* Tell the user what the kernel says; a warning may come with a success */
static void exchange_end(struct exchange *ex, struct nlmsghdr *reply)
{
	char text[1024];

	ex->done = true;
	if (ex->req->may_miss && extack_error(reply) == -ENOENT)
		return;
	if (ex->req->command == VSW_CMD_BATCH && ex->req->ctl->txn)
		txn_text(ex->req->ctl, reply, text, sizeof(text));
	else
		extack_text(reply, nlmsg_hdr(ex->req->msg), ex->req->set,
			    text, sizeof(text));
	if (extack_error(reply))
		ex->code = fail(ex->req->ctl, EXIT_REFUSED, "%s", text);
	else if (*text)
		warn(ex->req->ctl, "%s", text);
}

static int on_answer(struct nl_msg *msg, void *arg)
{
	struct exchange *ex = arg;

	if (ex->replies && !messages_add(ex->replies, nlmsg_hdr(msg)))
		ex->code = fail(ex->req->ctl, EXIT_REFUSED, "out of memory");
	return NL_OK;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	exchange_end(arg, nlmsg_hdr(msg));
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error,
		    void *arg)
{
	(void)from;
	exchange_end(arg, (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN));
	return NL_STOP;
}

static int on_interruption(struct nl_msg *msg, void *arg)
{
	struct exchange *ex = arg;

	(void)msg;
	ex->interrupted = true;
	return NL_OK;
}

static void exchange_receive(struct exchange *ex, struct nl_cb *cb)
{
	int error;

	while (!ex->done) {
		error = nl_recvmsgs(ex->req->ctl->sock, cb);
		if (error >= 0 || ex->done)
			continue;
		ex->done = true;
		ex->code = fail(ex->req->ctl, EXIT_REFUSED,
				"the answer did not come: %s",
				nl_geterror(error));
	}
}

/* A message that does not fit into the buffer is refused */
static void send_room(struct vswctl *ctl, size_t length)
{
	int room = 2 * length;

	if (length > PORT_NEW_SIZE)
		(void)setsockopt(nl_socket_get_fd(ctl->sock), SOL_SOCKET,
				 SO_SNDBUFFORCE, &room, sizeof(room));
}

static int exchange_send(struct exchange *ex, int flags)
{
	struct vswctl *ctl = ex->req->ctl;
	struct nlmsghdr *header = nlmsg_hdr(ex->req->msg);
	int error;

	if (ex->req->overflow)
		return fail(ctl, EXIT_USAGE, "too much for one request");
	header->nlmsg_type = ctl->family;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	header->nlmsg_seq = NL_AUTO_SEQ;
	nl_complete_msg(ctl->sock, ex->req->msg);
	send_room(ctl, header->nlmsg_len);
	error = nl_send(ctl->sock, ex->req->msg);
	if (error < 0)
		return fail(ctl, EXIT_REFUSED, "cannot send the request: %s",
			    nl_geterror(error));
	return EXIT_OK;
}

static int exchange(struct exchange *ex, int flags)
{
	struct nl_cb *cb;
	int code;

	code = family_connect(ex->req->ctl);
	if (!code)
		code = exchange_send(ex, flags);
	if (code)
		return code;
	cb = nl_cb_alloc(NL_CB_CUSTOM);
	if (!cb)
		return fail(ex->req->ctl, EXIT_REFUSED, "out of memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, ex);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, ex);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, ex);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interruption, ex);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, ex);
	exchange_receive(ex, cb);
	nl_cb_put(cb);
	return ex->code;
}

int request_send(struct request *req, struct messages *replies)
{
	struct exchange ex = { .req = req, .replies = replies };

	return txn_wants(req) ? txn_add(req) : exchange(&ex, 0);
}

int request_dump(struct request *req, struct messages *replies)
{
	size_t before = replies->length;
	int code, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct exchange ex = { .req = req, .replies = replies };

		replies->length = before;
		code = exchange(&ex, NLM_F_DUMP);
		if (code || !ex.interrupted)
			return code;
	}
	warn(req->ctl,
	     "the state changed while it was read, %d times: it may be shown wrong",
	     DUMP_TRIES);
	return EXIT_OK;
}

int objects_get_of(struct vswctl *ctl, uint8_t command, int attr,
		   const char *name, struct messages *objects)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, command);
	if (code)
		return code;
	if (name)
		request_put_string(&req, attr, name);
	code = request_dump(&req, objects);
	request_free(&req);
	return code;
}

int objects_get(struct vswctl *ctl, uint8_t command, struct messages *objects)
{
	return objects_get_of(ctl, command, 0, NULL, objects);
}

int netns_enter(struct vswctl *ctl, const char *name)
{
	char path[4096];
	int code = EXIT_OK;
	int fd;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(ctl, EXIT_REFUSED,
			    "cannot open network namespace '%s': %s",
			    name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		code = fail(ctl, EXIT_REFUSED,
			    "cannot enter network namespace '%s': %s",
			    name, strerror(errno));
	close(fd);
	return code;
}
