// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame and its steps as text or JSON. See trace_print.h.
 *
 * The kernel tells little: what was called, in which order, and why it ended. The
 * steps of IEEE 802.1Q follow from that. The names of steps and results are those
 * of vswctl explain.
 */
#include "trace_print.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common.h"

#define ETH_P_8021Q	0x8100
#define VID_MASK	0xfff

/**
 * struct line - a step as it is printed
 * @step: its name
 * @result: what came of it
 * @reason: why, a word of vswctl stats where it is a drop, or NULL
 * @port: the port that it is about, or NULL
 * @via: the uplink that the frame leaves by instead, or NULL
 * @vid: the VLAN, 0 if there is none to tell
 */
struct line {
	const char *step;
	const char *result;
	const char *reason;
	const char *port;
	const char *via;
	unsigned int vid;
};

/* In which step a frame is dropped for a reason, if it was received from a port */
static const char *step_of(unsigned int reason)
{
	switch (reason) {
	case VSW_DROP_REASON_INVALID_SOURCE:
	case VSW_DROP_REASON_LINK_LOCAL:
	case VSW_DROP_REASON_NO_MEMORY:
		return "receive";
	case VSW_DROP_REASON_FRAME_TYPE:
	case VSW_DROP_REASON_NO_PVID:
	case VSW_DROP_REASON_RESERVED_VID:
	case VSW_DROP_REASON_STANDBY:
		return "classify";
	case VSW_DROP_REASON_VLAN_FILTERED:
		return "admit";
	case VSW_DROP_REASON_SPOOFED:
	case VSW_DROP_REASON_REFLECTED:
	case VSW_DROP_REASON_SOURCE_OWNED:
		return "learn";
	default:
		return "deliver";
	}
}

static const char *const order[] = {
	"receive", "classify", "admit", "learn", "look-up", "deliver",
};

#define ORDER_LOOK_UP	4

/**
 * struct printer - the lines of one frame, as they come
 * @frame: the frame
 * @json: print JSON
 * @forward: its TRACE_FORWARD, or NULL
 * @admitted: the step that knows whether its port is a member, or NULL
 * @at: the next step of @order that has not been printed
 * @delivered: it was, somewhere
 * @reason: why it was dropped, or NULL
 * @first: JSON, no line has been printed
 */
struct printer {
	const struct trace_frame *frame;
	bool json;
	const struct trace_step *forward;
	const struct trace_step *admitted;
	unsigned int at;
	bool delivered;
	const char *reason;
	bool first;
};

static void line_json(struct printer *printer, const struct line *line)
{
	fputs(printer->first ? "{" : ",{", stdout);
	printer->first = false;
	json_string("step", line->step);
	putchar(',');
	json_string("result", line->result);
	if (line->reason) {
		putchar(',');
		json_string("reason", line->reason);
	}
	if (line->port) {
		putchar(',');
		json_string("port", line->port);
	}
	if (line->via) {
		putchar(',');
		json_string("via", line->via);
	}
	if (line->vid)
		printf(",\"vid\":%u", line->vid);
	putchar('}');
}

static void line_text(const struct line *line)
{
	bool more = line->vid || line->port || line->reason;

	printf("    %-8s  %-*s", line->step, more ? 9 : 0, line->result);
	if (line->vid)
		printf("  VLAN %u", line->vid);
	if (line->port)
		printf("  %s", line->port);
	if (line->via)
		printf(" through %s", line->via);
	if (line->reason)
		printf("  %s", line->reason);
	putchar('\n');
}

static void line_print(struct printer *printer, const struct line *line)
{
	if (printer->json)
		line_json(printer, line);
	else
		line_text(line);
}

static const char *tag_text(const struct trace_frame *frame)
{
	if (!frame->tagged)
		return "untagged";
	return frame->tci & VID_MASK ? "tagged" : "priority";
}

/* Print a step of @order that had nothing to say for itself: it went well */
static void passed(struct printer *printer, const char *step)
{
	const struct trace_step *forward = printer->forward;
	struct line line = { .step = step, .result = "ok" };

	if (!strcmp(step, "classify")) {
		line.vid = printer->frame->vid;
		line.reason = tag_text(printer->frame);
	} else if (!strcmp(step, "admit") && printer->admitted) {
		line.reason = printer->admitted->is_set ?
			      "member" : "no member, unfiltered";
	} else if (!strcmp(step, "learn")) {
		line.result = "kept";
		/* What a VF sends comes through its PF. */
		if (forward && strcmp(forward->port, printer->frame->port)) {
			line.result = "vf";
			line.port = forward->port;
		}
	} else if (!strcmp(step, "look-up")) {
		line.result = "found";
	}
	line_print(printer, &line);
}

/* Everything before a step went well */
static void before(struct printer *printer, const char *step)
{
	for (; printer->at < sizeof(order) / sizeof(*order); printer->at++) {
		if (!strcmp(order[printer->at], step)) {
			printer->at++;
			return;
		}
		passed(printer, order[printer->at]);
	}
}

static void print_drop(struct printer *printer, const struct trace_step *step)
{
	struct line line = {
		.step = step_of(step->reason),
		.result = "dropped",
		.reason = reason_text(step->reason),
	};

	/* What comes after the look-up may be for want of a copy, too. */
	if (printer->at > ORDER_LOOK_UP)
		line.step = "deliver";
	before(printer, line.step);
	if (line.step == order[ORDER_LOOK_UP + 1] || !printer->reason)
		printer->reason = line.reason;
	line_print(printer, &line);
}

static void print_tx(struct printer *printer, const struct trace_step *step)
{
	struct line line = {
		.step = "deliver",
		.result = step->untagged ? "untagged" : "tagged",
		.port = step->port,
		.via = strcmp(step->port, step->via) ? step->via : NULL,
	};

	before(printer, "deliver");
	if (step->is_set) {
		line.result = "dropped";
		line.reason = reason_text(step->reason);
		printer->reason = line.reason;
	} else {
		printer->delivered = true;
	}
	line_print(printer, &line);
}

static void print_flood(struct printer *printer, const struct trace_step *step)
{
	struct line line = { .step = "look-up", .result = "flood" };

	if (step->flood & TRACE_FLOOD_BROADCAST)
		line.reason = "broadcast";
	else if (step->flood & TRACE_FLOOD_MULTICAST)
		line.reason = "multicast";
	else
		line.reason = "unknown";
	before(printer, "look-up");
	line_print(printer, &line);
}

static void print_learn(struct printer *printer, const struct trace_step *step)
{
	struct line line = { .step = "learn", .result = "learned" };

	if (step->kind == TRACE_MOVE)
		line.result = "moved";
	/* No room, or another CPU was faster */
	if (!step->is_set)
		line.result = "kept";
	before(printer, "learn");
	line_print(printer, &line);
}

/* Its port and its VLAN are known by now. */
static void print_forward(struct printer *printer)
{
	before(printer, "look-up");
	printer->at--;
}

static void print_step(struct printer *printer, const struct trace_step *step)
{
	switch (step->kind) {
	case TRACE_LEARN:
	case TRACE_MOVE:
		print_learn(printer, step);
		break;
	case TRACE_FORWARD:
		print_forward(printer);
		break;
	case TRACE_FLOOD:
		print_flood(printer, step);
		break;
	case TRACE_TX:
		print_tx(printer, step);
		break;
	case TRACE_DROP:
		print_drop(printer, step);
		break;
	}
}

static void print_steps(struct printer *printer)
{
	const struct trace_frame *frame = printer->frame;
	struct line line = { .step = "receive", .result = "listeners" };
	const struct trace_step *step;
	unsigned int i;

	if (frame->passed) {
		line.reason = "link-local";
		line_print(printer, &line);
	}
	for (i = 0; i < frame->count; i++) {
		step = &frame->steps[i];
		if (step->kind == TRACE_FORWARD)
			printer->forward = step;
		if (step->kind == TRACE_FORWARD ||
		    (step->kind == TRACE_DROP && !printer->admitted))
			printer->admitted = step;
	}
	for (i = 0; i < frame->count; i++)
		print_step(printer, &frame->steps[i]);
}

static const char *result_text(const struct printer *printer)
{
	if (printer->delivered)
		return "delivered";
	return printer->frame->passed ? "listeners" : "dropped";
}

static void frame_json(struct printer *printer, long long time,
		       const char *src, const char *dst)
{
	const struct trace_frame *frame = printer->frame;

	printf("{\"time\":%lld.%09lld,", time / NSEC_PER_SEC,
	       time % NSEC_PER_SEC);
	json_string("port", frame->port);
	printf(",\"netns\":%u,\"switch\":%u,", frame->netns, frame->sw);
	json_string("src", src);
	putchar(',');
	json_string("dst", dst);
	if (frame->tagged)
		printf(",\"tag\":{\"vid\":%u,\"pcp\":%u}",
		       frame->tci & VID_MASK, frame->tci >> 13);
	printf(",\"ethertype\":%u,\"len\":%u,\"vid\":%u,\"steps\":[",
	       frame->proto, frame->len, frame->vid);
	print_steps(printer);
	printf("],\"missing\":%u,", frame->missing);
	json_string("result", result_text(printer));
	if (printer->reason && !printer->delivered) {
		putchar(',');
		json_string("reason", printer->reason);
	}
	puts("}");
}

static void frame_text(struct printer *printer, long long time,
		       const char *src, const char *dst)
{
	const struct trace_frame *frame = printer->frame;
	time_t seconds = time / NSEC_PER_SEC;
	char stamp[16], tag[40] = "untagged";
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
	if (frame->tagged)
		snprintf(tag, sizeof(tag), "tag %u.%u", frame->tci & VID_MASK,
			 frame->tci >> 13);
	printf("%s.%06lld %s: %s > %s %s", stamp,
	       time % NSEC_PER_SEC / 1000, frame->port, src, dst, tag);
	if (frame->proto == ETH_P_8021Q)
		printf(" inner tag %u.%u", frame->inner & VID_MASK,
		       frame->inner >> 13);
	printf(" 0x%04x len %u\n", frame->proto, frame->len);
	print_steps(printer);
	if (frame->missing)
		printf("    and %u more steps\n", frame->missing);
	printf("    %s%s%s\n", result_text(printer),
	       printer->reason && !printer->delivered ? ": " : "",
	       printer->reason && !printer->delivered ? printer->reason : "");
}

void trace_print(const struct trace_style *style,
		 const struct trace_frame *frame)
{
	long long time = real_time(frame->time);
	struct printer printer = {
		.frame = frame, .json = style->json, .first = true,
	};
	char src[MAC_TEXT_SIZE], dst[MAC_TEXT_SIZE];

	mac_text(frame->src, src, sizeof(src));
	mac_text(frame->dst, dst, sizeof(dst));
	if (style->json)
		frame_json(&printer, time, src, dst);
	else
		frame_text(&printer, time, src, dst);
	fflush(stdout);
}
