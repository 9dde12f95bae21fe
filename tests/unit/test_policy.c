// SPDX-License-Identifier: BSD-2-Clause
/* Rules of a policy: their text, and the maps that they become. */
#include "act/policy/policy_groups.h"
#include "act/policy/policy_image.h"
#include "act/policy/policy_rules.h"
#include "act/policy/policy_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct skw_policy_rules rules;

static void add(const char *text)
{
	struct skw_error err = { 0 };

	if (skw_policy_rules_add(&rules, text, 1, &err))
		fail_msg("%s: %s", text, err.text);
}

static void a_rule_is_printed_as_it_is_parsed(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: the same */
	} list[] = {
		{ "allow connect", NULL },
		{ "deny connect tcp to 192.0.2.0/24 port 1-1023", NULL },
		{ "deny=econnrefused connect tcp to 192.0.2.0/24 port 1-1023", NULL },
		{ "deny=EPERM connect", "deny connect" },
		{ "deny=eTimedOut send udp port 53", "deny=etimedout send udp port 53" },
		{ "deny connect,send udp to 2001:db8::/32 port 53,123,1000-2000", NULL },
		{ "observe bind tcp from 10.0.0.0/8 port 80", NULL },
		{ "deny bind from :: port 1-1023", NULL },
		{ "deny create raw", NULL },
		{ "deny create icmp", NULL },
		{ "allow connect any to 10.1.2.3/32", "allow connect to 10.1.2.3" },
		{ "allow connect to ::ffff:192.0.2.0/120", "allow connect to 192.0.2.0/24" },
		{ "allow connect to 0.0.0.0/0", NULL },
		{ "allow connect to ::/0", NULL },
		{ "redirect connect tcp port 80 via 127.0.0.1:8080", NULL },
		{ "redirect connect tcp via 127.0.0.1:8080 port 80 to 10.0.0.0/8",
		  "redirect connect tcp to 10.0.0.0/8 port 80 via 127.0.0.1:8080" },
		{ "redirect connect udp to 2001:db8::/32 port 53 via [::1]:5353", NULL },
		{ "deny connect cgroup workers/*", NULL },
		{ "deny connect cgroup /a port 80", "deny connect port 80 cgroup a" },
		{ "redirect connect tcp cgroup a via 10.0.0.1:80", NULL },
		{ "default deny", "default deny connect,bind,send" },
		{ "default deny=eacces connect", NULL },
		{ "  deny \t connect   port\t0  ", "deny connect port 0" },
		{ "deny connect port 65535-65535", "deny connect port 65535" },
		{ "deny-message tcp to 192.0.2.0/24 port 80,443 cgroup a", NULL },
		{ "deny-message=EACCES", "deny-message tcp" },
		{ "observe-message port 80 to ::/0", "observe-message tcp to ::/0 port 80" },
		{ "allow-message tcp to 10.0.0.1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		char out[SKW_POLICY_TEXT_MAX];

		rules.len = 0;
		add(list[i].in);
		skw_policy_words_text(&rules.rule[0], out);
		assert_string_equal(out, list[i].out ? list[i].out : list[i].in);
	}
}

static void a_fault_is_told_with_the_number_of_the_rule(void **state)
{
	static const struct {
		const char *text, *why;
	} list[] = {
		{ "", "it begins with allow" },
		{ "reject connect", "reject: no such action" },
		{ "deny", "the call is missing" },
		{ "deny connects", "connects: no such call" },
		{ "deny=EFOO connect", "EFOO: no error of this name" },
		{ "allow=eperm connect", "only deny has an error" },
		{ "deny connect sctp", "sctp: this word is not expected" },
		{ "deny connect to", "the prefix is missing" },
		{ "deny connect to example.org", "example.org: no address" },
		{ "deny connect to 10.0.0.0/33", "the length is 0 to 32" },
		{ "deny connect to 10.0.0.0/", "the length is 0 to 32" },
		{ "deny connect to ::/129", "the length is 0 to 128" },
		{ "deny connect to 10.0.0.1/8", "bits behind the prefix" },
		{ "deny connect to 10.0.0.0/8 to 11.0.0.0/8", "a rule has one prefix" },
		{ "deny connect from 10.0.0.0/8", "from is for bind alone" },
		{ "deny bind to 10.0.0.0/8", "to is for connect and send" },
		{ "deny create to 10.0.0.0/8", "to is for connect and send" },
		{ "deny create port 80", "no port when it is created" },
		{ "deny connect icmp port 80", "only tcp and udp have ports" },
		{ "deny connect port", "the number is missing" },
		{ "deny connect port 65536", "65536: no port" },
		{ "deny connect port 20-10", "20-10: no port or range" },
		{ "deny connect port -5", "no port or range" },
		{ "deny connect port 1,2,3,4,5,6,7,8,9", "more than 8 ports" },
		{ "deny connect via 127.0.0.1:80", "via is for redirect alone" },
		{ "redirect connect tcp", "redirect needs via" },
		{ "redirect connect tcp via 127.0.0.1", "no address and port" },
		{ "redirect connect tcp via 127.0.0.1:0", "no address and port" },
		{ "redirect bind tcp via 127.0.0.1:80", "redirect is for connect" },
		{ "redirect connect raw via 127.0.0.1:80", "redirect is for connect" },
		{ "redirect connect tcp via [::1]:80", "needs a rule with to" },
		{ "redirect connect tcp to 10.0.0.0/8 via [::1]:80", "needs a rule with to" },
		{ "default redirect connect", "a default can't redirect" },
		{ "default deny connect port 80", "port: this word is not expected" },
		{ "deny connect cgroup", "the name is missing" },
		{ "deny connect cgroup /", "1 to 95 characters" },
		{ "deny message tcp", "message: no such call" },
		{ "deny-message=eperm tcp", "the error of a message is always eacces" },
		{ "deny-message udp", "only messages of tcp" },
		{ "deny-message any", "only messages of tcp" },
		{ "deny-message connect", "connect: this word is not expected" },
		{ "deny-message from 10.0.0.0/8", "from is for bind alone" },
		{ "deny-messages", "deny-messages: no such action" },
		{ "-message", "-message: no such action" },
		{ "redirect-message via 127.0.0.1:80", "redirect-message: no such action" },
		{ "allow-message via 127.0.0.1:80", "via is for redirect alone" },
		{ "default deny-message", "messages have no default" },
		{ "a b c d e f g h i j k l m n o p q", "one too many" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_error err = { 0 };

		rules.len = 0;
		add("allow connect");
		assert_int_equal(skw_policy_rules_add(&rules, list[i].text, 1, &err), -EINVAL);
		assert_true(err.usage);
		assert_int_equal(rules.len, 1);
		if (strncmp(err.text, "rule 2: ", 8) != 0 || !strstr(err.text, list[i].why))
			fail_msg("%s: %s", list[i].text, err.text);
	}
}

static void a_default_closes_what_it_decides(void **state)
{
	struct skw_error err = { 0 };
	char out[SKW_POLICY_TEXT_MAX];

	(void)state;
	rules.len = 0;
	assert_int_equal(skw_policy_rules_end(&rules, &err), -EINVAL);
	add("default deny connect");
	err = (struct skw_error){ 0 };
	assert_int_equal(skw_policy_rules_add(&rules, "allow connect port 1", 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "rule 2: it stands behind a default"));
	add("deny bind port 80");
	assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
	skw_policy_words_text(&rules.rule[2], out);
	assert_string_equal(out, "default allow bind,send,create");
	assert_int_equal(skw_policy_rules_whats(&rules),
			 1 << SKW_POLICY_CONNECT | 1 << SKW_POLICY_BIND);
	rules.len = 0;
	add("default deny connect,bind,send,create");
	add("deny-message tcp");
	assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
	assert_int_equal(rules.len, 2);
	assert_true(skw_policy_rules_whats(&rules) & 1 << SKW_POLICY_MESSAGE);
	assert_false(skw_policy_rules_redirect(&rules));
}

static void there_is_an_end_of_rules(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	rules.len = 0;
	for (unsigned i = 0; i < SKW_POLICY_RULES - 1; i++)
		add("deny connect port 80");
	assert_int_equal(skw_policy_rules_add(&rules, "allow connect", 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "more than 1023 rules"));
	assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
	assert_int_equal(rules.len, SKW_POLICY_RULES);
}

/* Judges as the grammar says, one rule after the other. */
static size_t judge_slowly(unsigned what, unsigned proto, const uint8_t addr[16], unsigned port)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool is_ip4 = memcmp(addr, mapped, 12) == 0;

	for (size_t i = 0; i < rules.len; i++) {
		const struct skw_policy_rule *rule = &rules.rule[i];
		bool fits = rule->whats >> what & 1 && rule->protos >> proto & 1;
		bool by_port = rule->ranges_len == 0;

		for (unsigned j = 0; j < rule->ranges_len; j++)
			by_port = by_port ||
				  (port >= rule->ranges[j].from && port <= rule->ranges[j].to);
		if (rule->has_prefix && memcmp(rule->prefix.addr, mapped, 12) == 0 && !is_ip4)
			fits = false;
		if (rule->has_prefix && memcmp(rule->prefix.addr, mapped, 12) != 0 && is_ip4)
			fits = false;
		for (unsigned bit = 0; rule->has_prefix && bit < rule->prefix.len; bit++)
			if ((rule->prefix.addr[bit / 8] ^ addr[bit / 8]) & 0x80 >> bit % 8)
				fits = false;
		if (fits && by_port)
			return i;
	}
	return SKW_POLICY_RULES;
}

/* Few addresses and ports, so that rules overlap. */
static void random_rule(char *out, size_t size)
{
	static const char *const actions[] = { "allow", "deny", "deny=econnrefused", "observe" };
	static const char *const protos[] = { "", "tcp", "udp", "any" };
	static const char *const prefixes[] = {
		"",
		"to 10.0.0.0/8",
		"to 10.1.0.0/16",
		"to 10.1.1.0/24",
		"to 10.1.1.1",
		"to ::/0",
		"to 2001::/16",
		"to 2001:db8::/32",
		"to 0.0.0.0/0",
		"to 10.128.0.0/9",
		"to ::/1",
		"to 2001:db8::1",
		"to 10.1.1.0/25",
	};
	unsigned from = (unsigned)rand() % 12, n = (unsigned)rand() % 4;
	const char *prefix = prefixes[(unsigned)rand() % LEN(prefixes)];
	int len = rand() % 4 ? snprintf(out, size, "%s %s %s %s", actions[rand() % 4],
					rand() % 2 ? "connect" : "connect,send", protos[rand() % 4],
					prefix)
			     : snprintf(out, size, "%s-message tcp %s",
					rand() % 2 ? "deny" : "allow", prefix);

	if (n == 1)
		snprintf(out + len, size - (size_t)len, " port %u", from);
	else if (n == 2)
		snprintf(out + len, size - (size_t)len, " port %u-%u,65535", from, from + n);
}

static size_t judge(const struct skw_policy_image *image, unsigned what, unsigned proto,
		    const uint8_t addr[16], uint16_t port)
{
	struct skw_policy_image_call call = { .what = (uint8_t)what,
					      .proto = (uint8_t)proto,
					      .port = port };

	memcpy(call.addr, addr, sizeof(call.addr));
	return skw_policy_image_judge(image, &call);
}

static void random_call(const struct skw_policy_image *image)
{
	static const char *const addrs[] = {
		"::ffff:10.0.0.1",   "::ffff:10.1.1.1",
		"::ffff:10.1.1.200", "::ffff:10.200.0.1",
		"::ffff:192.0.2.1",  "2001:db8::1",
		"2001:db8::2",       "2001:1::1",
		"fe80::1",           "::1",
		"::ffff:0.0.0.0",
	};
	unsigned what = (unsigned)rand() % SKW_POLICY_WHATS;
	unsigned proto = (unsigned)rand() % (SKW_POLICY_OTHER + 1);
	uint16_t port = rand() % 20 ? (uint16_t)(rand() % 15) : 65535;
	const char *text = addrs[(unsigned)rand() % LEN(addrs)];
	uint8_t addr[16];

	assert_int_equal(inet_pton(AF_INET6, text, addr), 1);
	if (what == SKW_POLICY_CREATE) {
		memset(addr, 0, sizeof(addr));
		port = 0;
	}
	size_t got = judge(image, what, proto, addr, port);
	size_t expected = judge_slowly(what, proto, addr, port);
	if (got != expected)
		fail_msg("%s port %u, call %u, protocol %u: rule %zu instead of %zu", text, port,
			 what, proto, got, expected);
}

static void the_first_rule_that_matches_decides(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 300; round++) {
		struct skw_policy_image *image = NULL;
		struct skw_error err = { 0 };
		int n = round % 50 ? 1 + rand() % 30 : 1000;

		rules.len = 0;
		for (int i = 0; i < n; i++) {
			char text[200];

			random_rule(text, sizeof(text));
			add(text);
		}
		if (rand() % 2)
			add("default deny");
		assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
		assert_int_equal(skw_policy_image_make(&rules, 7, &image, &err), 0);
		assert_int_equal(image->set.generation, 7);
		for (int i = 0; i < 200; i++)
			random_call(image);
		free(image);
	}
}

static void thousand_ports_of_their_own_fit(void **state)
{
	struct skw_policy_image *image = NULL;
	struct skw_error err = { 0 };
	uint8_t addr[16] = { 0 };

	(void)state;
	rules.len = 0;
	for (int i = 0; i < SKW_POLICY_RULES - 1; i++) {
		char text[64];

		snprintf(text, sizeof(text), "deny connect port %d-%d", 20 * i, 20 * i + 30);
		add(text);
	}
	assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
	assert_int_equal(skw_policy_image_make(&rules, 0, &image, &err), 0);
	assert_int_equal(judge(image, 0, 0, addr, 2005), 99);
	assert_int_equal(judge(image, 0, 0, addr, 2015), 100);
	assert_int_equal(judge(image, 0, 0, addr, 65535), SKW_POLICY_RULES - 1);
	free(image);
}

static void a_pattern_means_cgroups_and_those_below(void **state)
{
	static const struct {
		const char *glob, *path;
		bool matches, itself;
	} list[] = {
		{ "", "a", true, false },     { "", "", true, false },
		{ "a", "a", true, true },     { "a", "a/b/c", true, false },
		{ "a", "", false, false },    { "a", "b/a", false, false },
		{ "a*", "ab", true, true },   { "a*", "ab/c", true, false },
		{ "*/c", "a/c", true, true }, { "*/c", "c", false, false },
		{ "*", "a/b", true, false },  { "a/b", "a", false, false },
		{ "*", "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_policy_rule rule = { 0 };
		bool itself;

		strcpy(rule.glob, list[i].glob);
		if (skw_policy_groups_match(&rule, list[i].path, &itself) != list[i].matches ||
		    itself != list[i].itself)
			fail_msg("%s and %s", list[i].glob, list[i].path);
	}
}

static void a_file_is_told_with_its_line(void **state)
{
	char path[] = "/tmp/skw-policy-XXXXXX";
	struct skw_error err = { 0 };
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	(void)state;
	fputs("# comment\n\nallow connect # to all\n   \ndeny send udp\ndeny conect\n", f);
	fclose(f);
	assert_int_equal(skw_policy_rules_read(&rules, path, &err), -EINVAL);
	assert_non_null(strstr(err.text, ":6: rule 3: conect: no such call"));
	f = fopen(path, "w");
	fputs("allow connect # to all\ndeny send udp", f);
	fclose(f);
	assert_int_equal(skw_policy_rules_read(&rules, path, &err), 0);
	assert_int_equal(rules.len, 3);
	unlink(path);
	err = (struct skw_error){ 0 };
	assert_int_equal(skw_policy_rules_read(&rules, path, &err), -EINVAL);
	assert_non_null(strstr(err.text, "No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_printed_as_it_is_parsed),
		cmocka_unit_test(a_fault_is_told_with_the_number_of_the_rule),
		cmocka_unit_test(a_default_closes_what_it_decides),
		cmocka_unit_test(there_is_an_end_of_rules),
		cmocka_unit_test(the_first_rule_that_matches_decides),
		cmocka_unit_test(thousand_ports_of_their_own_fit),
		cmocka_unit_test(a_pattern_means_cgroups_and_those_below),
		cmocka_unit_test(a_file_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
