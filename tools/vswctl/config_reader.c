// SPDX-License-Identifier: GPL-2.0
/* Values of a file: what they have to be, and what is told when they are not */
#include "config_reader.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vswctl.h"

void config_error(struct config_reader *reader, unsigned int line,
		  const char *format, ...)
{
	struct vswctl *ctl = reader->ctl;
	const char *batch = ctl->batch;
	unsigned int before = ctl->line;
	char text[512];
	va_list list;

	if (++reader->errors > CONFIG_ERRORS_MAX || reader->quiet)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	ctl->batch = reader->path;
	ctl->line = line;
	fail(ctl, EXIT_REFUSED, "%s", text);
	ctl->batch = batch;
	ctl->line = before;
}

/* How many letters are different, missing or too many */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[32], left, upper, best;
	size_t i, j, length = strlen(b);

	if (length >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
		return UINT32_MAX;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		upper = row[0];
		row[0] = i;
		for (j = 1; j <= length; j++) {
			left = row[j - 1] + 1;
			best = upper + (a[i - 1] != b[j - 1]);
			upper = row[j];
			if (left < best)
				best = left;
			row[j] = upper + 1 < best ? upper + 1 : best;
		}
	}
	return row[length];
}

static const char *nearest(const struct names_allowed *names, const char *key)
{
	unsigned int best = 3, i, off;
	const char *name = NULL;

	for (i = 0; i < names->count; i++) {
		off = distance(key, names->name[i]);
		if (off < best && off < strlen(key)) {
			best = off;
			name = names->name[i];
		}
	}
	return name;
}

static void unknown_key(struct config_reader *reader,
			const struct names_allowed *names,
			const struct config_node *node)
{
	const char *near = nearest(names, node->key);
	char list[480] = "";
	unsigned int i;

	if (near) {
		config_error(reader, node->key_line,
			     "unknown key '%.64s': is '%s' meant?", node->key,
			     near);
		return;
	}
	for (i = 0; i < names->count; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", i ? ", " : "", names->name[i]);
	config_error(reader, node->key_line,
		     "unknown key '%.64s'; valid here: %s", node->key, list);
}

void config_allow(struct names_allowed *names, const char *const *more)
{
	while (*more && names->count < CONFIG_NAMES_MAX)
		names->name[names->count++] = *more++;
}

void config_check_keys(struct config_reader *reader,
		       const struct config_node *map,
		       const struct names_allowed *names)
{
	const struct config_node *node;
	unsigned int i;

	for (node = map->first; node; node = node->next) {
		for (i = 0; i < names->count; i++)
			if (!strcmp(node->key, names->name[i]))
				break;
		if (i == names->count)
			unknown_key(reader, names, node);
	}
}

const struct config_node *config_child(const struct config_node *map,
				       const char *key)
{
	const struct config_node *node;

	for (node = map->first; node; node = node->next)
		if (!strcmp(node->key, key))
			return node;
	return NULL;
}

bool config_is_number(const struct config_node *node)
{
	const char *c = node->text;

	if (node->type != CONFIG_NODE_PLAIN)
		return false;
	c += *c == '-';
	return isdigit((unsigned char)*c);
}

bool config_is_bool(const struct config_node *node)
{
	return node->type == CONFIG_NODE_PLAIN &&
	       (!strcmp(node->text, "true") || !strcmp(node->text, "false"));
}

static bool is_null(const struct config_node *node)
{
	return node->type == CONFIG_NODE_PLAIN &&
	       (!*node->text || !strcmp(node->text, "null") ||
		!strcmp(node->text, "~"));
}

bool config_is_string(const struct config_node *node)
{
	return node->type == CONFIG_NODE_STRING ||
	       (node->type == CONFIG_NODE_PLAIN && !config_is_number(node) &&
		!config_is_bool(node) && !is_null(node));
}

/* Complain about a node that is not @what */
bool config_want(struct config_reader *reader, const struct config_node *node,
		 bool good, const char *what)
{
	if (!good)
		config_error(reader, node->line, "'%s' needs %s",
			     node->key ? node->key : "an element", what);
	return good;
}

bool config_want_type(struct config_reader *reader,
		      const struct config_node *node,
		      enum config_node_type type)
{
	return config_want(reader, node, node->type == type,
			   type == CONFIG_NODE_MAP ? "an object: { ... }" :
					      "a list: [ ... ]");
}

void config_bad_value(struct config_reader *reader,
		      const struct config_node *node, const char *why)
{
	config_error(reader, node->line, "%s '%.64s' %s", node->key,
		     node->text, why);
}

/* Is the value what the schema says of such a key? */
static bool want_key_type(struct config_reader *reader,
			  const struct config_node *node,
			  enum config_type type)
{
	bool number = config_is_number(node);

	switch (type) {
	case CONFIG_BOOL:
		return config_want(reader, node,
				   config_is_bool(node) ||
				   config_is_string(node), "true or false");
	case CONFIG_NUMBER:
		return config_want(reader, node, number, "a number without quotes");
	case CONFIG_AGEING:
		return config_want(reader, node, number || config_is_string(node),
				   "a number of seconds, or \"off\"");
	case CONFIG_VID:
		return config_want(reader, node, number || config_is_string(node),
				   "a VID, or \"none\"");
	case CONFIG_RATE:
		return config_want(reader, node, number || config_is_string(node),
				   "a rate: 100, \"100mbit\", \"2.5gbit\" or \"none\"");
	default:
		return config_want(reader, node, config_is_string(node),
				   "a string in quotes");
	}
}

void config_read_word(struct config_reader *reader,
		      const struct config_node *node,
		      const struct config_key *key, config_word word)
{
	const char *text = node->text, *why;

	if (!want_key_type(reader, node, key->type))
		return;
	if (key->type == CONFIG_BOOL && config_is_bool(node))
		text = !strcmp(text, "true") ? "on" : "off";
	/* As the kernel and vswctl -j have it */
	if (key->type == CONFIG_AGEING && !strcmp(text, "0"))
		text = "off";
	why = config_word_of(key, text, word);
	if (why)
		config_bad_value(reader, node, why);
}

void config_read_bool(struct config_reader *reader,
		      const struct config_node *map, const char *key,
		      bool *value)
{
	const struct config_node *node = config_child(map, key);

	if (node && config_want(reader, node, config_is_bool(node), "true or false"))
		*value = !strcmp(node->text, "true");
}

/* A name of no more than @size - 1 characters; @check says what is wrong with it */
bool config_read_name(struct config_reader *reader,
		      const struct config_node *node, char *name, size_t size)
{
	static const struct config_key key = {
		.type = CONFIG_NAME, .preset = ""
	};
	config_word word = "";
	const char *why;

	if (!config_want(reader, node, config_is_string(node), "a string in quotes"))
		return false;
	why = config_word_of(&key, node->text, word);
	if (!why && strlen(word) >= size)
		why = "is too long for a net device: 15 characters at most";
	if (why) {
		config_bad_value(reader, node, why);
		return false;
	}
	snprintf(name, size, "%s", word);
	return true;
}

void config_read_child_name(struct config_reader *reader,
			    const struct config_node *map, const char *key,
			    char *name, size_t size)
{
	const struct config_node *node = config_child(map, key);

	if (node)
		config_read_name(reader, node, name, size);
}

bool config_read_vid(struct config_reader *reader,
		     const struct config_node *node, uint16_t *vid)
{
	const char *why;

	if (!config_want(reader, node, config_is_number(node), "a VID without quotes"))
		return false;
	why = parse_vid(node->text, vid);
	if (why)
		config_bad_value(reader, node, why);
	return !why;
}
