// SPDX-License-Identifier: GPL-2.0
/* One command, and whether what it prints can be printed */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "fuzz.h"
#include "nl.h"

enum run_flags {
	RUN_JSON	= 1,
	RUN_PRETTY	= 2,
	RUN_STATS	= 4,
	RUN_TIME	= 8,
};

void run_begin(struct run *run, unsigned int flags)
{
	memset(run, 0, sizeof(*run));
	run->ctl.json = flags & RUN_JSON;
	run->ctl.pretty = flags & RUN_PRETTY;
	run->ctl.stats = flags & RUN_STATS;
	run->ctl.timestamp = flags & RUN_TIME;
	run->ctl.out = open_memstream(&run->text, &run->size);
	run->ctl.err = open_memstream(&run->errors, &run->errors_size);
	if (!run->ctl.out || !run->ctl.err)
		abort();
}

int run_line(struct run *run, const char *line)
{
	char *copy = strdup(line);
	int code;

	if (!copy)
		abort();
	code = batch_line(&run->ctl, copy);
	free(copy);
	if (code < EXIT_OK || code > EXIT_DROPPED)
		fuzz_fail("'%s' ends with %d", line, code);
	if ((code == EXIT_REFUSED || code == EXIT_USAGE) &&
	    fflush(run->ctl.err) == 0 && !run->errors_size)
		fuzz_fail("'%s' is refused without a word", line);
	return code;
}

/* What a name of the kernel's has in it, a terminal would obey */
static void check_printable(const char *text, size_t size, const char *what)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (iscntrl((unsigned char)text[i]) &&
		    !memchr("\n\t\r", text[i], 3))
			fuzz_fail("%s has the character %#x", what,
				  (unsigned char)text[i]);
}

/* One value, or one in each line */
static void check_json(const char *text, size_t size)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *json;
	size_t at = 0;

	if (!tokener)
		abort();
	while (at < size && text[at] != '\n') {
		json_tokener_reset(tokener);
		json = json_tokener_parse_ex(tokener, text + at,
					     (int)(size - at));
		if (json_tokener_get_error(tokener) != json_tokener_success)
			fuzz_fail("no JSON: %s", text + at);
		json_object_put(json);
		at += json_tokener_get_parse_end(tokener);
		while (at < size && text[at] == '\n')
			at++;
	}
	json_tokener_free(tokener);
}

void run_end(struct run *run)
{
	family_disconnect(&run->ctl);
	fclose(run->ctl.out);
	fclose(run->ctl.err);
	check_printable(run->text, run->size, "the output");
	check_printable(run->errors, run->errors_size, "a message");
	if (run->ctl.json)
		check_json(run->text, run->size);
	free(run->text);
	free(run->errors);
}
