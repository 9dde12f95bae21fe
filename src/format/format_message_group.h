/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of messages as a table of text, JSON and CSV. All functions append to a buffer. */
#ifndef SKW_FORMAT_FORMAT_MESSAGE_GROUP_H
#define SKW_FORMAT_FORMAT_MESSAGE_GROUP_H

#include <stddef.h>

#include "expr/expr.h"
#include "model/message_group.h"
#include "util/buf.h"
#include "util/error.h"

/* The order is that of JSON. */
enum skw_format_message_group_id {
	SKW_MESSAGE_GROUP_CLIENT,
	SKW_MESSAGE_GROUP_SERVER,
	SKW_MESSAGE_GROUP_PROTOCOL,
	SKW_MESSAGE_GROUP_KIND,
	SKW_MESSAGE_GROUP_OTHER,
	SKW_MESSAGE_GROUP_COUNT,
	SKW_MESSAGE_GROUP_RATE,
	SKW_MESSAGE_GROUP_ERRORS,
	SKW_MESSAGE_GROUP_UNANSWERED,
	SKW_MESSAGE_GROUP_TIME,
	SKW_MESSAGE_GROUP_P50,
	SKW_MESSAGE_GROUP_P90,
	SKW_MESSAGE_GROUP_P99,
	SKW_MESSAGE_GROUP_MAX,
	SKW_MESSAGE_GROUP_REQUEST_BYTES,
	SKW_MESSAGE_GROUP_ANSWER_BYTES,
	SKW_MESSAGE_GROUP_FIELDS
};

/* The widths of columns that depend on the groups. Begins with zeroes. */
struct skw_format_message_group_widths {
	int client, server, protocol;
};

void skw_format_message_group_measure(struct skw_format_message_group_widths *w,
				      const struct skw_message_group *g);
void skw_format_message_group_text_head(struct skw_buf *out,
					const struct skw_format_message_group_widths *w);
void skw_format_message_group_text(struct skw_buf *out, const struct skw_message_group *g,
				   const struct skw_format_message_group_widths *w);
void skw_format_message_group_json(struct skw_buf *out, const struct skw_message_group *g);
void skw_format_message_group_csv_head(struct skw_buf *out);
void skw_format_message_group_csv(struct skw_buf *out, const struct skw_message_group *g);

/* Writes the text of a cell, a number in at most `width` columns. `out` holds `size` bytes. */
void skw_format_message_group_cell(char *out, size_t size, int width,
				   const struct skw_message_group *g,
				   enum skw_format_message_group_id field);

/* A key of --sort: the place of a field, and whether the smallest comes first. */
struct skw_format_message_group_order {
	unsigned field;
	bool ascending;
};

/* `word` may be NULL. 0, or -EINVAL with err->usage set. */
int skw_format_message_group_order(const char *word, struct skw_format_message_group_order *out,
				   struct skw_error *err);
/* The groups for others come last. */
void skw_format_message_group_sort(struct skw_message_group *list, size_t len,
				   const struct skw_format_message_group_order *order);
/*
 * Parses an expression about groups; see skw_expr_parse() for errors. The caller frees *out. 0,
 * -EINVAL (err->usage) or -ENOMEM.
 */
int skw_format_message_group_where(const char *text, const struct skw_expr_names *names,
				   struct skw_expr **out, struct skw_error *err);
/* Appends the fields for the help: a line for each. */
void skw_format_message_group_help(struct skw_buf *out);
/* The keys of --sort, separated by commas. */
void skw_format_message_group_keys(struct skw_buf *out);

#endif
