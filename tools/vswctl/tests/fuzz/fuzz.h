/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzzers share: see Makefile */
#ifndef VSWCTL_FUZZ_H
#define VSWCTL_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vswctl.h"

/* What libFuzzer calls; the first is in world.c, the second in each fuzzer */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something is not as it has to be: say so on the real standard error, and abort */
void fuzz_fail(const char *format, ...) __printf(1, 2);

/* kernel.c: what the kernel answers from now on; then it agrees to everything */
void kernel_feed(const uint8_t *data, size_t size);

/* world.c: a directory of our own, which is empty between two inputs */
extern char fuzz_directory[];
/* A file there, which commands find under @name with %s for the directory */
void world_write(const char *name, const void *data, size_t size);
void world_clean(void);
/* What other programs print, one section after another, and standard input has */
void world_feed(const uint8_t *data, size_t size);

/**
 * struct run - a command while it runs, and what it prints
 * @ctl: the command
 * @text: what it has printed
 * @size: length of that
 * @errors: what it has said on standard error
 * @errors_size: length of that
 */
struct run {
	struct vswctl ctl;
	char *text;
	size_t size;
	char *errors;
	size_t errors_size;
};

/* run.c: @flags is any number: JSON, counters and so on */
void run_begin(struct run *run, unsigned int flags);
/* A line of vswctl, which is copied; returns its exit code */
int run_line(struct run *run, const char *line);
/* Nothing printed may be what a terminal obeys, and JSON is JSON */
void run_end(struct run *run);

#endif /* VSWCTL_FUZZ_H */
