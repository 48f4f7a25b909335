// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters and frames as text or JSON. See print.h.
 */
#include "print.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *direction_text(const struct drop_key *key)
{
	return key->rx ? "rx" : "tx";
}

static const char *vid_text(const struct drop_key *key, char *buf, size_t size)
{
	if (key->vid)
		snprintf(buf, size, "%u", key->vid);
	else
		snprintf(buf, size, "-");
	return buf;
}

/* Other network namespaces have other devices by our numbers. */
static const char *switch_text(const struct style *style,
			       const struct drop_key *key, char *buf,
			       size_t size)
{
	char name[IF_NAMESIZE];

	if (key->netns != style->netns)
		snprintf(buf, size, "%u@%u", key->sw, key->netns);
	else if (if_indextoname(key->sw, name))
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%u", key->sw);
	return buf;
}

/* The names and the meaning are those of vswctl -j stats show. */
static void json_key(const struct style *style, const struct drop_key *key,
		     long long time)
{
	char name[IF_NAMESIZE];

	printf("{\"time\":%lld.%09lld,", time / NSEC_PER_SEC,
	       time % NSEC_PER_SEC);
	json_string("port", key->port);
	printf(",\"netns\":%u,\"switch\":%u,", key->netns, key->sw);
	if (key->netns == style->netns && if_indextoname(key->sw, name)) {
		json_string("switch-name", name);
		putchar(',');
	}
	json_string("direction", direction_text(key));
	printf(",\"vid\":%u,", key->vid);
	json_string("reason", reason_text(key->reason));
}

int compare_keys(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int compare_rates(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->rate != y->rate)
		return x->rate < y->rate ? 1 : -1;
	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return compare_keys(a, b);
}

static void print_json(const struct style *style, const struct row *rows,
		       size_t count)
{
	long long now = clock_now(CLOCK_REALTIME);
	const struct row *row;

	for (row = rows; row < rows + count; row++) {
		json_key(style, &row->key, now);
		printf(",\"total\":%llu,\"rate\":%.1f}\n", row->total,
		       row->rate);
	}
}

/* A terminal shows the first screenful, and always the newest. */
static size_t fit_screen(size_t count)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return count;
	fputs("\033[H\033[2J", stdout);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4 ||
	    count <= size.ws_row - 2u)
		return count;
	return size.ws_row - 2;
}

static int wider(int width, const char *text)
{
	int length = strlen(text);

	return length > width ? length : width;
}

static void print_text(const struct style *style, const struct row *rows,
		       size_t count)
{
	int port = strlen("PORT"), sw = strlen("SWITCH");
	int reason = strlen("REASON");
	char name[64], vid[8];
	const struct row *row;

	count = fit_screen(count);
	for (row = rows; row < rows + count; row++) {
		port = wider(port, row->key.port);
		sw = wider(sw, switch_text(style, &row->key, name,
					   sizeof(name)));
		reason = wider(reason, reason_text(row->key.reason));
	}

	printf("%-*s  %-*s  DIR   VID  %-*s  %10s  %10s\n", port, "PORT", sw,
	       "SWITCH", reason, "REASON", "TOTAL", "RATE");
	for (row = rows; row < rows + count; row++)
		printf("%-*s  %-*s  %-3s  %4s  %-*s  %10llu  %10.1f\n",
		       port, row->key.port,
		       sw, switch_text(style, &row->key, name, sizeof(name)),
		       direction_text(&row->key),
		       vid_text(&row->key, vid, sizeof(vid)),
		       reason, reason_text(row->key.reason),
		       row->total, row->rate);
}

void print_table(const struct style *style, const struct row *sorted,
		 size_t count)
{
	struct row *rows = NULL;

	/* The table itself stays sorted by key, for the next one. */
	if (count) {
		rows = calloc(count, sizeof(*rows));
		if (!rows)
			return;
		memcpy(rows, sorted, count * sizeof(*rows));
		qsort(rows, count, sizeof(*rows), compare_rates);
	}

	if (style->json)
		print_json(style, rows, count);
	else
		print_text(style, rows, count);
	fflush(stdout);
	free(rows);
}

static void print_frame_json(const struct style *style,
			     const struct drop_frame *frame)
{
	char mac[MAC_TEXT_SIZE];

	json_key(style, &frame->key, real_time(frame->time));
	printf(",\"len\":%u,", frame->len);
	mac_text(frame->dst, mac, sizeof(mac));
	json_string("dst", mac);
	putchar(',');
	mac_text(frame->src, mac, sizeof(mac));
	json_string("src", mac);
	puts("}");
}

static void print_frame_text(const struct style *style,
			     const struct drop_frame *frame)
{
	long long time = real_time(frame->time);
	time_t seconds = time / NSEC_PER_SEC;
	char src[MAC_TEXT_SIZE], dst[MAC_TEXT_SIZE], name[64], vid[8], stamp[16];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
	mac_text(frame->src, src, sizeof(src));
	mac_text(frame->dst, dst, sizeof(dst));
	printf("%s.%06lld  %-15s  %-15s  %-3s  %4s  %-14s  %5u  %s  %s\n",
	       stamp, time % NSEC_PER_SEC / 1000, frame->key.port,
	       switch_text(style, &frame->key, name, sizeof(name)),
	       direction_text(&frame->key),
	       vid_text(&frame->key, vid, sizeof(vid)),
	       reason_text(frame->key.reason), frame->len, src, dst);
}

void print_frames_header(const struct style *style)
{
	if (style->json)
		return;
	printf("%-15s  %-15s  %-15s  DIR   VID  %-14s  %5s  %-17s  %s\n",
	       "TIME", "PORT", "SWITCH", "REASON", "LEN", "SOURCE",
	       "DESTINATION");
}

void print_frame(const struct style *style, const struct drop_frame *frame)
{
	if (style->json)
		print_frame_json(style, frame);
	else
		print_frame_text(style, frame);
}
