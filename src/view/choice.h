/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's choice of rows and their order: parses and checks its words. */
#ifndef SKW_VIEW_CHOICE_H
#define SKW_VIEW_CHOICE_H

#include "expr/expr.h"
#include "util/buf.h"
#include "util/error.h"
#include "view/view.h"

struct skw_choice {
	struct skw_view_options view;
	struct skw_expr *filter; /* owned; view.filter points here */
};

/* The words as they were typed, NULL for a word that was not given. */
struct skw_choice_words {
	const char *sort; /* a field; a dash in front inverts the order */
	const char *group;
	const char *filter; /* an expression */
	/* For the expression; NULL: users and services are numbers. */
	const struct skw_expr_names *names;
};

/* Changes *choice as the words say. 0, -EINVAL (err->usage) or -ENOMEM. */
int skw_choice_take(struct skw_choice *choice, const struct skw_choice_words *words,
		    struct skw_error *err);
void skw_choice_free(struct skw_choice *choice);

/*
 * Parses the expression that was given with `option`, which an error names; see skw_expr_parse().
 * 0, -EINVAL (err->usage) or -ENOMEM.
 */
int skw_choice_expr(const char *option, const char *text, const struct skw_expr_names *names,
		    struct skw_expr **out, struct skw_error *err);

/* The same about other records than rows. */
int skw_choice_expr_about(const struct skw_expr_subject *subject, const char *option,
			  const char *text, const struct skw_expr_names *names,
			  struct skw_expr **out, struct skw_error *err);

/* Appends the fields for expressions and sort keys, for a help text. */
void skw_choice_help(struct skw_buf *out);

#endif
