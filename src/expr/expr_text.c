// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "expr/expr_regex.h"
#include "util/cleanup.h"

/* Other spellings, as ss prints them and as people write them. */
static const struct {
	const char *field, *typed, *value;
} spellings[] = {
	{ "state", "estab", "ESTABLISHED" }, { "state", "listening", "LISTEN" },
	{ "state", "close", "CLOSED" },      { "state", "unconnected", "UNCONN" },
	{ "family", "ipv4", "inet" },        { "family", "ipv6", "inet6" },
	{ "timer", "none", "off" },
};

/*
 * Writes the text in lower case without '-' and '_', so that FIN_WAIT1 equals fin-wait-1. The text
 * is cut at a length that no value has.
 */
#define PLAIN_SIZE 32

static void plain(const char *text, char *out)
{
	size_t n = 0;

	for (; *text && n < PLAIN_SIZE - 1; text++)
		if (*text != '-' && *text != '_')
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

static int refuse_value(const struct skw_expr_operand *o)
{
	char list[256];
	size_t len = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < o->info->values_len; i++)
		if (o->info->values[i] && len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						len ? ", " : "one of ", o->info->values[i]);
	return skw_lexer_refuse(o->lex, o->name, o->token, list);
}

static bool takes_value(const struct skw_expr_test *test, const char *want, const char *value)
{
	char have[PLAIN_SIZE];

	if (test->op == SKW_MATCH)
		return skw_expr_regex_matches(test->pattern, value);
	plain(value, have);
	if (test->pattern)
		return skw_expr_regex_matches(test->pattern, have);
	return test->op == SKW_LIKE ? strstr(have, want) != NULL : strcmp(have, want) == 0;
}

/* Reads the operand of a field that has few values, as the set of the values that it means. */
static int read_values(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	char want[PLAIN_SIZE];

	plain(o->value, want);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(spellings); i++)
		if (strcmp(spellings[i].field, o->info->name) == 0 &&
		    strcmp(spellings[i].typed, want) == 0)
			plain(spellings[i].value, want);
	test->values = 0;
	for (unsigned i = 0; i < o->info->values_len; i++)
		if (o->info->values[i] && takes_value(test, want, o->info->values[i]))
			test->values |= 1U << i;
	return test->values && *want ? 0 : refuse_value(o);
}

/* Compiles a regular expression, or a glob: a word with * ? or [ that is not in quotes. */
static int read_pattern(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const char *why = NULL, *value = o->value;
	char plain_value[PLAIN_SIZE];
	int ret;

	if (test->op == SKW_MATCH) {
		ret = skw_expr_regex_compile(value, &test->pattern, &why);
	} else if (test->op == SKW_EQ && o->token->kind == SKW_TOKEN_WORD &&
		   skw_expr_regex_is_glob(value)) {
		/* The dash of a range must stay. */
		if (o->info->values && !strchr(value, '[')) {
			plain(value, plain_value);
			value = plain_value;
		}
		ret = skw_expr_regex_glob(value, &test->pattern, &why);
	} else {
		return 0;
	}
	if (why)
		return skw_lexer_refuse(o->lex, o->name, o->token, why);
	return ret ? skw_error_set(o->lex->err, ret, "expression: out of memory") : 0;
}

int skw_expr_text_read(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	int ret = read_pattern(o, test);

	if (ret)
		return ret;
	if (o->info->values)
		return read_values(o, test);
	test->text = o->value;
	return 0;
}
