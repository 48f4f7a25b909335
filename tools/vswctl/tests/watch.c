// SPDX-License-Identifier: GPL-2.0
/*
 * Rates, the lines of top, the filters of monitor and the text of metrics, from
 * messages that are made here. Prints KTAP.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vsw.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "args.h"
#include "check.h"
#include "metrics.h"
#include "monitor_filter.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "rate.h"
#include "sample.h"
#include "timestamp.h"
#include "top.h"
#include "vswctl.h"

static struct vswctl ctl;

static struct nl_msg *message_new(uint8_t command)
{
	struct nl_msg *msg = nlmsg_alloc_size(8192);

	genlmsg_put(msg, 0, 0, 16, 0, 0, command, 1);
	return msg;
}

static void message_end(struct messages *messages, struct nl_msg *msg)
{
	messages_add(messages, nlmsg_hdr(msg));
	nlmsg_free(msg);
}

static void put_port(struct messages *messages, const char *name, uint32_t id)
{
	struct nl_msg *msg = message_new(VSW_CMD_PORT_GET);

	nla_put_u32(msg, VSW_A_PORT_SWITCH, 7);
	nla_put_string(msg, VSW_A_PORT_SWITCH_NAME, "vsw0");
	nla_put_u32(msg, VSW_A_PORT_ID, id);
	nla_put_string(msg, VSW_A_PORT_NAME, name);
	nla_put_u32(msg, VSW_A_PORT_ROLE, VSW_PORT_ROLE_LOCAL);
	nla_put_u8(msg, VSW_A_PORT_UP, 1);
	message_end(messages, msg);
}

static void put_drop(struct nl_msg *msg, int attr, uint32_t reason,
		     uint64_t packets)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	nla_put_u32(msg, VSW_A_DROP_REASON, reason);
	nla_put_u64(msg, VSW_A_DROP_PACKETS, packets);
	nla_nest_end(msg, nest);
}

/* @rx frames of 100 bytes received, as many sent; @drops for two reasons */
static void put_stats(struct messages *messages, const char *name,
		      uint64_t rx, uint64_t drops)
{
	struct nl_msg *msg = message_new(VSW_CMD_STATS_GET);

	nla_put_u32(msg, VSW_A_STATS_SWITCH, 4000000);
	nla_put_string(msg, VSW_A_STATS_PORT, name);
	nla_put_u64(msg, VSW_A_STATS_RX_PACKETS, rx);
	nla_put_u64(msg, VSW_A_STATS_RX_BYTES, 100 * rx);
	nla_put_u64(msg, VSW_A_STATS_TX_PACKETS, rx);
	nla_put_u64(msg, VSW_A_STATS_TX_BYTES, 100 * rx);
	nla_put_u64(msg, VSW_A_STATS_RX_DROPPED, 3 * drops);
	if (drops) {
		put_drop(msg, VSW_A_STATS_RX_DROP, VSW_DROP_REASON_NO_PVID,
			 drops);
		put_drop(msg, VSW_A_STATS_RX_DROP,
			 VSW_DROP_REASON_VLAN_FILTERED, 2 * drops);
		/* Of a newer module */
		put_drop(msg, VSW_A_STATS_TX_DROP, 1000, 5);
	}
	message_end(messages, msg);
}

static void put_vf(struct messages *messages, uint32_t vf, const char *port,
		   uint64_t sent)
{
	struct nl_msg *msg = message_new(VSW_CMD_VF_GET);

	nla_put_u32(msg, VSW_A_VF_PF, 9);
	nla_put_string(msg, VSW_A_VF_PF_NAME, "pf0");
	nla_put_u32(msg, VSW_A_VF_VF, vf);
	if (port)
		nla_put_string(msg, VSW_A_VF_PORT, port);
	nla_put_u64(msg, VSW_A_VF_TX_PACKETS, sent);
	nla_put_u64(msg, VSW_A_VF_TX_BYTES, 1000 * sent);
	nla_put_u64(msg, VSW_A_VF_RX_PACKETS, 0);
	nla_put_u64(msg, VSW_A_VF_RX_BYTES, 0);
	message_end(messages, msg);
}

/* Two ports and two VFs, after @seconds */
static void look(struct samples *samples, double seconds, uint64_t frames,
		 uint32_t id)
{
	struct messages ports = {}, stats = {}, vfs = {};

	put_port(&ports, "web2", id);
	put_port(&ports, "web1", 1);
	put_stats(&stats, "web1", frames, frames / 10);
	put_stats(&stats, "web2", 2 * frames, 0);
	put_vf(&vfs, 0, "web2", frames);
	put_vf(&vfs, 1, NULL, 0);
	memset(samples, 0, sizeof(*samples));
	samples->time.tv_sec = seconds;
	samples->time.tv_nsec = (seconds - floor(seconds)) * 1e9;
	samples_make(&ctl, NULL, &ports, &stats, &vfs, samples);
	messages_free(&ports);
	messages_free(&stats);
	messages_free(&vfs);
}

static void top_make(struct top *top, uint64_t before, uint64_t after,
		     uint32_t id)
{
	memset(top, 0, sizeof(*top));
	top->ctl = &ctl;
	look(&top->before, 10, before, 2);
	look(&top->after, 12, after, id);
	check(rates_make(&top->before, &top->after, &top->rates), "rates");
	rates_sort(&top->rates, top->key, false);
}

static void top_free(struct top *top)
{
	rates_free(&top->rates);
	samples_free(&top->before);
	samples_free(&top->after);
}

static const struct rate *rate_of(const struct top *top, const char *name)
{
	size_t i;

	for (i = 0; i < top->rates.count; i++)
		if (!strcmp(top->rates.rate[i].sample->name, name))
			return &top->rates.rate[i];
	return NULL;
}

static void test_rates(void)
{
	struct top top;
	const struct rate *rate;

	top_make(&top, 1000, 2000, 2);
	check(top.after.count == 4 && top.after.ports == 2, "samples");
	rate = rate_of(&top, "web1");
	check(rate->is_known && rate->per_second[COUNTER_RX_FRAMES] == 500 &&
	      rate->per_second[COUNTER_TX_BYTES] == 50000, "rate of a port");
	check(rate_drops(rate) == 150, "rate of drops");
	rate = rate_of(&top, "pf0/0");
	check(rate->per_second[COUNTER_RX_FRAMES] == 500 &&
	      !rate->per_second[COUNTER_TX_FRAMES],
	      "what a VF sends the switch receives");
	check(top.rates.total[COUNTER_RX_FRAMES] == 1500,
	      "VFs are not in the total");
	check_text(top.rates.rate[0].sample->name, "pf0/0", "sorted");
	rates_sort(&top.rates, RATE_DROPS, false);
	check_text(top.rates.rate[0].sample->name, "web1", "sorted by drops");
	check_text(top.rates.rate[1].sample->name, "pf0/0",
		   "then by name");
	rates_sort(&top.rates, RATE_NAME, true);
	check_text(top.rates.rate[0].sample->name, "web2",
		   "sorted by name, reverse");
	top_free(&top);
}

static void test_reset(void)
{
	const struct rate *rate;
	struct samples none = {};
	struct top top;

	top_make(&top, 1000, 100, 2);
	rate = rate_of(&top, "web1");
	check(rate->is_known && rate->per_second[COUNTER_RX_FRAMES] == 50,
	      "a counter that began anew");
	top_free(&top);

	top_make(&top, 1000, 2000, 3);
	check(!rate_of(&top, "web2")->is_known, "another port of that name");
	check(rate_of(&top, "web1")->is_known, "the same port");
	rates_free(&top.rates);
	check(rates_make(&none, &top.after, &top.rates) &&
	      !rate_of(&top, "web1")->is_known, "the first look");
	rates_free(&top.rates);
	check(rates_make(&top.before, &none, &top.rates) && !top.rates.count,
	      "all ports are gone");
	rates_sort(&top.rates, RATE_NAME, false);
	top_free(&top);
}

static void test_rate_text(void)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 0.25, "0.2" }, { 0.5, "0.5" }, { 1, "1" },
		{ 9.96, "10" }, { 42.4, "42" }, { 999.4, "999" },
		{ 999.6, "1.00k" }, { 1000, "1.00k" }, { 9994, "9.99k" },
		{ 9996, "10.0k" }, { 999900, "999.9k" },
		{ 999960, "1.00M" }, { 1.234e9, "1.23G" },
		{ 1.8446744e19, "18.4E" }, { 1e22, "10000.0E" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rate_text(cases[i].value, text, sizeof(text));
		check_text(text, cases[i].text, "rate as text");
	}
}

static void test_rows(void)
{
	struct top_layout layout;
	char line[TOP_LINE_SIZE];
	struct top top;

	top_make(&top, 1000, 2000, 3);
	top_layout_make(&top, 80, &layout);
	top_heading(&top, &layout, line);
	check_text(line,
		   "PORT  SWITCH RX-FR/S RX-BIT/S TX-FR/S TX-BIT/S  DROP/S WHY",
		   "heading");
	rates_sort(&top.rates, RATE_NAME, false);
	check(top_rows(&top) == 4, "rows");
	top_row(&top, &layout, 0, line);
	check_text(line,
		   "pf0/0 -          500    4.00M       0        0       - VF of web2",
		   "row of a VF");
	top_row(&top, &layout, 2, line);
	check_text(line,
		   "web1  vsw0       500   400.0k     500   400.0k     150 vlan-filtered 100, no-pvi",
		   "row of a port, cut at 80");
	top_row(&top, &layout, 3, line);
	check_text(line,
		   "web2  vsw0         -        -       -        -       -",
		   "row of a new port");
	check(!top_row(&top, &layout, 4, line), "no more rows");
	top.hides_vfs = true;
	check(top_rows(&top) == 2, "rows without VFs");
	top.shows_drops = true;
	check(top_rows(&top) == 2, "rows of drops");
	top_row(&top, &layout, 1, line);
	check_text(line,
		   "web1  vsw0   rx  no-pvid              50              200",
		   "row of a drop");
	check(!top_row(&top, &layout, 2, line), "no more drops");
	top_free(&top);
}

/* No line is longer than the terminal is wide, whatever the names */
static void test_widths(void)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz01234";
	struct top_layout layout;
	char line[TOP_LINE_SIZE];
	struct top top;
	int width;
	bool ok = true;

	top_make(&top, 1000, 2000, 2);
	snprintf(top.after.sample[0].name, SAMPLE_NAME_SIZE, "%s", longest);
	snprintf(top.after.sample[0].switch_name, IFNAMSIZ, "a-long-switch-0");
	for (width = 1; width <= 300; width++) {
		top_layout_make(&top, width, &layout);
		top_heading(&top, &layout, line);
		ok = ok && strlen(line) <= (size_t)width;
		top_status(&top, &layout, line);
		ok = ok && strlen(line) <= (size_t)width;
		top_sums(&top, &layout, line);
		ok = ok && strlen(line) <= (size_t)width;
		top_row(&top, &layout, 1, line);
		ok = ok && strlen(line) <= (size_t)width;
	}
	check(ok, "widths of 1 to 300");
	top_layout_make(&top, 80, &layout);
	check(layout.name == 14 && layout.switch_name == 8, "layout at 80");
	top_layout_make(&top, 120, &layout);
	check(layout.name == 31 && layout.switch_name == 15, "layout at 120");
	rates_sort(&top.rates, RATE_NAME, false);
	top_layout_make(&top, 80, &layout);
	top_row(&top, &layout, 0, line);
	check(!strncmp(line, "abcdefghijklm~ a-long-~ ", 24),
	      "names that are cut");
	top_free(&top);
}

static void test_timestamp(void)
{
	struct timespec time = { 1795000000, 123456789 };
	char text[64];

	setenv("TZ", "UTC", 1);
	tzset();
	timestamp_text(&time, text, sizeof(text));
	check_text(text, "2026-11-18T11:06:40.123456+00:00", "time, UTC");
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	timestamp_text(&time, text, sizeof(text));
	check_text(text, "2026-11-18T16:36:40.123456+05:30", "time, east");
	setenv("TZ", "UTC", 1);
	tzset();
}

static int filter_words(struct monitor_filter *filter, const char *text)
{
	static char copy[256];
	char *words[16], *save, *word;
	struct args args = { .word = words };

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		words[args.left++] = word;
	return monitor_filter_read(&ctl, &args, filter);
}

/* Is the event of port web1 of the switch with index 7 wanted? */
static bool filter_wants(const char *words, bool is_end)
{
	struct event event = {
		is_end ? VSW_CMD_PORT_DEL_NTF : VSW_CMD_PORT_NTF,
		WATCHED_PORT, is_end, &port_view
	};
	struct messages messages = {};
	struct monitor_filter filter;
	struct row row;
	bool wants;

	put_port(&messages, "web1", 1);
	row_init(&row, &port_attrs, messages_next(&messages, NULL), NULL);
	wants = !filter_words(&filter, words) &&
		monitor_filter_wants(&filter, &event, &row);
	messages_free(&messages);
	return wants;
}

static void test_filter(void)
{
	static const char *const good[] = {
		"", "all", "config", "port web1", "objects port",
		"objects switch,port", "events new", "events del,new",
		"config port web1 objects port events new -t -j",
	};
	static const char *const bad[] = {
		"fdb", "port web2", "port web", "objects switch,vlan,fdb,vf",
		"events del", "events drifted,lost", "switch lo",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		check(filter_wants(good[i], false), "monitor %s", good[i]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check(!filter_wants(bad[i], false), "monitor %s: other events",
		      bad[i]);
	check(filter_wants("events del", true), "monitor events del");
	check(!filter_wants("events new", true), "monitor events new: no end");
}

/* A switch that is made later gets its index from its event */
static void test_filter_switch(void)
{
	struct event event = {
		VSW_CMD_SWITCH_NTF, WATCHED_SWITCH, false, &switch_view
	};
	struct event port = {
		VSW_CMD_PORT_NTF, WATCHED_PORT, false, &port_view
	};
	struct monitor_filter filter = {
		.objects = 1U << WATCHED_PORT, .kinds = ~0U,
		.switch_name = "later",
	};
	struct messages switches = {}, ports = {};
	struct nl_msg *msg = message_new(VSW_CMD_SWITCH_NTF);
	struct row row;

	nla_put_u32(msg, VSW_A_SWITCH_IFINDEX, 7);
	nla_put_string(msg, VSW_A_SWITCH_NAME, "later");
	message_end(&switches, msg);
	put_port(&ports, "web1", 1);
	row_init(&row, &port_attrs, messages_next(&ports, NULL), NULL);
	check(!monitor_filter_wants(&filter, &port, &row),
	      "a port of another switch");
	row_init(&row, &switch_attrs, messages_next(&switches, NULL), NULL);
	check(!monitor_filter_wants(&filter, &event, &row),
	      "the switch is no port");
	row_init(&row, &port_attrs, messages_next(&ports, NULL), NULL);
	check(monitor_filter_wants(&filter, &port, &row),
	      "a port of the switch that was made since");
	messages_free(&switches);
	messages_free(&ports);
}

static void metrics_make(struct metrics *metrics)
{
	struct nl_msg *msg = message_new(VSW_CMD_VERSION_GET);

	memset(metrics, 0, sizeof(*metrics));
	nla_put_string(msg, VSW_A_VERSION_MODULE, "1.2.3");
	message_end(&metrics->version, msg);
	put_port(&metrics->ports, "a\"b\\c", 1);
	put_stats(&metrics->stats, "a\"b\\c", UINT64_MAX, 10);
	put_vf(&metrics->vfs, 3, NULL, 5);
}

static bool has_line(const char *text, const char *line)
{
	const char *found = text;
	size_t length = strlen(line);

	while ((found = strstr(found, line))) {
		if ((found == text || found[-1] == '\n') &&
		    found[length] == '\n')
			return true;
		found++;
	}
	return false;
}

static char *metrics_string(enum metrics_format format)
{
	struct metrics metrics;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	metrics_make(&metrics);
	metrics_print(&metrics, format, file);
	fclose(file);
	metrics_free(&metrics);
	return text;
}

static void test_metrics(void)
{
	static const char *const both[] = {
		"vsw_build_info{module=\"1.2.3\",vswctl=\"" VSWCTL_VERSION "\"} 1",
		"vsw_port_up{switch=\"vsw0\",port=\"a\\\"b\\\\c\"} 1",
		"vsw_port_receive_frames_total{switch=\"if4000000\",port=\"a\\\"b\\\\c\"} 18446744073709551615",
		"vsw_port_drops_total{switch=\"if4000000\",port=\"a\\\"b\\\\c\",direction=\"rx\",reason=\"no-pvid\"} 10",
		"vsw_port_drops_total{switch=\"if4000000\",port=\"a\\\"b\\\\c\",direction=\"tx\",reason=\"1000\"} 5",
		"vsw_vf_transmit_frames_total{pf=\"pf0\",vf=\"3\",port=\"\"} 5",
	};
	char *newer = metrics_string(METRICS_OPENMETRICS);
	char *older = metrics_string(METRICS_PROMETHEUS);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(both); i++) {
		check(has_line(newer, both[i]), "OpenMetrics: %s", both[i]);
		check(has_line(older, both[i]), "Prometheus: %s", both[i]);
	}
	check(has_line(newer, "# TYPE vsw_port_receive_bytes counter") &&
	      has_line(newer, "# UNIT vsw_port_receive_bytes bytes") &&
	      has_line(newer, "# TYPE vsw_build info"), "OpenMetrics: types");
	check(!strcmp(newer + strlen(newer) - 6, "# EOF\n"),
	      "OpenMetrics: end");
	check(has_line(older, "# TYPE vsw_port_receive_bytes_total counter") &&
	      has_line(older, "# TYPE vsw_build_info gauge"),
	      "Prometheus: types");
	check(!strstr(older, "# UNIT") && !strstr(older, "# EOF"),
	      "Prometheus: nothing that it does not know");
	free(newer);
	free(older);
}

int main(void)
{
	ctl.out = stdout;
	ctl.err = fopen("/dev/null", "w");
	check_begin();
	test_rates();
	test_reset();
	test_rate_text();
	test_rows();
	test_widths();
	test_timestamp();
	test_filter();
	test_filter_switch();
	test_metrics();
	fclose(ctl.err);
	return check_end();
}
