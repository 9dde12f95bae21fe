/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of an expression, and its errors, which point at a column. Internal to conn/expr.c. */
#ifndef SKW_EXPR_EXPR_LEX_H
#define SKW_EXPR_EXPR_LEX_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum skw_token_kind {
	SKW_TOKEN_END,
	SKW_TOKEN_WORD,
	SKW_TOKEN_STRING, /* in quotes, which are part of it */
	SKW_TOKEN_OPEN,
	SKW_TOKEN_CLOSE,
	SKW_TOKEN_AND,
	SKW_TOKEN_OR,
	SKW_TOKEN_NOT,
	SKW_TOKEN_COMPARE, /* which: op */
};

enum skw_compare { SKW_EQ, SKW_NE, SKW_LT, SKW_LE, SKW_GT, SKW_GE, SKW_LIKE, SKW_UNLIKE };

struct skw_token {
	uint8_t kind; /* enum skw_token_kind */
	uint8_t op;   /* enum skw_compare */
	const char *at;
	size_t len;
};

struct skw_lexer {
	const char *text; /* the whole expression */
	const char *next;
	struct skw_error *err;
};

/* The next token; at the end END, again and again. 0 or -EINVAL with the error written. */
int skw_lexer_next(struct skw_lexer *lex, struct skw_token *out);

/*
 * Writes what a word or string says, NUL-terminated, without quotes; a backslash in quotes
 * takes the next character as it is. Never longer than the token. Returns the length.
 */
size_t skw_token_text(const struct skw_token *token, char *out);

/* The error "column N: ...", the column being that of `at`. Returns -EINVAL. */
int skw_lexer_error(const struct skw_lexer *lex, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* For the "%.*s" of an error: no more of a token than a line has room for. */
#define SKW_TOKEN_SHOWN(token) (int)((token)->len < 40 ? (token)->len : 40), (token)->at

#endif
