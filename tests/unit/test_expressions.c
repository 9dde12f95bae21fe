// SPDX-License-Identifier: BSD-2-Clause
/* Filters of files, compiled by the keeper. */
#include "replay/fit_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/dlt.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

/* A test that hangs ends after so long; no test waits for it. */
#define DEADLINE_S 300

static const char *const list[] = { "ip6 and port domain", "inbound or len > 100", "tcp prot 80" };
static struct skw_verbs_program ctx = { .list = list, .len = SKW_ARRAY_SIZE(list) };
static struct skw_keeper *keeper;

static const struct skw_offline_link links[] = {
	{ .dlt = DLT_EN10MB, .snaplen = 262144, .directions = true },
	{ .dlt = DLT_NULL, .snaplen = 100, .directions = true },
	{ .dlt = DLT_NULL, .snaplen = 65535, .swapped = true, .directions = true },
};

static void assert_same_program(const struct skw_cbpf *a, const struct skw_cbpf *b)
{
	assert_int_equal(!a, !b);
	if (!a)
		return;
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->insns, b->insns, a->len * sizeof(*a->insns));
}

static void the_keeper_compiles_as_the_worker_would(void **state)
{
	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(links); i++)
		for (size_t number = 0; number < 2; number++) {
			struct skw_offline_filter *here = NULL, *there = NULL;
			struct skw_error err = { 0 };

			assert_int_equal(
				skw_fit_filter_compile(&ctx, NULL, number, &links[i], &here, &err),
				0);
			assert_int_equal(skw_fit_filter_compile(&ctx, keeper, number, &links[i],
								&there, &err),
					 0);
			assert_int_equal(skw_offline_filter_asks_direction(there), number);
			for (size_t p = 0; p < 2; p++)
				assert_same_program(skw_offline_filter_program(here, p),
						    skw_offline_filter_program(there, p));
			skw_offline_filter_free(here);
			skw_offline_filter_free(there);
		}
}

static void what_is_wrong_with_an_expression_is_told(void **state)
{
	const struct skw_offline_link pcap = { .dlt = DLT_EN10MB, .snaplen = 262144 };
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	(void)state;
	assert_int_equal(skw_fit_filter_compile(&ctx, keeper, 2, &links[0], &f, &err), -EINVAL);
	assert_true(err.usage);
	assert_string_equal(err.text,
			    "filter \"tcp prot 80\": can't parse filter expression: syntax error");
	err = (struct skw_error){ 0 };
	assert_int_equal(skw_fit_filter_compile(&ctx, keeper, 1, &pcap, &f, &err), -EINVAL);
	assert_true(err.usage);
	assert_non_null(strstr(err.text, "not supported on Ethernet"));
	assert_null(f);
}

/* The worker may send anything. */
static void requests_that_make_no_sense_are_refused(void **state)
{
	static const uint32_t request[8] = { [0] = SKW_ARRAY_SIZE(list) };
	static const struct skw_offline_link odd[] = { { .dlt = -1, .snaplen = 1 },
						       { .dlt = 0x7fffffff, .snaplen = 0 } };
	char reply[SKW_KEEPER_REPLY_MAX];

	(void)state;
	for (size_t len = 0; len <= sizeof(request); len++) {
		size_t reply_len = sizeof(reply), fds_len = 1;
		int fd = -1;

		assert_int_equal(skw_keeper_call(keeper, ctx.table.first, request, len, reply,
						 &reply_len, &fd, &fds_len),
				 -EINVAL);
		assert_int_equal(fd, -1);
	}
	for (size_t i = 0; i < SKW_ARRAY_SIZE(odd); i++) {
		struct skw_offline_filter *f = NULL;
		struct skw_error err = { 0 };

		assert_int_equal(skw_fit_filter_compile(&ctx, keeper, 0, &odd[i], &f, &err),
				 -EINVAL);
		assert_null(f);
	}
}

static int split(void **state)
{
	struct skw_keeper_table *tables[] = { &ctx.table };

	(void)state;
	alarm(DEADLINE_S);
	skw_verbs_program_prepare(&ctx);
	return skw_keeper_split(tables, 1, &keeper);
}

static int finish(void **state)
{
	(void)state;
	return skw_keeper_finish(keeper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keeper_compiles_as_the_worker_would),
		cmocka_unit_test(what_is_wrong_with_an_expression_is_told),
		cmocka_unit_test(requests_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests_name("expressions", tests, split, finish);
}
