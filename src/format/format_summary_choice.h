/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's choice of connections in a summary, their order and form: parses and checks its words.
 */
#ifndef SKW_FORMAT_FORMAT_SUMMARY_CHOICE_H
#define SKW_FORMAT_FORMAT_SUMMARY_CHOICE_H

#include <stdbool.h>

#include "expr/expr.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_format_summary_field;

struct skw_format_summary_choice {
	/* The words as they were typed, NULL for a word that was not given. */
	const char *sort;  /* a field; a dash in front inverts the order */
	const char *where; /* an expression */
	bool json, csv;

	/* Set by the function below. */
	const struct skw_format_summary_field *by;
	bool ascending;
	struct skw_expr *filter; /* owned; NULL: all connections */
};

/*
 * Fills in what the words mean. `names` as for skw_expr_parse(). The caller frees the choice, also
 * after an error. 0, -EINVAL (err->usage) or -ENOMEM.
 */
int skw_format_summary_choose(struct skw_format_summary_choice *choice,
			      const struct skw_expr_names *names, struct skw_error *err);
void skw_format_summary_choice_free(struct skw_format_summary_choice *choice);

/* Appends the fields for expressions and sort keys, for a help text. */
void skw_format_summary_help(struct skw_buf *out);

#endif
