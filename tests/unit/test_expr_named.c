// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A listener on port 443, whose remote end is unknown. */
static struct skw_row listener(void)
{
	struct skw_row row = conn_row_unknown();

	row.tuple.local_port = 443;
	row.state = SKW_STATE_LISTEN;
	return row;
}

static struct skw_expr *parse(const char *text)
{
	struct skw_expr *e = NULL;
	struct skw_error err = { 0 };

	if (skw_expr_parse(text, NULL, &e, &err))
		fail_msg("%s: %s", text, err.text);
	return e;
}

static void a_row_matches_by_its_state_only_where_that_decides(void **state)
{
	static const struct {
		const char *text;
		bool matches, by_state;
	} list[] = {
		{ "state = LISTEN", true, true },
		{ "state = listening", true, true },
		{ "state = LISTEN and lport = 443", true, true },
		{ "lport = 443 and state = LISTEN", true, true },
		{ "state = LISTEN and (lport = 80 or lport = 443)", true, true },
		{ "(lport = 80 or lport = 443) and state = LISTEN", true, true },
		{ "state = LISTEN or state = UNCONN", true, true },
		{ "lport = 80 or state = LISTEN", true, true },
		{ "state = LISTEN and lport = 80", false, false },
		{ "state = ESTABLISHED", false, false },
		/* These would match all the same. */
		{ "lport = 443", true, false },
		{ "lport = 443 or state = LISTEN", true, false },
		{ "(state = LISTEN and lport = 80) or not rport < 1024", true, false },
		{ "not rport < 1024", true, false },
		/* None of these names the state. */
		{ "state != ESTABLISHED", true, false },
		{ "not state = ESTABLISHED", true, false },
		{ "not (state = LISTEN and lport = 80)", true, false },
		{ "state ~ listen", true, false },
		{ "state =~ LISTEN", true, false },
		{ "state = *", true, false },
		{ "state = L*", true, false },
		{ "lport = 443 and state !~ wait", true, false },
	};
	const struct skw_row row = listener();

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_expr *e = parse(list[i].text);

		if (skw_expr_matches(e, &row) != list[i].matches)
			fail_msg("%s: not %d", list[i].text, list[i].matches);
		if (skw_expr_matches_by(e, &row, SKW_FIELD_STATE) != list[i].by_state)
			fail_msg("%s: by its state: not %d", list[i].text, list[i].by_state);
		skw_expr_free(e);
	}
}

static void an_expression_names_the_values_that_it_compares(void **state)
{
	static const struct {
		const char *text;
		bool names;
	} list[] = {
		{ "state = LISTEN", true },       { "lport = 80 and state = LISTEN", true },
		{ "state = ESTABLISHED", false }, { "state != LISTEN", false },
		{ "state = *", false },           { "state ~ listen", false },
		{ "lport = 443", false },
	};
	const struct skw_row row = listener();

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_expr *e = parse(list[i].text);

		if (skw_expr_names_value(e, &row, SKW_FIELD_STATE) != list[i].names)
			fail_msg("%s: not %d", list[i].text, list[i].names);
		skw_expr_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_matches_by_its_state_only_where_that_decides),
		cmocka_unit_test(an_expression_names_the_values_that_it_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
