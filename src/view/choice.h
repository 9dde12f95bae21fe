/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody wants to see of the table, as words that were typed, and checked. */
#ifndef SKW_VIEW_CHOICE_H
#define SKW_VIEW_CHOICE_H

#include <stdio.h>

#include "util/error.h"
#include "view/view.h"

struct skw_choice {
	struct skw_view_options view;
	struct skw_expr *filter; /* owned; view.filter points here */
};

/* As they were typed; NULL: not at all. */
struct skw_choice_words {
	const char *sort; /* a field; a dash before it turns the order round */
	const char *group;
	const char *filter; /* an expression */
};

/* Changes in *choice what words there are for. 0, or -EINVAL (err->usage), or -ENOMEM. */
int skw_choice_take(struct skw_choice *choice, const struct skw_choice_words *words,
		    struct skw_error *err);
void skw_choice_free(struct skw_choice *choice);

/* An expression that came with `option`, which an error names. 0, -EINVAL (err->usage), -ENOMEM. */
int skw_choice_expr(const char *option, const char *text, struct skw_expr **out,
		    struct skw_error *err);

/* The fields that expressions and sort keys know, for a help text. */
void skw_choice_help(FILE *to);

#endif
