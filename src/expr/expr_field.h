/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the field that a word names. Internal to this room. */
#ifndef SKW_EXPR_EXPR_FIELD_H
#define SKW_EXPR_EXPR_FIELD_H

#include "expr/expr_lex.h"
#include "row/field.h"

/* Names that stand for a field of either side. The table ends with a NULL name. */
struct skw_expr_either {
	const char *name;
	uint8_t field, other;
	const char *help;
};
extern const struct skw_expr_either skw_expr_eithers[];

/*
 * Finds a field by its name, an alias, or a name that stands for either side: then *other is the
 * second field, otherwise SKW_FIELDS. 0, or -EINVAL with the error set, which may have a guess.
 */
int skw_expr_field_find(const struct skw_lexer *lex, const struct skw_token *name, uint8_t *field,
			uint8_t *other);

#endif
