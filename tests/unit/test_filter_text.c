// SPDX-License-Identifier: BSD-2-Clause
/* Filter expressions evaluated on bytes, and compiled filters printed as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/dlt.h>
#include <string.h>

#include "filter/disasm.h"
#include "filter/dump.h"
#include "filter/offline.h"
#include "filter/translate.h"
#include "util/cleanup.h"

#define SNAPLEN 262144

static struct skw_offline_filter *compile(const char *expr)
{
	struct skw_error err = { 0 };
	struct skw_offline_filter *f = NULL;

	assert_int_equal(skw_offline_filter_compile(expr, DLT_EN10MB, SNAPLEN, true, &f, &err), 0);
	assert_string_equal(err.text, "");
	return f;
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
	assert_int_equal(
		skw_offline_filter_compile("tcp prot 80", DLT_EN10MB, SNAPLEN, true, &f, &err),
		-EINVAL);
	assert_null(f);
	assert_true(err.usage);
	assert_string_equal(err.text,
			    "filter \"tcp prot 80\": can't parse filter expression: syntax error");
}

static void what_a_link_type_cannot_answer_is_an_error(void **state)
{
	struct skw_error err = { 0 };
	struct skw_offline_filter *f = NULL;

	(void)state;
	assert_int_equal(skw_offline_filter_compile("ether host 1:2:3:4:5:6", DLT_RAW, SNAPLEN,
						    true, &f, &err),
			 -EINVAL);
	assert_true(err.usage);
	assert_non_null(strstr(err.text, "ether host 1:2:3:4:5:6"));
}

/* The texts are those of tcpdump 4.99.3 -y EN10MB -d, -dd and -ddd. */
static void classic_programs_print_as_in_tcpdump(void **state)
{
	struct skw_offline_filter *f = compile("icmp[4:2] & 7 = 1");
	const struct skw_cbpf *prog = skw_offline_filter_program(f);
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
	assert_int_equal(skw_filter_translate(skw_offline_filter_program(f), &frame, &insns, &len),
			 0);
	skw_disasm(insns, len, &b);
	assert_text(&b, "   0: r6 = r1\n"
			"   1: r1 = *(u32 *)(r6 +40)\n"
			"   2: if w1 != 0x1 goto 7\n"
			"   3: r1 = *(u32 *)(r6 +4)\n"
			"   4: if w1 != 0x4 goto 7\n"
			"   5: w0 = 0x0\n"
			"   6: exit\n"
			"   7: call bpf_get_smp_processor_id#8\n"
			"   8: r0 += 8\n"
			"   9: *(u32 *)(r10 -4) = r0\n"
			"  10: r1 = map[fd:5]\n"
			"  12: r2 = r10\n"
			"  13: r2 += -4\n"
			"  14: call bpf_map_lookup_elem#1\n"
			"  15: if r0 != 0x0 goto 18\n"
			"  16: w0 = 0x0\n"
			"  17: exit\n"
			"  18: r1 = *(u64 *)(r0 +0)\n"
			"  19: r1 += 1\n"
			"  20: *(u64 *)(r0 +0) = r1\n"
			"  21: r1 = *(u32 *)(r6 +4)\n"
			"  22: if w1 != 0x4 goto 25\n"
			"  23: w0 = 0x0\n"
			"  24: exit\n"
			"  25: w0 = 0x0\n"
			"  26: w7 = 0x0\n"
			"  27: r0 = *(u16 *)skb[12]\n"
			"  28: if w0 != 0x800 goto 51\n"
			"  29: r0 = *(u8 *)skb[23]\n"
			"  30: if w0 != 0x1 goto 51\n"
			"  31: r0 = *(u16 *)skb[20]\n"
			"  32: if w0 & 0x1fff goto 51\n"
			"  33: *(u32 *)(r10 -68) = r0\n"
			"  34: r0 = *(u8 *)skb[14]\n"
			"  35: w0 &= 0xf\n"
			"  36: w0 <<= 0x2\n"
			"  37: w7 = w0\n"
			"  38: r0 = *(u32 *)(r10 -68)\n"
			"  39: r0 = *(u16 *)skb[r7 + 18]\n"
			"  40: w0 &= 0x7\n"
			"  41: if w0 != 0x1 goto 51\n"
			"  42: w1 = 0x2\n"
			"  43: *(u32 *)(r6 +48) = r1\n"
			"  44: r1 = r6\n"
			"  45: r2 = map[fd:6]\n"
			"  47: w3 = 0x0\n"
			"  48: call bpf_tail_call#12\n"
			"  49: w0 = 0x0\n"
			"  50: exit\n"
			"  51: w0 = 0x0\n"
			"  52: exit\n");
	skw_offline_filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_matched),
		cmocka_unit_test(an_empty_expression_takes_all),
		cmocka_unit_test(a_wrong_expression_is_the_users),
		cmocka_unit_test(what_a_link_type_cannot_answer_is_an_error),
		cmocka_unit_test(classic_programs_print_as_in_tcpdump),
		cmocka_unit_test(translated_programs_print_as_in_the_verifiers_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
