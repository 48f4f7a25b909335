// SPDX-License-Identifier: GPL-2.0
#include "vswctl.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

/*
 * Names in messages come from files, the kernel and other programs: nothing of them
 * is for the terminal to obey.
 */
static void print_clean(FILE *err, const char *format, va_list list)
{
	char *text, *c;

	if (vasprintf(&text, format, list) < 0) {
		fputs(format, err);
		return;
	}
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n' && *c != '\t')
			*c = '?';
	fputs(text, err);
	free(text);
}

static void print(FILE *err, const char *format, ...) __printf(2, 3);

static void print(FILE *err, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print_clean(err, format, list);
	va_end(list);
}

static void print_message(const struct vswctl *ctl, const char *kind,
			  const char *format, va_list list)
{
	FILE *err = ctl->err ? ctl->err : stderr;

	fflush(ctl->out);
	fputs("vswctl: ", err);
	if (ctl->batch && ctl->line)
		print(err, "%s:%u: ", ctl->batch, ctl->line);
	else if (ctl->batch)
		print(err, "%s: ", ctl->batch);
	fputs(kind, err);
	print_clean(err, format, list);
	fputc('\n', err);
}

int fail(const struct vswctl *ctl, int code, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print_message(ctl, "", format, list);
	va_end(list);
	return code;
}

void warn(const struct vswctl *ctl, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print_message(ctl, "warning: ", format, list);
	va_end(list);
}
