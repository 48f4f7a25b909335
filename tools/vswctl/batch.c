// SPDX-License-Identifier: GPL-2.0
/* A command per line. Words may be quoted; # begins a comment. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "txn.h"
#include "vswctl.h"

#define WORDS_MAX 128

/*
 * Cut the word at the start of @text off in place; @next is what follows.
 * NULL where a quote does not end.
 */
static char *word_cut(char *text, char **next)
{
	char *from = text, *to = text;
	char quote = '\0';

	for (; *from && (quote || !isspace((unsigned char)*from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? '\0' : *from;
		else
			*to++ = *from;
	}
	*next = *from ? from + 1 : from;
	*to = '\0';
	return quote ? NULL : text;
}

static int line_split(struct vswctl *ctl, char *text, char **words,
		      int *count)
{
	char *word;

	for (*count = 0;; (*count)++) {
		while (isspace((unsigned char)*text))
			text++;
		if (!*text || *text == '#')
			return EXIT_OK;
		if (*count == WORDS_MAX)
			return fail(ctl, EXIT_USAGE, "too many words");
		word = word_cut(text, &text);
		if (!word)
			return fail(ctl, EXIT_USAGE, "a quote does not end");
		words[*count] = word;
	}
}

int batch_line(struct vswctl *ctl, char *text)
{
	char *words[WORDS_MAX];
	struct args args = { .word = words };
	bool json = ctl->json, timestamp = ctl->timestamp;
	int code;

	code = line_split(ctl, text, words, &args.left);
	if (code || !args.left)
		return code;
	code = vswctl_run(ctl, &args);
	/* "top -j" is for that line only */
	ctl->json = json;
	ctl->timestamp = timestamp;
	return code;
}

static int lines_run(struct vswctl *ctl, FILE *file)
{
	int code = EXIT_OK;
	char *text = NULL;
	size_t room = 0;

	for (ctl->line = 1; getline(&text, &room, file) >= 0; ctl->line++) {
		if (!batch_line(ctl, text))
			continue;
		code = EXIT_REFUSED;
		if (!ctl->force)
			break;
	}
	if (ferror(file))
		code = fail(ctl, EXIT_REFUSED, "cannot read on: %s",
			    strerror(errno));
	free(text);
	return code;
}

/* What all lines are as a transaction */
static int lines_collect(struct vswctl *ctl, FILE *file, struct txn **txn)
{
	int code;

	code = txn_begin(ctl);
	if (!code)
		code = lines_run(ctl, file);
	*txn = txn_take(ctl);
	return code;
}

static int undo_collect(struct vswctl *ctl, struct txn **txn)
{
	const char *batch = ctl->batch;
	FILE *file;
	int code;

	if (!ctl->undo)
		return EXIT_OK;
	file = fopen(ctl->undo, "re");
	if (!file)
		return fail(ctl, EXIT_REFUSED, "%s: %s", ctl->undo,
			    strerror(errno));
	ctl->batch = ctl->undo;
	code = lines_collect(ctl, file, txn);
	ctl->batch = batch;
	fclose(file);
	return code;
}

/* All lines or none */
static int lines_run_atomic(struct vswctl *ctl, FILE *file)
{
	struct txn *txn = NULL, *undo = NULL;
	int code;

	code = lines_collect(ctl, file, &txn);
	if (!code)
		code = undo_collect(ctl, &undo);
	if (!code)
		code = txn_commit(ctl, txn, undo, ctl->confirm);
	txn_free(txn);
	txn_free(undo);
	return code;
}

int batch_run_file(struct vswctl *ctl, FILE *file, const char *name)
{
	int code;

	ctl->batch = name;
	code = ctl->atomic ? lines_run_atomic(ctl, file) : lines_run(ctl, file);
	ctl->batch = NULL;
	return code;
}

int batch_run(struct vswctl *ctl, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int code;

	if (!file)
		return fail(ctl, EXIT_REFUSED, "%s: %s", path,
			    strerror(errno));
	code = batch_run_file(ctl, file, is_stdin ? "stdin" : path);
	if (!is_stdin)
		fclose(file);
	return code;
}
