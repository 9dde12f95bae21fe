// SPDX-License-Identifier: BSD-2-Clause
#include "journal/journal_make.h"
#include "journal/journal_read.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "util/buf.h"

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS, .utf8 = true };
/* An entry that was read has real times. */
static const struct skw_format_env real = { .utf8 = true };

#define REAL_NS 1700007980123456789ULL

/* The bytes are in an allocation of their own, so that any access beyond them is detected. */
static int read_bytes(const void *bytes, size_t len, struct skw_journal_entry *entry)
{
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	int ret = skw_journal_read(copy, len, entry);
	entry->message = (struct skw_journal_text){ "", 0 };
	free(copy);
	return ret;
}

static void check_text(struct skw_buf *got, struct skw_buf *want)
{
	skw_buf_add_char(got, '\0');
	skw_buf_add_char(want, '\0');
	assert_false(got->failed || want->failed);
	assert_string_equal((char *)got->data, (char *)want->data);
	skw_buf_free(got);
	skw_buf_free(want);
}

/* A row that is written and read is the same row. */
static void check_row(const struct skw_row *row)
{
	struct skw_buf text = SKW_BUF_INIT, got = SKW_BUF_INIT, want = SKW_BUF_INIT;
	struct skw_journal_entry entry;

	skw_journal_row(&text, row, REAL_NS, &env);
	assert_int_equal(read_bytes(text.data, text.len, &entry), 1);
	assert_int_equal(entry.kind, SKW_JOURNAL_ROW);
	assert_int_equal(entry.real_ns, REAL_NS / 1000 * 1000);
	skw_format_row_json(&want, row, &env);
	skw_format_row_json(&got, &entry.row, &real);
	check_text(&got, &want);
	skw_buf_free(&text);
}

static void rows_are_read_as_they_were(void **state)
{
	struct skw_row row = conn_row_full();

	(void)state;
	check_row(&row);
	row.flags = SKW_ROW_APP_UNKNOWN;
	row.tuple.proto = IPPROTO_UDP;
	row.timer = SKW_NONE8;
	row.closed_ns = SKW_NONE64;
	check_row(&row);
	row = conn_row_unknown();
	check_row(&row);
	row.uid = 0;
	row.cgroup = "/a b\nSKWATCH_PID=7";
	row.netns_name = "caf\xc3\xa9 \xff";
	check_row(&row);
}

static void addresses_are_read_as_they_were(void **state)
{
	struct skw_remote remote = conn_rows_remote;
	struct skw_row row = conn_row_full();
	struct skw_tuple *t = &row.tuple;

	(void)state;
	*t = (struct skw_tuple){ .local_addr = { 0xfe, 0x80, [15] = 1 },
				 .remote_addr = { 0xfe, 0x80, [15] = 2 },
				 .local_port = 443,
				 .remote_port = 65535,
				 .family = AF_INET6,
				 .proto = IPPROTO_TCP };
	strcpy(remote.scope, "eth0.100");
	row.remote = &remote;
	check_row(&row);
	row.remote = &conn_rows_remote;
	memset(t->local_addr, 0, 16);
	check_row(&row);
	t->local_addr[10] = t->local_addr[11] = 0xff;
	t->local_addr[12] = 127;
	check_row(&row);
}

static struct skw_event event_of(uint8_t type, const struct skw_row *row)
{
	return (struct skw_event){ .ts_ns = CONN_ROWS_TS_NS + 7,
				   .row = row,
				   .type = type,
				   .old_state = SKW_STATE_ESTABLISHED,
				   .new_state = SKW_STATE_FIN_WAIT1,
				   .rtt_us = 41200,
				   .rto_us = 204000,
				   .backoff = 1,
				   .old_cwnd = 10,
				   .seq = UINT32_MAX,
				   .segs = 2,
				   .error = -11,
				   .where = "srtt > 1ms",
				   .backlog = 128,
				   .handshake_us = SKW_NONE32 };
}

static void events_are_read_as_they_were(void **state)
{
	struct skw_row row = conn_row_full();

	(void)state;
	row.ts_ns -= 500000000;
	for (unsigned type = 0; type < SKW_EVENT_CREATOR; type++) {
		struct skw_buf text = SKW_BUF_INIT, got = SKW_BUF_INIT, want = SKW_BUF_INIT;
		const struct skw_event event = event_of((uint8_t)type, &row);
		struct skw_journal_entry entry;

		skw_journal_event(&text, &event, &env);
		assert_int_equal(read_bytes(text.data, text.len, &entry), 1);
		assert_int_equal(entry.kind, SKW_JOURNAL_EVENT);
		assert_ptr_equal(entry.event.row, &entry.row);
		skw_format_event_json(&want, &event, &env);
		skw_format_event_json(&got, &entry.event, &real);
		skw_format_row_json(&want, &row, &env);
		skw_format_row_json(&got, &entry.row, &real);
		check_text(&got, &want);
		skw_buf_free(&text);
	}
}

static void a_message_is_for_people(void **state)
{
	const struct skw_row row = conn_row_full();
	const struct skw_event event = event_of(SKW_EVENT_RTO, &row);
	struct skw_buf text = SKW_BUF_INIT;

	(void)state;
	skw_journal_event(&text, &event, &env);
	skw_buf_add_char(&text, '\0');
	static const char want[] =
		"__REALTIME_TIMESTAMP=1700008000123456\n"
		"PRIORITY=4\n"
		"SYSLOG_IDENTIFIER=skwatch\n"
		"MESSAGE=RTO #2 after 204ms, cwnd 10 -> 1: postgres[4121] 10.0.3.7:5432 < "
		"10.0.3.21:51532\n"
		"SKWATCH_TYPE=rto\n"
		"SKWATCH_TS=2023-11-15T00:26:40.123456796Z\n"
		"SKWATCH_RTO_US=204000\n"
		"SKWATCH_BACKOFF=1\n"
		"SKWATCH_OLD_CWND=10\n"
		"_PID=4121\n"
		"_COMM=postgres\n"
		"SKWATCH_FIGURES_TS=2023-11-15T00:26:40.123456789Z\n"
		"SKWATCH_COOKIE=4242\n";
	text.data[strlen(want)] = '\0';
	assert_string_equal((char *)text.data, want);
	skw_buf_free(&text);
}

static void an_entry_has_not_more_owners_than_it_has_room_for(void **state)
{
	struct skw_row row = conn_row_full();
	struct skw_owners *many = calloc(1, sizeof(*many) + 70 * sizeof(many->list[0]));
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_journal_entry entry;

	(void)state;
	assert_non_null(many);
	many->len = 70;
	for (uint32_t i = 0; i < 70; i++)
		many->list[i] = (struct skw_owner){ .pid = i + 1, .comm = "a worker 16 long" };
	row.owners = many;
	skw_journal_row(&text, &row, REAL_NS, &env);
	assert_int_equal(read_bytes(text.data, text.len, &entry), 1);
	assert_int_equal(entry.row.owners->len, SKW_JOURNAL_OWNERS);
	assert_int_equal(entry.row.owners->list[63].pid, 64);
	assert_string_equal(entry.row.owners->list[63].comm, "a worker 16 long");
	assert_non_null(memmem(text.data, text.len, "SKWATCH_OWNERS_LEFT=6\n", 22));
	free(many);
	skw_buf_free(&text);
}

static void sweeps_and_ends_are_read(void **state)
{
	const struct skw_journal_sweep sweep = { .ts_ns = CONN_ROWS_TS_NS,
						 .interval_ns = 1000000000,
						 .rows = 12,
						 .changed = 3,
						 .left = 2,
						 .events = 70,
						 .events_lost = 1,
						 .netns = 4 };
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_journal_entry entry;

	(void)state;
	skw_journal_sweep(&text, &sweep, REAL_NS, &env);
	assert_int_equal(read_bytes(text.data, text.len, &entry), 1);
	assert_int_equal(entry.kind, SKW_JOURNAL_SWEEP);
	assert_int_equal(entry.sweep.ts_ns, sweep.ts_ns + CONN_ROWS_OFFSET_NS);
	entry.sweep.ts_ns = sweep.ts_ns;
	assert_memory_equal(&entry.sweep, &sweep,
			    offsetof(struct skw_journal_sweep, netns) + sizeof(sweep.netns));
	skw_buf_reset(&text);
	skw_journal_gone(&text, 99, REAL_NS);
	assert_int_equal(read_bytes(text.data, text.len, &entry), 1);
	assert_int_equal(entry.kind, SKW_JOURNAL_GONE);
	assert_int_equal(entry.row.cookie, 99);
	skw_buf_free(&text);
}

static int read_text(const char *text, struct skw_journal_entry *entry)
{
	return read_bytes(text, strlen(text), entry);
}

#define OURS "SYSLOG_IDENTIFIER=skwatch\n"
#define TIME "2026-11-21T09:54:06.821053523Z\n"

static void entries_of_others_and_notes_are_told_apart(void **state)
{
	struct skw_journal_entry entry;

	(void)state;
	assert_int_equal(read_text("MESSAGE=x\nSYSLOG_IDENTIFIER=sshd\nSKWATCH_PID=x\n", &entry),
			 0);
	assert_int_equal(read_text("MESSAGE=x\n", &entry), 0);
	assert_int_equal(read_text("", &entry), 0);
	assert_int_equal(read_bytes(OURS "MESSAGE=hm\n\0\0", 37, &entry), 1);
	assert_int_equal(entry.kind, SKW_JOURNAL_NOTE);
	/* A field that a later version adds. */
	assert_int_equal(read_text(OURS "SKWATCH_TYPE=row\nSKWATCH_NEW=7\n", &entry), 1);
	assert_int_equal(read_text(OURS "SKWATCH_TYPE=row\nSKWATCH_SRTT=7\n", &entry), 1);
	assert_int_equal(entry.row.srtt_us, SKW_NONE32);
}

static void damaged_entries_are_refused(void **state)
{
	static const char *const bad[] = {
		"SKWATCH_TYPE=teapot\n",
		"SKWATCH_TYPE=rto\n", /* without a time */
		"SKWATCH_TYPE=sweep\n",
		"SKWATCH_TYPE=gone\n",
		"SKWATCH_TYPE=row\nSKWATCH_CWND=x\n",
		"SKWATCH_TYPE=row\nSKWATCH_CWND=\n",
		"SKWATCH_TYPE=row\nSKWATCH_CWND=-1\n",
		"SKWATCH_TYPE=row\nSKWATCH_CWND=4294967296\n",
		"SKWATCH_TYPE=row\nSKWATCH_COOKIE=18446744073709551616\n",
		"SKWATCH_TYPE=row\nSKWATCH_LOCAL_PORT=65536\n",
		"SKWATCH_TYPE=row\nSKWATCH_LOCAL_ADDR=10.0.0\n",
		("SKWATCH_TYPE=row\nSKWATCH_FAMILY=inet6\nSKWATCH_LOCAL_ADDR=fe80::1%"
		 "0123456789abcdefg\n"),
		"SKWATCH_TYPE=row\nSKWATCH_FAMILY=ipx\n",
		"SKWATCH_TYPE=row\nSKWATCH_STATE=SLEEPY\n",
		"SKWATCH_TYPE=row\nSKWATCH_STATE=\n",
		"SKWATCH_TYPE=row\nSKWATCH_TS=2026-13-21T09:54:06.821053523Z\n",
		"SKWATCH_TYPE=row\nSKWATCH_TS=1969-12-31T23:59:59.821053523Z\n",
		"SKWATCH_TYPE=row\nSKWATCH_TS=2026-11-21T09:54:06.82105352Z\n",
		"SKWATCH_TYPE=row\nSKWATCH_OWNERS=nginx\n",
		"SKWATCH_TYPE=row\nSKWATCH_OWNERS=1 a name of 17 long\n",
		"SKWATCH_TYPE=row\nSKWATCH_RTT_HIST=1,2\n",
		"SKWATCH_TYPE=row\nSKWATCH_RTT_HIST=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
		"SKWATCH_TYPE=row\nSKWATCH_TIMER=sand\n",
		("SKWATCH_TYPE=retrans\nSKWATCH_TS=" TIME "SKWATCH_ERROR=4096\n"),
		("SKWATCH_TYPE=state\nSKWATCH_TS=" TIME "SKWATCH_OLD_STATE=7\n"),
		"SKWATCH_TYPE=row\nno end",
		"SKWATCH_TYPE=row\nSKWATCH_CGROUP\n\1\0\0\0",
		"__REALTIME_TIMESTAMP=99999999999999999999\n",
	};
	struct skw_journal_entry entry;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), OURS "%s", bad[i]);
		if (read_text(text, &entry) != -EBADMSG)
			fail_msg("accepted: %s", bad[i]);
	}
	/* A length beyond the end, and one of a whole address space. */
	assert_int_equal(read_bytes("SKWATCH_X\n\2\0\0\0\0\0\0\0ab", 20, &entry), -EBADMSG);
	assert_int_equal(read_bytes("SKWATCH_X\n\3\0\0\0\0\0\0\0ab\n", 21, &entry), -EBADMSG);
	assert_int_equal(read_bytes("SKWATCH_X\n\377\377\377\377\377\377\377\377ab\n", 21, &entry),
			 -EBADMSG);
}

static void a_name_can_not_reach_the_terminal(void **state)
{
	struct skw_journal_entry entry;
	static const char text[] = OURS "SKWATCH_TYPE=row\nSKWATCH_OWNERS\n"
					"\x06\0\0\0\0\0\0\0"
					"1 a\x1b\x07z\n";

	(void)state;
	assert_int_equal(read_bytes(text, sizeof(text) - 1, &entry), 1);
	assert_string_equal(entry.row.owners->list[0].comm, "a??z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_as_they_were),
		cmocka_unit_test(addresses_are_read_as_they_were),
		cmocka_unit_test(events_are_read_as_they_were),
		cmocka_unit_test(a_message_is_for_people),
		cmocka_unit_test(an_entry_has_not_more_owners_than_it_has_room_for),
		cmocka_unit_test(sweeps_and_ends_are_read),
		cmocka_unit_test(entries_of_others_and_notes_are_told_apart),
		cmocka_unit_test(damaged_entries_are_refused),
		cmocka_unit_test(a_name_can_not_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
