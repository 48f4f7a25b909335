// SPDX-License-Identifier: GPL-2.0
/* What vswctl top shows, as lines of text or as JSON */
#include "top.h"

#include <string.h>

#include <json-c/json.h>

#include "enums.h"
#include "output.h"
#include "timestamp.h"
#include "vswctl.h"

/* The columns of numbers and their gaps, and what is left at 80 characters */
#define NUMBERS_WIDTH	44
#define NAME_WIDTH	14
#define SWITCH_WIDTH	8
#define WHY_WIDTH	24

static int at_least(int one, int two)
{
	return one > two ? one : two;
}

static int at_most(int one, int two)
{
	return one < two ? one : two;
}

/*
 * Long names are cut only where there is no room: as soon as there is enough
 * for the reasons, names get more.
 */
void top_layout_make(const struct top *top, int width,
		     struct top_layout *layout)
{
	int name = strlen("PORT"), switch_name = strlen("SWITCH"), spare;
	size_t i;

	for (i = 0; i < top->rates.count; i++) {
		const struct sample *sample = top->rates.rate[i].sample;

		name = at_least(name, strlen(sample->name));
		switch_name = at_least(switch_name,
				       strlen(sample->switch_name));
	}
	layout->width = width;
	layout->name = name;
	layout->switch_name = switch_name;
	if (!width)
		return;
	layout->name = at_most(name, NAME_WIDTH);
	layout->switch_name = at_most(switch_name, SWITCH_WIDTH);
	spare = width - NUMBERS_WIDTH - WHY_WIDTH - layout->name -
		layout->switch_name;
	if (spare > 0) {
		spare -= at_most(spare, name - layout->name);
		layout->name = at_most(name, width - NUMBERS_WIDTH -
				       WHY_WIDTH - layout->switch_name);
		layout->switch_name = at_most(switch_name,
					      layout->switch_name + spare);
	}
}

static void cut(const struct top_layout *layout, char *buf)
{
	if (layout->width && layout->width < TOP_LINE_SIZE)
		buf[layout->width] = '\0';
}

/* Padded to @width; a name that is too long ends with ~ */
static void cell(char *buf, int width, const char *text)
{
	snprintf(buf, width + 1, "%-*s", width, text);
	if ((int)strlen(text) > width && width > 0)
		buf[width - 1] = '~';
}

void top_status(const struct top *top, const struct top_layout *layout,
		char *buf)
{
	char now[64];
	size_t vfs = top->after.count - top->after.ports;

	timestamp_now(now, sizeof(now));
	/* The fraction of the second is of no use here */
	memmove(now + strlen("2026-11-25T23:10:05"), strpbrk(now + 20, "+-"),
		strlen(strpbrk(now + 20, "+-")) + 1);
	snprintf(buf, TOP_LINE_SIZE,
		 "vsw top %s, %.1f s, %zu port%s, %zu VF%s, sort %s%s", now,
		 top->rates.seconds, top->after.ports,
		 top->after.ports == 1 ? "" : "s", vfs, vfs == 1 ? "" : "s",
		 rate_key_names.name[top->key],
		 top->is_reverse ? " reverse" : "");
	cut(layout, buf);
}

void top_sums(const struct top *top, const struct top_layout *layout,
	      char *buf)
{
	const double *total = top->rates.total;
	char text[5][16];

	rate_text(total[COUNTER_RX_FRAMES], text[0], sizeof(text[0]));
	rate_text(8 * total[COUNTER_RX_BYTES], text[1], sizeof(text[1]));
	rate_text(total[COUNTER_TX_FRAMES], text[2], sizeof(text[2]));
	rate_text(8 * total[COUNTER_TX_BYTES], text[3], sizeof(text[3]));
	rate_text(total[COUNTER_RX_DROPPED] + total[COUNTER_TX_DROPPED],
		  text[4], sizeof(text[4]));
	snprintf(buf, TOP_LINE_SIZE,
		 "rx %s frames/s %s bit/s, tx %s frames/s %s bit/s, drop %s/s",
		 text[0], text[1], text[2], text[3], text[4]);
	cut(layout, buf);
}

void top_heading(const struct top *top, const struct top_layout *layout,
		 char *buf)
{
	char name[64], switch_name[64];

	cell(name, layout->name, "PORT");
	cell(switch_name, layout->switch_name, "SWITCH");
	if (top->shows_drops)
		snprintf(buf, TOP_LINE_SIZE, "%s %s DIR %-14s %8s %16s", name,
			 switch_name, "REASON", "DROP/S", "TOTAL");
	else
		snprintf(buf, TOP_LINE_SIZE, "%s %s %7s %8s %7s %8s %7s %s",
			 name, switch_name, "RX-FR/S", "RX-BIT/S", "TX-FR/S",
			 "TX-BIT/S", "DROP/S", "WHY");
	cut(layout, buf);
}

static bool is_shown(const struct top *top, const struct rate *rate)
{
	return !rate->sample->is_vf || (!top->hides_vfs && !top->shows_drops);
}

/* The reason of the row @number of those of drops, which is counted down */
static bool drop_find(const struct rate *rate, size_t *number,
		      struct rate_drop *drop)
{
	struct rate_drop drops[RATE_DROPS_MAX];
	size_t count = rate_drop_list(rate, drops);

	if (*number >= count) {
		*number -= count;
		return false;
	}
	*drop = drops[*number];
	return true;
}

/* The rate and, in a table of drops, the reason of a row */
static const struct rate *row_find(const struct top *top, size_t number,
				   struct rate_drop *drop)
{
	const struct rate *rate;
	size_t i;

	for (i = 0; i < top->rates.count; i++) {
		rate = &top->rates.rate[i];
		if (!is_shown(top, rate))
			continue;
		if (top->shows_drops ? drop_find(rate, &number, drop) :
				       !number--)
			return rate;
	}
	return NULL;
}

size_t top_rows(const struct top *top)
{
	struct rate_drop drops[RATE_DROPS_MAX];
	size_t i, count = 0;

	for (i = 0; i < top->rates.count; i++)
		if (is_shown(top, &top->rates.rate[i]))
			count += top->shows_drops ?
				 rate_drop_list(&top->rates.rate[i], drops) : 1;
	return count;
}

const struct rate *top_row_rate(const struct top *top, size_t number)
{
	struct rate_drop drop;

	return row_find(top, number, &drop);
}

static void number_text(const struct rate *rate, double value, char *buf,
			size_t size)
{
	if (rate->is_known)
		rate_text(value, buf, size);
	else
		snprintf(buf, size, "-");
}

static void drop_row(const struct rate *rate, const struct rate_drop *drop,
		     const char *name, const char *switch_name, char *buf)
{
	char text[16];

	number_text(rate, drop->per_second, text, sizeof(text));
	snprintf(buf, TOP_LINE_SIZE, "%s %s %s  %-14s %8s %16llu", name,
		 switch_name, drop->is_tx ? "tx" : "rx",
		 names_find(&drop_reason_names, drop->reason), text,
		 (unsigned long long)drop->total);
}

static void rate_row(const struct rate *rate, const char *name,
		     const char *switch_name, char *buf)
{
	const double *value = rate->per_second;
	char text[5][16], why[256];

	number_text(rate, value[COUNTER_RX_FRAMES], text[0], sizeof(text[0]));
	number_text(rate, 8 * value[COUNTER_RX_BYTES], text[1],
		    sizeof(text[1]));
	number_text(rate, value[COUNTER_TX_FRAMES], text[2], sizeof(text[2]));
	number_text(rate, 8 * value[COUNTER_TX_BYTES], text[3],
		    sizeof(text[3]));
	if (rate->sample->is_vf)
		/* The NIC has its own reasons and does not tell them */
		snprintf(text[4], sizeof(text[4]), "-");
	else
		number_text(rate, rate_drops(rate), text[4], sizeof(text[4]));
	rate_why_text(rate, why, sizeof(why));
	snprintf(buf, TOP_LINE_SIZE, "%s %s %7s %8s %7s %8s %7s%s%s", name,
		 switch_name, text[0], text[1], text[2], text[3], text[4],
		 *why ? " " : "", why);
}

bool top_row(const struct top *top, const struct top_layout *layout,
	     size_t number, char *buf)
{
	char name[64], switch_name[64];
	const struct rate *rate;
	struct rate_drop drop;

	rate = row_find(top, number, &drop);
	if (!rate)
		return false;
	cell(name, layout->name, rate->sample->name);
	cell(switch_name, layout->switch_name, rate->sample->switch_name);
	if (top->shows_drops)
		drop_row(rate, &drop, name, switch_name, buf);
	else
		rate_row(rate, name, switch_name, buf);
	cut(layout, buf);
	return true;
}

void top_print(const struct top *top, FILE *out)
{
	struct top_layout layout;
	char line[TOP_LINE_SIZE];
	size_t i;

	top_layout_make(top, 0, &layout);
	top_status(top, &layout, line);
	fprintf(out, "%s\n", line);
	top_sums(top, &layout, line);
	fprintf(out, "%s\n\n", line);
	top_heading(top, &layout, line);
	fprintf(out, "%s\n", line);
	for (i = 0; top_row(top, &layout, i, line); i++)
		fprintf(out, "%s\n", line);
	fputc('\n', out);
}

static void rate_add(struct json_object *object, const char *key, double value)
{
	char text[32];

	/* Three digits are more than the clock is good for */
	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(object, key,
			       json_object_new_double_s(value, text));
}

static struct json_object *drops_json(const struct rate *rate)
{
	struct json_object *array = json_object_new_array(), *object;
	struct rate_drop drops[RATE_DROPS_MAX];
	size_t i, count = rate_drop_list(rate, drops);
	const char *reason;

	for (i = 0; i < count; i++) {
		reason = names_find(&drop_reason_names, drops[i].reason);
		object = json_object_new_object();
		json_object_object_add(object, "direction",
				       json_object_new_string(drops[i].is_tx ?
							      "tx" : "rx"));
		json_object_object_add(object, "reason",
				       json_object_new_string(reason));
		rate_add(object, "frames-per-second", drops[i].per_second);
		json_object_object_add(object, "total",
				       json_object_new_uint64(drops[i].total));
		json_object_array_add(array, object);
	}
	return array;
}

static void numbers_add(struct json_object *object, const struct rate *rate)
{
	const double *value = rate->per_second;

	rate_add(object, "rx-frames-per-second", value[COUNTER_RX_FRAMES]);
	rate_add(object, "rx-bits-per-second", 8 * value[COUNTER_RX_BYTES]);
	rate_add(object, "tx-frames-per-second", value[COUNTER_TX_FRAMES]);
	rate_add(object, "tx-bits-per-second", 8 * value[COUNTER_TX_BYTES]);
	if (rate->sample->is_vf)
		return;
	rate_add(object, "rx-drops-per-second", value[COUNTER_RX_DROPPED]);
	rate_add(object, "tx-drops-per-second", value[COUNTER_TX_DROPPED]);
	json_object_object_add(object, "drops", drops_json(rate));
}

static struct json_object *rate_json(const struct rate *rate)
{
	const struct sample *sample = rate->sample;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, sample->is_vf ? "vf" : "port",
			       json_object_new_string(sample->name));
	json_object_object_add(object, "switch",
			       json_object_new_string(sample->switch_name));
	if (*sample->port)
		json_object_object_add(object, "port",
				       json_object_new_string(sample->port));
	if (sample->is_vf)
		json_object_object_add(object, "drift",
				       json_object_new_boolean(sample->has_drifted));
	else
		json_object_object_add(object, "up",
				       json_object_new_boolean(sample->is_up));
	/* Of what is new there is no rate yet, which is not 0 */
	if (rate->is_known)
		numbers_add(object, rate);
	return object;
}

void top_print_json(const struct top *top)
{
	struct json_object *object = json_object_new_object();
	struct json_object *ports = json_object_new_array();
	struct json_object *vfs = json_object_new_array();
	const struct rate *rate;
	char now[64];
	size_t i;

	timestamp_now(now, sizeof(now));
	json_object_object_add(object, "time", json_object_new_string(now));
	rate_add(object, "seconds", top->rates.seconds);
	for (i = 0; i < top->rates.count; i++) {
		rate = &top->rates.rate[i];
		json_object_array_add(rate->sample->is_vf ? vfs : ports,
				      rate_json(rate));
	}
	json_object_object_add(object, "ports", ports);
	json_object_object_add(object, "vfs", vfs);
	show_json_line(top->ctl, object);
}
