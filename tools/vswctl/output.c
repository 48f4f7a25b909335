// SPDX-License-Identifier: GPL-2.0
/*
 * Objects as text for people or as JSON. A table goes through its rows twice,
 * first for the widths; nothing but the messages themselves is kept meanwhile.
 */
#include "output.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>

#include "nl.h"
#include "vswctl.h"

#define COLUMNS_MAX	16
#define CELL_SIZE	256

/**
 * struct table - a table while it is printed
 * @ctl: where to
 * @view: what its columns are
 * @width: width of each
 */
struct table {
	struct vswctl *ctl;
	const struct view *view;
	size_t width[COLUMNS_MAX];
};

typedef void (*row_function)(struct table *table, const struct row *row);

bool row_init(struct row *row, const struct attr_set *set,
	      struct nlmsghdr *message, void *data)
{
	row->set = set;
	row->head = nlmsg_attrdata(message, GENL_HDRLEN);
	row->length = nlmsg_attrlen(message, GENL_HDRLEN);
	row->data = data;
	return !nla_parse(row->tb, set->max, row->head, row->length, NULL);
}

void row_text(const struct row *row, int attr, char *buf, size_t size)
{
	if (row->tb[attr])
		attr_text(row->set, row->tb[attr], buf, size);
	else
		snprintf(buf, size, "-");
}

static bool is_zero(const struct nlattr *nla)
{
	const char *data = nla_data(nla);
	int i;

	for (i = 0; i < nla_len(nla); i++)
		if (data[i])
			return false;
	return true;
}

static void cell_text(const struct column *column, const struct row *row,
		      char *buf)
{
	const struct nlattr *nla = row->tb[column->attr];

	snprintf(buf, CELL_SIZE, "%s", column->attr || column->text ? "-" : "");
	if (column->text)
		column->text(row, buf, CELL_SIZE);
	else if (nla && !(column->none && is_zero(nla)))
		attr_text(row->set, nla, buf, CELL_SIZE);
}

static void line_measure(struct table *table, const struct column *columns,
			 const struct row *row)
{
	char cell[CELL_SIZE];
	size_t i;

	for (i = 0; i < table->view->count; i++) {
		cell_text(&columns[i], row, cell);
		if (strlen(cell) > table->width[i])
			table->width[i] = strlen(cell);
	}
}

/* Nothing stands behind the last column, not even blanks */
static void cell_print(const struct table *table, size_t i, const char *cell)
{
	FILE *out = table->ctl->out;
	bool last = i + 1 == table->view->count;
	int width = table->width[i];

	if (table->view->columns[i].right)
		fprintf(out, "%*s", width, cell);
	else
		fprintf(out, "%-*s", last ? 0 : width, cell);
	fputs(last ? "\n" : "  ", out);
}

static void line_print(const struct table *table,
		       const struct column *columns, const struct row *row)
{
	char cell[CELL_SIZE];
	size_t i;

	for (i = 0; i < table->view->count; i++) {
		cell_text(&columns[i], row, cell);
		cell_print(table, i, cell);
	}
}

static void notes_print(const struct table *table, const struct row *row,
			const char *indent)
{
	char note[CELL_SIZE];
	unsigned int index;

	if (!table->view->note)
		return;
	for (index = 0;
	     table->view->note(row, index, note, sizeof(note)); index++)
		fprintf(table->ctl->out, "%s%s\n", indent, note);
}

static bool below_row(const struct view *view, const struct row *row,
		      struct row *below)
{
	return view->below && view->below_row(row, below);
}

static void row_measure(struct table *table, const struct row *row)
{
	struct row below;

	line_measure(table, table->view->columns, row);
	if (below_row(table->view, row, &below))
		line_measure(table, table->view->below, &below);
}

static void row_print(struct table *table, const struct row *row)
{
	struct row below;

	line_print(table, table->view->columns, row);
	if (below_row(table->view, row, &below))
		line_print(table, table->view->below, &below);
	notes_print(table, row, "    ");
}

static size_t each_row(struct table *table, const struct messages *messages,
		       void *data, row_function function)
{
	const struct view *view = table->view;
	struct nlmsghdr *message = NULL;
	struct row row;
	size_t rows = 0;

	while ((message = messages_next(messages, message))) {
		if (!row_init(&row, view->set, message, data) ||
		    (view->wanted && !view->wanted(&row)))
			continue;
		function(table, &row);
		rows++;
	}
	return rows;
}

static void headings_print(struct table *table)
{
	size_t i;

	for (i = 0; i < table->view->count; i++)
		cell_print(table, i, table->view->columns[i].heading);
}

static void show_table(struct table *table, const struct messages *messages,
		       void *data)
{
	size_t i;

	for (i = 0; i < table->view->count; i++)
		table->width[i] = strlen(table->view->columns[i].heading);
	if (!each_row(table, messages, data, row_measure))
		return;
	headings_print(table);
	each_row(table, messages, data, row_print);
}

/* Names of devices beside their indexes are attributes of their own */
static void attribute_print(FILE *out, const struct attr_set *set,
			    const struct attr *attr, const struct nlattr *nla)
{
	char text[CELL_SIZE];

	if (attr->type == ATTR_IFINDEX)
		snprintf(text, sizeof(text), "%u", (unsigned int)attr_uint(nla));
	else
		attr_text(set, nla, text, sizeof(text));
	fprintf(out, "%-18s %s\n", attr->name, text);
}

static void record_print(struct table *table, const struct row *row)
{
	const struct attr *attr;
	struct nlattr *nla;
	int left;

	nla_for_each_attr(nla, row->head, row->length, left) {
		attr = attr_find(row->set, nla_type(nla));
		if (attr && attr->type != ATTR_NEST)
			attribute_print(table->ctl->out, row->set, attr, nla);
	}
	notes_print(table, row, "");
}

static void json_print(struct vswctl *ctl, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (ctl->pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	fputs(json_object_to_json_string_ext(object, flags), ctl->out);
	json_object_put(object);
}

/*
 * One object at a time, so that a million forwarding entries need no memory;
 * that is why the brackets of the array are not json-c's.
 */
static void show_array(struct table *table, const struct messages *messages,
		       void *data)
{
	const struct view *view = table->view;
	struct nlmsghdr *message = NULL;
	struct json_object *object;
	const char *comma = "";
	struct row row;

	fputs("[", table->ctl->out);
	while ((message = messages_next(messages, message))) {
		if (!row_init(&row, view->set, message, data) ||
		    (view->wanted && !view->wanted(&row)))
			continue;
		object = attrs_json(view->set, row.head, row.length);
		if (view->extend)
			view->extend(&row, object);
		fputs(comma, table->ctl->out);
		json_print(table->ctl, object);
		comma = ",";
	}
	fputs("]\n", table->ctl->out);
}

int show(struct vswctl *ctl, const struct view *view,
	 const struct messages *messages, void *data)
{
	struct table table = { .ctl = ctl, .view = view };

	attr_names_forget();
	if (ctl->json)
		show_array(&table, messages, data);
	else
		show_table(&table, messages, data);
	return EXIT_OK;
}

int show_record(struct vswctl *ctl, const struct view *view,
		const struct messages *messages, void *data)
{
	struct table table = { .ctl = ctl, .view = view };

	if (ctl->json)
		show_array(&table, messages, data);
	else
		each_row(&table, messages, data, record_print);
	return EXIT_OK;
}

static void keyword_print(FILE *out, const char *heading)
{
	fputc(' ', out);
	for (; *heading; heading++)
		fputc(tolower((unsigned char)*heading), out);
}

void show_line(struct vswctl *ctl, const struct view *view,
	       const struct row *row)
{
	char cell[CELL_SIZE];
	size_t i;

	attr_names_forget();
	fputs(view->set->name, ctl->out);
	for (i = 0; i < view->count; i++) {
		cell_text(&view->columns[i], row, cell);
		if (!strcmp(cell, "-"))
			continue;
		/* "port web1", not "port port web1" */
		if (strcasecmp(view->columns[i].heading, view->set->name))
			keyword_print(ctl->out, view->columns[i].heading);
		fprintf(ctl->out, " %s", cell);
	}
	fputc('\n', ctl->out);
}

void show_json_line(struct vswctl *ctl, struct json_object *object)
{
	json_print(ctl, object);
	fputc('\n', ctl->out);
}

void show_json(struct vswctl *ctl, struct json_object *object)
{
	fputs("[", ctl->out);
	json_print(ctl, object);
	fputs("]\n", ctl->out);
}

int request_show(struct request *req, const struct view *view, void *data)
{
	struct messages messages = {};
	int code = request_dump(req, &messages);

	if (!code)
		code = show(req->ctl, view, &messages, data);
	messages_free(&messages);
	return code;
}

int request_show_record(struct request *req, const struct view *view,
			void *data)
{
	struct messages messages = {};
	int code = request_send(req, &messages);

	if (!code)
		code = show_record(req->ctl, view, &messages, data);
	messages_free(&messages);
	return code;
}

int request_change(struct request *req, const struct view *view)
{
	struct messages messages = {};
	int code = request_send(req, &messages);

	if (!code && req->ctl->json && messages.length)
		code = show(req->ctl, view, &messages, NULL);
	messages_free(&messages);
	return code;
}
