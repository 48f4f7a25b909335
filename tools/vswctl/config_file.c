// SPDX-License-Identifier: GPL-2.0
/* From a file, or rather the tree that it is, to a model */
#include "config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_model.h"
#include "config_reader.h"
#include "config_tree.h"
#include "vswctl.h"

static void read_fdb(struct config_reader *reader,
		     const struct config_node *map, const char *sw)
{
	static const struct config_key mac = {
		"mac", CONFIG_MAC, .preset = ""
	};
	static const char *const keys[] = { "mac", "vid", "port", NULL };
	struct names_allowed names = {};
	const struct config_node *node;
	struct config_fdb *fdb;

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return;
	config_allow(&names, keys);
	config_check_keys(reader, map, &names);
	if (!config_child(map, "mac") || !config_child(map, "port")) {
		config_error(reader, map->line,
			     "a forwarding entry needs \"mac\" and \"port\"");
		return;
	}
	fdb = config_add_fdb(reader->model);
	if (!fdb) {
		config_error(reader, map->line, "out of memory");
		return;
	}
	snprintf(fdb->sw, sizeof(fdb->sw), "%s", sw);
	fdb->line = map->line;
	config_read_word(reader, config_child(map, "mac"), &mac, fdb->mac);
	config_read_child_name(reader, map, "port", fdb->port, sizeof(fdb->port));
	node = config_child(map, "vid");
	if (node)
		config_read_vid(reader, node, &fdb->vid);
}

static void read_switch_lists(struct config_reader *reader,
			      const struct config_node *map, const char *sw)
{
	static const struct {
		const char *key;
		enum vsw_port_role role;
	} lists[] = {
		{ "uplinks", VSW_PORT_ROLE_UPLINK },
		{ "ports", VSW_PORT_ROLE_LOCAL },
	};
	const struct config_node *list, *node;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		list = config_child(map, lists[i].key);
		if (!list || !config_want_type(reader, list, CONFIG_NODE_LIST))
			continue;
		for (node = list->first; node; node = node->next)
			config_read_port(reader, node, sw, lists[i].role);
	}
	list = config_child(map, "fdb");
	if (!list || !config_want_type(reader, list, CONFIG_NODE_LIST))
		return;
	for (node = list->first; node; node = node->next)
		read_fdb(reader, node, sw);
}

/* Every switch has a host port, whether the file says so or not */
static void read_host(struct config_reader *reader,
		      const struct config_node *map, const char *sw)
{
	const struct config_node nothing = {
		.type = CONFIG_NODE_MAP, .line = map->line
	};
	const struct config_node *host = config_child(map, "host");

	config_read_port(reader, host ? host : &nothing, sw, VSW_PORT_ROLE_HOST);
}

static void check_switch_keys(struct config_reader *reader,
			      const struct config_node *map)
{
	static const char *const keys[] = {
		"name", "uplinks", "ports", "host", "fdb", NULL
	};
	struct names_allowed names = {};
	int key;

	config_allow(&names, keys);
	for (key = 0; key < CONFIG_SWITCH_KEYS; key++)
		names.name[names.count++] = config_switch_keys[key].name;
	config_check_keys(reader, map, &names);
}

static void switch_defaults(struct config_model *model, size_t first,
			    struct config_switch *sw)
{
	for (; first < model->ports; first++)
		config_port_defaults(&model->port[first], sw);
}

static void read_switch(struct config_reader *reader,
			const struct config_node *map)
{
	size_t first = reader->model->ports;
	const struct config_node *node;
	struct config_switch *sw;
	int key;

	if (!config_want_type(reader, map, CONFIG_NODE_MAP))
		return;
	check_switch_keys(reader, map);
	sw = config_add_switch(reader->model);
	if (!sw) {
		config_error(reader, map->line, "out of memory");
		return;
	}
	sw->line = map->line;
	if (config_child(map, "name"))
		config_read_child_name(reader, map, "name", sw->name,
				       sizeof(sw->name));
	else
		config_error(reader, map->line, "a switch needs a name");
	for (key = 0; key < CONFIG_SWITCH_KEYS; key++) {
		node = config_child(map, config_switch_keys[key].name);
		if (node)
			config_read_word(reader, node, &config_switch_keys[key],
					 sw->word[key]);
	}
	config_switch_defaults(sw);
	read_switch_lists(reader, map, sw->name);
	read_host(reader, map, sw->name);
	switch_defaults(reader->model, first, sw);
}

bool config_read_version(struct config_reader *reader,
			 const struct config_node *root)
{
	const struct config_node *node = config_child(root, "version");
	uint32_t version = 0;

	if (!node) {
		config_error(reader, root->line,
			     "what version is it? say \"version\": %u",
			     CONFIG_VERSION);
		return true;
	}
	if (!config_want(reader, node, config_is_number(node), "a number without quotes"))
		return true;
	if (parse_uint(node->text, UINT32_MAX, &version) || !version)
		config_bad_value(reader, node, "is no version of this file");
	if (version <= CONFIG_VERSION)
		return true;
	config_error(reader, node->line,
		     "the file has version %u and this vswctl knows %u: it needs a newer vswctl",
		     version, CONFIG_VERSION);
	return false;
}

static void read_root(struct config_reader *reader,
		      const struct config_node *root)
{
	static const char *const keys[] = {
		"version", "switches", "$schema", NULL
	};
	struct names_allowed names = {};
	const struct config_node *list, *node;

	if (root->type != CONFIG_NODE_MAP) {
		config_error(reader, root->line,
			     "a configuration is an object: { \"version\": 1, \"switches\": [ ... ] }");
		return;
	}
	if (!config_read_version(reader, root))
		return;
	config_allow(&names, keys);
	config_check_keys(reader, root, &names);
	list = config_child(root, "switches");
	if (!list)
		config_error(reader, root->line,
			     "there are no \"switches\" in it; for none say \"switches\": []");
	else if (config_want_type(reader, list, CONFIG_NODE_LIST))
		for (node = list->first; node; node = node->next)
			read_switch(reader, node);
}

static void read_model(struct config_reader *reader,
		       const struct config_node *root)
{
	read_root(reader, root);
	/* What is half read is wrong in ways that nobody wants to know */
	if (!reader->errors)
		config_check(reader);
}

static int read_text(struct config_reader *reader, const char *text,
		     size_t size)
{
	struct config_tree_error error;
	struct config_node *root;

	root = config_tree_parse(text, size, &error);
	if (root)
		reader->read(reader, root);
	else
		config_error(reader, error.line, "%s", error.text);
	config_tree_free(root);
	if (reader->errors > CONFIG_ERRORS_MAX && !reader->quiet)
		fail(reader->ctl, EXIT_REFUSED, "%s: and %u more",
		     reader->path, reader->errors - CONFIG_ERRORS_MAX);
	return reader->errors ? EXIT_REFUSED : EXIT_OK;
}

static int read_string(struct vswctl *ctl, const char *path, bool quiet,
		       const char *text, size_t size,
		       struct config_model *model)
{
	struct config_reader reader = {
		.ctl = ctl, .path = path, .quiet = quiet, .read = read_model,
		.model = model
	};
	int code = read_text(&reader, text, size);

	if (code)
		config_free(model);
	return code;
}

int config_read_text(struct vswctl *ctl, const char *path, const char *text,
		     size_t size, struct config_model *model)
{
	return read_string(ctl, path, false, text, size, model);
}

bool config_is_good(struct vswctl *ctl, const char *text)
{
	struct config_model model = {};

	if (read_string(ctl, "", true, text, strlen(text), &model))
		return false;
	config_free(&model);
	return true;
}

static bool too_large(struct config_reader *reader, off_t size)
{
	if (size <= CONFIG_SIZE_MAX)
		return false;
	config_error(reader, 0, "more than %u MiB are no configuration",
		     CONFIG_SIZE_MAX >> 20);
	return true;
}

/* Up to the end, or until it is too much */
static bool read_all(struct config_reader *reader, int fd, char **text,
		     size_t *size)
{
	size_t room = 65536;
	ssize_t got = 1;
	char *more;

	for (*size = 0, *text = NULL; got > 0; *size += got) {
		if (too_large(reader, *size))
			return false;
		while (room < *size + 65536)
			room *= 2;
		more = realloc(*text, room);
		if (!more) {
			config_error(reader, 0, "out of memory");
			return false;
		}
		*text = more;
		got = read(fd, *text + *size, 65536);
		if (got < 0) {
			config_error(reader, 0, "%s", strerror(errno));
			return false;
		}
	}
	return true;
}

static int read_fd(struct config_reader *reader, int fd)
{
	struct stat status;
	char *text = NULL;
	int code = EXIT_REFUSED;
	size_t size;

	/* Before any of it is in memory */
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    too_large(reader, status.st_size))
		return code;
	if (read_all(reader, fd, &text, &size))
		code = read_text(reader, text, size);
	free(text);
	return code;
}

int config_read_file(struct config_reader *reader)
{
	int fd, code;

	if (!strcmp(reader->path, "-")) {
		reader->path = "stdin";
		return read_fd(reader, STDIN_FILENO);
	}
	fd = open(reader->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		config_error(reader, 0, "%s", strerror(errno));
		return EXIT_REFUSED;
	}
	code = read_fd(reader, fd);
	close(fd);
	return code;
}

static int read_file(struct vswctl *ctl, const char *path, bool quiet,
		     struct config_model *model)
{
	struct config_reader reader = {
		.ctl = ctl, .path = path, .quiet = quiet, .read = read_model,
		.model = model
	};
	int code = config_read_file(&reader);

	if (code)
		config_free(model);
	return code;
}

int config_read(struct vswctl *ctl, const char *path,
		struct config_model *model)
{
	return read_file(ctl, path, false, model);
}

int config_read_quietly(struct vswctl *ctl, const char *path,
			struct config_model *model)
{
	return read_file(ctl, path, true, model);
}
