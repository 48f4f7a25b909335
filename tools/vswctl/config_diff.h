/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_DIFF_H
#define VSWCTL_CONFIG_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct config_model;
struct json_object;
struct vswctl;

/**
 * struct config_command - a line that vswctl understands
 * @text: the line
 * @line: line of the file that wants it, or 0
 * @phase: those of a lower one come before
 * @order: likewise in a phase
 */
struct config_command {
	char *text;
	unsigned int line;
	unsigned int phase;
	size_t order;
};

/**
 * struct config_diff - what makes one configuration of another
 * @command: commands that do it, in their order
 * @commands: how many
 * @changes: array of what is changed, for people and programs
 * @failed: there was no memory
 */
struct config_diff {
	struct config_command *command;
	size_t commands;
	struct json_object *changes;
	bool failed;
};

/* False when there is no memory. Both are sorted, see config_sort() */
bool config_diff(struct config_diff *diff, const struct config_model *from,
		 const struct config_model *to);
void config_diff_free(struct config_diff *diff);
/* Lines with +, - and ~, or JSON with the commands */
void config_diff_show(struct vswctl *ctl, const struct config_diff *diff);

#endif /* VSWCTL_CONFIG_DIFF_H */
