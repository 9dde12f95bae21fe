// SPDX-License-Identifier: BSD-2-Clause
/*
 * A pattern becomes a program. It is run for all ways of matching at once, character by character
 * (K. Thompson, "Regular Expression Search Algorithm", 1968), so nothing is ever tried again.
 */
#include "expr/expr_regex.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr_regex_code.h"
#include "util/cleanup.h"
#include "util/utf8.h"

/* Takes a character. A byte that is not part of one counts as one of its own. */
static uint32_t take(const char **text)
{
	uint32_t c = 0;
	size_t len = skw_utf8_decode(*text, &c);

	if (!len)
		c = 0x110000 + (uint8_t) * *text;
	*text += len ? len : 1;
	return c;
}

/* The places in the program that have been reached at one character of the text. */
struct places {
	uint16_t at[SKW_REGEX_CODE];
	uint32_t seen[(SKW_REGEX_CODE + 31) / 32];
	size_t len;
	bool matched;
};

static bool mark(struct places *p, uint16_t at)
{
	uint32_t bit = 1U << at % 32, *word = &p->seen[at / 32];
	bool news = !(*word & bit);

	*word |= bit;
	return news;
}

/* Adds a place, and all that it leads to without a character. */
static void reach(const struct skw_expr_regex *r, struct places *p, uint16_t first, bool begin,
		  bool end)
{
	uint16_t todo[SKW_REGEX_CODE + 1];
	size_t n = 0;

	if (mark(p, first))
		todo[n++] = first;
	while (n) {
		uint16_t at = todo[--n];
		const struct skw_regex_insn *insn = &r->code[at];
		int32_t to[2] = { 0, 0 };

		if (insn->op == SKW_REGEX_MATCH)
			p->matched = true;
		else if (insn->op == SKW_REGEX_SPLIT || insn->op == SKW_REGEX_JUMP)
			memcpy(to, insn->to, sizeof(to));
		else if (insn->op == SKW_REGEX_BEGIN || insn->op == SKW_REGEX_END)
			to[0] = insn->op == SKW_REGEX_BEGIN ? begin : end;
		else
			p->at[p->len++] = at;
		for (size_t i = 0; i < 2; i++)
			if (to[i] && mark(p, (uint16_t)(at + to[i])))
				todo[n++] = (uint16_t)(at + to[i]);
	}
}

static bool takes(const struct skw_expr_regex *r, const struct skw_regex_insn *insn, uint32_t c)
{
	bool found = false;

	if (insn->op == SKW_REGEX_CHAR)
		return insn->c == c;
	if (insn->op == SKW_REGEX_ANY)
		return true;
	for (unsigned i = 0; i < insn->set.len && !found; i++) {
		const struct skw_regex_range *range = &r->ranges[insn->set.first + i];

		found = c >= range->first && c <= range->last;
	}
	return found != insn->set.negate;
}

bool skw_expr_regex_matches(const struct skw_expr_regex *r, const char *text)
{
	struct places both[2], *now = &both[0], *next = &both[1];
	bool begin = true;

	now->len = 0;
	now->matched = false;
	memset(now->seen, 0, sizeof(now->seen));
	for (;;) {
		reach(r, now, 0, begin, !*text);
		if (now->matched || !*text)
			return now->matched;
		uint32_t c = take(&text);
		struct places *old = now;

		next->len = 0;
		next->matched = false;
		memset(next->seen, 0, sizeof(next->seen));
		for (size_t i = 0; i < now->len; i++)
			if (takes(r, &r->code[now->at[i]], c))
				reach(r, next, (uint16_t)(now->at[i] + 1), false, !*text);
		now = next;
		next = old;
		begin = false;
	}
}

void skw_expr_regex_free(struct skw_expr_regex *r)
{
	if (!r)
		return;
	free(r->code);
	free(r->ranges);
	free(r);
}
