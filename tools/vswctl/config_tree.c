// SPDX-License-Identifier: GPL-2.0
/*
 * JSON and YAML, of which JSON is a part, as a tree that knows its lines. By libyaml,
 * because it tells where everything stands; JSON libraries do so for errors of syntax
 * at best.
 */
#include "config_tree.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "vswctl.h"

/* A file needs six; whatever is deeper is no configuration */
#define DEPTH_MAX 16
/* Some hundred MB of memory */
#define NODES_MAX 2000000
/* More than any object has */
#define KEYS_MAX 256

/**
 * struct tree - a tree while it is put together
 * @error: what is wrong
 * @text: what is parsed
 * @size: its length
 * @root: of the tree
 * @open: the maps and lists that we are in
 * @depth: how many
 * @nodes: how many there are
 * @key: the key whose value comes next, or NULL
 * @key_line: its line
 * @documents: how many documents have begun
 * @done: the text has ended
 */
struct tree {
	struct config_tree_error *error;
	const char *text;
	size_t size;
	struct config_node *root;
	struct config_node *open[DEPTH_MAX];
	unsigned int depth;
	unsigned int nodes;
	char *key;
	unsigned int key_line;
	unsigned int documents;
	bool done;
};

static bool bad(struct tree *tree, unsigned int line, const char *format, ...)
	__printf(3, 4);

static bool bad(struct tree *tree, unsigned int line, const char *format, ...)
{
	va_list list;

	tree->error->line = line;
	va_start(list, format);
	vsnprintf(tree->error->text, sizeof(tree->error->text), format, list);
	va_end(list);
	return false;
}

void config_tree_free(struct config_node *node)
{
	struct config_node *next;

	for (; node; node = next) {
		next = node->next;
		config_tree_free(node->first);
		free(node->key);
		free(node->text);
		free(node);
	}
}

static struct config_node *parent_of(const struct tree *tree)
{
	return tree->depth ? tree->open[tree->depth - 1] : NULL;
}

static void link_node(struct tree *tree, struct config_node *node)
{
	struct config_node *parent = parent_of(tree);

	node->key = tree->key;
	node->key_line = tree->key_line;
	tree->key = NULL;
	if (!parent)
		tree->root = node;
	else if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	if (parent)
		parent->last = node;
}

static struct config_node *add(struct tree *tree, enum config_node_type type,
			       unsigned int line)
{
	struct config_node *node;

	if (++tree->nodes > NODES_MAX) {
		bad(tree, line, "more than %u values are no configuration",
		    NODES_MAX);
		return NULL;
	}
	node = calloc(1, sizeof(*node));
	if (!node) {
		bad(tree, line, "out of memory");
		return NULL;
	}
	node->type = type;
	node->line = line;
	link_node(tree, node);
	return node;
}

static bool is_key(const struct tree *tree)
{
	const struct config_node *parent = parent_of(tree);

	return parent && parent->type == CONFIG_NODE_MAP && !tree->key;
}

static bool on_key(struct tree *tree, const char *text, unsigned int line)
{
	const struct config_node *node;
	unsigned int keys = 0;

	for (node = parent_of(tree)->first; node; node = node->next, keys++)
		if (!strcmp(node->key, text))
			return bad(tree, line,
				   "'%.64s' stands twice, first in line %u",
				   text, node->key_line);
	if (keys == KEYS_MAX)
		return bad(tree, line, "nothing has more than %u keys",
			   KEYS_MAX);
	tree->key = strdup(text);
	tree->key_line = line;
	return tree->key || bad(tree, line, "out of memory");
}

static bool on_scalar(struct tree *tree, const yaml_event_t *event,
		      unsigned int line)
{
	const char *text = (const char *)event->data.scalar.value;
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct config_node *node;

	if (event->data.scalar.tag || event->data.scalar.anchor)
		return bad(tree, line, "tags and anchors have no meaning here");
	if (strlen(text) != event->data.scalar.length)
		return bad(tree, line, "there is a NUL character in a string");
	if (is_key(tree))
		return on_key(tree, text, line);
	node = add(tree, plain ? CONFIG_NODE_PLAIN : CONFIG_NODE_STRING, line);
	if (!node)
		return false;
	node->text = strdup(text);
	return node->text || bad(tree, line, "out of memory");
}

static bool on_open(struct tree *tree, enum config_node_type type,
		    unsigned int line)
{
	struct config_node *node;

	if (is_key(tree))
		return bad(tree, line, "a key is a word, not a list or a map");
	if (tree->depth == DEPTH_MAX)
		return bad(tree, line,
			   "nested deeper than %u: no configuration is",
			   DEPTH_MAX);
	node = add(tree, type, line);
	if (!node)
		return false;
	tree->open[tree->depth++] = node;
	return true;
}

static bool on_event(struct tree *tree, const yaml_event_t *event)
{
	unsigned int line = event->start_mark.line + 1;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return ++tree->documents == 1 ||
		       bad(tree, line, "something follows the end");
	case YAML_ALIAS_EVENT:
		return bad(tree, line, "aliases have no meaning here");
	case YAML_SCALAR_EVENT:
		return on_scalar(tree, event, line);
	case YAML_MAPPING_START_EVENT:
		return on_open(tree, CONFIG_NODE_MAP, line);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(tree, CONFIG_NODE_LIST, line);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		tree->depth--;
		return true;
	case YAML_STREAM_END_EVENT:
		tree->done = true;
		return tree->root || bad(tree, line, "there is nothing in it");
	default:
		return true;
	}
}

/* What libyaml says; of a bad character it tells the place, not the line */
static bool syntax(struct tree *tree, const yaml_parser_t *parser)
{
	unsigned int line = parser->problem_mark.line + 1;
	size_t i;

	if (parser->error == YAML_READER_ERROR) {
		for (line = 1, i = 0; i < parser->problem_offset &&
		     i < tree->size; i++)
			line += tree->text[i] == '\n';
		return bad(tree, line, "%s", parser->problem);
	}
	if (!parser->problem)
		return bad(tree, line, "out of memory");
	if (!parser->context)
		return bad(tree, line, "%s", parser->problem);
	return bad(tree, line, "%s (%s in line %u)", parser->problem,
		   parser->context,
		   (unsigned int)parser->context_mark.line + 1);
}

static bool parse(struct tree *tree, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool good = true;

	while (good && !tree->done) {
		if (!yaml_parser_parse(parser, &event))
			return syntax(tree, parser);
		good = on_event(tree, &event);
		yaml_event_delete(&event);
	}
	return good;
}

struct config_node *config_tree_parse(const char *text, size_t size,
				      struct config_tree_error *error)
{
	struct tree tree = { .error = error, .text = text, .size = size };
	yaml_parser_t parser;
	bool good;

	memset(error, 0, sizeof(*error));
	if (!yaml_parser_initialize(&parser)) {
		bad(&tree, 0, "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text,
				     size);
	good = parse(&tree, &parser);
	yaml_parser_delete(&parser);
	free(tree.key);
	if (good)
		return tree.root;
	config_tree_free(tree.root);
	return NULL;
}
