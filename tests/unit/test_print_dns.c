// SPDX-License-Identifier: BSD-2-Clause
/* DNS messages, correct and malicious. Other tests compare whole lines with those of tcpdump. */
#include "dissect/app/dns_name.h"
#include "dissect/app/dns_opt.h"

#include "dissect_harness.h"

static bool dns(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_dns(d, b, false);
}

static bool dns_tcp(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_dns(d, b, true);
}

/* Prints the name whose place is in the first byte of the message. */
static bool name_at(struct skw_dissect *d, struct skw_bytes b)
{
	uint32_t at = b.caplen ? b.p[0] : 0;
	uint32_t skipped = at;
	bool skips = skw_dns_name_skip(b, &skipped);
	bool prints = skw_dns_name_print(d, b, &at);

	/* If a name can be printed, it can be skipped too, and its end is the same. */
	if (prints && b.caplen == b.len) {
		assert_true(skips);
		assert_int_equal(at, skipped);
	}
	skw_buf_add_str(d->out, prints ? "|good" : "|bad");
	return prints;
}

#define QUESTION "\7example\3com\0\0\1\0\1"

static const char query[] = "\x30\x39\1\0\0\1\0\0\0\0\0\0" QUESTION;
static const char answer[] =
	"\x30\x39\x81\x80\0\1\0\2\0\0\0\1" QUESTION "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\1\2\3\4"
	"\xc0\x0c\0\x0f\0\1\0\0\1\x2c\0\x09\0\x0a\4mail\xc0\x0c"
	"\0\0\x29\4\xd0\0\0\x80\0\0\x0c\0\x0a\0\x08sixteen!";

static void a_query_is_shown_as_tcpdump_shows_it(void **state)
{
	(void)state;
	assert_string_equal(dissect(dns, 0, BYTES(query)), "12345+ A? example.com. (29)");
}

static void answers_are_listed_and_more_of_them_with_v(void **state)
{
	(void)state;
	assert_string_equal(dissect(dns, 0, BYTES(answer)),
			    "12345 2/0/1 A 1.2.3.4, MX mail.example.com. 10 (89)");
	assert_string_equal(dissect(dns, 3, BYTES(answer)),
			    "12345 q: A? example.com. 2/0/1 example.com. [5m] A 1.2.3.4, "
			    "example.com. [5m] MX mail.example.com. 10 "
			    "ar: . OPT UDPsize=1232 DO [COOKIE 7369787465656e21] (89)");
}

static void over_tcp_the_length_in_front_must_be_right(void **state)
{
	static const char framed[] = "\0\x1d\x30\x39\1\0\0\1\0\0\0\0\0\0" QUESTION;

	(void)state;
	assert_string_equal(dissect(dns_tcp, 0, BYTES(framed)), " 12345+ A? example.com. (29)");
	assert_string_equal(dissect(dns_tcp, 0, framed, 20),
			    " [prefix length(29) != length(18)] (invalid)");
	assert_string_equal(dissect(dns_tcp, 0, framed, 1),
			    " [DNS over TCP: length 1 < 2] (invalid)");
}

static void names_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(dissect(name_at, 0, BYTES("\1\6a\x1b[2J\n\2\xff\x80\0")),
			    "a^[[2J^J.M-^?M-^@.|good");
}

static void pointers_lead_backwards(void **state)
{
	(void)state;
	assert_string_equal(dissect(name_at, 0, BYTES("\4\1b\0\1a\xc0\1")), "a.b.|good");
}

static void a_loop_of_pointers_is_no_name(void **state)
{
	(void)state;
	/* A pointer to itself, a pointer forward, two pointers to each other. */
	assert_string_equal(dissect(name_at, 0, BYTES("\1\xc0\1")), "<BAD PTR>|bad");
	assert_string_equal(dissect(name_at, 0, BYTES("\1\1a\xc0\x05\0\0")), "a.<BAD PTR>|bad");
	assert_string_equal(dissect(name_at, 0, BYTES("\3\xc0\3\xc0\1")), "<BAD PTR>|bad");
	/* A pointer back to its own label. When it is met again, it no longer leads backwards. */
	assert_string_equal(dissect(name_at, 0, BYTES("\1\1a\xc0\1")), "a.<BAD PTR>|bad");
}

static void a_chain_of_pointers_is_followed_as_far_as_names_have_labels(void **state)
{
	struct skw_print_options opt = { 0 };
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_dissect d = { .opt = &opt, .out = &out };
	uint8_t chain[2000] = { 0 };

	(void)state;
	/* The root, followed by pointers, each of which leads to the one before it. */
	for (size_t i = 2; i < sizeof(chain); i += 2) {
		chain[i] = (uint8_t)(0xc0 | (i - 2) >> 8);
		chain[i + 1] = (uint8_t)(i - 2);
	}

	struct skw_bytes msg = { chain, sizeof(chain), sizeof(chain) };
	uint32_t at = 2 * 127;

	assert_true(skw_dns_name_print(&d, msg, &at));
	assert_int_equal(at, 2 * 127 + 2);
	assert_false(skw_dns_name_print(&d, msg, &at));
	assert_int_equal(at, 2 * 127 + 2);
	skw_buf_free(&out);
}

static void a_name_is_cut_where_names_may_be_no_longer(void **state)
{
	uint8_t labels[1 + 200 * 2 + 1] = { 1 };
	const char *text;

	(void)state;
	for (size_t i = 1; i + 1 < sizeof(labels); i += 2) {
		labels[i] = 1;
		labels[i + 1] = 'a';
	}
	text = dissect(name_at, 0, labels, sizeof(labels));
	assert_non_null(strstr(text, "a.<DOMAIN NAME TOO LONG>|good"));
	assert_true(strlen(text) < 300);
}

static void labels_of_unknown_kinds_are_named(void **state)
{
	(void)state;
	assert_string_equal(dissect(name_at, 0, BYTES("\1\x42\1\2\0")), "<ELT 2>|bad");
	assert_string_equal(dissect(name_at, 0, BYTES("\1\x80\1\2\0")), "<BAD LABEL TYPE>|bad");
	assert_string_equal(dissect(name_at, 0, BYTES("\1\x41\x09\xff\xff\0")), "\\[xff8/9].|good");
}

static void options_that_lie_are_called_invalid(void **state)
{
	(void)state;
	assert_string_equal(dissect(skw_dns_opt_print, 0, BYTES("\0\x08\0\7\0\1\x18\0\xc0\0\2")),
			    " [ECS 192.0.2.0/24/0]");
	/*
	 * An address that is longer than its family allows, and one that is shorter than its
	 * prefix.
	 */
	assert_string_equal(
		dissect(skw_dns_opt_print, 0, BYTES("\0\x08\0\x09\0\1\x21\0\xc0\0\2\1\1")),
		" [ECS  (invalid)]");
	assert_string_equal(dissect(skw_dns_opt_print, 0, BYTES("\0\x08\0\5\0\1\x18\0\xc0")),
			    " [ECS  (invalid)]");
	assert_string_equal(dissect(skw_dns_opt_print, 0, BYTES("\0\x0a\0\1x")),
			    " [COOKIE  (invalid)]");
}

static void a_promise_of_many_records_is_not_believed(void **state)
{
	static const char many[] = "\0\1\x81\x80\0\1\xff\xff\xff\xff\xff\xff" QUESTION;

	(void)state;
	assert_string_equal(dissect(dns, 0, BYTES(many)), "1 65535/65535/65535 [|domain]");
}

static void every_prefix_is_safe(void **state)
{
	static const char others[] =
		"\0\1\x81\x80\0\1\0\6\0\0\0\0" QUESTION
		"\xc0\x0c\0\x06\0\1\0\0\1\x2c\0\x18\xc0\x0c\xc0\x0c\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"
		"\0\0\0\5"
		"\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\x05\4text"
		"\xc0\x0c\0\x21\0\1\0\0\1\x2c\0\x08\0\1\0\2\0\3\xc0\x0c"
		"\xc0\x0c\0\x26\0\1\0\0\1\x2c\0\x0c\x40\1\2\3\4\5\6\7\x08\1p\0"
		"\xc0\x0c\1\0\0\1\0\0\1\x2c\0\x06\0\1\0\2xy"
		"\xc0\x0c\0\xfa\0\xff\0\0\0\0\0\x13\1k\0\0\0\0\0\0\0\1\x2c\0\0\0\1\0\0\0\0";
	static const char framed[] = "\0\x1d\x30\x39\1\0\0\1\0\0\0\0\0\0" QUESTION;

	(void)state;
	dissect_every_prefix(dns, BYTES(query));
	dissect_every_prefix(dns, BYTES(answer));
	dissect_every_prefix(dns, BYTES(others));
	dissect_every_prefix(skw_dissect_mdns, BYTES(others));
	dissect_every_prefix(dns_tcp, BYTES(framed));
	dissect_every_prefix(
		skw_dns_opt_print,
		BYTES("\0\x08\0\7\0\1\x18\0\xc0\0\2\0\x0d\0\5\3com\0\0\x0c\0\1x\0\5\0\1\1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_is_shown_as_tcpdump_shows_it),
		cmocka_unit_test(answers_are_listed_and_more_of_them_with_v),
		cmocka_unit_test(over_tcp_the_length_in_front_must_be_right),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(pointers_lead_backwards),
		cmocka_unit_test(a_loop_of_pointers_is_no_name),
		cmocka_unit_test(a_chain_of_pointers_is_followed_as_far_as_names_have_labels),
		cmocka_unit_test(a_name_is_cut_where_names_may_be_no_longer),
		cmocka_unit_test(labels_of_unknown_kinds_are_named),
		cmocka_unit_test(options_that_lie_are_called_invalid),
		cmocka_unit_test(a_promise_of_many_records_is_not_believed),
		cmocka_unit_test(every_prefix_is_safe),
	};

	return cmocka_run_group_tests_name("print_dns", tests, NULL, NULL);
}
