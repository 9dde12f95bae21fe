// SPDX-License-Identifier: BSD-2-Clause
/* A summary as text, JSON and CSV, its order, and expressions about its fields. */
#include "format/format_summary.h"

#include <errno.h>
#include <stdio.h>

#include "format/format_summary_choice.h"
#include "tcp_packets.h"

#define MOST 8

struct fixture {
	struct skw_conversations *c;
	const struct skw_conversation *list[MOST];
	size_t len;
	struct skw_buf text;
};

/*
 * A connection of port 40000 with a segment that was sent again, one of port 40001 that was
 * refused, and a datagram.
 */
static void setup(struct fixture *f)
{
	*f = (struct fixture){ .c = new_conversations(1 << 20) };
	take_handshake(f->c, 40000, 0);
	for (unsigned i = 0; i < 2; i++)
		take_tcp(f->c, (struct tcp_packet){ .flags = ACK,
						    .seq = 1001,
						    .ack = 5001,
						    .len = 1000,
						    .at_us = 20000 + 300000 * i });
	take_tcp(f->c,
		 (struct tcp_packet){ .port = 40001, .flags = SYN, .seq = 1, .at_us = 500000 });
	take_tcp(f->c, (struct tcp_packet){ .back = true,
					    .port = 40001,
					    .flags = RST | ACK,
					    .ack = 2,
					    .at_us = 500030 });
	take_udp(f->c, (struct tcp_packet){ .port = 40002, .len = 10, .at_us = 600000 });
	f->len = skw_conversations_len(f->c);
	assert_int_equal(f->len, 3);
	skw_conversations_list(f->c, f->list);
}

static void done(struct fixture *f)
{
	skw_conversations_free(f->c);
	skw_buf_free(&f->text);
}

static const char *text_of(struct fixture *f)
{
	skw_buf_add_char(&f->text, '\0');
	assert_false(f->text.failed);
	return (const char *)f->text.data;
}

static const struct skw_conversation *with_port(const struct fixture *f, uint16_t port)
{
	for (size_t i = 0; i < f->len; i++)
		if (f->list[i]->tuple.local_port == port)
			return f->list[i];
	fail_msg("no connection of port %u", port);
	return NULL;
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void json_has_every_field(void **state)
{
	struct fixture f;
	const char *text;

	(void)state;
	setup(&f);
	skw_format_summary_json(&f.text, with_port(&f, 40000));
	text = text_of(&f);
	for (unsigned i = 0; i < SKW_SUMMARY_FIELDS; i++) {
		char key[64];

		snprintf(key, sizeof(key), "\"%s\":", skw_format_summary_fields[i].info.name);
		assert_contains(text, key);
	}
	assert_contains(text,
			"{\"first_at\":\"2023-11-14T22:13:20.000000000Z\","
			"\"last_at\":\"2023-11-14T22:13:20.320000000Z\",\"duration_us\":320000,");
	assert_contains(text, "\"src_addr\":\"10.0.0.1\",\"src_port\":40000,"
			      "\"dst_addr\":\"10.0.0.2\",\"dst_port\":80,\"syn_seen\":true,"
			      "\"handshake_us\":11000,\"packets\":5,\"bytes\":2200,");
	assert_contains(text, "\"retrans\":1,\"src_retrans\":1,\"dst_retrans\":0,");
	assert_contains(text, "\"dst_rtt_samples\":1,\"dst_rtt_min_us\":10000,");
	assert_contains(text, "\"close_reason\":null");
	done(&f);
}

/* Figures that UDP does not have, and those of a silent end, are no 0. */
static void unknown_is_not_zero(void **state)
{
	struct fixture f;
	const char *text;

	(void)state;
	setup(&f);
	skw_format_summary_json(&f.text, with_port(&f, 40002));
	text = text_of(&f);
	assert_contains(text, "\"proto\":\"udp\"");
	assert_contains(text, "\"retrans\":null,\"src_retrans\":null,\"dst_retrans\":null,");
	assert_contains(text, "\"resets\":null");
	assert_contains(text, "\"dst_rtt_samples\":null,\"dst_rtt_min_us\":null,");
	skw_buf_reset(&f.text);
	skw_format_summary_csv(&f.text, with_port(&f, 40002));
	assert_contains(text_of(&f), "udp,inet,10.0.0.1,40002,10.0.0.2,80,,,1,38,1,38,0,0,,,,,,");
	done(&f);
}

static void csv_has_as_many_cells_as_names(void **state)
{
	unsigned commas = 0;
	struct fixture f;

	(void)state;
	setup(&f);
	skw_format_summary_csv_head(&f.text);
	skw_format_summary_csv(&f.text, with_port(&f, 40001));
	for (const char *p = text_of(&f); *p; p++)
		commas += *p == ',';
	assert_int_equal(commas, 2 * (SKW_SUMMARY_FIELDS - 1));
	assert_contains((const char *)f.text.data, "refused");
	done(&f);
}

static void columns_are_below_their_titles(void **state)
{
	struct skw_format_summary_widths widths = { 0 };
	struct fixture f;
	const char *text, *line;

	(void)state;
	setup(&f);
	for (size_t i = 0; i < f.len; i++)
		skw_format_summary_measure(&widths, f.list[i]);
	skw_format_summary_text_head(&f.text, &widths);
	skw_format_summary_text(&f.text, with_port(&f, 40001), &widths);
	text = text_of(&f);
	line = strchr(text, '\n') + 1;
	assert_memory_equal(line + (strstr(text, "SRC") - text), "10.0.0.1:40001 >", 16);
	assert_memory_equal(line + (strstr(text, "DST") - text), "10.0.0.2:80 ", 12);
	assert_memory_equal(line + (strstr(text, "END") - text), "refused\n", 8);
	assert_contains(line, " 30us ");
	done(&f);
}

/* The kernel of 10.0.0.1 tells of the connection of port 40000. */
static void tell(struct fixture *f, const char *comm)
{
	union {
		struct skw_owners set;
		uint8_t room[sizeof(struct skw_owners) + sizeof(struct skw_owner)];
	} owners = { .set = { .len = 1 } };
	struct skw_row row = { .cookie = 5,
			       .tuple = with_port(f, 40000)->tuple,
			       .owners = &owners.set,
			       .srtt_us = 10200,
			       .min_rtt_us = 9900,
			       .retrans_segs = 1,
			       .rto_count = SKW_NONE32 };

	owners.set.list[0].pid = 77;
	snprintf(owners.set.list[0].comm, sizeof(owners.set.list[0].comm), "%s", comm);
	assert_int_equal(skw_conversations_tell(f->c, &row), 0);
}

static void the_kernel_s_figures_stand_beside_the_wire_s(void **state)
{
	struct fixture f;
	const char *text;

	(void)state;
	setup(&f);
	skw_format_summary_json(&f.text, with_port(&f, 40000));
	assert_contains(text_of(&f), "\"dst_kernel_srtt_us\":null,\"dst_kernel_min_rtt_us\":null");
	skw_buf_reset(&f.text);
	tell(&f, "na\"me");
	skw_format_summary_json(&f.text, with_port(&f, 40000));
	text = text_of(&f);
	assert_contains(text, "\"dst_srtt_us\":10000,");
	assert_contains(text, "\"dst_kernel_srtt_us\":10200,\"dst_kernel_min_rtt_us\":9900,"
			      "\"src_kernel_retrans\":1,\"src_rto_count\":null,"
			      "\"src_kernel_srtt_us\":null,");
	assert_contains(text, "\"src_pid\":77,\"src_comm\":\"na\\\"me\",\"dst_pid\":null,");
	skw_buf_reset(&f.text);
	skw_format_summary_csv(&f.text, with_port(&f, 40000));
	assert_contains(text_of(&f), ",10200,9900,1,,,,,,77,\"na\"\"me\",,\n");
	done(&f);
}

static void columns_are_only_there_for_what_is_known(void **state)
{
	struct skw_format_summary_widths widths = { 0 };
	struct fixture f;
	const char *text, *line;

	(void)state;
	setup(&f);
	skw_format_summary_measure(&widths, with_port(&f, 40000));
	skw_format_summary_text_head(&f.text, &widths);
	assert_null(strstr(text_of(&f), "KSRTT"));
	assert_null(strstr((const char *)f.text.data, "OWNER"));
	skw_buf_reset(&f.text);
	tell(&f, "a\x1b");
	for (size_t i = 0; i < f.len; i++)
		skw_format_summary_measure(&widths, f.list[i]);
	skw_format_summary_text_head(&f.text, &widths);
	assert_contains(text_of(&f), " KSRTT> KRETR> OWNER> END\n");
	f.text.len--;
	skw_format_summary_text(&f.text, with_port(&f, 40000), &widths);
	text = text_of(&f);
	line = strchr(text, '\n') + 1;
	assert_memory_equal(line + (strstr(text, "KSRTT>") - text), "10.2ms      1 a?[77] --\n",
			    24);
	f.text.len--;
	skw_format_summary_text(&f.text, with_port(&f, 40001), &widths);
	line = strchr(strchr(text_of(&f), '\n') + 1, '\n') + 1;
	assert_contains(line, "    --     -- --     refused\n");
	done(&f);
}

/* The ports of the connections in this order. */
static void assert_order(struct fixture *f, const char *sort, const char *want)
{
	struct skw_format_summary_choice choice = { .sort = sort };
	struct skw_error err = { 0 };
	char have[64] = "";

	assert_int_equal(skw_format_summary_choose(&choice, NULL, &err), 0);
	assert_int_equal(skw_format_summary_sort(f->list, f->len, choice.by, choice.ascending), 0);
	for (size_t i = 0; i < f->len; i++)
		snprintf(have + strlen(have), sizeof(have) - strlen(have), "%s%u", i ? " " : "",
			 f->list[i]->tuple.local_port);
	assert_string_equal(have, want);
}

static void sorts_by_any_field_and_the_unknown_last(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f);
	assert_order(&f, NULL, "40000 40001 40002"); /* bytes */
	assert_order(&f, "-bytes", "40002 40001 40000");
	assert_order(&f, "first_at", "40002 40001 40000");
	assert_order(&f, "retrans", "40000 40001 40002");
	assert_order(&f, "-retrans", "40001 40000 40002");
	assert_order(&f, "dst_rtt_min", "40000 40001 40002");
	assert_order(&f, "close_reason", "40001 40000 40002");
	assert_order(&f, "src", "40000 40001 40002");
	assert_order(&f, "-sport", "40000 40001 40002");
	tell(&f, "name");
	assert_order(&f, "-kernel_srtt", "40000 40001 40002");
	assert_order(&f, "src_comm", "40000 40001 40002");
	done(&f);
}

static void expressions_choose_connections(void **state)
{
	static const struct {
		const char *where;
		unsigned ports; /* a bit for each: 40000, 40001, 40002 */
	} cases[] = {
		{ "retrans > 0", 1 },
		{ "retrans >= 20%", 1 },
		{ "retrans > 20%", 0 },
		{ "src_retrans > 20%", 1 },
		{ "not retrans > 0", 6 },
		{ "proto = udp", 4 },
		{ "family = ipv4", 7 },
		{ "port = 40001 or sport = 40002", 6 },
		{ "dst 10.0.0.0/24 and dport = 80", 7 },
		{ "addr ~ 10.0.0.2", 7 },
		{ "src = 10.0.0.2", 0 },
		{ "syn_seen and close_reason = refused", 2 },
		{ "close_reason != refused", 0 },
		{ "rtt >= 10ms", 1 },
		{ "handshake > 2 * rtt", 0 },
		{ "handshake > rtt", 1 },
		{ "bytes > 2k", 1 },
		{ "duration < 1ms and resets = 1", 2 },
		{ "comm ~ nam and pid = 77", 1 },
		{ "dst_comm = name", 0 },
		{ "kernel_srtt > 10ms and kernel_srtt < 1.1 * srtt", 1 },
		{ "src_kernel_retrans >= 20%", 1 },
	};
	struct fixture f;

	(void)state;
	setup(&f);
	tell(&f, "name");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_format_summary_choice choice = { .where = cases[i].where };
		struct skw_error err = { 0 };
		unsigned ports = 0;

		if (skw_format_summary_choose(&choice, NULL, &err))
			fail_msg("%s: %s", cases[i].where, err.text);
		for (size_t n = 0; n < f.len; n++)
			if (skw_expr_matches_about(choice.filter, f.list[n]))
				ports |= 1U << (f.list[n]->tuple.local_port - 40000);
		if (ports != cases[i].ports)
			fail_msg("%s: 0x%x, not 0x%x", cases[i].where, ports, cases[i].ports);
		skw_format_summary_choice_free(&choice);
	}
	done(&f);
}

static void wrong_words_are_refused(void **state)
{
	static const struct {
		struct skw_format_summary_choice choice;
		const char *why;
	} cases[] = {
		{ { .sort = "colour" }, "--sort colour: not a field to sort by" },
		{ { .json = true, .csv = true }, "--json and --csv: choose one" },
		{ { .where = "srt > 1ms" },
		  "--where: column 1: unknown field 'srt'; did you mean 'srtt'?" },
		{ { .where = "uid = 1" }, "--where: column 1: unknown field 'uid'" },
		{ { .where = "" }, "the expression is empty; try 'rtt > 20ms'" },
		{ { .where = "first_at > 1s" }, "'first_at' can't be compared; use duration" },
		{ { .where = "resets > 1%" }, "'%' is a share of the packets, for retrans only" },
		{ { .where = "and" }, "expected a field, such as rtt, not 'and'" },
		{ { .where = "src_port = https" }, "the name of a service" },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_format_summary_choice choice = cases[i].choice;
		struct skw_error err = { 0 };

		assert_int_equal(skw_format_summary_choose(&choice, NULL, &err), -EINVAL);
		assert_true(err.usage);
		assert_contains(err.text, cases[i].why);
		skw_format_summary_choice_free(&choice);
	}
}

static void the_rest_is_told_in_sentences(void **state)
{
	const struct skw_conversations_rest none = { 0 }, some = {
		.conversations = 1, .packets = 2, .bytes = 300, .others = 1, .unreadable = 4
	};
	struct fixture f = { .len = 0 };

	(void)state;
	skw_format_summary_folded(&f.text, &none);
	skw_format_summary_others(&f.text, &none);
	assert_int_equal(f.text.len, 0);
	skw_format_summary_folded(&f.text, &some);
	assert_string_equal(text_of(&f),
			    "1 more connection with 2 packets, 300 bytes, 0 retransmissions and 0 "
			    "resets: the table was full; see --summary-size");
	skw_buf_reset(&f.text);
	skw_format_summary_others(&f.text, &some);
	assert_string_equal(text_of(&f),
			    "not in the table: 1 packet of other protocols than TCP and UDP, 4 "
			    "packets cut or damaged before the ports");
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_every_field),
		cmocka_unit_test(unknown_is_not_zero),
		cmocka_unit_test(csv_has_as_many_cells_as_names),
		cmocka_unit_test(columns_are_below_their_titles),
		cmocka_unit_test(the_kernel_s_figures_stand_beside_the_wire_s),
		cmocka_unit_test(columns_are_only_there_for_what_is_known),
		cmocka_unit_test(sorts_by_any_field_and_the_unknown_last),
		cmocka_unit_test(expressions_choose_connections),
		cmocka_unit_test(wrong_words_are_refused),
		cmocka_unit_test(the_rest_is_told_in_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
