// SPDX-License-Identifier: BSD-2-Clause
/* CSV, read back by the rules of RFC 4180. */
#include "format/format.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "format/format_group.h"

/* The fields of a row, and also the update and the host. */
#define FIELDS (SKW_FIELDS + 2)

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS,
					   .update = 3,
					   .host = "db7" };

/* Splits a line into cells and removes the quotes in place. */
static size_t split_csv(char *line, char *cells[], size_t max)
{
	size_t n = 0;

	for (char *p = line; n < max;) {
		char *to = p;
		bool quoted = *p == '"';

		cells[n++] = to;
		for (p += quoted; *p && (quoted || (*p != ',' && *p != '\n')); p++) {
			if (quoted && *p == '"' && *++p != '"')
				quoted = false;
			if (!quoted && (*p == ',' || *p == '\n'))
				break;
			*to++ = *p;
		}
		char end = *p++;
		*to = '\0';
		if (end != ',')
			break;
	}
	return n;
}

static void csv_has_a_cell_for_each_header(void **state)
{
	char *heads[FIELDS + 1], *cells[FIELDS + 1];
	struct skw_buf head = SKW_BUF_INIT, line = SKW_BUF_INIT;
	struct skw_row row = conn_row_full();

	(void)state;
	row.cgroup = "/a,\"b\"\nc\xff";
	skw_format_csv_head(&head);
	assert_int_equal(head.data[head.len - 1], '\n');
	skw_buf_add_char(&head, '\0');
	assert_int_equal(skw_format_row_csv(&line, &row, &env), 0);
	assert_int_equal(line.data[line.len - 1], '\n');
	skw_buf_add_char(&line, '\0');
	assert_non_null(strstr((char *)line.data, ",\"/a,\"\"b\"\"\nc\xef\xbf\xbd\","));
	assert_int_equal(split_csv((char *)head.data, heads, FIELDS + 1), FIELDS);
	assert_int_equal(split_csv((char *)line.data, cells, FIELDS + 1), FIELDS);
	for (int i = 0; i < SKW_FIELDS; i++)
		assert_string_equal(heads[i], skw_fields[i].name);
	assert_string_equal(heads[SKW_FIELDS], "update");
	assert_string_equal(heads[SKW_FIELDS + 1], "host");
	assert_string_equal(cells[SKW_FIELDS], "3");
	assert_string_equal(cells[SKW_FIELDS + 1], "db7");
	assert_string_equal(cells[SKW_FIELD_TS], "2023-11-15T00:26:40.123456789Z");
	assert_string_equal(cells[SKW_FIELD_REMOTE_ADDR], "10.0.3.21");
	assert_string_equal(cells[SKW_FIELD_REMOTE_PORT], "51532");
	assert_string_equal(cells[SKW_FIELD_OWNERS], "4121:postgres 4130:worker \"x\"");
	assert_string_equal(cells[SKW_FIELD_CGROUP], "/a,\"b\"\nc\xef\xbf\xbd");
	assert_string_equal(cells[SKW_FIELD_RTT_HIST], "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
	assert_string_equal(cells[SKW_FIELD_APP_LIMITED], "true");
	assert_string_equal(cells[SKW_FIELD_CLOSE_REASON], "reset_by_peer");
	skw_buf_free(&head);
	skw_buf_free(&line);
}

static void csv_steers_no_terminal(void **state)
{
	struct skw_buf line = SKW_BUF_INIT;
	struct skw_row row = conn_row_full();

	(void)state;
	row.cgroup = "/a\x1b]0;b\a\xc2\x9b"
		     "2Jc\x7f\xc3\xa9";
	assert_int_equal(skw_format_row_csv(&line, &row, &env), 0);
	skw_buf_add_char(&line, '\0');
	assert_non_null(strstr((char *)line.data, ",/a\xef\xbf\xbd]0;b\xef\xbf\xbd\xef\xbf\xbd"
						  "2Jc\xef\xbf\xbd\xc3\xa9,"));
	skw_buf_free(&line);
}

static void csv_leaves_empty_what_is_unknown(void **state)
{
	char *cells[FIELDS + 1];
	struct skw_buf line = SKW_BUF_INIT;
	const struct skw_row row = conn_row_unknown();

	(void)state;
	assert_int_equal(skw_format_row_csv(&line, &row, &env), 0);
	skw_buf_add_char(&line, '\0');
	assert_int_equal(split_csv((char *)line.data, cells, FIELDS + 1), FIELDS);
	for (int i = 0; i < SKW_FIELDS; i++) {
		struct skw_value v;

		skw_field_value(&row, (enum skw_field)i, &v);
		assert_int_equal(cells[i][0] == '\0', !v.known);
	}
	skw_buf_free(&line);
}

/* The line of a row whose cgroup has this path. The caller frees the buffer. */
static const char *line_of(struct skw_buf *line, const char *cgroup)
{
	struct skw_row row = conn_row_full();

	row.cgroup = cgroup;
	assert_int_equal(skw_format_row_csv(line, &row, &env), 0);
	skw_buf_add_char(line, '\0');
	assert_false(line->failed);
	return (const char *)line->data;
}

static void formulas_are_texts(void **state)
{
	static const struct {
		const char *text, *cell;
	} list[] = {
		{ "=1+1", ",\"'=1+1\"," },
		{ "+1", ",\"'+1\"," },
		{ "-1", ",\"'-1\"," },
		{ "@sum", ",\"'@sum\"," },
		{ "=\"a\",b", ",\"'=\"\"a\"\",b\"," },
		{ "\xef\xbc\x9d"
		  "1",
		  ",\"'\xef\xbc\x9d"
		  "1\"," },
		{ "\xef\xbc\x8b"
		  "1",
		  ",\"'\xef\xbc\x8b"
		  "1\"," },
		{ "\t=1", ",\xef\xbf\xbd=1," },
		{ "a=1", ",a=1," },
		{ "/-x", ",/-x," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct skw_buf line = SKW_BUF_INIT;

		if (!strstr(line_of(&line, list[i].text), list[i].cell))
			fail_msg("%s: no %s in %s", list[i].text, list[i].cell, (char *)line.data);
		skw_buf_free(&line);
	}
}

static void what_cannot_be_seen_is_replaced(void **state)
{
	/* Zero width, right to left, isolates, a soft hyphen, a mark of the byte order. */
	static const char *const hidden[] = { "\xe2\x80\x8b", "\xe2\x80\xae", "\xe2\x81\xa6",
					      "\xe2\x81\xa9", "\xc2\xad",     "\xef\xbb\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		struct skw_buf line = SKW_BUF_INIT;
		char path[16];

		snprintf(path, sizeof(path), "/a%sb", hidden[i]);
		assert_non_null(strstr(line_of(&line, path), ",/a\xef\xbf\xbd"
							     "b,"));
		skw_buf_free(&line);
	}
}

static void a_group_is_a_line(void **state)
{
	const struct skw_format_env sweep = { .offset_ns = CONN_ROWS_OFFSET_NS,
					      .sweep_ns = CONN_ROWS_TS_NS,
					      .update = 3,
					      .host = "db7" };
	const struct skw_group_row row = { .name = "=web",
					   .known = true,
					   .open = 5,
					   .connections = 4,
					   .closed = 7,
					   .tx_bps = SKW_NONE64,
					   .rx_bps = 800 };
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	skw_format_group_csv_head(&out);
	assert_int_equal(skw_format_group_csv(&out, SKW_GROUP_PROCESS, &row, &sweep), 0);
	skw_buf_add_char(&out, '\0');
	assert_string_equal((char *)out.data,
			    "ts,group,name,cgroup,number,open,connections,closed,rx_bps,tx_bps,"
			    "bytes_received,bytes_acked,srtt_us,worst_srtt_us,retrans_segs,"
			    "rto_count,requests,req_rate,latency_p99_us,errors,update,host\n"
			    "2023-11-15T00:26:40.123456789Z,process,\"'=web\",,,5,4,7,800,,0,0,0,"
			    "0,0,0,0,0,0,0,3,db7\n");
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_has_a_cell_for_each_header),
		cmocka_unit_test(csv_steers_no_terminal),
		cmocka_unit_test(csv_leaves_empty_what_is_unknown),
		cmocka_unit_test(formulas_are_texts),
		cmocka_unit_test(what_cannot_be_seen_is_replaced),
		cmocka_unit_test(a_group_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
