/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_TOP_H
#define VSWCTL_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "rate.h"
#include "sample.h"

struct vswctl;

#define TOP_LINE_SIZE	512
#define TOP_INTERVAL_MIN 0.1
#define TOP_INTERVAL_MAX 3600.0

/**
 * struct top - what is shown and how
 * @ctl: the command
 * @switch_name: only that switch, or NULL
 * @interval: seconds between two looks
 * @count: how many looks, 0 for no end
 * @key: by what rows are sorted
 * @is_reverse: the other way round
 * @is_batch: print text, without a terminal
 * @shows_drops: a row for each reason to drop, and not for each port
 * @hides_vfs: no rows of VFs
 * @before: what was counted at the look before
 * @after: what was counted at this look
 * @rates: between those
 */
struct top {
	struct vswctl *ctl;
	const char *switch_name;
	double interval;
	unsigned int count;
	enum rate_key key;
	bool is_reverse;
	bool is_batch;
	bool shows_drops;
	bool hides_vfs;
	struct samples before;
	struct samples after;
	struct rates rates;
};

/* top.c: look again, and calculate the rates since the look before */
int top_look(struct top *top);

/* top_text.c: lines of text, which need no terminal */

/**
 * struct top_layout - how wide the columns are
 * @width: of the line, 0 for no limit
 * @name: of the column PORT
 * @switch_name: of the column SWITCH
 */
struct top_layout {
	int width;
	int name;
	int switch_name;
};

void top_layout_make(const struct top *top, int width,
		     struct top_layout *layout);
/* All are cut at TOP_LINE_SIZE or the width, whatever is less */
void top_status(const struct top *top, const struct top_layout *layout,
		char *buf);
void top_sums(const struct top *top, const struct top_layout *layout,
	      char *buf);
void top_heading(const struct top *top, const struct top_layout *layout,
		 char *buf);
/* How many rows there are; and the row of that number, false if there is none */
size_t top_rows(const struct top *top);
bool top_row(const struct top *top, const struct top_layout *layout,
	     size_t number, char *buf);
/* The rate that the row is about, or NULL */
const struct rate *top_row_rate(const struct top *top, size_t number);
void top_print(const struct top *top, FILE *out);
void top_print_json(const struct top *top);

/* top_screen.c: until the user quits; returns an exit code */
int top_screen(struct top *top);

#endif /* VSWCTL_TOP_H */
