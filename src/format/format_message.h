/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests with their answers as lines and JSON, and as what an expression is about. */
#ifndef SKW_FORMAT_FORMAT_MESSAGE_H
#define SKW_FORMAT_FORMAT_MESSAGE_H

#include "expr/expr.h"
#include "model/message.h"
#include "util/buf.h"
#include "util/error.h"

/* Appends a line with a newline: local time, latency, ends, status and kind. */
void skw_format_message_line(struct skw_buf *out, const struct skw_message *m);
/* Appends a JSON object and a newline. It has every field; unknown values are null. */
void skw_format_message_json(struct skw_buf *out, const struct skw_message *m);

/* Appends "HTTP 200 in 12.3 ms", for a comment on the packet that completes the answer. */
void skw_format_message_comment(struct skw_buf *out, const struct skw_message *m);
/* Appends the same with the kind, the ends and their processes. */
void skw_format_message_note(struct skw_buf *out, const struct skw_message *m);

/* Parses an expression; see skw_expr_parse(). The caller frees *out. */
int skw_format_message_expr(const char *text, const struct skw_expr_names *names,
			    struct skw_expr **out, struct skw_error *err);
/* Parses --where. The caller frees *out. 0, -EINVAL (err->usage) or -ENOMEM. */
int skw_format_message_where(const char *text, const struct skw_expr_names *names,
			     struct skw_expr **out, struct skw_error *err);
/* Appends the fields for the help: a line for each. */
void skw_format_message_help(struct skw_buf *out);

#endif
