// SPDX-License-Identifier: BSD-2-Clause
/* Packets that have the owners of the packet before, as their addresses are the same. */
#include "join/cache.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Ethernet, IPv4 (10.0.0.1 to 10.0.0.2) and UDP (5000 to 443). */
static const uint8_t ip4[] = { 2,  0,    0, 0, 0,  1, 2, 0, 0,    0,    0,  2,   8,
			       0,  0x45, 0, 0, 28, 0, 1, 0, 0,    64,   17, 0,   0,
			       10, 0,    0, 1, 10, 0, 0, 2, 0x13, 0x88, 1,  0xbb };

enum {
	TYPE = 13,
	VERSION = 14,
	ID = 19,
	FRAGMENT = 21,
	PROTO = 23,
	SOURCE = 29,
	DEST = 33,
	PORT = 37
};

static bool alike(const uint8_t *a, const uint8_t *b, uint32_t len, int dlt)
{
	const struct skw_packet one = { .data = a, .caplen = len, .len = len, .dlt = DLT_EN10MB };
	const struct skw_packet other = { .data = b, .caplen = len, .len = len, .dlt = dlt };

	return skw_join_cache_alike(&one, &other);
}

/* A packet like the one above, but for one byte. */
static bool alike_with(size_t at, uint8_t value)
{
	uint8_t changed[sizeof(ip4)];

	memcpy(changed, ip4, sizeof(ip4));
	changed[at] = value;
	return alike(ip4, changed, sizeof(ip4), DLT_EN10MB);
}

static void packets_of_one_direction_are_alike(void **state)
{
	(void)state;
	assert_true(alike(ip4, ip4, sizeof(ip4), DLT_EN10MB));
	assert_true(alike_with(0, 6));
	assert_true(alike_with(ID, 2));
}

static void other_addresses_ports_and_protocols_are_not(void **state)
{
	(void)state;
	assert_false(alike_with(SOURCE, 3));
	assert_false(alike_with(DEST, 3));
	assert_false(alike_with(PORT - 2, 0x89));
	assert_false(alike_with(PORT, 0xbc));
	assert_false(alike_with(PROTO, 6));
	assert_false(alike_with(TYPE, 6));
}

/* Of two such packets, too: they have no ports where these stand. */
static void fragments_options_and_other_protocols_are_not(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = { { FRAGMENT, 1 }, { FRAGMENT - 1, 0x20 }, { VERSION, 0x46 }, { PROTO, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t changed[sizeof(ip4)];

		memcpy(changed, ip4, sizeof(ip4));
		changed[changes[i].at] = changes[i].value;
		assert_false(alike(ip4, changed, sizeof(ip4), DLT_EN10MB));
		assert_false(alike(changed, changed, sizeof(ip4), DLT_EN10MB));
	}
}

static void packets_that_are_cut_or_of_another_link_are_not(void **state)
{
	(void)state;
	assert_false(alike(ip4, ip4, sizeof(ip4) - 1, DLT_EN10MB));
	assert_false(alike(ip4, ip4, 0, DLT_EN10MB));
	assert_false(alike(ip4, ip4, sizeof(ip4), DLT_RAW));
}

static void ipv6_is_compared_to_the_last_bit(void **state)
{
	uint8_t one[14 + 40 + 4] = { [12] = 0x86, [13] = 0xdd, [14] = 0x60, [20] = 17 }, other[58];

	(void)state;
	memcpy(other, one, sizeof(one));
	assert_true(alike(one, other, sizeof(one), DLT_EN10MB));
	assert_false(alike(one, other, sizeof(one) - 1, DLT_EN10MB));
	/* Both addresses and the ports. */
	for (size_t at = 22; at < sizeof(other); at++) {
		other[at] = 1;
		assert_false(alike(one, other, sizeof(one), DLT_EN10MB));
		other[at] = 0;
	}
	/* Behind a header of a fragment the ports would be somewhere else. */
	one[20] = other[20] = 44;
	assert_false(alike(one, other, sizeof(one), DLT_EN10MB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_one_direction_are_alike),
		cmocka_unit_test(other_addresses_ports_and_protocols_are_not),
		cmocka_unit_test(fragments_options_and_other_protocols_are_not),
		cmocka_unit_test(packets_that_are_cut_or_of_another_link_are_not),
		cmocka_unit_test(ipv6_is_compared_to_the_last_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
