// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/token.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "util/cleanup.h"

#define NO_PAIR ((size_t)-1)

/* Colons are those of addresses. Where they are arithmetic, nothing here looks into the word. */
static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == ':' ||
	       c == '\\';
}

static enum skw_sets_token_kind kind_of_word(const char *text, size_t len)
{
	if (len == 3 && memcmp(text, "and", 3) == 0)
		return SKW_SETS_AND;
	if (len == 2 && memcmp(text, "or", 2) == 0)
		return SKW_SETS_OR;
	return len == 3 && memcmp(text, "not", 3) == 0 ? SKW_SETS_NOT : SKW_SETS_WORD;
}

/* Makes a token of the text, which does not begin with a blank. Returns false if it has none. */
static bool scan_one(const char *text, struct skw_sets_token *t)
{
	size_t len = 0;

	while (is_of_word(text[len]))
		len++;
	*t = (struct skw_sets_token){ .text = text, .len = len ? len : 1 };
	if (len)
		t->kind = kind_of_word(text, len);
	else if (*text == '(' || *text == ')')
		t->kind = *text == '(' ? SKW_SETS_OPEN : SKW_SETS_CLOSE;
	else if ((*text == '&' || *text == '|') && text[1] == *text)
		*t = (struct skw_sets_token){ .kind = *text == '&' ? SKW_SETS_AND : SKW_SETS_OR,
					      .text = text,
					      .len = 2 };
	else if (*text == '!' && text[1] != '=')
		t->kind = SKW_SETS_NOT;
	else if (*text && strchr("!<>=+-*/%&|^[]", *text))
		t->kind = SKW_SETS_OTHER;
	else
		return false;
	return true;
}

/* `open` is the innermost parenthesis without a pair, and its `pair` is the one around it. */
static bool match_parens(struct skw_sets_token *t, size_t n, size_t *open)
{
	if (t[n].kind == SKW_SETS_OPEN) {
		t[n].pair = *open;
		*open = n;
	} else if (t[n].kind == SKW_SETS_CLOSE) {
		size_t begin = *open;

		if (begin == NO_PAIR)
			return false;
		*open = t[begin].pair;
		t[begin].pair = t[n].pair = n - begin;
	}
	return true;
}

ptrdiff_t skw_sets_scan(const char *expr, struct skw_sets_token **out)
{
	SKW_AUTO_FREE struct skw_sets_token *t = calloc(strlen(expr) + 1, sizeof(*t));
	size_t n = 0, open = NO_PAIR;

	if (!t)
		return -ENOMEM;
	for (;;) {
		expr += strspn(expr, " \t\r\n");
		if (!*expr)
			break;
		if (!scan_one(expr, &t[n]) || !match_parens(t, n, &open))
			return -EINVAL;
		expr += t[n++].len;
	}
	if (open != NO_PAIR)
		return -EINVAL;
	t[n].text = expr;
	*out = SKW_TAKE_PTR(t);
	return (ptrdiff_t)n;
}

bool skw_sets_token_is(const struct skw_sets_token *t, const char *word)
{
	return t->kind == SKW_SETS_WORD && strlen(word) == t->len &&
	       memcmp(t->text, word, t->len) == 0;
}
