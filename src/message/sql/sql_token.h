/* SPDX-License-Identifier: BSD-2-Clause */
/* SQL to tokens, as far as it takes to find the literals. */
#ifndef SKW_MESSAGE_APP_SQL_TOKEN_H
#define SKW_MESSAGE_APP_SQL_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "message/sql/sql.h"
#include "util/bytes.h"

enum skw_sql_token_type {
	SKW_SQL_END,
	SKW_SQL_BLANK, /* white space and comments */
	SKW_SQL_WORD,
	SKW_SQL_NAME, /* a name in quotes */
	SKW_SQL_LITERAL,
	SKW_SQL_SIGN, /* one byte of anything else */
};

struct skw_sql_scan {
	struct skw_bytes b; /* the rest */
	enum skw_sql_dialect dialect;
	bool backslash; /* it escapes a quote in an ordinary string */
	/* Results: */
	enum skw_sql_token_type before; /* the last token that was not blank */
	bool escapes;                   /* the string before was E'' */
	bool executed;                  /* within a comment that is executed */
	bool unfinished;                /* a quote has no end */
	bool unclear;                   /* where the last literal ends depends on `backslash` */
	bool hopeless;                  /* and nothing tells which is right */
};

/* The next token, which is borrowed from the text. */
enum skw_sql_token_type skw_sql_scan_next(struct skw_sql_scan *s, struct skw_bytes *token);

#endif
