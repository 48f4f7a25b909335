// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "args.h"
#include "decide.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "parse.h"
#include "topology.h"
#include "vswctl.h"

static const char help[] =
	"What would happen to a frame that a port receives, and why.\n"
	"\n"
	"vswctl explain PORT dst MAC [src MAC] [vlan VID|untagged|priority]\n"
	"               [pcp PCP] [ethertype TYPE] [length N] [path soft]\n"
	"\n"
	"  src        of the port itself by default, if it has a 'mac'\n"
	"  vlan       of the tag; untagged by default; priority for VID 0\n"
	"  pcp        priority in the tag\n"
	"  ethertype  behind the tag, such as 0x0800; 0x8100 for a second tag\n"
	"  length     with the Ethernet header and the tag\n"
	"  path soft  it comes from the soft path, though the VF is active\n"
	"\n"
	"Nothing is sent. Exit status: 0 delivered, 4 not.\n";

#define TYPE_DEFAULT	0x0800
#define TYPE_CTAG	0x8100
#define TYPE_MIN	0x0600
#define LENGTH_MIN	14
#define LENGTH_MAX	65549

/**
 * struct explain_request - the words of the command
 * @req: only for its command; first, so that keys find the rest
 * @frame: the frame
 * @has_dst: its destination was given
 * @has_pcp: its priority was given
 * @soft: it comes from the soft path
 */
struct explain_request {
	struct request req;
	struct decide_frame frame;
	bool has_dst;
	bool has_pcp;
	bool soft;
};

static int put_mac(struct request *req, const struct key *key,
		   const char *word)
{
	struct explain_request *explain = (struct explain_request *)req;
	bool is_dst = !strcmp(key->name, "dst");
	struct decide_frame *frame = &explain->frame;
	const char *why;

	why = parse_mac(word, is_dst ? frame->dst : frame->src);
	if (why)
		return key_bad(req->ctl, key->name, word, why);
	if (is_dst)
		explain->has_dst = true;
	else
		frame->has_src = true;
	return EXIT_OK;
}

static int put_vlan(struct request *req, const struct key *key,
		    const char *word)
{
	struct decide_frame *frame = &((struct explain_request *)req)->frame;
	uint32_t vid = 0;

	frame->tagged = strcmp(word, "untagged");
	if (!frame->tagged || !strcmp(word, "priority"))
		return EXIT_OK;
	/* 4095 is no VLAN, but can stand in a tag; 0 is a priority tag */
	if (parse_uint(word, 4095, &vid))
		return key_bad(req->ctl, key->name, word,
			       "is no tag: untagged, priority, or 0 to 4095");
	frame->vid = vid;
	return EXIT_OK;
}

static int put_pcp(struct request *req, const struct key *key,
		   const char *word)
{
	struct explain_request *explain = (struct explain_request *)req;
	uint32_t pcp = 0;

	if (parse_uint(word, 7, &pcp))
		return key_bad(req->ctl, key->name, word,
			       "is no priority: 0 to 7");
	explain->frame.pcp = pcp;
	explain->has_pcp = true;
	return EXIT_OK;
}

static int put_ethertype(struct request *req, const struct key *key,
			 const char *word)
{
	struct decide_frame *frame = &((struct explain_request *)req)->frame;
	unsigned long type;
	char *end;

	type = strtoul(word, &end, 16);
	if (*end || end == word || *word == '-' || *word == '+' ||
	    type < TYPE_MIN || type > UINT16_MAX)
		return key_bad(req->ctl, key->name, word,
			       "is no EtherType: hexadecimal, 0600 to ffff");
	frame->ethertype = type;
	return EXIT_OK;
}

static int put_length(struct request *req, const struct key *key,
		      const char *word)
{
	struct decide_frame *frame = &((struct explain_request *)req)->frame;

	if (parse_uint(word, LENGTH_MAX, &frame->length) ||
	    frame->length < LENGTH_MIN)
		return key_bad(req->ctl, key->name, word,
			       "is no length: 14 to 65549");
	return EXIT_OK;
}

static int put_path(struct request *req, const struct key *key,
		    const char *word)
{
	if (strcmp(word, "soft"))
		return key_bad(req->ctl, key->name, word,
			       "is not 'soft'; the active path is meant without");
	((struct explain_request *)req)->soft = true;
	return EXIT_OK;
}

static const struct key keys[] = {
	{ "dst", put_mac },
	{ "src", put_mac },
	{ "vlan", put_vlan },
	{ "pcp", put_pcp },
	{ "ethertype", put_ethertype },
	{ "length", put_length },
	{ "path", put_path },
	{ }
};

static int words_check(const struct explain_request *explain)
{
	const struct vswctl *ctl = explain->req.ctl;
	const struct decide_frame *frame = &explain->frame;

	if (!explain->has_dst)
		return fail(ctl, EXIT_USAGE,
			    "where does the frame go to? say 'dst MAC'");
	if (explain->has_pcp && !frame->tagged)
		return fail(ctl, EXIT_USAGE,
			    "only a tag has a priority: say 'vlan VID' or 'vlan priority'");
	if (frame->ethertype == TYPE_CTAG && !frame->tagged)
		return fail(ctl, EXIT_USAGE,
			    "ethertype 0x8100 is a tag: say 'vlan VID'");
	return EXIT_OK;
}

static void mac_text(const uint8_t mac[6], char *buf, size_t size)
{
	snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static const char *result_text(const struct verdict *verdict)
{
	if (verdict->delivered)
		return "delivered";
	return verdict->listeners ? "listeners" : "dropped";
}

static void add_string(struct json_object *object, const char *key,
		       const char *value)
{
	if (value)
		json_object_object_add(object, key,
				       json_object_new_string(value));
}

static void add_number(struct json_object *object, const char *key,
		       uint32_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

static struct json_object *step_json(const struct decide_step *step)
{
	struct json_object *object = json_object_new_object();

	add_string(object, "step", step->step);
	add_string(object, "result", step->result);
	add_string(object, "reason", step->reason);
	if (step->port)
		add_string(object, "port", step->port->name);
	if (step->via && step->port) {
		add_string(object, "via", step->via->name);
		add_number(object, "vf", step->port->vf);
	}
	if (step->vid)
		add_number(object, "vid", step->vid);
	if (*step->text)
		add_string(object, "text", step->text);
	return object;
}

static void frame_json(struct json_object *object,
		       const struct decide_frame *frame)
{
	struct json_object *tag;
	char mac[18];

	if (frame->has_src) {
		mac_text(frame->src, mac, sizeof(mac));
		add_string(object, "src", mac);
	}
	mac_text(frame->dst, mac, sizeof(mac));
	add_string(object, "dst", mac);
	if (frame->tagged) {
		tag = json_object_new_object();
		add_number(tag, "vid", frame->vid);
		add_number(tag, "pcp", frame->pcp);
		json_object_object_add(object, "tag", tag);
	}
	add_number(object, "ethertype", frame->ethertype);
	if (frame->length)
		add_number(object, "len", frame->length);
}

static void verdict_json(struct vswctl *ctl, const struct topology *topology,
			 const struct topology_port *port,
			 const struct decide_frame *frame,
			 const struct verdict *verdict)
{
	struct json_object *object = json_object_new_object();
	struct json_object *steps = json_object_new_array();
	size_t i;

	add_string(object, "port", port->name);
	add_number(object, "switch", topology->ifindex);
	add_string(object, "switch-name", topology->name);
	frame_json(object, frame);
	add_number(object, "vid", verdict->vid);
	add_number(object, "pcp", verdict->pcp);
	for (i = 0; i < verdict->count; i++)
		json_object_array_add(steps, step_json(&verdict->steps[i]));
	json_object_object_add(object, "steps", steps);
	add_string(object, "result", result_text(verdict));
	add_number(object, "delivered", verdict->delivered);
	if (!verdict->delivered && verdict->reason) {
		add_string(object, "reason", verdict->reason);
		if (verdict->where) {
			add_string(object, "where", verdict->where->name);
			add_string(object, "direction",
				   verdict->is_rx ? "rx" : "tx");
		}
	}
	show_json(ctl, object);
}

static void frame_text(struct vswctl *ctl, const struct topology_port *port,
		       const struct decide_frame *frame)
{
	char src[18] = "?", dst[18];

	if (frame->has_src)
		mac_text(frame->src, src, sizeof(src));
	mac_text(frame->dst, dst, sizeof(dst));
	fprintf(ctl->out, "%s: %s > %s ", port->name, src, dst);
	if (frame->tagged)
		fprintf(ctl->out, "tag %u.%u", frame->vid, frame->pcp);
	else
		fprintf(ctl->out, "untagged");
	fprintf(ctl->out, " 0x%04x", frame->ethertype);
	if (frame->length)
		fprintf(ctl->out, " len %u", frame->length);
	fputc('\n', ctl->out);
}

static void step_text(struct vswctl *ctl, const struct decide_step *step)
{
	bool more = step->vid || step->port || step->reason || *step->text;

	fprintf(ctl->out, "    %-8s  %-*s", step->step, more ? 9 : 0,
		step->result);
	if (step->vid)
		fprintf(ctl->out, "  VLAN %u", step->vid);
	if (step->port)
		fprintf(ctl->out, "  %s", step->port->name);
	if (step->via && step->port)
		fprintf(ctl->out, " through %s, VF %u", step->via->name,
			step->port->vf);
	if (step->reason)
		fprintf(ctl->out, "  %s", step->reason);
	if (*step->text)
		fprintf(ctl->out, "%s%s", step->reason || step->port ||
			step->vid ? ": " : "  ", step->text);
	fputc('\n', ctl->out);
}

static void verdict_text(struct vswctl *ctl, const struct topology_port *port,
			 const struct decide_frame *frame,
			 const struct verdict *verdict)
{
	size_t i;

	frame_text(ctl, port, frame);
	for (i = 0; i < verdict->count; i++)
		step_text(ctl, &verdict->steps[i]);
	fprintf(ctl->out, "    %s", result_text(verdict));
	if (verdict->delivered)
		fprintf(ctl->out, " to %u port%s", verdict->delivered,
			verdict->delivered == 1 ? "" : "s");
	else if (verdict->where)
		fprintf(ctl->out, ": counted as %s %s of %s",
			verdict->is_rx ? "rx" : "tx", verdict->reason,
			verdict->where->name);
	else if (verdict->reason)
		fprintf(ctl->out, ": %s", verdict->reason);
	fputc('\n', ctl->out);
}

static int judge(struct explain_request *explain, struct topology *topology,
		 const struct topology_port *port)
{
	static const uint8_t zero[6];
	struct vswctl *ctl = explain->req.ctl;
	struct decide_frame *frame = &explain->frame;
	struct verdict verdict;
	int code;

	if (!frame->has_src && memcmp(port->mac, zero, sizeof(zero))) {
		memcpy(frame->src, port->mac, sizeof(port->mac));
		frame->has_src = true;
	}
	code = decide(topology, port, explain->soft, frame, &verdict);
	if (!code && ctl->json)
		verdict_json(ctl, topology, port, frame, &verdict);
	else if (!code)
		verdict_text(ctl, port, frame, &verdict);
	if (!code && !verdict.delivered)
		code = EXIT_DROPPED;
	verdict_free(&verdict);
	return code;
}

static int explain_run(struct vswctl *ctl, struct args *args)
{
	struct explain_request explain = {
		.req.ctl = ctl,
		.frame.ethertype = TYPE_DEFAULT,
	};
	struct topology topology = {};
	struct topology_port *port;
	const char *name;
	int code;

	code = args_need(ctl, args, "the name of the port", &name);
	if (!code)
		code = keys_read(&explain.req, args, keys, NULL);
	if (!code)
		code = words_check(&explain);
	if (!code)
		code = topology_get(&topology, ctl, name, &port);
	if (!code)
		code = judge(&explain, &topology, port);
	topology_free(&topology);
	return code;
}

const struct object explain_object = {
	.name = "explain",
	.run = explain_run,
	.help = help,
};
