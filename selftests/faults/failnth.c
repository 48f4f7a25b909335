// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library to be loaded before a program (LD_PRELOAD): each request that the
 * program sends to the kernel by netlink fails at its Nth allocation, as the file
 * fail-nth of the task has it (Documentation/fault-injection of the kernel).
 * Nothing else of the program does.
 *
 *	VSW_FAIL_NTH	N, from 1
 *	VSW_FAIL_LOG	a file that gets a line for each request that met a failure
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int control = -1;

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

static void failnth_log(unsigned int type)
{
	const char *path = getenv("VSW_FAIL_LOG");
	char line[32];
	int fd;

	if (!path)
		return;
	snprintf(line, sizeof(line), "%u\n", type);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		_exit(125);
	close(fd);
}

/* To find the number of a family is nothing of ours. */
static const struct nlmsghdr *failnth_request(int fd, const struct msghdr *msg)
{
	const struct nlmsghdr *request;
	socklen_t len = sizeof(int);
	int domain, protocol;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) ||
	    domain != AF_NETLINK ||
	    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) ||
	    !msg->msg_iovlen || msg->msg_iov[0].iov_len < sizeof(*request))
		return NULL;
	request = msg->msg_iov[0].iov_base;
	return protocol == NETLINK_GENERIC && request->nlmsg_type == GENL_ID_CTRL ?
	       NULL : request;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static ssize_t (*next)(int fd, const struct msghdr *msg, int flags);
	const struct nlmsghdr *request = failnth_request(fd, msg);
	const char *nth = getenv("VSW_FAIL_NTH");
	ssize_t sent;
	int error;

	if (!next)
		next = dlsym(RTLD_NEXT, "sendmsg");
	if (!request || !nth)
		return next(fd, msg, flags);
	failnth_open();
	failnth_set(strtoul(nth, NULL, 10));
	sent = next(fd, msg, flags);
	error = errno;
	if (!failnth_left())
		failnth_log(request->nlmsg_type);
	failnth_set(0);
	errno = error;
	return sent;
}
