// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_lex.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"
#include "util/utf8.h"

/* An operator comes before any shorter operator that it begins with. */
static const struct {
	const char *sign;
	uint8_t kind, op;
} signs[] = {
	{ "!=~", SKW_TOKEN_COMPARE, SKW_UNMATCH },
	{ "=~", SKW_TOKEN_COMPARE, SKW_MATCH },
	{ "==", SKW_TOKEN_COMPARE, SKW_EQ },
	{ "=", SKW_TOKEN_COMPARE, SKW_EQ },
	{ "!=", SKW_TOKEN_COMPARE, SKW_NE },
	{ "!~", SKW_TOKEN_COMPARE, SKW_UNLIKE },
	{ "!", SKW_TOKEN_NOT, 0 },
	{ "<=", SKW_TOKEN_COMPARE, SKW_LE },
	{ "<", SKW_TOKEN_COMPARE, SKW_LT },
	{ ">=", SKW_TOKEN_COMPARE, SKW_GE },
	{ ">", SKW_TOKEN_COMPARE, SKW_GT },
	{ "~", SKW_TOKEN_COMPARE, SKW_LIKE },
	{ "(", SKW_TOKEN_OPEN, 0 },
	{ ")", SKW_TOKEN_CLOSE, 0 },
	{ "&&", SKW_TOKEN_AND, 0 },
	{ "||", SKW_TOKEN_OR, 0 },
};

static const struct {
	const char *word;
	uint8_t kind;
} words[] = { { "and", SKW_TOKEN_AND }, { "or", SKW_TOKEN_OR }, { "not", SKW_TOKEN_NOT } };

#define BLANK     " \t\r\n\f\v"
#define WORD_ENDS BLANK "()=!<>~&|\"'"

/* Makes a question mark of each byte of a character that must not be shown. */
static void hide(char *text)
{
	uint32_t c;

	for (size_t len; *text; text += len) {
		bool known = (len = skw_utf8_decode(text, &c)) > 0;

		len = known ? len : 1;
		if (!known || skw_utf8_is_hidden(c))
			memset(text, '?', len);
	}
}

int skw_lexer_error(const struct skw_lexer *lex, const char *at, const char *fmt, ...)
{
	char why[512];
	size_t column = 1;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	/* The message repeats what the user typed, so it must not contain control characters. */
	hide(why);
	/* A column is a character, so only the first byte of a UTF-8 character counts. */
	for (const char *p = lex->text; p < at; p++)
		column += ((unsigned char)*p & 0xc0) != 0x80;
	return skw_error_usage(lex->err, "column %zu: %s", column, why);
}

int skw_lexer_refuse(const struct skw_lexer *lex, const struct skw_token *field,
		     const struct skw_token *value, const char *want)
{
	return skw_lexer_error(lex, value->at, "'%.*s' is no value for %.*s: write %s",
			       SKW_TOKEN_SHOWN(value), SKW_TOKEN_SHOWN(field), want);
}

bool skw_token_is_operator(const struct skw_token *token, uint8_t *op)
{
	static const struct {
		const char *word;
		uint8_t op;
	} operators[] = {
		{ "eq", SKW_EQ }, { "ne", SKW_NE }, { "neq", SKW_NE },
		{ "lt", SKW_LT }, { "le", SKW_LE }, { "leq", SKW_LE },
		{ "gt", SKW_GT }, { "ge", SKW_GE }, { "geq", SKW_GE },
	};

	for (size_t i = 0; token->kind == SKW_TOKEN_WORD && i < SKW_ARRAY_SIZE(operators); i++) {
		if (strlen(operators[i].word) != token->len ||
		    strncmp(operators[i].word, token->at, token->len) != 0)
			continue;
		*op = operators[i].op;
		return true;
	}
	return false;
}

static int take_string(struct skw_lexer *lex, struct skw_token *out)
{
	const char *p = lex->next + 1;

	for (; *p && *p != *lex->next; p++)
		if (*p == '\\' && p[1])
			p++;
	if (!*p)
		return skw_lexer_error(lex, lex->next, "this quote is not closed");
	out->kind = SKW_TOKEN_STRING;
	out->len = (size_t)(p + 1 - lex->next);
	return 0;
}

static bool take_sign(const struct skw_lexer *lex, struct skw_token *out)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(signs); i++) {
		size_t len = strlen(signs[i].sign);

		if (strncmp(lex->next, signs[i].sign, len) != 0)
			continue;
		out->kind = signs[i].kind;
		out->op = signs[i].op;
		out->len = len;
		return true;
	}
	return false;
}

static void take_word(const struct skw_lexer *lex, struct skw_token *out)
{
	out->kind = SKW_TOKEN_WORD;
	out->len = strcspn(lex->next, WORD_ENDS);
	/* In the glob [!abc] the sign is no operator. */
	while (lex->next[out->len] == '!' && out->len && lex->next[out->len - 1] == '[')
		out->len += 1 + strcspn(lex->next + out->len + 1, WORD_ENDS);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == out->len &&
		    strncasecmp(words[i].word, lex->next, out->len) == 0)
			out->kind = words[i].kind;
}

int skw_lexer_next(struct skw_lexer *lex, struct skw_token *out)
{
	int ret = 0;

	lex->next += strspn(lex->next, BLANK);
	*out = (struct skw_token){ .kind = SKW_TOKEN_END, .at = lex->next };
	if (*lex->next == '"' || *lex->next == '\'')
		ret = take_string(lex, out);
	else if (*lex->next && !take_sign(lex, out))
		take_word(lex, out);
	if (ret)
		return ret;
	if (*lex->next && !out->len)
		return skw_lexer_error(lex, lex->next, "'%c' alone means nothing; write '%s'",
				       *lex->next, *lex->next == '&' ? "and" : "or");
	lex->next += out->len;
	return 0;
}

size_t skw_token_text(const struct skw_token *token, bool pattern, char *out)
{
	bool quoted = token->kind == SKW_TOKEN_STRING;
	const char *end = token->at + token->len - quoted;
	char *p = out;

	for (const char *from = token->at + quoted; from < end; from++) {
		if (quoted && *from == '\\' && (!pattern || from[1] == *token->at))
			from++;
		*p++ = *from;
	}
	*p = '\0';
	return (size_t)(p - out);
}
