/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_H
#define VSWCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct args;
struct nl_sock;
struct txn;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define __printf(string, first) __attribute__((__format__(__printf__, string, first)))

/* What vswctl exits with; documented in vswctl(8) */
enum exit_code {
	EXIT_OK,
	EXIT_REFUSED,
	EXIT_USAGE,
	EXIT_NO_MODULE,
	EXIT_DROPPED,
};

/**
 * struct vswctl - what a command needs to know beside its own words
 * @json: print JSON instead of text
 * @pretty: print JSON for people
 * @stats: show counters too
 * @timestamp: put the time before each event
 * @force: go on after a failure in a batch
 * @batch: file that the command came from, or NULL
 * @line: its line there
 * @out: where results go
 * @err: where messages go, or NULL for standard error
 * @sock: socket to the family once connected, or NULL
 * @family: number of the family once connected
 * @txn: the transaction that changes are put into, or NULL
 * @labels: 'profile NAME' is a label, and nothing is read from the profile
 * @atomic: a batch is one transaction
 * @undo: file with the batch that takes it back, or NULL
 * @confirm: seconds after which the kernel does that, or 0
 */
struct vswctl {
	bool json;
	bool pretty;
	bool stats;
	bool timestamp;
	bool force;
	const char *batch;
	unsigned int line;
	FILE *out;
	FILE *err;
	struct nl_sock *sock;
	int family;
	struct txn *txn;
	bool labels;
	bool atomic;
	const char *undo;
	unsigned int confirm;
};

/* commands.c: carry out one command; and what all of them are */
extern const char vswctl_help[];
int vswctl_run(struct vswctl *ctl, struct args *args);

/* error.c: messages go to stderr; fail() returns the code */
int fail(const struct vswctl *ctl, int code, const char *format, ...)
	__printf(3, 4);
void warn(const struct vswctl *ctl, const char *format, ...) __printf(2, 3);

/* batch.c: a command per line */
int batch_run(struct vswctl *ctl, const char *path);
/* One of them, which is cut into words in place */
int batch_line(struct vswctl *ctl, char *text);
/* The same for a file that is open; messages call it @name */
int batch_run_file(struct vswctl *ctl, FILE *file, const char *name);

#endif /* VSWCTL_H */
