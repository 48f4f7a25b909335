// SPDX-License-Identifier: GPL-2.0-only
/* See common.h */
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#define REASON_NAME(constant, text, core)	\
	[VSW_DROP_REASON_##constant] = (text),

const char *const reason_names[VSW_DROP_REASON_COUNT] = {
	VSW_DROP_REASONS(REASON_NAME)
};

static char libbpf_message[256];

void complain(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* libbpf is talkative: keep what it said first, which is the cause. */
static int keep_message(enum libbpf_print_level level, const char *format,
			va_list args)
{
	if (level == LIBBPF_WARN && !libbpf_message[0])
		vsnprintf(libbpf_message, sizeof(libbpf_message), format, args);
	return 0;
}

int follow_begin(void)
{
	if (access("/sys/module/vsw", F_OK)) {
		complain("the module vsw is not loaded");
		return EXIT_NO_MODULE;
	}
	libbpf_set_print(keep_message);
	return 0;
}

int follow_failed(int err, const char *where)
{
	libbpf_message[strcspn(libbpf_message, "\n")] = '\0';
	if (err == -EPERM)
		complain("not permitted: this needs root (CAP_SYS_ADMIN)");
	else if (access("/sys/kernel/btf/vsw", F_OK))
		complain("vsw has no BTF: build it with pahole installed");
	else
		complain("cannot attach to %s: %s%s%s%s", where, strerror(-err),
			 *libbpf_message ? " (" : "", libbpf_message,
			 *libbpf_message ? ")" : "");
	return EXIT_FAILURE;
}

long long clock_now(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

long long real_time(__u64 monotonic)
{
	return clock_now(CLOCK_REALTIME) - clock_now(CLOCK_MONOTONIC) +
	       (long long)monotonic;
}

const char *reason_text(__u32 reason)
{
	return reason < VSW_DROP_REASON_COUNT ? reason_names[reason] :
						"unknown";
}

void mac_text(const __u8 *mac, char *buf, size_t size)
{
	snprintf(buf, size, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
}

void json_string(const char *name, const char *text)
{
	printf("\"%s\":\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < ' ')
			printf("\\u%04x", *text);
		else
			putchar(*text);
	}
	putchar('"');
}
