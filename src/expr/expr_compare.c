// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_compare.h"

#include <string.h>

enum answer { NO, YES, UNKNOWN };

/*
 * For a share, both sides of retrans / segs_out <=> percent are multiplied so that no fraction is
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

/* Compares with a factor times another field. The products need more than 64 bits. */
static enum answer test_against(const struct skw_expr_test *test, const struct skw_row *row,
				uint64_t number)
{
	unsigned __int128 left = number, right;
	struct skw_value v;

	skw_field_value(row, (enum skw_field)test->against, &v);
	if (!v.known)
		return UNKNOWN;
	left *= SKW_EXPR_FACTOR;
	right = (unsigned __int128)v.number * test->number;
	return by_order(test, (left > right) - (left < right));
}

static enum answer test_text(const struct skw_expr_test *test, const char *text)
{
	if (test->pattern)
		return skw_expr_regex_matches(test->pattern, text);
	return test->op == SKW_LIKE ? strcasestr(text, test->text) != NULL
				    : strcmp(text, test->text) == 0;
}

/* The test is true if it is true for any of the processes. */
static enum answer test_owners(const struct skw_expr_test *test, const struct skw_owners *owners)
{
	enum answer answer = NO;

	if (!owners)
		return UNKNOWN;
	for (uint32_t i = 0; i < owners->len && answer == NO; i++)
		answer = test->field == SKW_FIELD_PID
				 ? test_number(test, owners->list[i].pid, test->number)
				 : test_text(test, owners->list[i].comm);
	return answer;
}

static enum answer test_addr(const struct skw_expr_test *test, enum skw_field field,
			     const struct skw_row *row)
{
	const struct skw_tuple *t = &row->tuple;
	bool local = field == SKW_FIELD_LOCAL_ADDR;
	const struct skw_expr_end end = { .family = t->family,
					  .addr = local ? t->local_addr : t->remote_addr,
					  .port = local ? t->local_port : t->remote_port,
					  .scope = row->scope };

	return skw_expr_addr_contains(&test->addr, &end);
}

static enum answer test_values(const struct skw_expr_test *test, enum skw_field field,
			       const char *text)
{
	const struct skw_field_info *info = &skw_fields[field];

	for (unsigned i = 0; i < info->values_len; i++)
		if (info->values[i] == text)
			return test->values >> i & 1;
	return NO;
}

static enum answer test_share(const struct skw_expr_test *test, const struct skw_row *row,
			      uint64_t part)
{
	if (row->segs_out == SKW_NONE32 || row->segs_out == 0)
		return UNKNOWN;
	return test_number(test, part * SHARE_FACTOR, test->number * row->segs_out);
}

static enum answer test_field(const struct skw_expr_test *test, enum skw_field field,
			      const struct skw_row *row)
{
	struct skw_value v;

	if (field == SKW_FIELD_PID || field == SKW_FIELD_COMM)
		return test_owners(test, row->owners);
	skw_field_value(row, field, &v);
	if (!v.known)
		return UNKNOWN;
	if (skw_fields[field].kind == SKW_KIND_ADDR)
		return test_addr(test, field, row);
	if (skw_fields[field].values)
		return test_values(test, field, v.text);
	if (skw_fields[field].kind == SKW_KIND_TEXT)
		return test_text(test, v.text);
	if (test->against != SKW_FIELDS)
		return test_against(test, row, v.number);
	if (test->percent)
		return test_share(test, row, v.number);
	return test_number(test, v.number, test->number);
}

bool skw_expr_test_matches(const struct skw_expr_test *test, const struct skw_row *row)
{
	enum answer answer = test_field(test, (enum skw_field)test->field, row);

	if (test->other != SKW_FIELDS && answer != YES) {
		enum answer second = test_field(test, (enum skw_field)test->other, row);

		if (second != UNKNOWN)
			answer = second;
	}
	return answer != UNKNOWN && (answer == YES) != test->negate;
}
