// SPDX-License-Identifier: BSD-2-Clause
/* The rules of steer, and the keys that stand for them in the kernel. */
#include "act/steer/steer_rule.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kern/act/lookup_keys.h"

static void rules_are_printed_as_they_are_typed(void **state)
{
	static const struct {
		const char *word;
		const char *rules[3];
	} good[] = {
		{ "7", { "7" } },
		{ "7,77,700-710", { "7", "77", "700-710" } },
		{ "*", { "*" } },
		{ "1-65535", { "*" } },
		{ "all", { "*" } },
		{ "65535", { "65535" } },
		{ "192.0.2.0/24:80", { "192.0.2.0/24:80" } },
		{ "192.0.2.1:80,81", { "192.0.2.1/32:80", "192.0.2.1/32:81" } },
		{ "0.0.0.0/0:*", { "0.0.0.0/0:*" } },
		{ "[2001:db8::/32]:80", { "[2001:db8::/32]:80" } },
		{ "2001:db8::/32:80", { "[2001:db8::/32]:80" } },
		{ "[::1]:1-2", { "[::1/128]:1-2" } },
		{ "[::ffff:192.0.2.0/120]:80", { "192.0.2.0/24:80" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct skw_steer_rules rules = { 0 };
		struct skw_error err = { 0 };
		char text[SKW_STEER_RULE_SIZE];
		size_t n = 0;

		assert_int_equal(skw_steer_rules_add(&rules, good[i].word, &err), 0);
		for (; n < 3 && good[i].rules[n]; n++) {
			assert_true(n < rules.len);
			skw_steer_rule_text(&rules.all[n], text);
			assert_string_equal(text, good[i].rules[n]);
		}
		assert_int_equal(rules.len, n);
		skw_steer_rules_free(&rules);
	}
}

static void bad_rules_are_usage_errors(void **state)
{
	static const char *const bad[] = { "",
					   "0",
					   "65536",
					   "5-4",
					   "1-",
					   "-1",
					   "7,",
					   ",7",
					   "7,7",
					   "7,5-8",
					   "x",
					   "192.0.2.1/24:7",
					   "192.0.2.0/33:7",
					   "192.0.2.0/:7",
					   "192.0.2:7",
					   "fe80::1:7",
					   "[fe80::1]7",
					   "[fe80::1:7",
					   "[::/129]:7",
					   "192.0.2.0/24:",
					   ":7" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct skw_steer_rules rules = { 0 };
		struct skw_error err = { 0 };

		if (skw_steer_rules_add(&rules, bad[i], &err) == 0)
			fail_msg("%s was accepted", bad[i]);
		assert_true(err.usage);
		assert_true(err.text[0]);
		skw_steer_rules_free(&rules);
	}
}

/* All keys of a rule, for a look-up as the kernel does it. */
struct keys {
	struct skw_steer_key all[70000];
	size_t len;
};

static int note(void *ctx, const struct skw_steer_key *key)
{
	struct keys *keys = ctx;

	assert_true(keys->len < sizeof(keys->all) / sizeof(keys->all[0]));
	keys->all[keys->len++] = *key;
	return 0;
}

static bool is_prefix_of(const struct skw_steer_key *key, const struct skw_steer_key *of)
{
	const uint8_t *a = (const uint8_t *)key + sizeof(key->bits);
	const uint8_t *b = (const uint8_t *)of + sizeof(of->bits);
	unsigned rest = key->bits % 8;

	return memcmp(a, b, key->bits / 8) == 0 &&
	       (!rest || ((a[key->bits / 8] ^ b[key->bits / 8]) >> (8 - rest)) == 0);
}

/* As bpf/steer.bpf.c looks: with the port, and then for all ports. */
static bool finds(const struct keys *keys, const char *addr, uint16_t port)
{
	struct skw_steer_key key = { .bits = SKW_STEER_KEY_BITS, .proto = 6, .port = htons(port) };

	key.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(key.family, addr, key.addr), 1);
	for (int all = 0; all < 2; all++) {
		for (size_t i = 0; i < keys->len; i++)
			if (is_prefix_of(&keys->all[i], &key))
				return true;
		key.port = 0;
	}
	return false;
}

static void keys_of(const char *word, struct keys *keys)
{
	struct skw_steer_rules rules = { 0 };

	keys->len = 0;
	assert_int_equal(skw_steer_rules_add(&rules, word, NULL), 0);
	for (size_t i = 0; i < rules.len; i++)
		assert_int_equal(skw_lookup_keys_each(&rules.all[i], 6, note, keys), 0);
	skw_steer_rules_free(&rules);
}

static void ranges_match_their_ports_and_no_others(void **state)
{
	static const uint16_t ranges[][2] = { { 1, 1 },         { 1, 65534 }, { 2, 65535 },
					      { 1000, 2000 },   { 7, 8 },     { 32768, 32768 },
					      { 32767, 32769 }, { 80, 443 },  { 65535, 65535 } };
	struct keys *keys = malloc(sizeof(*keys));
	char word[32];

	(void)state;
	assert_non_null(keys);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		snprintf(word, sizeof(word), "%u-%u", ranges[i][0], ranges[i][1]);
		keys_of(word, keys);
		assert_true(keys->len <= 30);
		for (unsigned port = 1; port <= 65535; port++)
			assert_int_equal(finds(keys, "192.0.2.1", (uint16_t)port),
					 port >= ranges[i][0] && port <= ranges[i][1]);
		assert_true(finds(keys, "2001:db8::1", ranges[i][0]));
	}
	free(keys);
}

static void prefixes_match_their_addresses_and_no_others(void **state)
{
	struct keys *keys = malloc(sizeof(*keys));

	(void)state;
	assert_non_null(keys);
	keys_of("192.0.2.0/24:80-82", keys);
	assert_int_equal(keys->len, 3);
	assert_true(finds(keys, "192.0.2.255", 82));
	assert_false(finds(keys, "192.0.2.255", 83));
	assert_false(finds(keys, "192.0.3.0", 82));
	assert_false(finds(keys, "c000:200::", 82));
	keys_of("192.0.2.128/25:*", keys);
	assert_int_equal(keys->len, 1);
	assert_true(finds(keys, "192.0.2.128", 1));
	assert_false(finds(keys, "192.0.2.127", 1));
	keys_of("0.0.0.0/0:80", keys);
	assert_true(finds(keys, "8.8.8.8", 80));
	assert_false(finds(keys, "::1", 80));
	keys_of("[::/0]:80", keys);
	assert_true(finds(keys, "::1", 80));
	assert_false(finds(keys, "8.8.8.8", 80));
	keys_of("*", keys);
	assert_int_equal(keys->len, 1);
	assert_true(finds(keys, "8.8.8.8", 65535));
	free(keys);
}

static struct skw_steer_rule rule_of(const char *word)
{
	struct skw_steer_rules rules = { 0 };

	assert_int_equal(skw_steer_rules_add(&rules, word, NULL), 0);
	struct skw_steer_rule rule = rules.all[0];
	skw_steer_rules_free(&rules);
	return rule;
}

static void listeners_are_found_that_a_rule_overrules(void **state)
{
	const uint8_t any[16] = { 0 }, one[16] = { 192, 0, 2, 1 }, other[16] = { 10, 0, 0, 1 };
	const struct skw_steer_rule ports = rule_of("80-90"), prefix = rule_of("192.0.2.0/24:80");

	(void)state;
	assert_true(skw_steer_rule_takes(&ports, AF_INET, other, 85));
	assert_false(skw_steer_rule_takes(&ports, AF_INET, other, 91));
	assert_true(skw_steer_rule_takes(&prefix, AF_INET, one, 80));
	assert_false(skw_steer_rule_takes(&prefix, AF_INET, other, 80));
	assert_true(skw_steer_rule_takes(&prefix, AF_INET, any, 80));
	/* It may be a dual-stack socket. */
	assert_true(skw_steer_rule_takes(&prefix, AF_INET6, any, 80));
}

static void loopback_is_what_other_hosts_do_not_reach(void **state)
{
	static const char *const inside[] = { "127.0.0.1:7", "127.0.0.0/8:*", "[::1]:7" };
	static const char *const outside[] = { "7", "0.0.0.0/0:7", "126.0.0.0/7:7", "[::/127]:7" };

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		const struct skw_steer_rule rule = rule_of(inside[i]);

		assert_true(skw_steer_rule_is_loopback(&rule));
	}
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		const struct skw_steer_rule rule = rule_of(outside[i]);

		assert_false(skw_steer_rule_is_loopback(&rule));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_printed_as_they_are_typed),
		cmocka_unit_test(bad_rules_are_usage_errors),
		cmocka_unit_test(ranges_match_their_ports_and_no_others),
		cmocka_unit_test(prefixes_match_their_addresses_and_no_others),
		cmocka_unit_test(listeners_are_found_that_a_rule_overrules),
		cmocka_unit_test(loopback_is_what_other_hosts_do_not_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
