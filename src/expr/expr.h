/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The expression language of --where and -f. Comparisons (== = != < <= > >= ~ !~ =~ !=~) on the
 * fields of a row, or of another record, with units are joined by and, or, not (also && || !) and
 *parentheses.
 *
 *	comm ~ nginx and (srtt > 20ms or retrans > 1%) and remote ~ 10.0.0.0/8
 *
 * A comparison with an unknown value is false, even with != and !~, and `not` makes it true. Pure.
 * An expression is parsed once and can be evaluated for any number of rows without allocating.
 */
#ifndef SKW_EXPR_EXPR_H
#define SKW_EXPR_EXPR_H

#include <stdbool.h>
#include <stdio.h>

#include "expr/expr_subject.h"
#include "model/row.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_expr;

/*
 * Names of users and services, which only the system knows. The caller keeps it while expressions
 * are parsed. Each function sets *out, or returns false if there is no such name.
 */
struct skw_expr_names {
	bool (*user)(void *ctx, const char *name, uint32_t *out);
	bool (*service)(void *ctx, const char *name, uint16_t *out);
	void *ctx;
};

/*
 * Parses an expression. If `names` is NULL, users and ports are numbers only. An error (err->usage)
 * is a line that names the column, counted from 1, and what was expected there. 0, -EINVAL,
 * -ENOMEM.
 */
int skw_expr_parse(const char *text, const struct skw_expr_names *names, struct skw_expr **out,
		   struct skw_error *err);
/* The same about other records. `subject` is borrowed until the expression is freed. */
int skw_expr_parse_about(const struct skw_expr_subject *subject, const char *text,
			 const struct skw_expr_names *names, struct skw_expr **out,
			 struct skw_error *err);
/* NULL is allowed. */
void skw_expr_free(struct skw_expr *e);

bool skw_expr_matches(const struct skw_expr *e, const struct skw_row *row);
/* Whether a comparison `FIELD = VALUE` of the expression is true of the row by itself. */
bool skw_expr_names_value(const struct skw_expr *e, const struct skw_row *row,
			  enum skw_field field);
/*
 * Whether the row matches because of such a comparison, and would not match without it: so it is
 * not among what the expression matches by accident.
 */
bool skw_expr_matches_by(const struct skw_expr *e, const struct skw_row *row, enum skw_field field);
/* Whether the expression has a comparison with this field of its subject. */
bool skw_expr_has_field(const struct skw_expr *e, uint8_t field);
/* `record` is one of the expression's subject. */
bool skw_expr_matches_about(const struct skw_expr *e, const void *record);

/* Appends the fields with their aliases, units and meaning, for the help: a line for each. */
void skw_expr_help(struct skw_buf *out);
void skw_expr_help_about(const struct skw_expr_subject *subject, struct skw_buf *out);

#endif
