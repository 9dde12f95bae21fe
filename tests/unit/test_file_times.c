// SPDX-License-Identifier: BSD-2-Clause
/* Files with times at the ends of what fits, read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/dlt.h>

#include "file_session.h"

#define START_NS 1700000000000000000ull
#define S        1000000000ull
#define UNKNOWN  SKW_PACKET_TIME_UNKNOWN
/* The last time that a pcap file has. */
#define LAST_NS ((1ull << 32) * S - 1)

/* Makes the file "in" with packets of these times. */
static void make_input(const uint64_t *times_ns, size_t n)
{
	const struct skw_iface ether = { .name = "eth0", .dlt = DLT_EN10MB };
	struct skw_buf b = SKW_BUF_INIT;

	skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
	skw_pcapng_interface(&b, &ether, true, "");
	for (size_t i = 0; i < n; i++)
		add_packet(&b, 0, &(struct skw_packet){ .ts_ns = times_ns[i], .dlt = DLT_EN10MB });
	make_file("in", &b);
}

static int write_to(struct skw_file_plan file)
{
	return session("in", (struct skw_session_plan){ .file = file });
}

/* Nothing adds up to more than 64 bits. */
static void leaps_to_the_ends_of_time_make_a_file_each(void **state)
{
	static const uint64_t times_ns[] = { 0,
					     5,
					     START_NS,
					     UNKNOWN,
					     UINT64_MAX - 11 * S,
					     UINT64_MAX - 1,
					     UNKNOWN,
					     UINT64_MAX - 2,
					     START_NS };

	(void)state;
	make_input(times_ns, SKW_ARRAY_SIZE(times_ns));
	assert_int_equal(write_to((struct skw_file_plan){ .name = in_dir("e%s.pcapng"),
							  .format = SKW_FILE_PCAPNG,
							  .rotate_s = 10 }),
			 0);
	assert_int_equal(count("e0.pcapng", NULL, 0), 2);
	/* A packet without a time is in the file of the one before it. */
	assert_int_equal(count("e1700000000.pcapng", NULL, 0), 2);
	assert_int_equal(count("e18446744060.pcapng", NULL, 0), 1);
	assert_int_equal(count("e18446744070.pcapng", NULL, 0), 4);
}

static void a_first_packet_without_a_time_begins_a_file(void **state)
{
	const uint64_t times_ns[] = { UNKNOWN, UNKNOWN, START_NS, START_NS + 9 * S,
				      START_NS + 10 * S };

	(void)state;
	make_input(times_ns, SKW_ARRAY_SIZE(times_ns));
	assert_int_equal(
		write_to((struct skw_file_plan){ .name = in_dir("u%s.pcap"), .rotate_s = 10 }), 0);
	assert_int_equal(count("u0.pcap", NULL, 0), 2);
	assert_int_equal(count("u1700000000.pcap", NULL, 0), 2);
	assert_int_equal(count("u1700000010.pcap", NULL, 0), 1);
}

static void files_are_full_also_without_times(void **state)
{
	uint64_t times_ns[30];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(times_ns); i++)
		times_ns[i] = UNKNOWN;
	make_input(times_ns, SKW_ARRAY_SIZE(times_ns));
	assert_int_equal(
		write_to((struct skw_file_plan){ .name = in_dir("s.pcap"), .rotate_bytes = 1000 }),
		0);
	/* 24 + 18 * 56 bytes are more than 1000. */
	assert_int_equal(count("s.pcap", NULL, 0), 18);
	assert_int_equal(count("s.pcap1", NULL, 0), 12);
}

static void a_period_without_an_end_fits(void **state)
{
	const uint64_t times_ns[] = { START_NS, START_NS + S, UINT64_MAX - 1 };

	(void)state;
	make_input(times_ns, SKW_ARRAY_SIZE(times_ns));
	assert_int_equal(write_to((struct skw_file_plan){ .name = in_dir("p%s.pcap"),
							  .rotate_s = UINT64_MAX }),
			 0);
	assert_int_equal(count("p1700000000.pcap", NULL, 0), 3);
}

static void what_fits_a_pcap_file_is_not_told_of(void **state)
{
	const uint64_t times_ns[] = { 0, 1999, START_NS, LAST_NS };
	uint64_t got_ns[4];

	(void)state;
	make_input(times_ns, 4);
	assert_int_equal(
		write_to((struct skw_file_plan){ .name = in_dir("ok.pcap"), .nano = true }), 0);
	assert_int_equal(count("ok.pcap", got_ns, 4), 4);
	assert_memory_equal(got_ns, times_ns, sizeof(times_ns));
	assert_int_equal(said("2106"), 0);
}

static void a_time_that_does_not_fit_is_said_and_not_wrapped(void **state)
{
	const uint64_t times_ns[] = { START_NS, LAST_NS + 1, UNKNOWN, LAST_NS + 2, UNKNOWN };
	uint64_t got_ns[5];

	(void)state;
	make_input(times_ns, 5);
	for (int nano = 0; nano < 2; nano++) {
		uint64_t last_ns = nano ? LAST_NS : LAST_NS - 999;

		assert_int_equal(write_to((struct skw_file_plan){ .name = in_dir("late.pcap"),
								  .nano = nano }),
				 0);
		assert_int_equal(said("no times after February 2106"), 1);
		assert_int_equal(said("before 1970 or after 2554"), 1);
		assert_int_equal(count("late.pcap", got_ns, 5), 5);
		assert_true(got_ns[0] == START_NS);
		for (int i = 1; i < 5; i++)
			assert_true(got_ns[i] == last_ns);
	}
}

static void a_pcapng_file_has_later_times(void **state)
{
	const uint64_t times_ns[] = { START_NS, LAST_NS + 1, UINT64_MAX - 1, UNKNOWN };
	uint64_t got_ns[4];

	(void)state;
	make_input(times_ns, 4);
	assert_int_equal(write_to((struct skw_file_plan){ .name = in_dir("late.pcapng"),
							  .format = SKW_FILE_PCAPNG,
							  .nano = true }),
			 0);
	assert_int_equal(said("2106"), 0);
	assert_int_equal(count("late.pcapng", got_ns, 4), 4);
	assert_memory_equal(got_ns, times_ns, sizeof(times_ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaps_to_the_ends_of_time_make_a_file_each),
		cmocka_unit_test(a_first_packet_without_a_time_begins_a_file),
		cmocka_unit_test(files_are_full_also_without_times),
		cmocka_unit_test(a_period_without_an_end_fits),
		cmocka_unit_test(what_fits_a_pcap_file_is_not_told_of),
		cmocka_unit_test(a_time_that_does_not_fit_is_said_and_not_wrapped),
		cmocka_unit_test(a_pcapng_file_has_later_times),
	};

	return cmocka_run_group_tests_name("file times", tests, set_up, tear_down);
}
