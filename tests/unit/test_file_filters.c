// SPDX-License-Identifier: BSD-2-Clause
/* Filters on files: links that can't have an expression, and the directions of packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/dlt.h>

#include "file_session.h"
#include "pcap/pcap_write.h"

static const struct skw_iface ether = { .name = "eth0", .dlt = DLT_EN10MB };
static const struct skw_iface raw = { .name = "tun0", .dlt = DLT_RAW };

/* The number of packets of the file "in" that are written, or the error. */
static int passed(const char *filter, enum skw_direction direction)
{
	const struct skw_session_plan plan = {
		.file = { .name = in_dir("out"), .format = SKW_FILE_PCAPNG },
		.capture = { .filter = filter, .direction = direction }
	};

	remove(in_dir("out"));
	int ret = session("in", plan);

	assert_int_equal(told->err.usage, ret != 0);
	if (ret)
		assert_int_equal(access(in_dir("out"), F_OK), -1);
	return ret ? ret : count("out", NULL, 0);
}

static void add(struct skw_buf *b, uint32_t number, const struct skw_iface *iface,
		enum skw_direction direction)
{
	add_packet(b, number,
		   &(struct skw_packet){ .dlt = iface->dlt, .direction = (uint8_t)direction });
}

/* Two interfaces with two packets each. */
static void make_two_links(bool ether_first)
{
	const struct skw_iface *ifaces[] = { ether_first ? &ether : &raw,
					     ether_first ? &raw : &ether };
	struct skw_buf b = SKW_BUF_INIT;

	skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
	for (uint32_t i = 0; i < 2; i++) {
		skw_pcapng_interface(&b, ifaces[i], true, "");
		add(&b, i, ifaces[i], SKW_DIR_UNKNOWN);
	}
	add(&b, 0, ifaces[0], SKW_DIR_UNKNOWN);
	add(&b, 1, ifaces[1], SKW_DIR_UNKNOWN);
	make_file("in", &b);
}

static void a_link_that_cant_have_an_expression_is_told_of_once(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		make_two_links(first);
		assert_int_equal(passed("ether dst 00:00:00:00:00:00", SKW_DIR_UNKNOWN), 2);
		assert_int_equal(said("no packet of link type RAW matches"), 1);
		assert_int_equal(said("EN10MB"), 0);
		assert_int_equal(passed("len = 40", SKW_DIR_UNKNOWN), 4);
		assert_int_equal(said("matches"), 0);
	}
}

static void an_expression_that_no_link_can_have_is_an_error(void **state)
{
	(void)state;
	make_two_links(true);
	assert_int_equal(passed("wlan type mgt", SKW_DIR_UNKNOWN), -EINVAL);
	assert_non_null(strstr(told->err.text, "supported only on 802.11"));
	assert_int_equal(said("matches"), 0);
}

static void a_wrong_expression_is_an_error_also_without_packets(void **state)
{
	(void)state;
	/* First without an interface, too. */
	for (int with_iface = 0; with_iface < 2; with_iface++) {
		struct skw_buf b = SKW_BUF_INIT;

		skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
		if (with_iface)
			skw_pcapng_interface(&b, &raw, true, "");
		make_file("in", &b);
		assert_int_equal(passed("tcp prot 80", SKW_DIR_UNKNOWN), -EINVAL);
		assert_int_equal(passed("port no-such-port", SKW_DIR_UNKNOWN), -EINVAL);
		assert_int_equal(passed("udp", SKW_DIR_UNKNOWN), 0);
		assert_int_equal(passed("arp", SKW_DIR_UNKNOWN), with_iface ? -EINVAL : 0);
	}
}

static void a_pcap_file_has_no_directions(void **state)
{
	uint8_t head[SKW_PCAP_FILE_HEADER_BYTES];
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_pcap_file_header(head, DLT_EN10MB, 4096, true);
	skw_buf_add(&b, head, sizeof(head));
	make_file("in", &b);
	assert_int_equal(passed("udp and inbound", SKW_DIR_UNKNOWN), -EINVAL);
	assert_non_null(strstr(told->err.text, "filter \"udp and inbound\": "));
	assert_int_equal(passed("", SKW_DIR_OUT), -EINVAL);
	assert_string_equal(
		told->err.text,
		"-Q out: inbound/outbound not supported on Ethernet when reading savefiles");
	assert_int_equal(passed("udp", SKW_DIR_UNKNOWN), 0);
}

static void directions_of_a_pcapng_file_are_used(void **state)
{
	static const enum skw_direction directions[] = { SKW_DIR_UNKNOWN, SKW_DIR_IN, SKW_DIR_OUT,
							 SKW_DIR_IN };
	static const struct {
		const char *filter;
		enum skw_direction direction;
		int passed;
	} cases[] = {
		{ "inbound", SKW_DIR_UNKNOWN, 2 },
		{ "outbound", SKW_DIR_UNKNOWN, 1 },
		{ "not inbound", SKW_DIR_UNKNOWN, 1 },
		{ "", SKW_DIR_IN, 2 },
		{ "", SKW_DIR_OUT, 1 },
		{ "inbound", SKW_DIR_OUT, 0 },
		{ "not outbound and len = 40", SKW_DIR_IN, 2 },
		{ "len = 40", SKW_DIR_UNKNOWN, 4 },
	};
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
	skw_pcapng_interface(&b, &ether, true, "");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(directions); i++)
		add(&b, 0, &ether, directions[i]);
	make_file("in", &b);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		assert_int_equal(passed(cases[i].filter, cases[i].direction), cases[i].passed);
		assert_int_equal(said("EN10MB without a direction"),
				 cases[i].passed != SKW_ARRAY_SIZE(directions));
	}
}

static void a_pcapng_file_without_directions_has_no_in_and_out(void **state)
{
	(void)state;
	make_two_links(true);
	assert_int_equal(passed("inbound", SKW_DIR_UNKNOWN), -EINVAL);
	assert_non_null(strstr(told->err.text, "not supported on Ethernet"));
	assert_int_equal(passed("not inbound", SKW_DIR_UNKNOWN), -EINVAL);
	assert_int_equal(passed("", SKW_DIR_IN), -EINVAL);
	assert_int_equal(passed("ifindex 1", SKW_DIR_UNKNOWN), -EINVAL);
	assert_int_equal(passed("len = 40", SKW_DIR_UNKNOWN), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_that_cant_have_an_expression_is_told_of_once),
		cmocka_unit_test(an_expression_that_no_link_can_have_is_an_error),
		cmocka_unit_test(a_wrong_expression_is_an_error_also_without_packets),
		cmocka_unit_test(a_pcap_file_has_no_directions),
		cmocka_unit_test(directions_of_a_pcapng_file_are_used),
		cmocka_unit_test(a_pcapng_file_without_directions_has_no_in_and_out),
	};

	return cmocka_run_group_tests_name("file filters", tests, set_up, tear_down);
}
