// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsw-trace: what vsw does with the frames of a port. See trace.bpf.c.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common.h"
#include "trace.skel.h"
#include "trace_print.h"

#define POLL_MSEC	100
#define VID_MAX		4094

static_assert(VSW_PORT_NAME_MAX + 1 == TRACE_NAME_SIZE, "port names fit");

/**
 * struct trace - all that the program is about
 * @skel: BPF programs and maps
 * @style: how to print
 * @port: name of the port, or "" for all
 * @vid: the only VLAN wanted, or 0
 * @mac: the only address wanted
 * @has_mac: there is one
 * @limit: of frames, 0 for none
 * @printed: how many so far
 * @lost: how many were lost by the last look
 */
struct trace {
	struct trace_bpf *skel;
	struct trace_style style;
	const char *port;
	__u16 vid;
	__u8 mac[TRACE_MAC_SIZE];
	bool has_mac;
	unsigned long limit;
	unsigned long printed;
	__u64 lost;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/*
 * Load and follow
 */

static int load(struct trace *trace)
{
	struct stat netns;
	int err;

	err = follow_begin();
	if (err)
		return err;
	trace->skel = trace_bpf__open();
	if (!trace->skel)
		return follow_failed(-errno, "vsw");
	/* The name of a port is unique in its namespace. */
	if (!stat("/proc/self/ns/net", &netns))
		trace->skel->rodata->only_netns = netns.st_ino;
	snprintf(trace->skel->rodata->only_port, TRACE_NAME_SIZE, "%s",
		 trace->port);
	trace->skel->rodata->only_vid = trace->vid;
	trace->skel->rodata->only_mac = trace->has_mac;
	memcpy(trace->skel->rodata->mac, trace->mac, sizeof(trace->mac));

	err = trace_bpf__load(trace->skel);
	if (!err)
		err = trace_bpf__attach(trace->skel);
	return err ? follow_failed(err, "vsw") : 0;
}

static void report_lost(struct trace *trace)
{
	__u64 lost = trace->skel->bss->frames_lost;

	if (lost == trace->lost)
		return;
	complain("%llu frames came too fast to be shown", lost - trace->lost);
	trace->lost = lost;
}

/* Called by libbpf; an error ends its round. */
static int handle_frame(void *context, void *data, size_t size)
{
	struct trace *trace = context;

	(void)size;
	trace_print(&trace->style, data);
	if (++trace->printed == trace->limit || ferror(stdout)) {
		stop = 1;
		return -ECANCELED;
	}
	return 0;
}

static int follow(struct trace *trace)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(trace->skel->maps.frames),
				handle_frame, trace, NULL);
	if (!ring) {
		err = -errno;
		complain("ring buffer: %s", strerror(-err));
		return EXIT_FAILURE;
	}

	/* Who waits for the first line knows that it is time to send. */
	fprintf(stderr, "vsw-trace: following %s%s\n",
		*trace->port ? "port " : "all ports", trace->port);
	while (!stop && (err >= 0 || err == -EINTR)) {
		err = ring_buffer__poll(ring, POLL_MSEC);
		report_lost(trace);
	}
	/* What had come by then */
	if (!trace->limit || trace->printed < trace->limit)
		ring_buffer__consume(ring);
	report_lost(trace);
	ring_buffer__free(ring);
	if (err >= 0 || err == -EINTR || err == -ECANCELED)
		return ferror(stdout) ? EXIT_FAILURE : 0;
	complain("reading the ring buffer: %s", strerror(-err));
	return EXIT_FAILURE;
}

static int run(struct trace *trace)
{
	const struct sigaction action = { .sa_handler = on_signal };
	int status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = load(trace);
	if (!status)
		status = follow(trace);
	trace_bpf__destroy(trace->skel);
	return status;
}

/*
 * The command line
 */

static void usage(FILE *to)
{
	fputs("Usage: vsw-trace [OPTION...] [PORT]\n"
	      "Show what vsw does with the frames from and to a port, or all.\n"
	      "\n"
	      "  -n COUNT    end after so many frames\n"
	      "  -v VID      only frames of this VLAN\n"
	      "  -m MAC      only frames from or to this address\n"
	      "  -j          print JSON, an object a line\n"
	      "  -V          print the version\n"
	      "  -h          print this\n", to);
}

static bool parse_number(const char *option, const char *text,
			 unsigned long max, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	if (!errno && !*end && *text >= '0' && *text <= '9' && *number &&
	    *number <= max)
		return true;
	complain("%s: '%s' is not a number from 1 to %lu", option, text, max);
	return false;
}

static bool parse_mac(struct trace *trace, const char *text)
{
	const char *at = text;
	char *end;
	int i;

	for (i = 0; i < TRACE_MAC_SIZE && isxdigit((unsigned char)*at); i++) {
		trace->mac[i] = strtoul(at, &end, 16);
		if (end - at > 2 || *end != (i + 1 < TRACE_MAC_SIZE ? ':' : '\0'))
			break;
		at = end + 1;
	}
	trace->has_mac = i == TRACE_MAC_SIZE;
	if (!trace->has_mac)
		complain("-m: '%s' is not a MAC address", text);
	return trace->has_mac;
}

static bool parse_option(struct trace *trace, int option)
{
	unsigned long number;

	switch (option) {
	case 'n':
		return parse_number("-n", optarg, 1000000000, &trace->limit);
	case 'v':
		if (!parse_number("-v", optarg, VID_MAX, &number))
			return false;
		trace->vid = number;
		return true;
	case 'm':
		return parse_mac(trace, optarg);
	case 'j':
		trace->style.json = true;
		return true;
	case 'V':
		puts("vsw-trace " TRACE_VERSION);
		exit(EXIT_SUCCESS);
	case 'h':
		usage(stdout);
		exit(EXIT_SUCCESS);
	default:
		usage(stderr);
		return false;
	}
}

int main(int argc, char **argv)
{
	struct trace trace = { .port = "" };
	int option;

	while ((option = getopt(argc, argv, "n:v:m:jVh")) != -1)
		if (!parse_option(&trace, option))
			return EXIT_USAGE;
	if (optind + 1 < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (optind < argc)
		trace.port = argv[optind];
	if (optind < argc && (!*trace.port ||
			      strlen(trace.port) > VSW_PORT_NAME_MAX)) {
		complain("the name of a port has 1 to %d characters",
			 VSW_PORT_NAME_MAX);
		return EXIT_USAGE;
	}
	return run(&trace);
}
