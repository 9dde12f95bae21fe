// SPDX-License-Identifier: BSD-2-Clause
/* Filter expressions evaluated on bytes, and compiled filters printed as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#include "filter/direction.h"
#include "filter/disasm.h"
#include "filter/dump.h"
#include "filter/offline.h"
#include "filter/translate.h"
#include "util/cleanup.h"

static const struct skw_offline_link ether = { .dlt = DLT_EN10MB, .snaplen = 262144 };

static struct skw_offline_filter *compile_for(const char *expr, const struct skw_offline_link *link)
{
	struct skw_error err = { 0 };
	struct skw_offline_filter *f = NULL;

	assert_int_equal(skw_offline_filter_compile(expr, link, true, &f, &err), 0);
	assert_string_equal(err.text, "");
	return f;
}

static struct skw_offline_filter *compile(const char *expr)
{
	return compile_for(expr, &ether);
}

static void assert_text(struct skw_buf *b, const char *want)
{
	skw_buf_add_char(b, '\0');
	assert_false(b->failed);
	assert_string_equal((const char *)b->data, want);
	skw_buf_free(b);
}

static void packets_are_matched(void **state)
{
	uint8_t bytes[64] = { [12] = 0x08, [14] = 0x45, [23] = 17 };
	const struct skw_packet whole = { .data = bytes, .caplen = 64, .len = 64 };
	const struct skw_packet cut = { .data = bytes, .caplen = 20, .len = 64 };
	struct skw_offline_filter *f = compile("udp and len = 64");

	(void)state;
	assert_true(skw_offline_filter_match(f, &whole));
	/* The captured bytes do not contain the protocol. */
	assert_false(skw_offline_filter_match(f, &cut));
	bytes[23] = 6;
	assert_false(skw_offline_filter_match(f, &whole));
	skw_offline_filter_free(f);
}

static void an_empty_expression_takes_all(void **state)
{
	const struct skw_packet nothing = { .data = (const uint8_t *)"", .caplen = 0, .len = 0 };
	struct skw_offline_filter *f = compile("");

	(void)state;
	assert_true(skw_offline_filter_match(f, &nothing));
	skw_offline_filter_free(f);
	skw_offline_filter_free(NULL);
}

static void a_wrong_expression_is_the_users(void **state)
{
	struct skw_error err = { 0 };
	struct skw_offline_filter *f = NULL;

	(void)state;
	assert_int_equal(skw_offline_filter_compile("tcp prot 80", &ether, true, &f, &err),
			 -EINVAL);
	assert_null(f);
	assert_true(err.usage);
	assert_string_equal(err.text,
			    "filter \"tcp prot 80\": can't parse filter expression: syntax error");
}

static void what_a_link_type_cannot_answer_is_an_error(void **state)
{
	const struct skw_offline_link raw = { .dlt = DLT_RAW, .snaplen = 262144 };
	struct skw_error err = { 0 };
	struct skw_offline_filter *f = NULL;

	(void)state;
	assert_int_equal(skw_offline_filter_compile("ether host 1:2:3:4:5:6", &raw, true, &f, &err),
			 -EINVAL);
	assert_true(err.usage);
	assert_non_null(strstr(err.text, "ether host 1:2:3:4:5:6"));
}

/* Only the kernel has these values. */
static void words_of_a_live_capture_are_refused_for_files(void **state)
{
	static const char *const words[] = { "inbound", "tcp and not outbound", "ifindex 3" };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++) {
		struct skw_offline_filter *f = NULL;
		struct skw_error err = { 0 };

		assert_int_equal(skw_offline_filter_compile(words[i], &ether, true, &f, &err),
				 -EINVAL);
		assert_true(err.usage);
		assert_non_null(strstr(err.text, "not supported on Ethernet"));
	}
}

/* The number of an address family is in the order of the host, and IPv6 has one for each system. */
static void host_order_is_that_of_the_file(void **state)
{
	static const struct {
		uint8_t family[4];
		bool swapped, ip, ip6;
	} cases[] = {
		{ { 2, 0, 0, 0 }, false, true, false },   { { 0, 0, 0, 2 }, false, false, false },
		{ { 0, 0, 0, 2 }, true, true, false },    { { 2, 0, 0, 0 }, true, false, false },
		{ { 24, 0, 0, 0 }, false, false, true },  { { 28, 0, 0, 0 }, false, false, true },
		{ { 30, 0, 0, 0 }, false, false, true },  { { 0, 0, 0, 30 }, true, false, true },
		{ { 0, 0, 0, 24 }, false, false, false },
	};

	(void)state;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		const struct skw_offline_link null = { .dlt = DLT_NULL,
						       .snaplen = 65535,
						       .swapped = cases[i].swapped };
		const struct skw_packet pkt = { .data = cases[i].family, .caplen = 4, .len = 44 };
		struct skw_offline_filter *ip = compile_for("ip", &null);
		struct skw_offline_filter *ip6 = compile_for("ip6", &null);

		assert_int_equal(skw_offline_filter_match(ip, &pkt), cases[i].ip);
		assert_int_equal(skw_offline_filter_match(ip6, &pkt), cases[i].ip6);
		skw_offline_filter_free(ip);
		skw_offline_filter_free(ip6);
	}
}

/* One letter for each direction, unknown, in and out: whether packets of 60 bytes match. */
static const char *matches(const char *expr)
{
	const struct skw_offline_link told = { .dlt = DLT_EN10MB,
					       .snaplen = 262144,
					       .directions = true };
	struct skw_offline_filter *f = compile_for(expr, &told);
	static const uint8_t bytes[60];
	static char out[4];

	for (unsigned i = 0; i < 3; i++) {
		const struct skw_packet pkt = {
			.data = bytes, .caplen = 60, .len = 60, .direction = (uint8_t)i
		};

		out[i] = skw_offline_filter_match(f, &pkt) ? 'y' : 'n';
	}
	skw_offline_filter_free(f);
	return out;
}

static void a_direction_that_packets_tell_is_used(void **state)
{
	(void)state;
	assert_int_equal(SKW_DIR_IN, 1);
	assert_string_equal(matches("inbound"), "nyn");
	assert_string_equal(matches("outbound"), "nny");
	assert_string_equal(matches("not inbound"), "nny");
	assert_string_equal(matches("inbound and greater 60"), "nyn");
	assert_string_equal(matches("less 59 or outbound"), "nny");
	assert_string_equal(matches("len = 60 and (inbound or outbound)"), "nyy");
	assert_string_equal(matches("not(outbound)and len=60"), "nyn");
	/* Without these words, packets need no direction. */
	assert_string_equal(matches("len = 60"), "yyy");
}

static void parts_of_names_are_no_directions(void **state)
{
	static const char *const names[] = { "host inbound.example", "host x-outbound",
					     "ip proto \\inbound", "host outbound2" };
	static const char *const wrong[] = { "inbound inbound", "outbound and", "port inbound",
					     "5 + inbound" };
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++)
		assert_false(skw_direction_replace(names[i], SKW_DIR_IN, &b));
	skw_buf_free(&b);
	/* A wrong expression does not become right. */
	for (size_t i = 0; i < SKW_ARRAY_SIZE(wrong); i++) {
		const struct skw_offline_link told = { .dlt = DLT_EN10MB,
						       .snaplen = 262144,
						       .directions = true };
		struct skw_offline_filter *f = NULL;
		struct skw_error err = { 0 };

		assert_int_equal(skw_offline_filter_compile(wrong[i], &told, true, &f, &err),
				 -EINVAL);
		assert_true(err.usage);
	}
}

static void a_filter_goes_through_bytes(void **state)
{
	const struct skw_offline_link told = { .dlt = DLT_EN10MB,
					       .snaplen = 262144,
					       .directions = true };
	static const uint8_t bytes[60];
	struct skw_offline_filter *f = compile_for("outbound and len = 60", &told), *copy = NULL;
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_offline_filter_pack(f, &b);
	skw_offline_filter_free(f);
	assert_int_equal(skw_offline_filter_unpack(b.data, b.len, &copy), 0);
	assert_true(skw_offline_filter_asks_direction(copy));
	assert_null(skw_offline_filter_program(copy, 2));
	for (unsigned d = SKW_DIR_UNKNOWN; d <= SKW_DIR_OUT; d++)
		assert_int_equal(skw_offline_filter_match(
					 copy, &(struct skw_packet){ .data = bytes,
								     .caplen = 60,
								     .len = 60,
								     .direction = (uint8_t)d }),
				 d == SKW_DIR_OUT);

	size_t first = 2 * sizeof(size_t) + 8 * skw_offline_filter_program(copy, 0)->len;

	skw_offline_filter_free(copy);
	for (size_t len = 0; len < b.len; len++) {
		if (len == first)
			continue;
		assert_int_equal(skw_offline_filter_unpack(b.data, len, &copy), -EINVAL);
	}
	/* Three programs. */
	skw_buf_add(&b, b.data, first);
	assert_int_equal(skw_offline_filter_unpack(b.data, b.len, &copy), -EINVAL);
	memset(b.data, 0xff, sizeof(size_t));
	assert_int_equal(skw_offline_filter_unpack(b.data, b.len, &copy), -EINVAL);
	skw_buf_free(&b);
}

/* libpcap must open a file in memory for each link type, or its filters are not those of files. */
static void every_link_type_can_be_compiled_for(void **state)
{
	unsigned n = 0;

	(void)state;
	for (int dlt = 0; dlt < 400; dlt++) {
		const struct skw_offline_link link = { .dlt = dlt, .snaplen = 262144 };
		struct skw_offline_filter *f = NULL;
		struct skw_error err = { 0 };

		if (!pcap_datalink_val_to_name(dlt))
			continue;
		assert_int_equal(skw_offline_filter_compile("", &link, true, &f, &err), 0);
		skw_offline_filter_free(f);
		n++;
	}
	assert_true(n > 100);
}

/* The texts are those of tcpdump 4.99.3 -y EN10MB -d, -dd and -ddd. */
static void classic_programs_print_as_in_tcpdump(void **state)
{
	struct skw_offline_filter *f = compile("icmp[4:2] & 7 = 1");
	const struct skw_cbpf *prog = skw_offline_filter_program(f, 0);
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_dump_text(prog, &b);
	assert_text(&b, "(000) ldh      [12]\n"
			"(001) jeq      #0x800           jt 2\tjf 11\n"
			"(002) ldb      [23]\n"
			"(003) jeq      #0x1             jt 4\tjf 11\n"
			"(004) ldh      [20]\n"
			"(005) jset     #0x1fff          jt 11\tjf 6\n"
			"(006) ldxb     4*([14]&0xf)\n"
			"(007) ldh      [x + 18]\n"
			"(008) and      #0x7\n"
			"(009) jeq      #0x1             jt 10\tjf 11\n"
			"(010) ret      #262144\n"
			"(011) ret      #0\n");
	skw_dump_c(prog, &b);
	assert_text(&b, "{ 0x28, 0, 0, 0x0000000c },\n"
			"{ 0x15, 0, 9, 0x00000800 },\n"
			"{ 0x30, 0, 0, 0x00000017 },\n"
			"{ 0x15, 0, 7, 0x00000001 },\n"
			"{ 0x28, 0, 0, 0x00000014 },\n"
			"{ 0x45, 5, 0, 0x00001fff },\n"
			"{ 0xb1, 0, 0, 0x0000000e },\n"
			"{ 0x48, 0, 0, 0x00000012 },\n"
			"{ 0x54, 0, 0, 0x00000007 },\n"
			"{ 0x15, 0, 1, 0x00000001 },\n"
			"{ 0x6, 0, 0, 0x00040000 },\n"
			"{ 0x6, 0, 0, 0x00000000 },\n");
	skw_dump_numbers(prog, &b);
	assert_text(&b, "12\n"
			"40 0 0 12\n"
			"21 0 9 2048\n"
			"48 0 0 23\n"
			"21 0 7 1\n"
			"40 0 0 20\n"
			"69 5 0 8191\n"
			"177 0 0 14\n"
			"72 0 0 18\n"
			"84 0 0 7\n"
			"21 0 1 1\n"
			"6 0 0 262144\n"
			"6 0 0 0\n");
	skw_offline_filter_free(f);
}

static void translated_programs_print_as_in_the_verifiers_log(void **state)
{
	const struct skw_filter_frame frame = { .counters_fd = 5,
						.next_fd = 6,
						.slot = 2,
						.cpus = 4,
						.direction = SKW_DIR_IN,
						.lo_ifindex = 1 };
	struct skw_offline_filter *f = compile("icmp[4:2] & 7 = 1");
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	struct skw_buf b = SKW_BUF_INIT;
	size_t len;

	(void)state;
	assert_int_equal(
		skw_filter_translate(skw_offline_filter_program(f, 0), &frame, &insns, &len), 0);
	skw_disasm(insns, len, &b);
	assert_text(&b, "   0: r6 = r1\n"
			"   1: r1 = *(u32 *)(r6 +40)\n"
			"   2: if w1 != 0x1 goto 7\n"
			"   3: r1 = *(u32 *)(r6 +4)\n"
			"   4: if w1 != 0x4 goto 7\n"
			"   5: w0 = 0x0\n"
			"   6: exit\n"
			"   7: call bpf_get_smp_processor_id#8\n"
			"   8: if w0 < 0x4 goto 11\n"
			"   9: w0 = 0x0\n"
			"  10: exit\n"
			"  11: w0 <<= 0x6\n"
			"  12: r1 = map[fd:5][0]+512\n"
			"  14: r1 += r0\n"
			"  15: r0 = *(u64 *)(r1 +0)\n"
			"  16: r0 += 1\n"
			"  17: *(u64 *)(r1 +0) = r0\n"
			"  18: r1 = *(u32 *)(r6 +4)\n"
			"  19: if w1 != 0x4 goto 22\n"
			"  20: w0 = 0x0\n"
			"  21: exit\n"
			"  22: w0 = 0x0\n"
			"  23: w7 = 0x0\n"
			"  24: r0 = *(u16 *)skb[12]\n"
			"  25: if w0 != 0x800 goto 48\n"
			"  26: r0 = *(u8 *)skb[23]\n"
			"  27: if w0 != 0x1 goto 48\n"
			"  28: r0 = *(u16 *)skb[20]\n"
			"  29: if w0 & 0x1fff goto 48\n"
			"  30: *(u32 *)(r10 -68) = r0\n"
			"  31: r0 = *(u8 *)skb[14]\n"
			"  32: w7 = w0\n"
			"  33: r0 = *(u32 *)(r10 -68)\n"
			"  34: w7 &= 0xf\n"
			"  35: w7 <<= 0x2\n"
			"  36: r0 = *(u16 *)skb[r7 + 18]\n"
			"  37: w0 &= 0x7\n"
			"  38: if w0 != 0x1 goto 48\n"
			"  39: w1 = 0x2\n"
			"  40: *(u32 *)(r6 +48) = r1\n"
			"  41: r1 = r6\n"
			"  42: r2 = map[fd:6]\n"
			"  44: w3 = 0x0\n"
			"  45: call bpf_tail_call#12\n"
			"  46: w0 = 0x0\n"
			"  47: exit\n"
			"  48: w0 = 0x0\n"
			"  49: exit\n");
	skw_offline_filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_matched),
		cmocka_unit_test(an_empty_expression_takes_all),
		cmocka_unit_test(a_wrong_expression_is_the_users),
		cmocka_unit_test(what_a_link_type_cannot_answer_is_an_error),
		cmocka_unit_test(words_of_a_live_capture_are_refused_for_files),
		cmocka_unit_test(host_order_is_that_of_the_file),
		cmocka_unit_test(a_direction_that_packets_tell_is_used),
		cmocka_unit_test(parts_of_names_are_no_directions),
		cmocka_unit_test(a_filter_goes_through_bytes),
		cmocka_unit_test(every_link_type_can_be_compiled_for),
		cmocka_unit_test(classic_programs_print_as_in_tcpdump),
		cmocka_unit_test(translated_programs_print_as_in_the_verifiers_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
