/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_TREE_H
#define VSWCTL_CONFIG_TREE_H

#include <stddef.h>

enum config_node_type {
	CONFIG_NODE_MAP,
	CONFIG_NODE_LIST,
	CONFIG_NODE_STRING,
	/* true, 17, null: what stands without quotes */
	CONFIG_NODE_PLAIN,
};

/**
 * struct config_node - a value in a file, and where it stands
 * @type: what it is
 * @line: its line
 * @key: the key that it is the value of, or NULL
 * @key_line: line of that
 * @text: of a string or plain word
 * @first: of a map or list, what is in it
 * @last: the last of these
 * @next: what stands beside it
 */
struct config_node {
	enum config_node_type type;
	unsigned int line;
	char *key;
	unsigned int key_line;
	char *text;
	struct config_node *first;
	struct config_node *last;
	struct config_node *next;
};

/**
 * struct config_tree_error - why a text is none
 * @line: where, or 0
 * @text: a sentence
 */
struct config_tree_error {
	unsigned int line;
	char text[256];
};

/* NULL, and @error says why */
struct config_node *config_tree_parse(const char *text, size_t size,
				      struct config_tree_error *error);
void config_tree_free(struct config_node *node);

#endif /* VSWCTL_CONFIG_TREE_H */
