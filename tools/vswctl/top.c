// SPDX-License-Identifier: GPL-2.0
#include "top.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "object.h"
#include "parse.h"
#include "vswctl.h"

#define INTERVAL_DEFAULT 2.0

static const char help[] =
	"Live rates of ports and VFs, and why frames are dropped.\n"
	"\n"
	"vswctl [-j] top [switch SWITCH] [interval SECONDS] [sort KEY]\n"
	"                [count N] [drops] [-b] [-j]\n"
	"\n"
	"  switch    only that switch\n"
	"  interval  between two looks, 0.1 to 3600 (default 2)\n"
	"  sort      rx-bits (default), tx-bits, bits, rx-frames, tx-frames,\n"
	"            frames, drops, name or switch\n"
	"  count     end after that many intervals\n"
	"  drops     a row for each reason for which a port drops\n"
	"  -b        text, also to a file or pipe; without a terminal anyway\n"
	"  -j        a line of JSON for each interval\n"
	"\n"
	"RX is what the switch receives from a port. PF/N is a VF, counted by the\n"
	"NIC. Keys: h shows them.\n";

static int interval_read(struct vswctl *ctl, struct args *args,
			 struct top *top)
{
	const char *word;
	char *end;
	int code;

	code = args_need(ctl, args, "the interval", &word);
	if (code)
		return code;
	top->interval = strtod(word, &end);
	/* The comparison is false for "nan" too */
	if (*end || !(top->interval >= TOP_INTERVAL_MIN &&
		      top->interval <= TOP_INTERVAL_MAX))
		return fail(ctl, EXIT_USAGE,
			    "interval '%s' is not a number of seconds from %.1f to %.0f",
			    word, TOP_INTERVAL_MIN, TOP_INTERVAL_MAX);
	return EXIT_OK;
}

static int sort_read(struct vswctl *ctl, struct args *args, struct top *top)
{
	const char *word;
	char list[256];
	int code, key;

	code = args_need(ctl, args, "the key to sort by", &word);
	if (code)
		return code;
	key = names_value(&rate_key_names, word);
	if (key < 0) {
		names_list(&rate_key_names, list, sizeof(list));
		return fail(ctl, EXIT_USAGE, "sort '%s' is none of %s", word,
			    list);
	}
	top->key = key;
	return EXIT_OK;
}

static int count_read(struct vswctl *ctl, struct args *args, struct top *top)
{
	const char *word, *why;
	uint32_t count = 0;
	int code;

	code = args_need(ctl, args, "the number of intervals", &word);
	if (code)
		return code;
	why = parse_uint(word, UINT32_MAX - 1, &count);
	if (why)
		return key_bad(ctl, "count", word, why);
	if (!count)
		return fail(ctl, EXIT_USAGE, "count '0' is nothing to show");
	top->count = count;
	return EXIT_OK;
}

static int word_read(struct vswctl *ctl, struct args *args, struct top *top)
{
	if (args_take(args, "switch"))
		return args_need(ctl, args, "the name of the switch",
				 &top->switch_name);
	if (args_take(args, "interval"))
		return interval_read(ctl, args, top);
	if (args_take(args, "sort"))
		return sort_read(ctl, args, top);
	if (args_take(args, "count"))
		return count_read(ctl, args, top);
	if (args_take(args, "drops"))
		top->shows_drops = true;
	else if (args_take(args, "-b"))
		top->is_batch = true;
	else if (args_take(args, "-j"))
		ctl->json = true;
	else
		return fail(ctl, EXIT_USAGE,
			    "unknown keyword '%s'; valid here: switch, interval, sort, count, drops, -b, -j",
			    args_peek(args));
	return EXIT_OK;
}

int top_look(struct top *top)
{
	struct samples samples = {};
	int code;

	code = samples_get(top->ctl, top->switch_name, &samples);
	if (code) {
		samples_free(&samples);
		return code;
	}
	rates_free(&top->rates);
	samples_free(&top->before);
	top->before = top->after;
	top->after = samples;
	if (!rates_make(&top->before, &top->after, &top->rates))
		return fail(top->ctl, EXIT_REFUSED, "out of memory");
	rates_sort(&top->rates, top->key, top->is_reverse);
	return EXIT_OK;
}

/* A look takes time too: the next one is an interval after the last one */
static void wait_interval(const struct top *top)
{
	struct timespec until = top->after.time;
	time_t whole = top->interval;

	until.tv_sec += whole;
	until.tv_nsec += (top->interval - whole) * 1e9;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static int top_batch(struct top *top)
{
	unsigned int looks;
	int code;

	for (looks = 0; !top->count || looks < top->count; looks++) {
		wait_interval(top);
		code = top_look(top);
		if (code)
			return code;
		if (top->ctl->json)
			top_print_json(top);
		else
			top_print(top, top->ctl->out);
		/* Who reads has gone: main() says so */
		if (fflush(top->ctl->out))
			break;
	}
	return EXIT_OK;
}

static bool has_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int top_run(struct vswctl *ctl, struct args *args)
{
	struct top top = { .ctl = ctl, .interval = INTERVAL_DEFAULT };
	uint32_t ifindex;
	int code = EXIT_OK;

	while (!code && args_peek(args))
		code = word_read(ctl, args, &top);
	if (!code && top.switch_name)
		code = device_find(ctl, "switch", top.switch_name, &ifindex);
	if (!code)
		code = top_look(&top);
	if (!code)
		code = top.is_batch || ctl->json || !has_terminal() ?
		       top_batch(&top) : top_screen(&top);
	rates_free(&top.rates);
	samples_free(&top.before);
	samples_free(&top.after);
	return code;
}

const struct object top_object = {
	.name = "top",
	.run = top_run,
	.help = help,
};
