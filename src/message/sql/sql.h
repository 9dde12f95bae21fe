/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SQL without its literals, as the kind of a request: "SELECT name FROM t WHERE id = ?". Comments
 * go, white space becomes one space, and lists of literals become one '?'.
 *
 * No literal is ever shown. Servers have settings that change where a literal ends (whether a
 * backslash escapes a quote). Where both readings are possible, the text ends there. Statements
 * that begin with no known verb, or whose last quote does not end, are not shown.
 */
#ifndef SKW_MESSAGE_APP_SQL_H
#define SKW_MESSAGE_APP_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "message/talk.h"
#include "util/bytes.h"

enum skw_sql_dialect { SKW_SQL_POSTGRES, SKW_SQL_MYSQL };

/* Appends to the text of the part. The SQL may be cut. With `content`, literals are shown. */
void skw_sql_kind(struct skw_bytes sql, enum skw_sql_dialect dialect, bool content,
		  struct skw_talk_part *part);

/* The text begins with a verb of SQL, maybe behind blanks, comments and parentheses. */
bool skw_sql_begins(struct skw_bytes sql, enum skw_sql_dialect dialect);

#endif
