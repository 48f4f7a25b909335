// SPDX-License-Identifier: GPL-2.0
/*
 * A tap on a switch of vsw, for a QEMU without privileges. It has the command line
 * of qemu-bridge-helper, is setuid root, and believes nobody: see
 * vsw-bridge-helper(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cap-ng.h>

#include "acl.h"
#include "link.h"
#include "tap.h"

static const char usage[] =
	"Usage: vsw-bridge-helper --br=SWITCH --fd=UNIX_SOCKET [--use-vnet] [--queues=N]\n";

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *format, ...)
{
	va_list args;

	fputs("vsw-bridge-helper: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

__attribute__((noreturn))
static void die_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

/* A file that is opened later must not become standard output or error */
static void open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			_exit(EXIT_FAILURE);
	} while (fd <= STDERR_FILENO);
	close(fd);
}

/*
 * Become the caller, with one capability. Without setuid the caller has it already,
 * or will be refused by the kernel.
 */
static void drop_privileges(void)
{
	if (geteuid() || !getuid())
		return;
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			 CAP_NET_ADMIN) ||
	    capng_change_id(getuid(), getgid(), CAPNG_CLEAR_BOUNDING))
		die("cannot give up privileges");
}

static unsigned int parse_number(const char *text, const char *what,
				 unsigned int least, unsigned int most)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value < least ||
	    value > most)
		die("%s is a number from %u to %u, not '%.20s'", what, least, most,
		    text);
	return value;
}

/* Returns the socket */
static int parse(int argc, char **argv, struct tap *tap, struct link *master)
{
	static const struct option options[] = {
		{ "br", required_argument, NULL, 'b' },
		{ "fd", required_argument, NULL, 'f' },
		{ "use-vnet", no_argument, NULL, 'v' },
		{ "queues", required_argument, NULL, 'q' },
		{}
	};
	int option, fd = -1;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'b':
			if (!*optarg || strlen(optarg) >= sizeof(master->name))
				die("'%.20s' is no name of a switch", optarg);
			memcpy(master->name, optarg, strlen(optarg) + 1);
			break;
		case 'f':
			fd = parse_number(optarg, "--fd", 0, 1 << 20);
			break;
		case 'v':
			tap->vnet_hdr = true;
			break;
		case 'q':
			tap->queues = parse_number(optarg, "--queues", 1,
						   TAP_QUEUES_MAX);
			break;
		default:
			die_usage();
		}
	}
	if (optind != argc || fd < 0 || !master->name[0])
		die_usage();
	return fd;
}

/* Before anything is made: would there be somebody to hand it to? */
static void check_socket(int fd)
{
	struct sockaddr_storage address = {};
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0 ||
	    address.ss_family != AF_UNIX)
		die("--fd=%d is no Unix socket: it is QEMU that calls this program",
		    fd);
}

static void check_acl(const char *name)
{
	struct acl acl = { .name = name, .owner = 0 };

	if (acl_read(&acl, ACL_FILE) < 0)
		die("%s", acl.error);
	if (!acl_allows(&acl))
		die("%s does not allow '%s': ask the administrator for a line 'allow %s'",
		    ACL_FILE, name, name);
}

static void find_switch(struct link *master)
{
	char error[160];

	if (link_get(master, error, sizeof(error)) < 0)
		die("%s: %s", master->name, error);
	if (!master->is_switch)
		die("%s is no switch of vsw; for a bridge there is qemu-bridge-helper",
		    master->name);
}

static void join(const struct tap *tap, const struct link *master)
{
	struct link link = { .index = if_nametoindex(tap->name) };
	char error[160];

	if (!link.index)
		die("%s: %s", tap->name, strerror(errno));
	if (link_join(&link, master, tap->mac, error, sizeof(error)) < 0)
		die("%s cannot be a port of %s: %s", tap->name, master->name,
		    error);
}

int main(int argc, char **argv)
{
	static struct tap tap = { .queues = 1 };
	struct link master = {};
	int socket;

	open_standard();
	clearenv();
	drop_privileges();
	socket = parse(argc, argv, &tap, &master);
	check_socket(socket);
	check_acl(master.name);
	find_switch(&master);
	/* It is gone with this process if what follows fails. */
	if (tap_open(&tap) < 0)
		die("cannot make a tap: %s", strerror(errno));
	join(&tap, &master);
	if (tap_send(&tap, socket) < 0)
		die("cannot hand over the tap: %s", strerror(errno));
	return EXIT_SUCCESS;
}
