/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_OUTPUT_H
#define VSWCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/netlink.h>
#include <netlink/attr.h>

#include "attrs.h"

struct json_object;
struct messages;
struct request;
struct vswctl;

/**
 * struct row - an object that is to be shown
 * @set: what its attributes are
 * @head: the attributes
 * @length: bytes of those
 * @tb: the attributes by number
 * @data: what the caller of show() knows beside them
 */
struct row {
	const struct attr_set *set;
	struct nlattr *head;
	int length;
	struct nlattr *tb[ATTRS_MAX];
	void *data;
};

/**
 * struct column - a column of the text output
 * @heading: what stands over it
 * @attr: attribute that it shows, unless @text; with neither it is blank
 * @text: writes what it shows; nothing for "-"
 * @right: aligned to the right
 * @none: zero means that there is none; ignored with @text
 */
struct column {
	const char *heading;
	int attr;
	void (*text)(const struct row *row, char *buf, size_t size);
	bool right;
	bool none;
};

/**
 * struct view - how objects of a kind are shown
 * @set: the attributes; JSON has them all, under their names
 * @columns: columns of the text output
 * @below: columns of a second line, of the same number and width, or NULL
 * @count: number of columns
 * @wanted: tells whether to show the object at all, or NULL for always
 * @below_row: the row of the second line, or false if it has none
 * @extend: adds to the JSON object what is not an attribute, or NULL
 * @note: writes a line that follows the object's in text, or nothing;
 *	called with 0, 1, ... until it returns false
 */
struct view {
	const struct attr_set *set;
	const struct column *columns;
	const struct column *below;
	size_t count;
	bool (*wanted)(const struct row *row);
	bool (*below_row)(const struct row *row, struct row *below);
	void (*extend)(const struct row *row, struct json_object *object);
	bool (*note)(const struct row *row, unsigned int index, char *buf,
		     size_t size);
};

bool row_init(struct row *row, const struct attr_set *set,
	      struct nlmsghdr *message, void *data);
/* Text of an attribute, "-" if the row has none */
void row_text(const struct row *row, int attr, char *buf, size_t size);

/* A table, or an array of objects; returns an exit code */
int show(struct vswctl *ctl, const struct view *view,
	 const struct messages *messages, void *data);
/* A line for each attribute, or an array with one object */
int show_record(struct vswctl *ctl, const struct view *view,
		const struct messages *messages, void *data);
/* One line: what it is, then keywords and values */
void show_line(struct vswctl *ctl, const struct view *view,
	       const struct row *row);
/* One line of JSON; the object is freed */
void show_json_line(struct vswctl *ctl, struct json_object *object);
/* An array with this object, which is freed */
void show_json(struct vswctl *ctl, struct json_object *object);

/*
 * The common ends of verbs: send the request; show the answer in a table, in
 * a record, or only when JSON is wanted
 */
int request_show(struct request *req, const struct view *view, void *data);
int request_show_record(struct request *req, const struct view *view,
			void *data);
int request_change(struct request *req, const struct view *view);

#endif /* VSWCTL_OUTPUT_H */
