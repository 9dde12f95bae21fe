// SPDX-License-Identifier: BSD-2-Clause
/* Makes programs of regular expressions and globs. */
#include "expr/expr_regex.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr_regex_code.h"
#include "util/cleanup.h"
#include "util/utf8.h"

#define DEPTH_MAX   32
#define PATTERN_MAX 512
#define REPEAT_MAX  255
#define NO_LIMIT    (-1)

struct compiler {
	const char *at; /* the rest of the pattern */
	const char *why;
	struct skw_regex_insn code[SKW_REGEX_CODE];
	struct skw_regex_range ranges[SKW_REGEX_RANGES];
	size_t len, ranges_len;
	unsigned depth;
};

/* The parsers return true, or false with `why` set. */
static bool fail(struct compiler *c, const char *why)
{
	c->why = why;
	return false;
}

static bool emit(struct compiler *c, struct skw_regex_insn insn)
{
	if (c->len == SKW_REGEX_CODE)
		return fail(c, "a pattern that is shorter: this one is too large");
	c->code[c->len++] = insn;
	return true;
}

static bool emit_op(struct compiler *c, enum skw_regex_op op)
{
	return emit(c, (struct skw_regex_insn){ .op = (uint8_t)op });
}

static bool emit_jump(struct compiler *c, enum skw_regex_op op, int32_t to, int32_t or_to)
{
	return emit(c, (struct skw_regex_insn){ .op = (uint8_t)op, .to = { to, or_to } });
}

/* Puts a split in front of what begins at `start`. Jumps within that stay right. */
static bool insert_split(struct compiler *c, size_t start, int32_t to)
{
	if (!emit_jump(c, SKW_REGEX_SPLIT, 0, 0))
		return false;
	memmove(&c->code[start + 1], &c->code[start], (c->len - 1 - start) * sizeof(c->code[0]));
	c->code[start] = (struct skw_regex_insn){ .op = SKW_REGEX_SPLIT, .to = { 1, to } };
	return true;
}

static bool emit_copy(struct compiler *c, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!emit(c, c->code[from + i]))
			return false;
	return true;
}

static uint32_t take(struct compiler *c)
{
	uint32_t found = 0;
	size_t len = skw_utf8_decode(c->at, &found);

	if (!len)
		found = 0x110000 + (uint8_t)*c->at;
	c->at += len ? len : 1;
	return found;
}

/* ---- sets ---- */

static bool add_range(struct compiler *c, uint32_t first, uint32_t last)
{
	if (c->ranges_len == SKW_REGEX_RANGES)
		return fail(c, "a pattern with fewer or smaller sets");
	c->ranges[c->ranges_len++] = (struct skw_regex_range){ first, last };
	return true;
}

struct set_class {
	const char *name;
	const char *ranges; /* pairs of characters */
};

static bool add_class(struct compiler *c, const char *ranges)
{
	for (; *ranges; ranges += 2)
		if (!add_range(c, (uint8_t)ranges[0], (uint8_t)ranges[1]))
			return false;
	return true;
}

/* [:alpha:] within a set. Only characters of ASCII belong to these. */
static bool add_named_class(struct compiler *c)
{
	static const struct set_class classes[] = {
		{ "alpha", "azAZ" },   { "digit", "09" },       { "alnum", "azAZ09" },
		{ "upper", "AZ" },     { "lower", "az" },       { "space", "\t\r  " },
		{ "blank", "\t\t  " }, { "punct", "!/:@[`{~" }, { "print", " ~" },
		{ "graph", "!~" },     { "xdigit", "09afAF" },  { "cntrl", "\x01\x1f\x7f\x7f" },
	};
	const char *name = c->at + 2;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(classes); i++) {
		size_t len = strlen(classes[i].name);

		if (strncmp(name, classes[i].name, len) != 0 || strncmp(name + len, ":]", 2) != 0)
			continue;
		c->at = name + len + 2;
		return add_class(c, classes[i].ranges);
	}
	return fail(c, "a class like [[:alpha:]] that exists");
}

static bool add_member(struct compiler *c)
{
	uint32_t first, last;

	if (c->at[0] == '[' && c->at[1] == ':')
		return add_named_class(c);
	if (c->at[0] == '[' && (c->at[1] == '.' || c->at[1] == '='))
		return fail(c, "a set without [. and [=");
	last = first = take(c);
	if (c->at[0] == '-' && c->at[1] && c->at[1] != ']') {
		c->at++;
		last = take(c);
	}
	if (last < first)
		return fail(c, "a range that goes up, like a-z");
	return add_range(c, first, last);
}

/* The text stands behind the bracket. `negation` are the characters that turn the set around. */
static bool parse_set(struct compiler *c, const char *negation)
{
	struct skw_regex_insn insn = { .op = SKW_REGEX_SET };
	size_t before = c->ranges_len;

	insn.set.negate = *c->at && strchr(negation, *c->at);
	c->at += insn.set.negate;
	do {
		if (!*c->at)
			return fail(c, "a ] for each [");
		if (!add_member(c))
			return false;
	} while (*c->at != ']');
	c->at++;
	insn.set.first = (uint16_t)before;
	insn.set.len = (uint16_t)(c->ranges_len - before);
	return emit(c, insn);
}

/* ---- regular expressions ---- */

static bool parse_escape(struct compiler *c)
{
	static const struct set_class classes[] = { { "dD", "09" },
						    { "wW", "azAZ09__" },
						    { "sS", "\t\r  " } };
	struct skw_regex_insn insn = { .op = SKW_REGEX_SET };

	for (size_t i = 0; *c->at && i < SKW_ARRAY_SIZE(classes); i++) {
		if (!strchr(classes[i].name, *c->at))
			continue;
		insn.set.negate = *c->at == classes[i].name[1];
		insn.set.first = (uint16_t)c->ranges_len;
		insn.set.len = (uint16_t)(strlen(classes[i].ranges) / 2);
		c->at++;
		return add_class(c, classes[i].ranges) && emit(c, insn);
	}
	if (!*c->at)
		return fail(c, "a character after the backslash");
	if (*c->at >= '1' && *c->at <= '9')
		return fail(c, "a pattern without back-references like \\1");
	if ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'z')
		return fail(c, "\\d \\s \\w, or a backslash before a sign");
	return emit(c, (struct skw_regex_insn){ .op = SKW_REGEX_CHAR, .c = take(c) });
}

static bool parse_either(struct compiler *c);

static bool parse_group(struct compiler *c)
{
	if (++c->depth > DEPTH_MAX)
		return fail(c, "fewer parentheses within each other");
	if (!parse_either(c))
		return false;
	if (*c->at != ')')
		return fail(c, "a ) for each (");
	c->at++;
	c->depth--;
	return true;
}

static bool parse_atom(struct compiler *c, bool *anchor)
{
	char first = *c->at;

	*anchor = first == '^' || first == '$';
	if (strchr("*+?{", first))
		return fail(c, "something to repeat before * + ? or {");
	if (!strchr("()[].^$\\", first) || first == ']')
		return emit(c, (struct skw_regex_insn){ .op = SKW_REGEX_CHAR, .c = take(c) });
	c->at++;
	if (first == '(')
		return parse_group(c);
	if (first == '[')
		return parse_set(c, "^");
	if (first == '\\')
		return parse_escape(c);
	if (first == '.')
		return emit_op(c, SKW_REGEX_ANY);
	return emit_op(c, first == '^' ? SKW_REGEX_BEGIN : SKW_REGEX_END);
}

/*
 * Repeats the code from `start` to the end of the program. Repetitions of repetitions grow fast;
 * emit() refuses what becomes too large.
 */
static bool repeat(struct compiler *c, size_t start, int least, int most)
{
	size_t n = c->len - start;
	int32_t behind = (int32_t)n + 1;

	if (most == 0) {
		c->len = start;
		return true;
	}
	if (least == 0) {
		if (!insert_split(c, start, most == NO_LIMIT ? behind + 1 : behind))
			return false;
		if (most == NO_LIMIT)
			return emit_jump(c, SKW_REGEX_JUMP, -behind, 0);
		for (int i = 1; i < most; i++)
			if (!emit_copy(c, start, n + 1))
				return false;
		return true;
	}
	for (int i = 1; i < least; i++)
		if (!emit_copy(c, start, n))
			return false;
	if (most == NO_LIMIT)
		return emit_jump(c, SKW_REGEX_SPLIT, -(int32_t)n, 1);
	for (int i = least; i < most; i++)
		if (!emit_jump(c, SKW_REGEX_SPLIT, 1, behind) || !emit_copy(c, start, n))
			return false;
	return true;
}

static bool take_count(struct compiler *c, int *out)
{
	int n = 0;

	if (*c->at < '0' || *c->at > '9')
		return false;
	for (; *c->at >= '0' && *c->at <= '9' && n <= REPEAT_MAX; c->at++)
		n = n * 10 + (*c->at - '0');
	*out = n;
	return n <= REPEAT_MAX;
}

/* {2}, {2,} or {2,5}. The text stands behind the brace. */
static bool take_counts(struct compiler *c, int *least, int *most)
{
	bool right = take_count(c, least);

	*most = *least;
	if (right && *c->at == ',') {
		c->at++;
		*most = NO_LIMIT;
		right = *c->at == '}' || (take_count(c, most) && *most >= *least);
	}
	if (!right || *c->at != '}')
		return fail(c, "a repetition like {2} or {2,5}, up to 255");
	c->at++;
	return true;
}

static bool parse_repeated(struct compiler *c)
{
	size_t start = c->len;
	bool anchor;

	if (!parse_atom(c, &anchor))
		return false;
	while (*c->at && strchr("*+?{", *c->at)) {
		char sign = *c->at++;
		int least = sign == '+', most = sign == '?' ? 1 : NO_LIMIT;

		if (anchor)
			return fail(c, "something to repeat before * + ? or {");
		if (sign == '{' && !take_counts(c, &least, &most))
			return false;
		if (!repeat(c, start, least, most))
			return false;
	}
	return true;
}

static bool parse_either(struct compiler *c)
{
	size_t start = c->len, jump;

	while (*c->at && *c->at != '|' && *c->at != ')')
		if (!parse_repeated(c))
			return false;
	if (*c->at != '|')
		return true;
	c->at++;
	if (!insert_split(c, start, (int32_t)(c->len - start) + 2))
		return false;
	jump = c->len;
	if (!emit_jump(c, SKW_REGEX_JUMP, 0, 0) || !parse_either(c))
		return false;
	c->code[jump].to[0] = (int32_t)(c->len - jump);
	return true;
}

static bool parse_regex(struct compiler *c)
{
	if (!parse_either(c))
		return false;
	if (*c->at)
		return fail(c, "a ( for each )");
	return emit_op(c, SKW_REGEX_MATCH);
}

/* ---- globs ---- */

static bool parse_glob(struct compiler *c)
{
	bool good = emit_op(c, SKW_REGEX_BEGIN);

	while (good && *c->at) {
		char sign = *c->at;

		if (sign == '*' || sign == '?' || sign == '[')
			c->at++;
		if (sign == '\\' && c->at[1])
			c->at++;
		if (sign == '*')
			good = emit_jump(c, SKW_REGEX_SPLIT, 1, 3) && emit_op(c, SKW_REGEX_ANY) &&
			       emit_jump(c, SKW_REGEX_JUMP, -2, 0);
		else if (sign == '?')
			good = emit_op(c, SKW_REGEX_ANY);
		else if (sign == '[')
			good = parse_set(c, "!^");
		else
			good = emit(c,
				    (struct skw_regex_insn){ .op = SKW_REGEX_CHAR, .c = take(c) });
	}
	return good && emit_op(c, SKW_REGEX_END) && emit_op(c, SKW_REGEX_MATCH);
}

bool skw_expr_regex_is_glob(const char *text)
{
	return text[strcspn(text, "*?[")] != '\0';
}

/* ---- both ---- */

static void free_regex(struct skw_expr_regex **r)
{
	skw_expr_regex_free(*r);
}

/* Copies the program out of the compiler, which is much larger. */
static int keep(const struct compiler *c, struct skw_expr_regex **out)
{
	SKW_CLEANUP(free_regex) struct skw_expr_regex *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->code = calloc(c->len, sizeof(*r->code));
	r->ranges = calloc(c->ranges_len + 1, sizeof(*r->ranges));
	if (!r->code || !r->ranges)
		return -ENOMEM;
	memcpy(r->code, c->code, c->len * sizeof(*r->code));
	memcpy(r->ranges, c->ranges, c->ranges_len * sizeof(*r->ranges));
	*out = SKW_TAKE_PTR(r);
	return 0;
}

static int compile(const char *pattern, bool (*parse)(struct compiler *c),
		   struct skw_expr_regex **out, const char **why)
{
	SKW_AUTO_FREE struct compiler *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->at = pattern;
	if (strlen(pattern) > PATTERN_MAX)
		fail(c, "a pattern that is shorter: this one is too large");
	else
		parse(c);
	*why = c->why;
	return c->why ? -EINVAL : keep(c, out);
}

int skw_expr_regex_compile(const char *pattern, struct skw_expr_regex **out, const char **why)
{
	return compile(pattern, parse_regex, out, why);
}

int skw_expr_regex_glob(const char *pattern, struct skw_expr_regex **out, const char **why)
{
	return compile(pattern, parse_glob, out, why);
}
