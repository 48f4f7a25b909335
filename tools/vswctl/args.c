// SPDX-License-Identifier: GPL-2.0
/* The words of a command: objects, verbs, plain words */
#include "args.h"

#include <string.h>

#include "vswctl.h"

const char *args_peek(const struct args *args)
{
	return args->left > 0 ? args->word[0] : NULL;
}

const char *args_next(struct args *args)
{
	const char *word = args_peek(args);

	if (word) {
		args->word++;
		args->left--;
	}
	return word;
}

bool args_take(struct args *args, const char *keyword)
{
	const char *word = args_peek(args);

	if (!word || strcmp(word, keyword))
		return false;
	args_next(args);
	return true;
}

int args_need(struct vswctl *ctl, struct args *args, const char *what,
	      const char **word)
{
	*word = args_next(args);
	if (!*word)
		return fail(ctl, EXIT_USAGE, "%s is missing", what);
	if (!**word)
		return fail(ctl, EXIT_USAGE, "%s is empty", what);
	return EXIT_OK;
}

int args_end(struct vswctl *ctl, const struct args *args)
{
	const char *word = args_peek(args);

	if (word)
		return fail(ctl, EXIT_USAGE, "unexpected word '%s'", word);
	return EXIT_OK;
}

static bool wants_help(const struct args *args)
{
	int i;

	if (args->left > 0 && !strcmp(args->word[0], "help"))
		return true;
	for (i = 0; i < args->left; i++)
		if (!strcmp(args->word[i], "-h") ||
		    !strcmp(args->word[i], "--help"))
			return true;
	return false;
}

static int verb_unknown(struct vswctl *ctl, const struct object *object,
			const char *word)
{
	const struct verb *verb;
	char list[128] = "";

	for (verb = object->verbs; verb->name; verb++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s, ", verb->name);
	return fail(ctl, EXIT_USAGE, "%s has no verb '%s'; it has %shelp",
		    object->name, word, list);
}

static int verb_run(struct vswctl *ctl, struct args *args,
		    const struct object *object)
{
	const char *word = args_next(args);
	const struct verb *verb;

	if (!word)
		return object->verbs->run(ctl, args);
	for (verb = object->verbs; verb->name; verb++)
		if (!strcmp(verb->name, word))
			return verb->run(ctl, args);
	return verb_unknown(ctl, object, word);
}

int object_run(struct vswctl *ctl, struct args *args,
	       const struct object *object)
{
	int code;

	if (wants_help(args)) {
		fputs(object->help, ctl->out);
		return EXIT_OK;
	}
	code = object->run ? object->run(ctl, args) :
			     verb_run(ctl, args, object);
	if (code == EXIT_USAGE)
		fail(ctl, code, "see vswctl %s help", object->name);
	return code;
}
