/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The expression language of --where and -f: comparisons (== = != < <= > >=, ~ and !~) on the
 * fields of conn/field.h with units, joined by and, or, not (also && || !) and parentheses.
 *
 *	comm ~ nginx and (srtt > 20ms or retrans > 1%) and remote ~ 10.0.0.0/8
 *
 * A comparison with an unknown value is false, also under != and !~; `not` of it is true.
 * Pure; an expression is parsed once and evaluated for any number of rows without allocating.
 */
#ifndef SKW_EXPR_EXPR_H
#define SKW_EXPR_EXPR_H

#include <stdbool.h>
#include <stdio.h>

#include "model/row.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_expr;

/*
 * Parses. An error (err->usage) is one line that names the column, counted from 1, and what
 * would have been understood there. 0, -EINVAL, -ENOMEM.
 */
int skw_expr_parse(const char *text, struct skw_expr **out, struct skw_error *err);
void skw_expr_free(struct skw_expr *e); /* NULL allowed */

bool skw_expr_matches(const struct skw_expr *e, const struct skw_row *row);

/* The fields with their aliases, units and meaning, for the help: one line each. */
void skw_expr_help(struct skw_buf *out);

#endif
