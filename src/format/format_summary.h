/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of conversations as text, JSON and CSV. The functions append to a buffer. */
#ifndef SKW_FORMAT_FORMAT_SUMMARY_H
#define SKW_FORMAT_FORMAT_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/conversations.h"
#include "format/format_summary_field.h"
#include "util/buf.h"

/* Columns of the text whose widths depend on all lines. */
struct skw_format_summary_widths {
	int src, dst;
	/* The processes of src and dst. 0: none is known, and there is no column. */
	int owners[2];
	/* A bit for each column of the kernel's figures. It is set if a line has such a figure. */
	unsigned kernel;
};

/* Makes the columns as wide as this conversation needs them, at least. */
void skw_format_summary_measure(struct skw_format_summary_widths *widths,
				const struct skw_conversation *c);

/* The line before all conversations: titles, or the names of the fields; nothing in JSON. */
void skw_format_summary_text_head(struct skw_buf *out,
				  const struct skw_format_summary_widths *widths);
void skw_format_summary_csv_head(struct skw_buf *out);

/* A conversation as a line. */
void skw_format_summary_text(struct skw_buf *out, const struct skw_conversation *c,
			     const struct skw_format_summary_widths *widths);
void skw_format_summary_csv(struct skw_buf *out, const struct skw_conversation *c);
void skw_format_summary_json(struct skw_buf *out, const struct skw_conversation *c);

/*
 * Sentences about what is in no line, without newlines: conversations that were not kept, and
 * packets of none. They are left alone, that is empty, if there is nothing to tell.
 */
void skw_format_summary_folded(struct skw_buf *out, const struct skw_conversations_rest *rest);
void skw_format_summary_others(struct skw_buf *out, const struct skw_conversations_rest *rest);

/*
 * Sorts by a field, the largest first, or with `ascending` the smallest. Unknown values are the
 * last ones, and equal values are in the order of their first packets. 0 or -ENOMEM.
 */
int skw_format_summary_sort(const struct skw_conversation **list, size_t len,
			    const struct skw_format_summary_field *by, bool ascending);

#endif
