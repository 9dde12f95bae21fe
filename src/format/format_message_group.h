/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of messages as a table of text, JSON and CSV. All functions append to a buffer. */
#ifndef SKW_FORMAT_FORMAT_MESSAGE_GROUP_H
#define SKW_FORMAT_FORMAT_MESSAGE_GROUP_H

#include <stddef.h>

#include "model/message_group.h"
#include "util/buf.h"
#include "util/error.h"

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
/* The keys of --sort, separated by commas. */
void skw_format_message_group_keys(struct skw_buf *out);

#endif
