// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr.h"

#include <errno.h>
#include <string.h>

#include "expr/expr_field.h"
#include "expr/expr_operand.h"
#include "util/cleanup.h"

/* The greatest nesting of parentheses and `not`. The parser calls itself once for each. */
#define MAX_DEPTH 64

/*
 * The program computes a single answer. `and` and `or` jump over their right side when the left
 * side decides. Jumps only lead forward.
 */
enum insn_op { INSN_TEST, INSN_NOT, INSN_JUMP_FALSE, INSN_JUMP_TRUE };

struct insn {
	uint32_t op;
	uint32_t at; /* index of the test, or target of the jump */
};

struct skw_expr {
	const struct skw_expr_subject *subject;
	struct insn *insns;
	struct skw_expr_test *tests;
	char *texts; /* the operands, one after the other */
	uint32_t len, tests_len;
	size_t texts_len;
};

struct parser {
	struct skw_lexer lex;
	struct skw_token token; /* the next token */
	struct skw_expr *expr;
	const struct skw_expr_names *names; /* may be NULL */
	const struct skw_expr_subject *subject;
	unsigned depth;
};

static int advance(struct parser *p)
{
	return skw_lexer_next(&p->lex, &p->token);
}

static uint32_t emit(struct skw_expr *e, enum insn_op op, uint32_t at)
{
	e->insns[e->len] = (struct insn){ op, at };
	return e->len++;
}

static int expected(const struct parser *p, const char *what)
{
	if (p->token.kind == SKW_TOKEN_END)
		return skw_lexer_error(&p->lex, p->token.at, "expected %s", what);
	return skw_lexer_error(&p->lex, p->token.at, "expected %s, not '%.*s'", what,
			       SKW_TOKEN_SHOWN(&p->token));
}

static int expected_operator(const struct parser *p, const struct skw_token *name)
{
	char what[80];

	snprintf(what, sizeof(what), "= != < <= > >= ~ !~ or =~ after '%.*s'",
		 SKW_TOKEN_SHOWN(name));
	return expected(p, what);
}

/* Takes the operator, or thinks of the usual one. The next token is the operand then. */
static int parse_operator(struct parser *p, const struct skw_expr_test *test,
			  const struct skw_token *name, struct skw_token *op)
{
	uint8_t usual = skw_expr_operand_usual(p->subject, test);
	char what[80];
	int ret;

	*op = p->token;
	if (op->kind == SKW_TOKEN_COMPARE || skw_token_is_operator(op, &op->op)) {
		ret = advance(p);
		if (ret)
			return ret;
		if (p->token.kind == SKW_TOKEN_WORD || p->token.kind == SKW_TOKEN_STRING)
			return 0;
		snprintf(what, sizeof(what), "a value after '%.*s'", SKW_TOKEN_SHOWN(op));
		return expected(p, what);
	}
	op->op = usual;
	return usual != SKW_OPERATORS && op->kind == SKW_TOKEN_WORD ? 0
								    : expected_operator(p, name);
}

/* "4 * min_rtt" is one operand, however many words it has. */
static int join_product(struct parser *p, char *value, size_t *len)
{
	for (;;) {
		int ret = advance(p);

		if (ret || p->token.kind != SKW_TOKEN_WORD ||
		    (value[*len - 1] != '*' && p->token.at[0] != '*'))
			return ret;
		*len += skw_token_text(&p->token, false, value + *len);
	}
}

static int parse_operand(struct parser *p, const struct skw_token *name, const struct skw_token *op,
			 struct skw_expr_test *test)
{
	struct skw_expr *e = p->expr;
	const struct skw_token first = p->token;
	bool pattern = op->op == SKW_MATCH || op->op == SKW_UNMATCH;
	char *value = e->texts + e->texts_len;
	const struct skw_expr_operand operand = {
		&p->lex, name, &first, value, p->subject, p->subject->info(test->field), p->names,
	};
	size_t len = skw_token_text(&first, pattern, value);
	int ret;

	if (first.kind == SKW_TOKEN_WORD && skw_expr_operand_is_number(p->subject, test))
		ret = join_product(p, value, &len);
	else
		ret = advance(p);
	e->texts_len += len + 1;
	return ret ? ret : skw_expr_operand_value(&operand, op, test);
}

static int parse_comparison(struct parser *p)
{
	struct skw_expr *e = p->expr;
	struct skw_expr_test *test = &e->tests[e->tests_len];
	const struct skw_token name = p->token;
	struct skw_token op;
	char what[64];
	int ret;

	if (name.kind != SKW_TOKEN_WORD) {
		snprintf(what, sizeof(what), "a field, such as %s", p->subject->field);
		return expected(p, what);
	}
	ret = skw_expr_operand_field(&p->lex, p->subject, &name, test);
	if (!ret)
		ret = advance(p);
	if (ret)
		return ret;
	emit(e, INSN_TEST, e->tests_len++);
	if (p->token.kind != SKW_TOKEN_COMPARE &&
	    p->subject->info(test->field)->kind == SKW_KIND_BOOL) {
		test->op = SKW_EQ;
		test->number = true;
		return 0;
	}
	ret = parse_operator(p, test, &name, &op);
	return ret ? ret : parse_operand(p, &name, &op, test);
}

static int parse_or(struct parser *p);

static int parse_group(struct parser *p)
{
	const char *open = p->token.at;
	int ret = advance(p);

	if (!ret)
		ret = parse_or(p);
	if (ret)
		return ret;
	if (p->token.kind == SKW_TOKEN_END)
		return skw_lexer_error(&p->lex, open, "this parenthesis is not closed");
	if (p->token.kind != SKW_TOKEN_CLOSE)
		return expected(p, "'and', 'or' or ')'");
	return advance(p);
}

static int parse_factor(struct parser *p)
{
	int ret;

	if (p->token.kind != SKW_TOKEN_NOT && p->token.kind != SKW_TOKEN_OPEN)
		return parse_comparison(p);
	if (p->depth == MAX_DEPTH)
		return skw_lexer_error(&p->lex, p->token.at, "more than %d levels of nesting",
				       MAX_DEPTH);
	p->depth++;
	if (p->token.kind == SKW_TOKEN_OPEN) {
		ret = parse_group(p);
	} else {
		ret = advance(p);
		if (!ret)
			ret = parse_factor(p);
		if (!ret)
			emit(p->expr, INSN_NOT, 0);
	}
	p->depth--;
	return ret;
}

/*
 * Parses operands that are joined by the same operator. If an operand decides, the program jumps to
 * the next joint, where the same answer jumps on to the end.
 */
static int parse_chain(struct parser *p, enum skw_token_kind joint, enum insn_op jump,
		       int (*operand)(struct parser *))
{
	int ret = operand(p);

	while (!ret && p->token.kind == joint) {
		uint32_t at = emit(p->expr, jump, 0);

		ret = advance(p);
		if (!ret)
			ret = operand(p);
		p->expr->insns[at].at = p->expr->len;
	}
	return ret;
}

static int parse_and(struct parser *p)
{
	return parse_chain(p, SKW_TOKEN_AND, INSN_JUMP_FALSE, parse_factor);
}

static int parse_or(struct parser *p)
{
	return parse_chain(p, SKW_TOKEN_OR, INSN_JUMP_TRUE, parse_and);
}

static int parse_all(struct parser *p)
{
	int ret = advance(p);

	if (!ret && p->token.kind == SKW_TOKEN_END)
		return skw_lexer_error(&p->lex, p->token.at, "the expression is empty; try '%s'",
				       p->subject->example);
	if (!ret)
		ret = parse_or(p);
	if (ret || p->token.kind == SKW_TOKEN_END)
		return ret;
	if (p->token.kind == SKW_TOKEN_CLOSE)
		return skw_lexer_error(&p->lex, p->token.at, "no parenthesis is open here");
	return expected(p, "'and', 'or' or the end");
}

static void free_expr(struct skw_expr **e)
{
	skw_expr_free(*e);
}

int skw_expr_parse_about(const struct skw_expr_subject *subject, const char *text,
			 const struct skw_expr_names *names, struct skw_expr **out,
			 struct skw_error *err)
{
	SKW_CLEANUP(free_expr) struct skw_expr *e = calloc(1, sizeof(*e));
	size_t len = strlen(text);

	if (!e)
		return skw_error_set(err, -ENOMEM, "expression: out of memory");
	e->subject = subject;
	/*
	 * The sizes are upper limits: a token becomes at most one instruction. A test takes at
	 * least two characters for the field and the character after it. The text of an operand is
	 * not longer than the operand and its operator.
	 */
	e->insns = calloc(len + 1, sizeof(*e->insns));
	e->tests = calloc(len / 3 + 1, sizeof(*e->tests));
	e->texts = malloc(len + 1);
	if (!e->insns || !e->tests || !e->texts)
		return skw_error_set(err, -ENOMEM, "expression: out of memory");
	struct parser p = { .lex = { .text = text, .next = text, .err = err },
			    .expr = e,
			    .names = names,
			    .subject = subject };
	int ret = parse_all(&p);
	if (!ret)
		*out = SKW_TAKE_PTR(e);
	return ret;
}

int skw_expr_parse(const char *text, const struct skw_expr_names *names, struct skw_expr **out,
		   struct skw_error *err)
{
	return skw_expr_parse_about(&skw_expr_rows, text, names, out, err);
}

void skw_expr_free(struct skw_expr *e)
{
	if (!e)
		return;
	for (uint32_t i = 0; e->tests && i < e->tests_len; i++)
		skw_expr_regex_free(e->tests[i].pattern);
	free(e->insns);
	free(e->tests);
	free(e->texts);
	free(e);
}

/* Whether it is FIELD = VALUE, and no glob. */
static bool names_value(const struct skw_expr_test *test, uint8_t field)
{
	return test->field == field && test->op == SKW_EQ && !test->negate && !test->pattern;
}

/* With `without`, which may be SKW_EXPR_NO_FIELD, no value of that field equals another. */
static bool run(const struct skw_expr *e, const void *record, uint8_t without)
{
	bool answer = false;

	for (uint32_t i = 0; i < e->len;) {
		const struct insn *insn = &e->insns[i++];

		if (insn->op == INSN_TEST)
			answer = !names_value(&e->tests[insn->at], without) &&
				 skw_expr_test_matches(e->subject, &e->tests[insn->at], record);
		else if (insn->op == INSN_NOT)
			answer = !answer;
		else if (answer == (insn->op == INSN_JUMP_TRUE))
			i = insn->at;
	}
	return answer;
}

bool skw_expr_matches_about(const struct skw_expr *e, const void *record)
{
	return run(e, record, SKW_EXPR_NO_FIELD);
}

bool skw_expr_names_value(const struct skw_expr *e, const struct skw_row *row, enum skw_field field)
{
	for (uint32_t i = 0; i < e->tests_len; i++)
		if (names_value(&e->tests[i], (uint8_t)field) &&
		    skw_expr_test_matches(e->subject, &e->tests[i], row))
			return true;
	return false;
}

bool skw_expr_has_field(const struct skw_expr *e, uint8_t field)
{
	for (uint32_t i = 0; i < e->tests_len; i++)
		if (e->tests[i].field == field)
			return true;
	return false;
}

bool skw_expr_matches_by(const struct skw_expr *e, const struct skw_row *row, enum skw_field field)
{
	return run(e, row, SKW_EXPR_NO_FIELD) && !run(e, row, (uint8_t)field);
}

bool skw_expr_matches(const struct skw_expr *e, const struct skw_row *row)
{
	return skw_expr_matches_about(e, row);
}

static void help_line(struct skw_buf *out, const char *name, const char *aliases, uint8_t kind,
		      const char *help)
{
	skw_buf_printf(out, "  %-18s %-24s %-8s %s\n", name, aliases ? aliases : "",
		       skw_expr_unit(kind), help);
}

void skw_expr_help_about(const struct skw_expr_subject *subject, struct skw_buf *out)
{
	for (uint8_t i = 0; i < subject->fields; i++) {
		const struct skw_field_info *info = subject->info(i);

		if (skw_expr_unit(info->kind))
			help_line(out, info->name, info->aliases, info->kind, info->help);
	}
	for (const struct skw_expr_either *e = subject->eithers; e->name; e++)
		help_line(out, e->name, NULL, subject->info(e->field)->kind, e->help);
}

void skw_expr_help(struct skw_buf *out)
{
	skw_expr_help_about(&skw_expr_rows, out);
}
