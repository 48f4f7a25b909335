// SPDX-License-Identifier: GPL-2.0
/*
 * Another switch of this host becomes one of vsw. What is read is translated into
 * the commands of a batch, which are printed, or carried out as one transaction
 * after the devices have left the other switch; they go back if that is refused.
 */
#include "import.h"

#include <ctype.h>
#include <json-c/json.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "lock.h"
#include "nl.h"
#include "object.h"
#include "output.h"
#include "program.h"

#define IPROUTE2 "install iproute2"

static const char help[] =
	"Another switch of this host as a batch for vsw.\n"
	"\n"
	"vswctl import bridge BRIDGE [switch NAME] [apply [lossy]]\n"
	"vswctl import ovs BRIDGE [switch NAME]\n"
	"vswctl import recover\n"
	"\n"
	"  switch    name that the switch gets (default vsw0)\n"
	"  apply     move the ports of the bridge to the switch, or none of them;\n"
	"            without it the commands are printed\n"
	"  lossy     apply although not everything can be carried over\n"
	"  recover   after an apply that was killed: finish it, or take it back\n"
	"\n"
	"vswctl import bridge br0 > br0.vsw    look at it, change it, and then\n"
	"vswctl import bridge br0 apply\n";

void import_add(struct json_object *list, const char *format, ...)
{
	va_list args;
	char *text, *c;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	json_object_array_add(list, json_object_new_string(text));
	free(text);
}

struct json_object *member(struct json_object *object, const char *path)
{
	const char *end;
	char name[64];

	for (; object && path; path = end ? end + 1 : NULL) {
		end = strchr(path, '.');
		snprintf(name, sizeof(name), "%.*s",
			 end ? (int)(end - path) : (int)strlen(path), path);
		if (!json_object_is_type(object, json_type_object) ||
		    !json_object_object_get_ex(object, name, &object))
			return NULL;
	}
	return object;
}

const char *member_text(struct json_object *object, const char *path)
{
	object = member(object, path);
	return object ? json_object_get_string(object) : "";
}

size_t list_length(struct json_object *list)
{
	return json_object_is_type(list, json_type_array) ?
	       json_object_array_length(list) : 0;
}

struct json_object *list_item(struct json_object *list, size_t index)
{
	return index < list_length(list) ?
	       json_object_array_get_idx(list, index) : NULL;
}

const char *list_text(struct json_object *list, size_t index)
{
	struct json_object *item = list_item(list, index);

	return item ? json_object_get_string(item) : "";
}

int json_read(struct vswctl *ctl, char *const words[], const char *hint,
	      enum json_type type, struct json_object **json)
{
	char *text;
	int code;

	code = program_read(ctl, words, hint, &text);
	if (code)
		return code;
	/* Nothing is an empty list, as bridge(8) says it */
	*json = json_tokener_parse(*text && strcmp(text, "\n") ? text : "[]");
	if (!json_object_is_type(*json, type))
		code = fail(ctl, EXIT_REFUSED, "cannot read what %s prints",
			    words[0]);
	free(text);
	return code;
}

int name_check(struct vswctl *ctl, const char *name)
{
	const char *c;

	for (c = name; *c && !strchr("'\"#", *c); c++)
		if (iscntrl((unsigned char)*c) || isspace((unsigned char)*c))
			break;
	if (!*c)
		return EXIT_OK;
	return fail(ctl, EXIT_REFUSED,
		    "device %s: rename it first, a batch cannot have a name with a quote, # or what cannot be printed",
		    name);
}

void import_init(struct import *import, struct vswctl *ctl)
{
	*import = (struct import){
		.ctl = ctl,
		.to = "vsw0",
		.commands = json_object_new_array(),
		.losses = json_object_new_array(),
		.notes = json_object_new_array(),
		.hosts = json_object_new_array(),
		.ports = json_object_new_array(),
		.back_link = json_object_new_array(),
		.back_bridge = json_object_new_array(),
	};
}

void import_free(struct import *import)
{
	json_object_put(import->commands);
	json_object_put(import->losses);
	json_object_put(import->notes);
	json_object_put(import->hosts);
	json_object_put(import->ports);
	json_object_put(import->back_link);
	json_object_put(import->back_bridge);
}

static void print_list(FILE *out, const char *before, struct json_object *list)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		fprintf(out, "%s%s\n", before, list_text(list, i));
}

/* The same as a text, which the caller frees */
static char *lines_text(const char *before, struct json_object *list)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	print_list(out, before, list);
	fclose(out);
	return text;
}

static void import_print(const struct import *import, FILE *out)
{
	fprintf(out, "# %s as the switch %s: for vswctl -a -b\n", import->from,
		import->to);
	print_list(out, "# not carried over: ", import->losses);
	print_list(out, "# note: ", import->notes);
	print_list(out, "", import->commands);
	if (!json_object_array_length(import->hosts))
		return;
	fprintf(out, "# the host moves over with:\n");
	print_list(out, "#\t", import->hosts);
}

static int import_show(const struct import *import)
{
	struct json_object *object;

	if (!import->ctl->json) {
		import_print(import, import->ctl->out);
		return EXIT_OK;
	}
	object = json_object_new_object();
	json_object_object_add(object, "from",
			       json_object_new_string(import->from));
	json_object_object_add(object, "switch",
			       json_object_new_string(import->to));
	json_object_object_add(object, "commands",
			       json_object_get(import->commands));
	json_object_object_add(object, "not-carried-over",
			       json_object_get(import->losses));
	json_object_object_add(object, "notes", json_object_get(import->notes));
	json_object_object_add(object, "host", json_object_get(import->hosts));
	show_json(import->ctl, object);
	return EXIT_OK;
}

/* What would only be refused when the ports have left already */
static int apply_check(const struct import *import, bool lossy)
{
	struct vswctl *ctl = import->ctl;
	int code;

	if (ctl->txn)
		return fail(ctl, EXIT_USAGE,
			    "import apply is a transaction of its own: it cannot be part of one");
	code = family_connect(ctl);
	if (code)
		return code;
	if (import_interrupted())
		return fail(ctl, EXIT_REFUSED,
			    "an import has been interrupted, and ports may be in no switch: vswctl import recover");
	if (if_nametoindex(import->to))
		return fail(ctl, EXIT_REFUSED,
			    "there is a device %s: say 'switch NAME' with another name, or remove it",
			    import->to);
	if (lossy || !json_object_array_length(import->losses))
		return EXIT_OK;
	print_list(stderr, "not carried over: ", import->losses);
	return fail(ctl, EXIT_REFUSED,
		    "%zu thing(s) of %s cannot be carried over: add 'lossy' if it is to be without",
		    json_object_array_length(import->losses), import->from);
}

static int feed(const struct import *import, const char *program,
		const char *text)
{
	char *const words[] = { (char *)program, "-force", "-batch", "-", NULL };

	return *text ? program_feed(import->ctl, words, IPROUTE2, text) : 0;
}

static int ports_leave(const struct import *import)
{
	char *const words[] = { "ip", "-batch", "-", NULL };
	size_t size, i;
	char *text;
	FILE *out = open_memstream(&text, &size);
	int code = 0;

	if (!out)
		abort();
	for (i = 0; i < json_object_array_length(import->ports); i++)
		fprintf(out, "link set dev %s nomaster\n",
			list_text(import->ports, i));
	fclose(out);
	if (*text)
		code = program_feed(import->ctl, words, IPROUTE2, text);
	free(text);
	return code ? EXIT_REFUSED : EXIT_OK;
}

bool import_ports_return(const struct import *import)
{
	char *link = lines_text("", import->back_link);
	char *bridge = lines_text("", import->back_bridge);
	int code;

	code = feed(import, "ip", link);
	if (feed(import, "bridge", bridge))
		code = EXIT_REFUSED;
	if (code)
		warn(import->ctl,
		     "not all of %s could be restored: mend what is said above, then vswctl import recover",
		     import->from);
	else
		import_journal_remove();
	free(link);
	free(bridge);
	return !code;
}

/* All commands as one transaction */
static int commands_run(const struct import *import)
{
	char *text = lines_text("", import->commands);
	struct vswctl *ctl = import->ctl;
	const char *batch = ctl->batch;
	bool atomic = ctl->atomic;
	unsigned int line = ctl->line;
	FILE *file = fmemopen(text, strlen(text), "r");
	int code;

	if (!file)
		abort();
	ctl->atomic = true;
	code = batch_run_file(ctl, file, import->from);
	ctl->atomic = atomic;
	ctl->batch = batch;
	ctl->line = line;
	fclose(file);
	free(text);
	return code;
}

void import_switch_up(const struct import *import)
{
	char *const words[] = { "ip", "link", "set", "dev", (char *)import->to, "up",
			  NULL };

	if (program_run(import->ctl, words, IPROUTE2))
		warn(import->ctl, "%s is not up", import->to);
}

/* ORDER: who is killed at any point has left the way back behind, or needs none */
static int ports_move(struct import *import)
{
	int code = import_journal_write(import);

	if (code)
		return code;
	code = ports_leave(import);
	if (!code)
		code = commands_run(import);
	if (code) {
		if (import_ports_return(import))
			warn(import->ctl, "the ports are in %s again, as before",
			     import->from);
		return code;
	}
	import_switch_up(import);
	import_journal_remove();
	return EXIT_OK;
}

static int import_apply(struct import *import, bool lossy)
{
	int code = apply_check(import, lossy);

	if (!code)
		code = ports_move(import);
	return code ? code : import_show(import);
}

static int read_words(struct import *import, struct args *args)
{
	struct vswctl *ctl = import->ctl;
	int code;

	code = args_need(ctl, args, "the name of the bridge", &import->from);
	if (!code && args_take(args, "switch"))
		code = args_need(ctl, args, "the name of the switch",
				 &import->to);
	if (code)
		return code;
	if (strlen(import->to) >= IFNAMSIZ)
		return fail(ctl, EXIT_USAGE,
			    "switch '%s' is longer than %d characters",
			    import->to, IFNAMSIZ - 1);
	return name_check(ctl, import->to);
}

static int run_bridge(struct vswctl *ctl, struct args *args)
{
	bool apply = false, lossy = false;
	struct import import;
	int code, fd = -1;

	import_init(&import, ctl);
	code = read_words(&import, args);
	if (!code) {
		apply = args_take(args, "apply");
		lossy = apply && args_take(args, "lossy");
		code = args_end(ctl, args);
	}
	/* What is read of the bridge is so only as long as nobody else does this */
	if (!code && apply)
		code = lock_take(ctl, &fd);
	if (!code && !apply && import_interrupted())
		warn(ctl, "an import has been interrupted: vswctl import recover");
	if (!code)
		code = import_bridge(&import);
	if (!code)
		code = apply ? import_apply(&import, lossy) :
			       import_show(&import);
	import_free(&import);
	if (fd >= 0)
		close(fd);
	return code;
}

/* Its ports leave it by the commands that are printed */
static int run_ovs(struct vswctl *ctl, struct args *args)
{
	struct import import;
	int code;

	import_init(&import, ctl);
	code = read_words(&import, args);
	if (!code && args_peek(args) && !strcmp(args_peek(args), "apply"))
		code = fail(ctl, EXIT_USAGE,
			    "apply is for a bridge of the kernel: 'ovs-vsctl del-port' the ports, and run the list with -a -b");
	if (!code)
		code = args_end(ctl, args);
	if (!code)
		code = import_ovs(&import);
	if (!code)
		code = import_show(&import);
	import_free(&import);
	return code;
}

static const struct verb verbs[] = {
	{ "bridge", run_bridge },
	{ "ovs", run_ovs },
	{ "recover", import_recover },
	{ }
};

const struct object import_object = {
	.name = "import",
	.verbs = verbs,
	.help = help,
};
