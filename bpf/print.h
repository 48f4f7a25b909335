/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dropmon.c and print.c share: how counters and frames look.
 */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "common.h"
#include "dropmon.h"

/**
 * struct row - one line of the table
 * @key: what was counted
 * @total: how many
 * @rate: how many a second since the table before
 */
struct row {
	struct drop_key key;
	__u64 total;
	double rate;
};

/**
 * struct style - how to print
 * @netns: number of our network namespace, where indices have names
 * @json: JSON, an object a line
 */
struct style {
	__u32 netns;
	bool json;
};

int compare_keys(const void *a, const void *b);

void print_table(const struct style *style, const struct row *sorted,
		 size_t count);
void print_frames_header(const struct style *style);
void print_frame(const struct style *style, const struct drop_frame *frame);

#endif /* PRINT_H */
