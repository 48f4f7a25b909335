/* SPDX-License-Identifier: GPL-2.0 */
/* Checks in KTAP, for a test that is one file */
#ifndef VSWCTL_CHECK_H
#define VSWCTL_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vswctl.h"

static unsigned int tests, failures;
/* A test may keep stderr for itself meanwhile */
static FILE *complaints;

static void check(bool ok, const char *format, ...) __printf(2, 3);

static void check(bool ok, const char *format, ...)
{
	va_list list;

	tests++;
	failures += !ok;
	printf("%s %u ", ok ? "ok" : "not ok", tests);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
}

static void check_text(const char *got, const char *want, const char *what)
{
	bool same = !strcmp(got, want);

	if (!same)
		fprintf(complaints, "# got:\n%s\n# want:\n%s\n", got, want);
	check(same, "%s", what);
}

static void check_begin(void)
{
	complaints = stderr;
	puts("KTAP version 1");
}

/* The last lines, and what main() returns */
static int check_end(void)
{
	printf("1..%u\n# %u passed, %u failed\n", tests, tests - failures,
	       failures);
	return failures ? EXIT_REFUSED : EXIT_OK;
}

#endif /* VSWCTL_CHECK_H */
