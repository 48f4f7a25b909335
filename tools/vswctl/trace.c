// SPDX-License-Identifier: GPL-2.0
/*
 * Frames are followed by vsw-trace(8), so that vswctl needs no libbpf. What it
 * does not know is whether the port is there, and when it goes.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/vsw.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "parse.h"
#include "port.h"
#include "vswctl.h"

#define HELPER		"vsw-trace"
#define COUNT_MAX	1000000000

static const char help[] =
	"Follow the frames from and to a port through the switch.\n"
	"\n"
	"vswctl [-j] trace PORT [count N] [vlan VID] [mac MAC]\n"
	"\n"
	"  count  end after so many frames\n"
	"  vlan   only frames of this VLAN\n"
	"  mac    only frames from or to this address\n"
	"\n"
	"It ends when interrupted, and when the port goes.\n";

/**
 * struct trace_request - the words of the command, and what becomes of it
 * @req: only for its command; first, so that keys find the rest
 * @words: the command line of the helper
 * @count: number of those
 * @id: number of the port
 * @is_gone: the port is gone
 */
struct trace_request {
	struct request req;
	char *words[16];
	int count;
	uint32_t id;
	bool is_gone;
};

static void word_add(struct trace_request *trace, const char *word)
{
	trace->words[trace->count++] = (char *)word;
}

static int put_option(struct request *req, const struct key *key,
		      const char *word)
{
	struct trace_request *trace = (struct trace_request *)req;
	const char *why = NULL;
	uint32_t number = 0;
	uint8_t mac[6];
	uint16_t vid;

	if (!strcmp(key->name, "mac"))
		why = parse_mac(word, mac);
	else if (!strcmp(key->name, "vlan"))
		why = parse_vid(word, &vid);
	else if (parse_uint(word, COUNT_MAX, &number) || !number)
		why = "is no number of frames";
	if (why)
		return key_bad(req->ctl, key->name, word, why);
	word_add(trace, !strcmp(key->name, "mac") ? "-m" :
			!strcmp(key->name, "vlan") ? "-v" : "-n");
	word_add(trace, word);
	return EXIT_OK;
}

static const struct key keys[] = {
	{ "count", put_option },
	{ "vlan", put_option },
	{ "mac", put_option },
	{ }
};

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *message = nlmsg_hdr(msg);
	struct trace_request *trace = arg;
	struct row row;

	if (message->nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN) &&
	    ((struct genlmsghdr *)nlmsg_data(message))->cmd ==
	    VSW_CMD_PORT_DEL_NTF &&
	    row_init(&row, &port_attrs, message, NULL) &&
	    attr_uint(row.tb[VSW_A_PORT_ID]) == trace->id)
		trace->is_gone = true;
	return NL_OK;
}

/* The number of the port; only what happens to it later is an event */
static int port_find(struct trace_request *trace, const char *name)
{
	struct messages messages = {};
	struct row row;
	int code;

	code = port_get(trace->req.ctl, name, &messages, &row);
	if (!code)
		trace->id = attr_uint(row.tb[VSW_A_PORT_ID]);
	messages_free(&messages);
	return code;
}

/* An event was lost: was it the one? */
static void port_check(struct trace_request *trace, const char *name)
{
	uint32_t id = trace->id;

	if (port_find(trace, name) || trace->id != id)
		trace->is_gone = true;
	trace->id = id;
}

/* Until the helper ends, or the port goes */
static void watch(struct trace_request *trace, const char *name,
		  struct nl_sock *sock, pid_t child)
{
	int pidfd = syscall(SYS_pidfd_open, child, 0);
	struct pollfd fds[] = {
		{ .fd = nl_socket_get_fd(sock), .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	while (pidfd >= 0 && !trace->is_gone) {
		/* Signals are for the helper, whose end is seen here */
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[1].revents)
			break;
		if (fds[0].revents && nl_recvmsgs_default(sock) == -NLE_NOMEM)
			port_check(trace, name);
	}
	if (pidfd >= 0)
		close(pidfd);
	if (trace->is_gone)
		kill(child, SIGTERM);
}

static pid_t child_pid;

/* The helper ends, and so do we; from a terminal it got the signal as well */
static void on_signal(int number)
{
	(void)number;
	kill(child_pid, SIGTERM);
}

static int helper_start(struct trace_request *trace)
{
	int error = posix_spawnp(&child_pid, HELPER, NULL, NULL, trace->words,
				 environ);

	if (error)
		return fail(trace->req.ctl, EXIT_REFUSED,
			    error == ENOENT ?
			    "this needs the program %s: build and install bpf/" :
			    "cannot run %s", HELPER);
	return EXIT_OK;
}

static int follow(struct trace_request *trace, const char *name,
		  struct nl_sock *sock)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct vswctl *ctl = trace->req.ctl;
	int code, status;

	fflush(ctl->out);
	code = helper_start(trace);
	if (code)
		return code;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, trace);
	watch(trace, name, sock, child_pid);
	while (waitpid(child_pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(ctl, EXIT_REFUSED, "%s is lost", HELPER);
	if (trace->is_gone)
		warn(ctl, "port '%s' is gone", name);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_REFUSED;
}

static int trace_run(struct vswctl *ctl, struct args *args)
{
	struct trace_request trace = { .req.ctl = ctl };
	struct nl_sock *sock = NULL;
	const char *name;
	int code;

	word_add(&trace, HELPER);
	if (ctl->json)
		word_add(&trace, "-j");
	code = args_need(ctl, args, "the name of the port", &name);
	if (!code)
		code = keys_read(&trace.req, args, keys, NULL);
	word_add(&trace, "--");
	word_add(&trace, name);
	/* ORDER: who listens first misses nothing */
	if (!code)
		code = family_listen(ctl, &sock);
	if (!code)
		code = family_join(ctl, sock, VSW_MCGRP_CONFIG);
	if (!code)
		code = port_find(&trace, name);
	if (!code)
		code = follow(&trace, name, sock);
	nl_socket_free(sock);
	return code;
}

const struct object trace_object = {
	.name = "trace",
	.run = trace_run,
	.help = help,
};
