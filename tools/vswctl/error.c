// SPDX-License-Identifier: GPL-2.0
#include "vswctl.h"

#include <stdarg.h>

static void print_message(const struct vswctl *ctl, const char *kind,
			  const char *format, va_list list)
{
	fflush(ctl->out);
	fputs("vswctl: ", stderr);
	if (ctl->batch && ctl->line)
		fprintf(stderr, "%s:%u: ", ctl->batch, ctl->line);
	else if (ctl->batch)
		fprintf(stderr, "%s: ", ctl->batch);
	fputs(kind, stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
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
