/* SPDX-License-Identifier: BSD-2-Clause */
/* The tokens of an expression, and its errors, which name a column. Internal to this room. */
#ifndef SKW_EXPR_EXPR_LEX_H
#define SKW_EXPR_EXPR_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

enum skw_token_kind {
	SKW_TOKEN_END,
	SKW_TOKEN_WORD,
	SKW_TOKEN_STRING, /* including its quotes */
	SKW_TOKEN_OPEN,
	SKW_TOKEN_CLOSE,
	SKW_TOKEN_AND,
	SKW_TOKEN_OR,
	SKW_TOKEN_NOT,
	SKW_TOKEN_COMPARE, /* `op` tells the operator */
};

enum skw_compare {
	SKW_EQ,
	SKW_NE,
	SKW_LT,
	SKW_LE,
	SKW_GT,
	SKW_GE,
	SKW_LIKE,
	SKW_UNLIKE,
	SKW_MATCH, /* a regular expression */
	SKW_UNMATCH,
	SKW_OPERATORS
};

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

/*
 * Takes the next token. At the end it is SKW_TOKEN_END each time. 0, or -EINVAL with the error set.
 */
int skw_lexer_next(struct skw_lexer *lex, struct skw_token *out);

/*
 * Writes the text of a word or string without quotes and with a terminating zero. In quotes, a
 * backslash is left out and the character after it is taken as it is; in a pattern only if that
 * character is the quote, as all other backslashes are for the pattern. The text is never longer
 * than the token. Returns its length.
 */
size_t skw_token_text(const struct skw_token *token, bool pattern, char *out);

/* Whether a word is an operator in the spelling of ss: eq, ne, lt, ... Sets *op then. */
bool skw_token_is_operator(const struct skw_token *token, uint8_t *op);

/* Sets the error "column N: ..." where N is the column of `at`. Returns -EINVAL. */
int skw_lexer_error(const struct skw_lexer *lex, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Sets the error "column N: 'VALUE' is no value for FIELD: write WANT". Returns -EINVAL.
 */
int skw_lexer_refuse(const struct skw_lexer *lex, const struct skw_token *field,
		     const struct skw_token *value, const char *want);

/* Arguments for "%.*s" in an error: the token, cut to a length that fits into a line. */
#define SKW_TOKEN_SHOWN(token) (int)((token)->len < 40 ? (token)->len : 40), (token)->at

#endif
