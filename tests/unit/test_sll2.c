// SPDX-License-Identifier: BSD-2-Clause
/* LINUX_SLL2 headers for each link type. */
#include "pcap/sll2.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define IFINDEX 0x01020304

static struct skw_packet packet(int dlt, const void *data, uint32_t len)
{
	return (struct skw_packet){ .data = data, .caplen = len, .len = len, .dlt = dlt };
}

static struct skw_sll2 make(const struct skw_packet *pkt, uint16_t arphrd)
{
	struct skw_sll2 s;

	assert_int_equal(skw_sll2_make(pkt, IFINDEX, arphrd, &s), 0);
	return s;
}

static unsigned protocol(const struct skw_sll2 *s)
{
	return (unsigned)s->header[0] << 8 | s->header[1];
}

static const uint8_t arp[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 3, 4, 5, 6, 7, 8, 6, 0, 1 };

static void ethernet_keeps_the_source_address_and_the_type(void **state)
{
	const uint8_t expected[SKW_SLL2_BYTES] = {
		8, 6, 0, 0, 1, 2, 3, 4, 0, 1, PACKET_BROADCAST, 6, 2, 3, 4, 5, 6, 7, 0, 0,
	};
	struct skw_packet p = packet(DLT_EN10MB, arp, sizeof(arp));

	(void)state;
	p.direction = SKW_DIR_IN;
	p.pkt_type = PACKET_BROADCAST;
	struct skw_sll2 s = make(&p, ARPHRD_ETHER);
	assert_memory_equal(s.header, expected, sizeof(expected));
	assert_int_equal(s.drop, 14);
	assert_int_equal(s.drop_len, 14);
}

static void a_vlan_tag_in_the_bytes_is_the_protocol(void **state)
{
	uint8_t frame[18] = { [12] = 0x81, 0x00, 0x00, 0x05, 0x08, 0x00 };
	struct skw_packet p = packet(DLT_EN10MB, frame, sizeof(frame));

	(void)state;
	struct skw_sll2 s = make(&p, ARPHRD_ETHER);
	assert_int_equal(protocol(&s), 0x8100);
	assert_int_equal(s.drop, 14); /* the TCI comes next */
}

static void a_length_instead_of_a_type_is_llc_or_raw_802_3(void **state)
{
	uint8_t llc[17] = { [12] = 0x00, 0x03, 0x42, 0x42, 0x03 };
	uint8_t raw[17] = { [12] = 0x05, 0xff, 0xff, 0xff, 0x00 };
	struct skw_packet p = packet(DLT_EN10MB, llc, sizeof(llc));
	struct skw_packet q = packet(DLT_EN10MB, raw, sizeof(raw));

	(void)state;
	struct skw_sll2 s = make(&p, ARPHRD_ETHER);
	assert_int_equal(protocol(&s), 0x0004);
	s = make(&q, ARPHRD_ETHER);
	assert_int_equal(protocol(&s), 0x0001);
	q.caplen = 15; /* the two bytes of the protocol are missing */
	s = make(&q, ARPHRD_ETHER);
	assert_int_equal(protocol(&s), 0x0004);
}

static void a_header_that_was_cut_drops_what_there_is(void **state)
{
	struct skw_packet p = packet(DLT_EN10MB, arp, 10);

	(void)state;
	p.len = 60;
	p.protocol = 0x0806;
	struct skw_sll2 s = make(&p, ARPHRD_ETHER);
	assert_int_equal(s.drop, 10);
	assert_int_equal(s.drop_len, 14);
	assert_int_equal(protocol(&s), 0x0806);
	assert_int_equal(s.header[11], 0); /* no address */

	p = packet(DLT_EN10MB, NULL, 0);
	s = make(&p, ARPHRD_ETHER);
	assert_int_equal(s.drop, 0);
	assert_int_equal(s.drop_len, 0);
}

static void raw_packets_tell_their_version(void **state)
{
	const uint8_t v4[] = { 0x45 }, v6[] = { 0x60 }, other[] = { 0x12 };
	const struct {
		const uint8_t *data;
		unsigned protocol;
	} cases[] = { { v4, 0x0800 }, { v6, 0x86dd }, { other, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_packet p = packet(DLT_RAW, cases[i].data, 1);
		struct skw_sll2 s = make(&p, ARPHRD_NONE);

		assert_int_equal(protocol(&s), cases[i].protocol);
		assert_int_equal(s.drop, 0);
		assert_int_equal(s.header[8] << 8 | s.header[9], ARPHRD_NONE);
	}
	struct skw_packet p = packet(DLT_RAW, other, 1);
	p.protocol = 0x8847; /* the protocol of the kernel is used */
	struct skw_sll2 s = make(&p, ARPHRD_NONE);
	assert_int_equal(protocol(&s), 0x8847);
}

static void loopback_families_are_read_in_either_byte_order(void **state)
{
	const struct {
		int dlt;
		uint8_t family[4];
		unsigned protocol;
	} cases[] = {
		{ DLT_NULL, { 2, 0, 0, 0 }, 0x0800 },  { DLT_NULL, { 0, 0, 0, 2 }, 0x0800 },
		{ DLT_NULL, { 10, 0, 0, 0 }, 0x86dd }, { DLT_NULL, { 0, 0, 0, 24 }, 0x86dd },
		{ DLT_NULL, { 28, 0, 0, 0 }, 0x86dd }, { DLT_NULL, { 0, 0, 0, 30 }, 0x86dd },
		{ DLT_LOOP, { 0, 0, 0, 2 }, 0x0800 },  { DLT_LOOP, { 2, 0, 0, 0 }, 0 },
		{ DLT_NULL, { 99, 0, 0, 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_packet p = packet(cases[i].dlt, cases[i].family, 4);
		struct skw_sll2 s = make(&p, ARPHRD_LOOPBACK);

		assert_int_equal(protocol(&s), cases[i].protocol);
		assert_int_equal(s.drop, 4);
	}
}

static void a_cooked_header_is_carried_over(void **state)
{
	const uint8_t sll[16] = {
		0, PACKET_OUTGOING, 0x03, 0x04, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x86, 0xdd
	};
	const uint8_t expected[SKW_SLL2_BYTES] = {
		0x86, 0xdd, 0, 0, 1, 2, 3, 4, 3, 4, PACKET_OUTGOING, 6, 1, 2, 3, 4, 5, 6, 0, 0,
	};
	struct skw_packet p = packet(DLT_LINUX_SLL, sll, sizeof(sll));

	(void)state;
	struct skw_sll2 s = make(&p, ARPHRD_ETHER);
	assert_memory_equal(s.header, expected, sizeof(expected));
	assert_int_equal(s.drop, 16);

	/* A packet of the new kind does not change, including its interface. */
	uint8_t sll2[SKW_SLL2_BYTES];
	memcpy(sll2, expected, sizeof(sll2));
	sll2[7] = 9;
	p = packet(DLT_LINUX_SLL2, sll2, sizeof(sll2));
	s = make(&p, 0);
	assert_memory_equal(s.header, sll2, sizeof(sll2));
	assert_int_equal(s.drop, 20);
}

static void other_link_types_are_refused(void **state)
{
	struct skw_packet p = packet(DLT_IEEE802_11, arp, sizeof(arp));
	struct skw_sll2 s;

	(void)state;
	assert_false(skw_sll2_supported(DLT_IEEE802_11));
	assert_true(skw_sll2_supported(DLT_EN10MB));
	assert_int_equal(skw_sll2_make(&p, 1, 1, &s), -ENOTSUP);
}

static void the_older_header_has_the_same_fields_without_the_interface(void **state)
{
	const uint8_t v6[] = { 0x60, 1, 2, 3 };
	const uint8_t of_v6[] = { 0, 4, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd };
	struct skw_packet p = packet(DLT_EN10MB, arp, sizeof(arp));
	struct skw_sll2 old, new;

	(void)state;
	assert_int_equal(skw_sll2_make_as(DLT_LINUX_SLL, &p, IFINDEX, ARPHRD_ETHER, &old), 0);
	assert_int_equal(skw_sll2_make_as(DLT_LINUX_SLL2, &p, IFINDEX, ARPHRD_ETHER, &new), 0);
	assert_int_equal(old.header_len, SKW_SLL_BYTES);
	assert_int_equal(new.header_len, SKW_SLL2_BYTES);
	assert_int_equal(old.drop, 14);
	assert_int_equal(old.header[1], new.header[10]);
	assert_memory_equal(old.header + 2, new.header + 8, 2);
	assert_int_equal(old.header[5], 6);
	assert_memory_equal(old.header + 6, arp + 6, 6);
	assert_int_equal(old.header[14] << 8 | old.header[15], 0x0806);

	p = packet(DLT_RAW, v6, sizeof(v6));
	p.direction = SKW_DIR_OUT;
	p.pkt_type = 4;
	assert_int_equal(skw_sll2_make_as(DLT_LINUX_SLL, &p, IFINDEX, ARPHRD_NONE, &old), 0);
	assert_memory_equal(old.header, of_v6, sizeof(of_v6));
	assert_int_equal(old.drop, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ethernet_keeps_the_source_address_and_the_type),
		cmocka_unit_test(a_vlan_tag_in_the_bytes_is_the_protocol),
		cmocka_unit_test(a_length_instead_of_a_type_is_llc_or_raw_802_3),
		cmocka_unit_test(a_header_that_was_cut_drops_what_there_is),
		cmocka_unit_test(raw_packets_tell_their_version),
		cmocka_unit_test(loopback_families_are_read_in_either_byte_order),
		cmocka_unit_test(a_cooked_header_is_carried_over),
		cmocka_unit_test(other_link_types_are_refused),
		cmocka_unit_test(the_older_header_has_the_same_fields_without_the_interface),
	};

	return cmocka_run_group_tests_name("sll2", tests, NULL, NULL);
}
