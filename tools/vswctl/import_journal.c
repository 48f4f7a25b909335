// SPDX-License-Identifier: GPL-2.0
/*
 * The way back of an import, as long as ports may be in neither switch. It is in /run,
 * which does not survive what it is about: after a reboot the bridge is made anew by
 * whoever has made it before.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "file.h"
#include "import.h"
#include "lock.h"
#include "output.h"

#define DIRECTORY "/run/vsw"

static const struct {
	const char *key;
	size_t offset;
} lists[] = {
	{ "ports", offsetof(struct import, ports) },
	{ "ip", offsetof(struct import, back_link) },
	{ "bridge", offsetof(struct import, back_bridge) },
};

static struct json_object **list_of(struct import *import, size_t i)
{
	return (struct json_object **)((char *)import + lists[i].offset);
}

/* Names of devices have a meaning in their network namespace only */
static void journal_path(char *path, size_t size)
{
	struct stat status = {};

	stat("/proc/self/ns/net", &status);
	snprintf(path, size, DIRECTORY "/import-%lu.json",
		 (unsigned long)status.st_ino);
}

bool import_interrupted(void)
{
	char path[64];

	journal_path(path, sizeof(path));
	return !access(path, F_OK);
}

static struct json_object *journal_json(struct import *import)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	json_object_object_add(object, "from",
			       json_object_new_string(import->from));
	json_object_object_add(object, "switch",
			       json_object_new_string(import->to));
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		json_object_object_add(object, lists[i].key,
				       json_object_get(*list_of(import, i)));
	return object;
}

int import_journal_write(struct import *import)
{
	struct json_object *object = journal_json(import);
	const char *text;
	char path[64];
	bool written;
	int error;

	journal_path(path, sizeof(path));
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
						      JSON_C_TO_STRING_NOSLASHESCAPE);
	mkdir(DIRECTORY, 0755);
	written = file_write(path, text);
	error = errno;
	json_object_put(object);
	if (written)
		return EXIT_OK;
	return fail(import->ctl, EXIT_REFUSED,
		    "%s: the way back cannot be kept, so nothing is done: %s",
		    path, strerror(error));
}

void import_journal_remove(void)
{
	char path[64];

	journal_path(path, sizeof(path));
	unlink(path);
}

static bool journal_is_good(struct json_object *object)
{
	struct json_object *list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (!json_object_object_get_ex(object, lists[i].key, &list) ||
		    !json_object_is_type(list, json_type_array))
			return false;
	return *member_text(object, "from") && *member_text(object, "switch");
}

/* Into @import, which refers to @object then */
static int journal_read(struct import *import, struct json_object **object)
{
	struct json_object **list;
	char path[64];
	size_t i;

	journal_path(path, sizeof(path));
	*object = json_object_from_file(path);
	if (!json_object_is_type(*object, json_type_object) ||
	    !journal_is_good(*object))
		return fail(import->ctl, EXIT_REFUSED,
			    "%s cannot be read: put the ports where they belong, and delete it",
			    path);
	import->from = member_text(*object, "from");
	import->to = member_text(*object, "switch");
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		list = list_of(import, i);
		json_object_put(*list);
		*list = json_object_get(member(*object, lists[i].key));
	}
	return EXIT_OK;
}

static const char *master_of(struct json_object *links, const char *name)
{
	struct json_object *link;
	size_t i;

	for (i = 0; i < list_length(links); i++) {
		link = list_item(links, i);
		if (!strcmp(member_text(link, "ifname"), name))
			return member_text(link, "master");
	}
	return "";
}

/* Where are the ports? @joined: the transaction has been; else they are in neither */
static int look(const struct import *import, bool *joined)
{
	char *const words[] = { "ip", "-j", "link", "show", NULL };
	struct json_object *links = NULL;
	const char *name, *master;
	int code;
	size_t i;

	code = json_read(import->ctl, words, "install iproute2",
			 json_type_array, &links);
	*joined = !list_length(import->ports) && if_nametoindex(import->to);
	for (i = 0; !code && i < list_length(import->ports); i++) {
		name = list_text(import->ports, i);
		master = master_of(links, name);
		if (!strcmp(master, import->to))
			*joined = true;
		else if (*master && strcmp(master, import->from))
			code = fail(import->ctl, EXIT_REFUSED,
				    "%s is in %s by now: take it out there first",
				    name, master);
	}
	json_object_put(links);
	return code;
}

static void tell(const struct import *import, const char *result,
		 const char *format)
{
	struct json_object *object;

	if (!import->ctl->json) {
		fprintf(import->ctl->out, format, import->from, import->to);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "result",
			       json_object_new_string(result));
	if (import->from)
		json_object_object_add(object, "from",
				       json_object_new_string(import->from));
	if (import->from)
		json_object_object_add(object, "switch",
				       json_object_new_string(import->to));
	show_json(import->ctl, object);
}

/* All of it or nothing has happened to the switch: the rest follows */
static int finish(struct import *import)
{
	bool joined;
	int code = look(import, &joined);

	if (code)
		return code;
	if (joined) {
		import_switch_up(import);
		import_journal_remove();
		tell(import, "finished",
		     "%s has become %s: that is finished now\n");
		return EXIT_OK;
	}
	if (!import_ports_return(import))
		return EXIT_REFUSED;
	tell(import, "restored",
	     "%s has its ports again, and there is no %s of it\n");
	return EXIT_OK;
}

int import_recover(struct vswctl *ctl, struct args *args)
{
	struct json_object *object = NULL;
	struct import import;
	int code = args_end(ctl, args), fd = -1;

	if (code)
		return code;
	import_init(&import, ctl);
	/* Who imports now is not interrupted */
	code = lock_take(ctl, &fd);
	if (!code && !import_interrupted()) {
		import.from = NULL;
		tell(&import, "nothing", "no import has been interrupted\n");
	} else if (!code) {
		code = journal_read(&import, &object);
		if (!code)
			code = finish(&import);
	}
	import_free(&import);
	json_object_put(object);
	if (fd >= 0)
		close(fd);
	return code;
}
