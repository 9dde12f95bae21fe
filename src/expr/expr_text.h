/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the texts of comparisons: words, globs, regular expressions. Internal to this room. */
#ifndef SKW_EXPR_EXPR_TEXT_H
#define SKW_EXPR_EXPR_TEXT_H

#include "expr/expr_value.h"

/* Sets the test from the operand. 0, -ENOMEM, or -EINVAL with the error set. */
int skw_expr_text_read(const struct skw_expr_operand *o, struct skw_expr_test *test);

#endif
