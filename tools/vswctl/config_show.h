/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_SHOW_H
#define VSWCTL_CONFIG_SHOW_H

#include <stdbool.h>

struct config_fdb;
struct config_vlans;
struct json_object;

/* What a difference is to people and programs: an element of @changes each */
void config_change_add(struct json_object *changes, const char *object,
		       const char *name, const char *sw, const char *words);
void config_change_del(struct json_object *changes, const char *object,
		       const char *name, const char *sw);
/* @values is taken over; nothing is added when it is empty */
void config_change_set(struct json_object *changes, const char *object,
		       const char *name, const char *sw,
		       struct json_object *values, bool anew);
/* One of them may be NULL */
void config_fdb_change(struct json_object *changes,
		       const struct config_fdb *from,
		       const struct config_fdb *to);

/* A value that is another */
void config_value_add(struct json_object *values, const char *key,
		      const char *from, const char *to);
void config_vlans_change(struct json_object *values,
			 const struct config_vlans *from,
			 const struct config_vlans *to);

#endif /* VSWCTL_CONFIG_SHOW_H */
