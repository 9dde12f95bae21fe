// SPDX-License-Identifier: BSD-2-Clause
/* The parts of a relay that need no network. */
#include "act/relay/backend.h"
#include "act/relay/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "row/address.h"
#include "util/cleanup.h"

static struct skw_relay_endpoint endpoint(const char *text)
{
	struct skw_relay_endpoint e;
	struct skw_error err = { 0 };

	if (skw_relay_endpoint_parse(text, true, "listener", &e, &err))
		fail_msg("%s: %s", text, err.text);
	return e;
}

static void endpoints_are_read_and_written(void **state)
{
	static const char *const texts[][2] = {
		{ "192.0.2.1:80", "192.0.2.1:80" },
		{ "[2001:db8::1]:65535", "[2001:db8::1]:65535" },
		{ ":8080", "*:8080" },
		{ "127.0.0.1:0", "127.0.0.1:*" },
		{ "[::ffff:192.0.2.1]:80", "192.0.2.1:80" },
	};
	char out[SKW_ENDPOINT_SIZE];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		struct skw_relay_endpoint e = endpoint(texts[i][0]);

		skw_relay_endpoint_text(&e, out);
		assert_string_equal(out, texts[i][1]);
	}
}

static void wrong_endpoints_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"80",
		"192.0.2.1",
		"192.0.2.1:",
		"192.0.2.1:65536",
		":0",
		"a:80",
		"192.0.2.1:80x",
		"192.0.2:80",
		"[192.0.2.1]:80",
		"[::1]",
		"[::1]80",
		"[::1:80",
		"::1:80",
		"192.0.2.1:-1",
		":80",
		"[::1%1]:8",
		"192.0.2.1 :80",
		"[]:80",
		"192.0.2.1:+1",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		struct skw_relay_endpoint e;
		struct skw_error err = { 0 };

		if (!skw_relay_endpoint_parse(texts[i], false, "backend", &e, &err) || !err.usage)
			fail_msg("%s is taken", texts[i]);
	}
}

static void a_mapped_address_becomes_that_of_ipv4(void **state)
{
	struct skw_relay_endpoint e = endpoint("[::ffff:192.0.2.7]:99"), v6 = endpoint("[::1]:99");

	(void)state;
	skw_relay_endpoint_unmap(&e);
	assert_int_equal(e.at.any.sa_family, AF_INET);
	assert_int_equal(skw_relay_endpoint_port(&e), 99);
	skw_relay_endpoint_unmap(&v6);
	assert_int_equal(v6.at.any.sa_family, AF_INET6);
}

static void proxy_headers_are_those_of_the_specification(void **state)
{
	struct skw_relay_endpoint a = endpoint("192.0.2.1:56324"), b = endpoint("192.0.2.2:443");
	struct skw_relay_endpoint c = endpoint("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1]:65535");
	static const char v1[] = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";
	static const uint8_t v2[] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49,
				      0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c, 192,  0,    2,    1,
				      192,  0,    2,    2,    0xdc, 0x04, 0x01, 0xbb };
	uint8_t out[SKW_RELAY_PROXY_SIZE];

	(void)state;
	assert_int_equal(skw_relay_proxy_header(1, &a, &b, out), strlen(v1));
	assert_memory_equal(out, v1, strlen(v1));
	assert_int_equal(skw_relay_proxy_header(2, &a, &b, out), sizeof(v2));
	assert_memory_equal(out, v2, sizeof(v2));
	/* The longest of both versions. */
	assert_int_equal(skw_relay_proxy_header(1, &c, &c, out), 104);
	assert_int_equal(skw_relay_proxy_header(2, &c, &c, out), 52);
	assert_int_equal(out[13], 0x21);
}

#define BACKENDS 5

static void make_pool(struct skw_relay_pool *pool, struct skw_relay_backend *list,
		      enum skw_relay_balance balance)
{
	char text[32];

	memset(list, 0, BACKENDS * sizeof(*list));
	for (int i = 0; i < BACKENDS; i++) {
		snprintf(text, sizeof(text), "192.0.2.%d:80", i);
		list[i].at = endpoint(text);
	}
	*pool = (struct skw_relay_pool){ .list = list, .len = BACKENDS, .balance = balance };
}

static long picked(struct skw_relay_pool *pool, uint64_t hash, uint64_t tried)
{
	const struct skw_relay_backend *b = skw_relay_backend_pick(pool, hash, tried);

	return b ? b - pool->list : -1;
}

static void round_robin_leaves_out_the_down_the_full_and_the_tried(void **state)
{
	struct skw_relay_backend list[BACKENDS];
	struct skw_relay_pool pool;

	(void)state;
	make_pool(&pool, list, SKW_RELAY_ROUND_ROBIN);
	pool.most = 3;
	list[1].down = true;
	list[3].active = 3;
	assert_int_equal(picked(&pool, 0, 0), 0);
	assert_int_equal(picked(&pool, 0, 0), 2);
	assert_int_equal(picked(&pool, 0, 0), 4);
	assert_int_equal(picked(&pool, 0, 1), 2);
	assert_int_equal(picked(&pool, 0, 1 | 4 | 16), -1);
	assert_false(skw_relay_backend_all_full(&pool));
	list[0].active = list[2].active = list[4].active = 3;
	assert_true(skw_relay_backend_all_full(&pool));
	assert_int_equal(picked(&pool, 0, 0), -1);
	/* If all are down, nobody waits for them. */
	for (int i = 0; i < BACKENDS; i++)
		list[i].down = true;
	assert_false(skw_relay_backend_all_full(&pool));
}

static void least_connections_takes_turns_among_equals(void **state)
{
	struct skw_relay_backend list[BACKENDS];
	struct skw_relay_pool pool;

	(void)state;
	make_pool(&pool, list, SKW_RELAY_LEAST_CONNECTIONS);
	list[0].active = list[1].active = 2;
	list[2].active = list[3].active = 1;
	list[4].active = 7;
	assert_int_equal(picked(&pool, 0, 0), 2);
	assert_int_equal(picked(&pool, 0, 0), 3);
	assert_int_equal(picked(&pool, 0, 0), 2);
	list[4].active = 0;
	assert_int_equal(picked(&pool, 0, 0), 4);
}

static void a_source_moves_only_if_its_backend_goes_down(void **state)
{
	struct skw_relay_backend list[BACKENDS];
	unsigned each[BACKENDS] = { 0 };
	struct skw_relay_pool pool;
	char text[32];

	(void)state;
	make_pool(&pool, list, SKW_RELAY_SOURCE_HASH);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.1.%d.%d:1000", i / 250, i % 250);
		struct skw_relay_endpoint client = endpoint(text);
		uint64_t hash = skw_relay_endpoint_hash(&client);
		long before = picked(&pool, hash, 0);

		each[before]++;
		assert_int_equal(picked(&pool, hash, 0), before);
		list[1].down = true;
		if (before != 1)
			assert_int_equal(picked(&pool, hash, 0), before);
		else
			assert_int_not_equal(picked(&pool, hash, 0), before);
		list[1].down = false;
	}
	/* Each has its share. */
	for (int i = 0; i < BACKENDS; i++)
		assert_in_range(each[i], 120, 280);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_are_read_and_written),
		cmocka_unit_test(wrong_endpoints_are_refused),
		cmocka_unit_test(a_mapped_address_becomes_that_of_ipv4),
		cmocka_unit_test(proxy_headers_are_those_of_the_specification),
		cmocka_unit_test(round_robin_leaves_out_the_down_the_full_and_the_tried),
		cmocka_unit_test(least_connections_takes_turns_among_equals),
		cmocka_unit_test(a_source_moves_only_if_its_backend_goes_down),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
