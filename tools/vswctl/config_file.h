/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_FILE_H
#define VSWCTL_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct config_model;
struct json_object;
struct vswctl;

#define CONFIG_FILE	"/etc/vsw/config.json"
#define CONFIG_VERSION	1
/* Larger than the configuration of any host */
#define CONFIG_SIZE_MAX	(32 * 1024 * 1024)

/*
 * Read the file at @path, - for stdin, and check all that can be without a kernel.
 * Every fault is told with its line. Returns an exit code, and then nothing is left
 * in @model, as everything here that returns an int.
 */
int config_read(struct vswctl *ctl, const char *path,
		struct config_model *model);
/* The same, but nothing is told */
int config_read_quietly(struct vswctl *ctl, const char *path,
			struct config_model *model);
/* Is a text such a file? */
bool config_is_good(struct vswctl *ctl, const char *text);
/* As config_read() for a text, which @path is the name of */
int config_read_text(struct vswctl *ctl, const char *path, const char *text,
		     size_t size, struct config_model *model);

/*
 * config_json.c: the configuration as a file has it; what it is anyway, by default or
 * by a profile, is left out. NULL, and it is told, if a profile cannot be used
 */
struct json_object *config_json(struct vswctl *ctl,
				const struct config_model *model);
/* config_save.c: write it to @path: the whole file is new, or as it was */
int config_write(struct vswctl *ctl, const char *path,
		 struct json_object *json);

#endif /* VSWCTL_CONFIG_FILE_H */
