// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_compare.h"

#include <string.h>

enum answer { NO, YES, UNKNOWN };

/*
 * For a share, both sides of part / whole <=> percent are multiplied so that no fraction is
 * left.
 */
#define SHARE_FACTOR 100000000ULL

static int compare_number(const struct skw_expr_test *test, uint64_t left, uint64_t right)
{
	if (left != right)
		return left < right ? -1 : 1;
	return test->fraction ? -1 : 0;
}

static enum answer by_order(const struct skw_expr_test *test, int order)
{
	switch (test->op) {
	case SKW_LT:
		return order < 0;
	case SKW_LE:
		return order <= 0;
	case SKW_GT:
		return order > 0;
	case SKW_GE:
		return order >= 0;
	default:
		return order == 0;
	}
}

static enum answer test_number(const struct skw_expr_test *test, uint64_t left, uint64_t right)
{
	return by_order(test, compare_number(test, left, right));
}

/* The record and the test that is made on it. */
struct trial {
	const struct skw_expr_subject *subject;
	const struct skw_expr_test *test;
	const void *record;
};

static bool read_value(const struct trial *t, uint8_t field, struct skw_value *out)
{
	t->subject->value(t->record, field, out);
	return out->known;
}

/* Compares with a factor times another field. The products need more than 64 bits. */
static enum answer test_against(const struct trial *t, uint64_t number)
{
	unsigned __int128 left = number, right;
	struct skw_value v;

	if (!read_value(t, t->test->against, &v))
		return UNKNOWN;
	left *= SKW_EXPR_FACTOR;
	right = (unsigned __int128)v.number * t->test->number;
	return by_order(t->test, (left > right) - (left < right));
}

static enum answer test_text(const struct skw_expr_test *test, const char *text)
{
	if (test->pattern)
		return skw_expr_regex_matches(test->pattern, text);
	return test->op == SKW_LIKE ? strcasestr(text, test->text) != NULL
				    : strcmp(text, test->text) == 0;
}

/* The test is true if it is true for any of the processes. */
static enum answer test_owners(const struct trial *t, uint8_t role)
{
	const struct skw_owners *owners = t->subject->owners(t->record);
	enum answer answer = NO;

	if (!owners)
		return UNKNOWN;
	for (uint32_t i = 0; i < owners->len && answer == NO; i++)
		answer = role == SKW_EXPR_PID
				 ? test_number(t->test, owners->list[i].pid, t->test->number)
				 : test_text(t->test, owners->list[i].comm);
	return answer;
}

static enum answer test_addr(const struct trial *t, uint8_t field)
{
	struct skw_expr_end end;

	t->subject->end(t->record, field, &end);
	return skw_expr_addr_contains(&t->test->addr, &end);
}

static enum answer test_values(const struct skw_expr_test *test, const struct skw_field_info *info,
			       const char *text)
{
	for (unsigned i = 0; i < info->values_len; i++)
		if (info->values[i] == text)
			return test->values >> i & 1;
	return NO;
}

static enum answer test_share(const struct trial *t, uint8_t field, uint64_t part)
{
	struct skw_value whole;

	if (!read_value(t, t->subject->whole(field), &whole) || !whole.number)
		return UNKNOWN;
	return test_number(t->test, part * SHARE_FACTOR, t->test->number * whole.number);
}

static enum answer test_field(const struct trial *t, uint8_t field)
{
	const struct skw_field_info *info = t->subject->info(field);
	uint8_t role = t->subject->role(field);
	struct skw_value v;

	if (role == SKW_EXPR_PID || role == SKW_EXPR_COMM)
		return test_owners(t, role);
	if (!read_value(t, field, &v))
		return UNKNOWN;
	if (info->kind == SKW_KIND_ADDR)
		return test_addr(t, field);
	if (info->values)
		return test_values(t->test, info, v.text);
	if (info->kind == SKW_KIND_TEXT)
		return test_text(t->test, v.text);
	if (t->test->against != SKW_EXPR_NO_FIELD)
		return test_against(t, v.number);
	if (t->test->percent)
		return test_share(t, field, v.number);
	return test_number(t->test, v.number, t->test->number);
}

bool skw_expr_test_matches(const struct skw_expr_subject *subject, const struct skw_expr_test *test,
			   const void *record)
{
	const struct trial t = { subject, test, record };
	enum answer answer = test_field(&t, test->field);

	if (test->other != SKW_EXPR_NO_FIELD && answer != YES) {
		enum answer second = test_field(&t, test->other);

		if (second != UNKNOWN)
			answer = second;
	}
	return answer != UNKNOWN && (answer == YES) != test->negate;
}
