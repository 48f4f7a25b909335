/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_READER_H
#define VSWCTL_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/vsw.h>

#include "config_model.h"
#include "config_tree.h"

struct vswctl;

/* What the files that read a configuration have in common */

/* Nobody reads more errors of a file */
#define CONFIG_ERRORS_MAX	50
/* Keys that an object may have, at most */
#define CONFIG_NAMES_MAX	64

/**
 * struct config_reader - a file that is read, and what is wrong with it
 * @ctl: who wants to know
 * @path: name of the file
 * @errors: how much was wrong
 * @quiet: nobody wants to know
 * @read: reads the tree that the file is
 * @model: what is in it, where that is a configuration
 */
struct config_reader {
	struct vswctl *ctl;
	const char *path;
	unsigned int errors;
	bool quiet;
	void (*read)(struct config_reader *reader,
		     const struct config_node *root);
	struct config_model *model;
};

/**
 * struct names_allowed - keys that an object may have
 * @name: their names
 * @count: how many
 */
struct names_allowed {
	const char *name[CONFIG_NAMES_MAX];
	unsigned int count;
};

/* config_reader.c: tell what is wrong in @line */
void config_error(struct config_reader *reader, unsigned int line,
		  const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));
/* ... with the value of a key */
void config_bad_value(struct config_reader *reader,
		      const struct config_node *node, const char *why);

/* Names that end with NULL; and complain about any other key */
void config_allow(struct names_allowed *names, const char *const *more);
void config_check_keys(struct config_reader *reader,
		       const struct config_node *map,
		       const struct names_allowed *names);
/* The value of a key, or NULL */
const struct config_node *config_child(const struct config_node *map,
				       const char *key);

bool config_is_number(const struct config_node *node);
bool config_is_bool(const struct config_node *node);
bool config_is_string(const struct config_node *node);
/* Complain about a node unless it is @good, that is @what */
bool config_want(struct config_reader *reader, const struct config_node *node,
		 bool good, const char *what);
bool config_want_type(struct config_reader *reader,
		      const struct config_node *node,
		      enum config_node_type type);

/* Values; what is wrong is told and leaves things as they are */
void config_read_word(struct config_reader *reader,
		      const struct config_node *node,
		      const struct config_key *key, config_word word);
void config_read_bool(struct config_reader *reader,
		      const struct config_node *map, const char *key,
		      bool *value);
bool config_read_name(struct config_reader *reader,
		      const struct config_node *node, char *name, size_t size);
void config_read_child_name(struct config_reader *reader,
			    const struct config_node *map, const char *key,
			    char *name, size_t size);
bool config_read_vid(struct config_reader *reader,
		     const struct config_node *node, uint16_t *vid);

/* config_file.c: any file of ours, - for stdin; returns an exit code */
int config_read_file(struct config_reader *reader);
/* False when a newer vswctl has written it: what is in it cannot be known */
bool config_read_version(struct config_reader *reader,
			 const struct config_node *root);

/* config_port.c: an element of "vlans"; @vlans is empty at first */
void config_read_membership(struct config_reader *reader,
			    const struct config_node *map,
			    struct config_vlans *vlans);
/* A port of the switch @sw */
void config_read_port(struct config_reader *reader,
		      const struct config_node *map, const char *sw,
		      enum vsw_port_role role);

/* config_check.c: tell what is wrong with the model as a whole */
void config_check(struct config_reader *reader);

#endif /* VSWCTL_CONFIG_READER_H */
