// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/sql_token.h"

#include <string.h>
#include <strings.h>

static bool is_blank(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '$' || c >= 0x80;
}

static uint8_t at(const struct skw_sql_scan *s, uint32_t n)
{
	return n < s->b.caplen ? s->b.p[n] : 0;
}

static bool begins(const struct skw_sql_scan *s, uint32_t n, const char *text)
{
	return skw_bytes_has(s->b, n, (uint32_t)strlen(text)) &&
	       memcmp(s->b.p + n, text, strlen(text)) == 0;
}

/* ---- blanks ---- */

static uint32_t line_end(const struct skw_sql_scan *s, uint32_t n)
{
	while (n < s->b.caplen && s->b.p[n] != '\n')
		n++;
	return n;
}

/* Comments are nested in PostgreSQL only. */
static uint32_t comment_end(const struct skw_sql_scan *s, uint32_t n)
{
	unsigned depth = 0;

	for (; n < s->b.caplen; n++) {
		if (begins(s, n, "/*") && (!depth || s->dialect == SKW_SQL_POSTGRES)) {
			depth++;
			n++;
		} else if (begins(s, n, "*/")) {
			n++;
			if (!--depth)
				return n + 1;
		}
	}
	return n;
}

/* MySQL and MariaDB execute some comments: only the marks around these are blank. */
static uint32_t executed(struct skw_sql_scan *s, uint32_t n)
{
	uint32_t end = n + (begins(s, n, "/*!") ? 3 : 4);

	if (s->executed && begins(s, n, "*/")) {
		s->executed = false;
		return n + 2;
	}
	if (!begins(s, n, "/*!") && !begins(s, n, "/*M!"))
		return n;
	s->executed = true;
	while (is_digit(at(s, end)))
		end++;
	return end;
}

/* Behind a blank or a comment at n; n: there is none. */
static uint32_t skip_blank(struct skw_sql_scan *s, uint32_t n)
{
	bool mysql = s->dialect == SKW_SQL_MYSQL;
	uint32_t end;

	if (n >= s->b.caplen)
		return n;
	if (is_blank(s->b.p[n]))
		return n + 1;
	end = mysql ? executed(s, n) : n;
	if (end != n)
		return end;
	if (begins(s, n, "/*"))
		return comment_end(s, n);
	if (begins(s, n, "--") && (!mysql || is_blank(at(s, n + 2))))
		return line_end(s, n);
	return mysql && s->b.p[n] == '#' ? line_end(s, n) : n;
}

/* ---- literals ---- */

/* A backslash before this quote: both readings are kept in mind. */
static bool is_escaped(struct skw_sql_scan *s, uint32_t from, uint32_t n, bool certain)
{
	uint32_t back = n;

	while (back > from && s->b.p[back - 1] == '\\')
		back--;
	if ((n - back) % 2 == 0)
		return false;
	if (!certain) {
		s->unclear = true;
		/* The backslash may also be the half of a character. */
		if (s->b.p[n] == '"' || (back > from && s->b.p[back - 1] >= 0x80))
			s->hopeless = true;
	}
	return certain || s->backslash;
}

/* Behind a quoted text whose first quote is at n. */
static uint32_t quote_end(struct skw_sql_scan *s, uint32_t n, bool escapes, bool certain)
{
	uint8_t quote = s->b.p[n];
	uint32_t from = ++n;

	for (; n < s->b.caplen; n++) {
		if (s->b.p[n] != quote || (escapes && is_escaped(s, from, n, certain)))
			continue;
		if (at(s, n + 1) != quote)
			return n + 1;
		n++;
	}
	s->unfinished = true;
	return n;
}

/* Behind $tag$...$tag$ at n; n: there is none. */
static uint32_t dollar_end(struct skw_sql_scan *s, uint32_t n)
{
	uint32_t tag = n + 1;

	while (tag < s->b.caplen && is_word(s->b.p[tag]) && s->b.p[tag] != '$')
		tag++;
	if (at(s, n) != '$' || at(s, tag) != '$' || is_digit(at(s, n + 1)))
		return n;
	tag++;
	for (uint32_t end = tag, len = tag - n; end + len <= s->b.caplen; end++)
		if (memcmp(s->b.p + end, s->b.p + n, len) == 0)
			return end + len;
	s->unfinished = true;
	return s->b.caplen;
}

/* 1, .5, 1e+5, 0xff, 1_000, with a sign where it belongs to it; n: it is no number. */
static uint32_t number_end(const struct skw_sql_scan *s)
{
	bool signs = s->before == SKW_SQL_SIGN || s->before == SKW_SQL_END;
	uint32_t n = signs && at(s, 0) && strchr("+-", at(s, 0)) ? 1 : 0;

	if (!is_digit(at(s, n)) && !(at(s, n) == '.' && is_digit(at(s, n + 1))))
		return 0;
	for (bool hex = at(s, n + 1) == 'x'; n < s->b.caplen; n++) {
		uint8_t c = s->b.p[n], last = n ? s->b.p[n - 1] | 0x20 : 0;

		if (!is_word(c) && c != '.' && !(last == 'e' && !hex && strchr("+-", c)))
			break;
	}
	return n;
}

/* The word before a string says what it is: E'', B'', X'', N'', _utf8''. */
static bool is_prefix(const struct skw_sql_scan *s, uint32_t len)
{
	return s->b.p[0] == '_' || (len == 1 && strchr("eEbBxXnN", s->b.p[0]));
}

static uint32_t string_end(struct skw_sql_scan *s, uint32_t n)
{
	bool marked = n == 1 && (s->b.p[0] | 0x20) == 'e';
	/* Parts of one string have the mark of the first. */
	bool certain = s->dialect == SKW_SQL_POSTGRES && s->b.p[n] == '\'' &&
		       (marked || (s->before == SKW_SQL_LITERAL && s->escapes));

	s->escapes = certain;
	return quote_end(s, n, true, certain);
}

/* ---- */

static enum skw_sql_token_type classify(struct skw_sql_scan *s, uint32_t *n)
{
	bool mysql = s->dialect == SKW_SQL_MYSQL;
	uint8_t c = s->b.p[0];
	bool is_string = c == '\'' || (mysql && c == '"');

	*n = dollar_end(s, 0);
	if (!*n)
		*n = is_string ? string_end(s, 0) : number_end(s);
	if (*n)
		return SKW_SQL_LITERAL;
	if (c == '"' || (mysql && c == '`')) {
		*n = quote_end(s, 0, false, false);
		return SKW_SQL_NAME;
	}
	while (is_word(at(s, *n)) && !(*n == 1 && c == '$' && !is_digit(at(s, 1)) && !mysql))
		++*n;
	if (*n && (at(s, *n) == '\'' || (mysql && at(s, *n) == '"')) && is_prefix(s, *n)) {
		*n = string_end(s, *n);
		return SKW_SQL_LITERAL;
	}
	if (c == '$' && is_digit(at(s, 1)))
		return SKW_SQL_LITERAL;
	if (*n)
		return SKW_SQL_WORD;
	*n = 1;
	return c == '?' ? SKW_SQL_LITERAL : SKW_SQL_SIGN;
}

enum skw_sql_token_type skw_sql_scan_next(struct skw_sql_scan *s, struct skw_bytes *token)
{
	enum skw_sql_token_type type = SKW_SQL_BLANK;
	uint32_t n = 0;

	*token = skw_bytes_first(s->b, 0);
	if (!s->b.caplen)
		return SKW_SQL_END;
	for (uint32_t next = skip_blank(s, 0); next != n; next = skip_blank(s, n))
		n = next;
	if (!n) {
		type = classify(s, &n);
		s->before = type;
		/* Only a string is continued. */
		s->escapes = s->escapes && s->b.p[n - 1] == '\'';
		/* A sign behind ')' or a name is an operator. */
		if (type == SKW_SQL_SIGN && s->b.p[0] && strchr(")]", s->b.p[0]))
			s->before = SKW_SQL_NAME;
	}
	*token = skw_bytes_first(s->b, n);
	s->b = skw_bytes_skip(s->b, n);
	return type;
}
