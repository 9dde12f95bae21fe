// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_field.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Longer than any name of a field. */
#define NAME_SIZE 32

/* The number of letters to change, remove or insert. max + 1 if it exceeds `max`. */
static unsigned distance(const char *a, size_t a_len, const char *b, unsigned max)
{
	unsigned row[NAME_SIZE];
	size_t b_len = strlen(b);

	if (b_len >= NAME_SIZE || a_len >= NAME_SIZE)
		return max + 1;
	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 0; i < a_len; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < b_len; j++) {
			unsigned best = corner + (tolower((unsigned char)a[i]) != b[j]);

			corner = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[j + 1] = best;
		}
	}
	return row[b_len] > max ? max + 1 : row[b_len];
}

struct guess {
	char name[NAME_SIZE];
	unsigned distance;
};

static void guess_from(const struct skw_token *typed, const char *names, struct guess *guess)
{
	for (; names && *names; names += strspn(names, " ")) {
		size_t n = strcspn(names, " ");
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		unsigned d = distance(typed->at, typed->len, name, guess->distance);
		/* Of equals, a name that only goes on where the word ends is the better guess. */
		bool longer = strncmp(name, typed->at, typed->len) == 0;
		if (d < guess->distance || (d == guess->distance && guess->name[0] && longer)) {
			guess->distance = d;
			memcpy(guess->name, name, sizeof(name));
		}
		names += n;
	}
}

static int refuse_field(const struct skw_lexer *lex, const struct skw_expr_subject *subject,
			const struct skw_token *name)
{
	/*
	 * A guess is useful only if it differs in at most two letters, or in one if the word is
	 * short.
	 */
	struct guess guess = { "", name->len < 4 ? 2 : 3 };

	for (uint8_t i = 0; i < subject->fields; i++) {
		guess_from(name, subject->info(i)->aliases, &guess);
		guess_from(name, subject->info(i)->name, &guess);
	}
	for (const struct skw_expr_either *e = subject->eithers; e->name; e++)
		guess_from(name, e->name, &guess);
	return skw_lexer_error(lex, name->at, "unknown field '%.*s'%s%s%s", SKW_TOKEN_SHOWN(name),
			       guess.name[0] ? "; did you mean '" : "", guess.name,
			       guess.name[0] ? "'?" : "");
}

uint8_t skw_expr_field_named(const struct skw_expr_subject *subject, const char *name, size_t len)
{
	uint8_t i = 0;

	while (i < subject->fields && !skw_field_is_named(subject->info(i), name, len))
		i++;
	return i < subject->fields ? i : SKW_EXPR_NO_FIELD;
}

int skw_expr_field_find(const struct skw_lexer *lex, const struct skw_expr_subject *subject,
			const struct skw_token *name, uint8_t *field, uint8_t *other)
{
	const struct skw_expr_either *e = subject->eithers;

	while (e->name &&
	       (strlen(e->name) != name->len || memcmp(e->name, name->at, name->len) != 0))
		e++;
	*field = e->name ? e->field : skw_expr_field_named(subject, name->at, name->len);
	*other = e->name ? e->other : SKW_EXPR_NO_FIELD;
	return *field == SKW_EXPR_NO_FIELD ? refuse_field(lex, subject, name) : 0;
}
