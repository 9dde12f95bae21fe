// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_operand.h"

#include <string.h>

#include "expr/expr_field.h"
#include "expr/expr_text.h"

static int read_addr(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	size_t len = strlen(o->value);
	bool glob = len > 2 && o->value[len - 1] == '*' && strchr(".:", o->value[len - 2]);
	char beginning[64];

	/* "10.0.*" is the beginning of an address. */
	if (glob && len <= sizeof(beginning)) {
		memcpy(beginning, o->value, len - 1);
		beginning[len - 1] = '\0';
		if (skw_expr_addr_parse(beginning, true, &test->addr))
			return 0;
	}
	if (skw_expr_addr_parse(o->value, test->op == SKW_LIKE, &test->addr))
		return 0;
	return skw_lexer_refuse(
		o->lex, o->name, o->token,
		"an address like 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443 or [2001:db8::1]:443");
}

#define ORDER (1U << SKW_EQ | 1U << SKW_LT | 1U << SKW_LE | 1U << SKW_GT | 1U << SKW_GE)
#define EQUAL (1U << SKW_EQ)
#define LIKE  (1U << SKW_EQ | 1U << SKW_LIKE)
#define MATCH (LIKE | 1U << SKW_MATCH)

static const struct {
	const char *unit;
	int (*read)(const struct skw_expr_operand *o, struct skw_expr_test *test);
	const char *hint; /* if there is no function, what to compare instead */
	unsigned ops;
} kinds[] = {
	[SKW_KIND_NUMBER] = { "number", skw_expr_value_count, NULL, ORDER },
	[SKW_KIND_BYTES] = { "bytes", skw_expr_value_bytes, NULL, ORDER },
	[SKW_KIND_BPS] = { "bit/s", skw_expr_value_bps, NULL, ORDER },
	[SKW_KIND_US] = { "time", skw_expr_value_time, NULL, ORDER },
	[SKW_KIND_TIME] = { NULL, NULL, NULL /* the subject knows */, 0 },
	[SKW_KIND_BOOL] = { "yes/no", skw_expr_value_bool, NULL, EQUAL },
	[SKW_KIND_TEXT] = { "text", skw_expr_text_read, NULL, MATCH },
	[SKW_KIND_ADDR] = { "address", read_addr, NULL, LIKE },
	[SKW_KIND_OWNERS] = { NULL, NULL, "comm or pid, which match any holder", 0 },
	[SKW_KIND_HIST] = { NULL, NULL, "srtt, min_rtt or rtt", 0 },
};

const char *skw_expr_unit(uint8_t kind)
{
	return kinds[kind].unit;
}

bool skw_expr_operand_is_number(const struct skw_expr_subject *subject,
				const struct skw_expr_test *test)
{
	return kinds[subject->info(test->field)->kind].ops == ORDER;
}

int skw_expr_operand_field(const struct skw_lexer *lex, const struct skw_expr_subject *subject,
			   const struct skw_token *name, struct skw_expr_test *test)
{
	int ret = skw_expr_field_find(lex, subject, name, &test->field, &test->other);
	uint8_t kind;

	test->against = SKW_EXPR_NO_FIELD;
	if (ret)
		return ret;
	kind = subject->info(test->field)->kind;
	if (!kinds[kind].read)
		return skw_lexer_error(lex, name->at, "'%.*s' can't be compared; use %s",
				       SKW_TOKEN_SHOWN(name),
				       kinds[kind].hint ? kinds[kind].hint : subject->time);
	return 0;
}

uint8_t skw_expr_operand_usual(const struct skw_expr_subject *subject,
			       const struct skw_expr_test *test)
{
	const struct skw_field_info *info = subject->info(test->field);

	if (info->kind == SKW_KIND_ADDR)
		return SKW_LIKE;
	return info->values ? SKW_EQ : SKW_OPERATORS;
}

static void set_operator(struct skw_expr_test *test, uint8_t op)
{
	test->negate = op == SKW_NE || op == SKW_UNLIKE || op == SKW_UNMATCH;
	test->op = op;
	if (op == SKW_NE)
		test->op = SKW_EQ;
	else if (op == SKW_UNLIKE)
		test->op = SKW_LIKE;
	else if (op == SKW_UNMATCH)
		test->op = SKW_MATCH;
}

static int refuse_operator(const struct skw_expr_operand *o, const struct skw_token *op,
			   unsigned ops)
{
	return skw_lexer_error(o->lex, op->at, "'%.*s' does not fit %.*s (%s): use %s",
			       SKW_TOKEN_SHOWN(op), SKW_TOKEN_SHOWN(o->name),
			       kinds[o->info->kind].unit,
			       ops == MATCH   ? "= != ~ !~ =~ or !=~"
			       : ops == LIKE  ? "= != ~ or !~"
			       : ops == ORDER ? "= != < <= > or >="
					      : "= or !=");
}

int skw_expr_operand_value(const struct skw_expr_operand *o, const struct skw_token *op,
			   struct skw_expr_test *test)
{
	unsigned ops = kinds[o->info->kind].ops;
	int ret = 0;

	set_operator(test, op->op);
	if (!(ops >> test->op & 1))
		return refuse_operator(o, op, ops);
	/* A connection may have several pids, and any of them may match. */
	if (ops == ORDER && o->token->kind == SKW_TOKEN_WORD &&
	    o->subject->role(test->field) != SKW_EXPR_PID)
		ret = skw_expr_value_field(o, test);
	if (ret)
		return ret < 0 ? ret : 0;
	return kinds[o->info->kind].read(o, test);
}
