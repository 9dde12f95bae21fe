/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the field that a word names. Internal to this room. */
#ifndef SKW_EXPR_EXPR_FIELD_H
#define SKW_EXPR_EXPR_FIELD_H

#include "expr/expr_lex.h"
#include "expr/expr_subject.h"

/* The field of this name or alias, case-sensitive; SKW_EXPR_NO_FIELD: there is none. */
uint8_t skw_expr_field_named(const struct skw_expr_subject *subject, const char *name, size_t len);

/*
 * Finds a field by its name, an alias, or a name that stands for either side: then *other is the
 * second field, otherwise SKW_EXPR_NO_FIELD. 0, or -EINVAL with the error set, which may have a
 * guess.
 */
int skw_expr_field_find(const struct skw_lexer *lex, const struct skw_expr_subject *subject,
			const struct skw_token *name, uint8_t *field, uint8_t *other);

#endif
