/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vsw-dropmon, vsw-fastpath and vsw-trace share: how they complain, load BPF
 * programs and print.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stddef.h>
#include <time.h>

#include <linux/types.h>

#include "kmod/drop.h"

#define EXIT_USAGE	2
#define EXIT_NO_MODULE	3

#define NSEC_PER_SEC	1000000000LL
/* "52:54:00:aa:00:01" */
#define MAC_TEXT_SIZE	18

extern const char *const reason_names[VSW_DROP_REASON_COUNT];

/* A line on stderr, after the name of the program */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Before programs are opened that follow the module: 0, or what to exit with */
int follow_begin(void);
/* Say why @err came of loading or attaching to @where; returns an exit code */
int follow_failed(int err, const char *where);

long long clock_now(clockid_t clock);
/* The time of day of a time on the monotonic clock, in nanoseconds */
long long real_time(__u64 monotonic);

const char *reason_text(__u32 reason);
void mac_text(const __u8 *mac, char *buf, size_t size);
/* "name":"text" */
void json_string(const char *name, const char *text);

#endif /* COMMON_H */
