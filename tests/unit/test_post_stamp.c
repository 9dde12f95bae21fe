// SPDX-License-Identifier: BSD-2-Clause
/* Lines with the fields of a sender. */
#include "post/stamp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn_rows.h"
#include "format/format.h"

static void stamps(const char *line, const char *host, uint64_t seq, const char *expected)
{
	const struct skw_post_stamp stamp = { .host = host, .boot_id = "b-1", .run = "r" };
	struct skw_buf out = SKW_BUF_INIT;

	skw_buf_add_str(&out, line);
	skw_post_stamp(&out, &stamp, seq);
	skw_buf_add_char(&out, '\0');
	assert_string_equal((const char *)out.data, expected);
	skw_buf_free(&out);
}

static void a_stamp_is_put_into_the_last_object(void **state)
{
	(void)state;
	stamps("{\"a\":1}\n", NULL, 1, "{\"a\":1,\"boot_id\":\"b-1\",\"run\":\"r\",\"seq\":1}\n");
	stamps("{\"a\":{}}\n{\"b\":null}\n", "h\"x", UINT64_MAX,
	       "{\"a\":{}}\n{\"b\":null,\"host\":\"h\\\"x\",\"boot_id\":\"b-1\",\"run\":\"r\","
	       "\"seq\":18446744073709551615}\n");
	stamps("", NULL, 1, "");
}

/* An object must not have two fields of one name. */
static void the_number_of_tcp_has_another_name(void **state)
{
	const struct skw_row row = conn_row_full();
	const struct skw_event e = {
		.type = SKW_EVENT_RETRANS, .row = &row, .seq = 88121864, .segs = 1
	};

	(void)state;
	for (unsigned stamped = 0; stamped < 2; stamped++) {
		const struct skw_format_env env = { .stamped = stamped };
		struct skw_buf out = SKW_BUF_INIT;

		assert_int_equal(skw_format_event_json(&out, &e, &env), 0);
		skw_buf_add_char(&out, '\0');
		assert_int_equal(strstr((const char *)out.data, "\"tcp_seq\":88121864") != NULL,
				 stamped);
		assert_int_equal(strstr((const char *)out.data, "\"seq\":") == NULL, stamped);
		skw_buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_is_put_into_the_last_object),
		cmocka_unit_test(the_number_of_tcp_has_another_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
