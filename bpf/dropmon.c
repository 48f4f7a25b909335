// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsw-dropmon: which ports of vsw drop frames, and why. See dropmon.bpf.c.
 */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common.h"
#include "dropmon.skel.h"
#include "print.h"

#define POLL_MSEC	100
#define SECONDS_MAX	1000000

static_assert(VSW_DROP_REASON_COUNT <= 64, "reasons fit into a mask");
static_assert(VSW_PORT_NAME_MAX + 1 == DROPMON_PORT_SIZE, "port names fit");

/**
 * struct table - a snapshot of the counters
 * @rows: the rows, sorted by key when just read
 * @count: how many
 * @time: when it was made, in nanoseconds on the monotonic clock
 */
struct table {
	struct row *rows;
	size_t count;
	long long time;
};

/**
 * struct dropmon - all that the program is about
 * @skel: BPF programs and maps
 * @signals: those that end it
 * @interval: nanoseconds between two tables
 * @limit: of tables or frames, 0 for none
 * @printed: how many of those so far
 * @style: how to print
 * @sw: index of the only switch wanted, or 0
 * @port: name of the only port wanted, or ""
 * @reasons: mask of the reasons wanted, 0 for all
 * @frames: each frame instead of a table
 * @stop: a signal came
 */
struct dropmon {
	struct dropmon_bpf *skel;
	sigset_t signals;
	long long interval;
	unsigned long limit;
	unsigned long printed;
	struct style style;
	__u32 sw;
	const char *port;
	__u64 reasons;
	bool frames;
	bool stop;
};

/*
 * The counters
 */

static __u64 sum_cpus(const __u64 *values, int cpus)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

static int table_add(struct table *table, const struct drop_key *key,
		     __u64 total)
{
	struct row *rows;

	/* Room doubles at each power of two. */
	if (!(table->count & (table->count - 1))) {
		rows = reallocarray(table->rows,
				    table->count ? table->count * 2 : 1,
				    sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		table->rows = rows;
	}
	table->rows[table->count++] = (struct row){
		.key = *key,
		.total = total,
	};
	return 0;
}

static int table_read(struct table *table, int map)
{
	int cpus = libbpf_num_possible_cpus();
	struct drop_key key, *last = NULL;
	__u64 *values;
	int err = 0;

	*table = (struct table){ .time = clock_now(CLOCK_MONOTONIC) };
	values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	if (!values)
		return -ENOMEM;

	while (!err && !bpf_map_get_next_key(map, last, &key)) {
		if (!bpf_map_lookup_elem(map, &key, values))
			err = table_add(table, &key, sum_cpus(values, cpus));
		last = &key;
	}
	free(values);
	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows),
		      compare_keys);
	return err;
}

static void table_rate(struct table *table, const struct table *old)
{
	double seconds = (double)(table->time - old->time) / NSEC_PER_SEC;
	const struct row *before;
	struct row *row;

	for (row = table->rows; row < table->rows + table->count; row++) {
		before = old->count ? bsearch(row, old->rows, old->count,
					      sizeof(*row), compare_keys) :
				      NULL;
		row->rate = (row->total - (before ? before->total : 0)) /
			    seconds;
	}
}

static void wait_until(struct dropmon *mon, long long when)
{
	long long left = when - clock_now(CLOCK_MONOTONIC);
	struct timespec timeout;

	if (left < 0)
		left = 0;
	timeout.tv_sec = left / NSEC_PER_SEC;
	timeout.tv_nsec = left % NSEC_PER_SEC;
	if (sigtimedwait(&mon->signals, NULL, &timeout) > 0)
		mon->stop = true;
}

static int watch_table(struct dropmon *mon)
{
	struct table old = { .time = clock_now(CLOCK_MONOTONIC) }, table;
	int map = bpf_map__fd(mon->skel->maps.drops);
	long long next = old.time;
	int err = 0;

	while (!err && !mon->stop) {
		next += mon->interval;
		wait_until(mon, next);
		err = table_read(&table, map);
		table_rate(&table, &old);
		if (!mon->style.json && mon->printed && !isatty(STDOUT_FILENO))
			putchar('\n');
		print_table(&mon->style, table.rows, table.count);
		if (++mon->printed == mon->limit)
			mon->stop = true;
		free(old.rows);
		old = table;
	}
	free(old.rows);
	if (err)
		complain("reading the counters: %s", strerror(-err));
	return err;
}

/*
 * Each frame
 */

/* Called by libbpf; an error ends its round. */
static int handle_frame(void *context, void *data, size_t size)
{
	const struct drop_frame *frame = data;
	struct dropmon *mon = context;

	(void)size;
	print_frame(&mon->style, frame);
	if (++mon->printed == mon->limit) {
		mon->stop = true;
		return -ECANCELED;
	}
	return 0;
}

static int watch_frames(struct dropmon *mon)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(mon->skel->maps.frames),
				handle_frame, mon, NULL);
	if (!ring) {
		err = -errno;
		complain("ring buffer: %s", strerror(-err));
		return err;
	}

	print_frames_header(&mon->style);
	while (!mon->stop) {
		fflush(stdout);
		wait_until(mon, 0);
		if (mon->stop)
			ring_buffer__consume(ring);
		else
			err = ring_buffer__poll(ring, POLL_MSEC);
		if (err < 0 && err != -ECANCELED && err != -EINTR)
			break;
		err = 0;
	}
	fflush(stdout);
	ring_buffer__free(ring);
	if (err)
		complain("reading the ring buffer: %s", strerror(-err));
	return err;
}

/*
 * The program
 */

static int load(struct dropmon *mon)
{
	int err;

	err = follow_begin();
	if (err)
		return err;
	mon->skel = dropmon_bpf__open();
	if (!mon->skel)
		return follow_failed(-errno, "vsw:vsw_drop");
	mon->skel->rodata->only_switch = mon->sw;
	mon->skel->rodata->only_netns = mon->sw ? mon->style.netns : 0;
	mon->skel->rodata->only_reasons = mon->reasons;
	mon->skel->rodata->each_frame = mon->frames;
	snprintf(mon->skel->rodata->only_port, DROPMON_PORT_SIZE, "%s",
		 mon->port);

	err = dropmon_bpf__load(mon->skel);
	if (!err)
		err = dropmon_bpf__attach(mon->skel);
	return err ? follow_failed(err, "vsw:vsw_drop") : 0;
}

static void report_lost(const struct dropmon *mon)
{
	if (mon->skel->bss->drops_lost)
		complain("%llu drops were not counted, for want of room",
			 mon->skel->bss->drops_lost);
	if (mon->skel->bss->frames_lost)
		complain("%llu frames came too fast to be shown",
			 mon->skel->bss->frames_lost);
}

static int watch(struct dropmon *mon)
{
	int err;

	sigemptyset(&mon->signals);
	sigaddset(&mon->signals, SIGINT);
	sigaddset(&mon->signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &mon->signals, NULL);

	err = load(mon);
	if (!err) {
		if (mon->frames ? watch_frames(mon) : watch_table(mon))
			err = EXIT_FAILURE;
		report_lost(mon);
	}
	dropmon_bpf__destroy(mon->skel);
	return err;
}

/*
 * The command line
 */

static void usage(FILE *to)
{
	fputs("Usage: vsw-dropmon [OPTION...]\n"
	      "Show which ports of vsw drop frames, and why.\n"
	      "\n"
	      "  -i SECONDS  between two tables (default 1)\n"
	      "  -n COUNT    end after so many tables, or frames with -v\n"
	      "  -1          one table: the same as -n 1\n"
	      "  -s SWITCH   only drops of this switch\n"
	      "  -p PORT     only drops of the port of this name\n"
	      "  -r REASON   only drops for this reason; may be repeated\n"
	      "  -v          show each frame instead of a table\n"
	      "  -j          print JSON, an object a line\n"
	      "  -V          print the version\n"
	      "  -h          print this\n", to);
}

static bool parse_interval(struct dropmon *mon, const char *text)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end ||
	    !(seconds >= 0.01 && seconds <= SECONDS_MAX)) {
		complain("-i: '%s' is not 0.01 to %d seconds", text,
			 SECONDS_MAX);
		return false;
	}
	mon->interval = seconds * NSEC_PER_SEC;
	return true;
}

static bool parse_count(struct dropmon *mon, const char *text)
{
	char *end;

	errno = 0;
	mon->limit = strtoul(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || !mon->limit) {
		complain("-n: '%s' is not a count", text);
		return false;
	}
	return true;
}

static bool parse_switch(struct dropmon *mon, const char *text)
{
	mon->sw = if_nametoindex(text);
	if (!mon->sw)
		complain("-s: there is no device '%s' here", text);
	return mon->sw;
}

static bool parse_port(struct dropmon *mon, const char *text)
{
	size_t length = strlen(text);

	if (!length || length > VSW_PORT_NAME_MAX) {
		complain("-p: the name of a port has 1 to %d characters",
			 VSW_PORT_NAME_MAX);
		return false;
	}
	mon->port = text;
	return true;
}

static bool parse_reason(struct dropmon *mon, const char *text)
{
	int reason;

	for (reason = 0; reason < VSW_DROP_REASON_COUNT; reason++) {
		if (!strcmp(reason_names[reason], text)) {
			mon->reasons |= 1ULL << reason;
			return true;
		}
	}
	complain("-r: unknown reason '%s', there are:", text);
	for (reason = 0; reason < VSW_DROP_REASON_COUNT; reason++)
		fprintf(stderr, "  %s\n", reason_names[reason]);
	return false;
}

static bool parse_option(struct dropmon *mon, int option)
{
	switch (option) {
	case 'i':
		return parse_interval(mon, optarg);
	case 'n':
		return parse_count(mon, optarg);
	case '1':
		mon->limit = 1;
		return true;
	case 's':
		return parse_switch(mon, optarg);
	case 'p':
		return parse_port(mon, optarg);
	case 'r':
		return parse_reason(mon, optarg);
	case 'v':
		mon->frames = true;
		return true;
	case 'j':
		mon->style.json = true;
		return true;
	case 'V':
		puts("vsw-dropmon " DROPMON_VERSION);
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
	struct dropmon mon = {
		.interval = NSEC_PER_SEC,
		.port = "",
	};
	struct stat netns;
	int option;

	while ((option = getopt(argc, argv, "i:n:1s:p:r:vjVh")) != -1)
		if (!parse_option(&mon, option))
			return EXIT_USAGE;
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}

	if (!stat("/proc/self/ns/net", &netns))
		mon.style.netns = netns.st_ino;
	return watch(&mon);
}
