// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library to be loaded before a program (LD_PRELOAD): each request that the
 * program sends to the kernel by netlink fails at its Nth allocation, as the file
 * fail-nth of the task has it (Documentation/fault-injection of the kernel).
 * Nothing else of the program does.
 *
 *	VSW_FAIL_NTH	N, from 1
 *	VSW_FAIL_SEND	those by send(), too
 *	VSW_FAIL_LOG	a file that gets a line for each request that met a failure:
 *			"genl" and its command, or "rtnl" and its type
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int control = -1;
/* That of the last request */
static bool generic_socket;

static void failnth_open(void)
{
	if (control < 0)
		control = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (control >= 0)
		return;
	perror("failnth: /proc/thread-self/fail-nth");
	_exit(125);
}

static void failnth_set(unsigned int n)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(control, text, strlen(text), 0) > 0)
		return;
	perror("failnth: write");
	_exit(125);
}

/* What is left of N: 0 when it was met */
static unsigned int failnth_left(void)
{
	char text[12] = "";

	if (pread(control, text, sizeof(text) - 1, 0) <= 0) {
		perror("failnth: read");
		_exit(125);
	}
	return strtoul(text, NULL, 10);
}

static void failnth_log(const struct nlmsghdr *request)
{
	bool generic = request->nlmsg_type >= GENL_START_ALLOC && generic_socket;
	const struct genlmsghdr *head = NLMSG_DATA(request);
	const char *path = getenv("VSW_FAIL_LOG");
	char line[32];
	int fd;

	if (!path)
		return;
	snprintf(line, sizeof(line), "%s %u\n", generic ? "genl" : "rtnl",
		 generic ? head->cmd : request->nlmsg_type);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		_exit(125);
	close(fd);
}

/* To find the number of a family is nothing of ours. */
static const struct nlmsghdr *failnth_request(int fd, const void *data,
					      size_t size)
{
	const struct nlmsghdr *request = data;
	socklen_t len = sizeof(int);
	int domain, protocol;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) ||
	    domain != AF_NETLINK ||
	    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) ||
	    size < sizeof(*request))
		return NULL;
	generic_socket = protocol == NETLINK_GENERIC;
	return generic_socket && request->nlmsg_type == GENL_ID_CTRL ?
	       NULL : request;
}

/* Returns the request if its failure is to be injected now. */
static const struct nlmsghdr *failnth_begin(int fd, const void *data,
					    size_t size)
{
	const struct nlmsghdr *request = failnth_request(fd, data, size);
	const char *nth = getenv("VSW_FAIL_NTH");

	if (!request || !nth)
		return NULL;
	failnth_open();
	failnth_set(strtoul(nth, NULL, 10));
	return request;
}

static void failnth_end(const struct nlmsghdr *request)
{
	int error = errno;

	if (!request)
		return;
	if (!failnth_left())
		failnth_log(request);
	failnth_set(0);
	errno = error;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static ssize_t (*next)(int fd, const struct msghdr *msg, int flags);
	const struct nlmsghdr *request;
	ssize_t sent;

	if (!next)
		next = dlsym(RTLD_NEXT, "sendmsg");
	request = !msg->msg_iovlen ? NULL :
		  failnth_begin(fd, msg->msg_iov[0].iov_base,
				msg->msg_iov[0].iov_len);
	sent = next(fd, msg, flags);
	failnth_end(request);
	return sent;
}

/*
 * So does iproute2 ask for dumps. Only where it is asked to: it also looks devices up by
 * one, and has been seen to wait for ever when that fails.
 */
ssize_t send(int fd, const void *data, size_t size, int flags)
{
	static ssize_t (*next)(int fd, const void *data, size_t size, int flags);
	const struct nlmsghdr *request;
	ssize_t sent;

	if (!next)
		next = dlsym(RTLD_NEXT, "send");
	request = getenv("VSW_FAIL_SEND") ? failnth_begin(fd, data, size) : NULL;
	sent = next(fd, data, size, flags);
	failnth_end(request);
	return sent;
}
