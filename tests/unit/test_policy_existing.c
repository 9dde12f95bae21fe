// SPDX-License-Identifier: BSD-2-Clause
/* Which open connections rules would have denied, and who has opened a connection. */
#include "act/policy/policy_existing_find.h"
#include "act/policy/policy_groups.h"
#include "act/policy/policy_image.h"
#include "act/policy/policy_members.h"
#include "act/policy/policy_rules.h"
#include "kern/host/sock_opened.h"
#include "model/row.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct skw_policy_rules rules;

/* The first id is that of the policy's cgroup. */
static const struct {
	uint64_t id;
	const char *path;
} cgroups[] = {
	{ 10, "/top" },       { 20, "/top/a" },  { 5, "/top/a/b" },
	{ 30, "/top/a/b/c" }, { 40, "/top/ab" }, { 50, "/top/z" },
};

struct world {
	struct skw_policy_image *image;
	struct skw_policy_members members;
};

static void bits_for(struct skw_policy_bits *bits, const char *path, bool *named)
{
	*named = false;
	for (size_t i = 0; i < rules.len; i++) {
		bool itself;

		if (!skw_policy_groups_match(&rules.rule[i], path, &itself))
			continue;
		bits->word[i / 64] |= 1ULL << i % 64;
		*named = *named || itself;
	}
}

/* As skw_policy_groups_find() does it with a real tree. */
static void add_groups(struct skw_policy_image *image)
{
	if (!image->set.groups)
		return;
	image->groups = 1;
	for (size_t i = 0; i < rules.len; i++)
		if (!rules.rule[i].glob[0])
			image->group[0].bits.word[i / 64] |= 1ULL << i % 64;
	for (size_t i = 1; i < LEN(cgroups); i++) {
		struct skw_policy_group_bits one = { .id = cgroups[i].id };
		bool named;

		bits_for(&one.bits, cgroups[i].path + strlen("/top/"), &named);
		if (named)
			image->group[image->groups++] = one;
	}
}

static void make(struct world *w, const char *const *texts, size_t n)
{
	struct skw_error err = { 0 };

	*w = (struct world){ 0 };
	rules.len = 0;
	for (size_t i = 0; i < n; i++)
		if (skw_policy_rules_add(&rules, texts[i], 1, &err))
			fail_msg("%s: %s", texts[i], err.text);
	assert_int_equal(skw_policy_rules_end(&rules, &err), 0);
	assert_int_equal(skw_policy_image_make(&rules, 0, &w->image, &err), 0);
	add_groups(w->image);
	for (size_t i = 0; i < LEN(cgroups); i++)
		assert_int_equal(skw_policy_members_add(&w->members, w->image, cgroups[i].id,
							cgroups[i].path),
				 0);
	skw_policy_members_sort(&w->members);
}

static void forget(struct world *w)
{
	skw_policy_members_free(&w->members);
	free(w->image);
}

static enum skw_policy_fate fate_of(const struct world *w, uint8_t proto, const char *to,
				    uint16_t port, uint64_t cgroup, unsigned *rule)
{
	struct skw_policy_open it = {
		.id = { .tuple = { .proto = proto,
				   .family = strchr(to, ':') ? AF_INET6 : AF_INET,
				   .local_port = 40000,
				   .remote_port = port } },
		.found = { .cgroup_id = cgroup },
	};

	assert_int_equal(inet_pton(it.id.tuple.family, to, it.id.tuple.remote_addr), 1);
	enum skw_policy_fate fate = skw_policy_existing_judge(w->image, &w->members, &it);
	*rule = it.rule + 1U;
	return fate;
}

static void a_connection_is_judged_as_its_connect(void **state)
{
	static const char *const texts[] = {
		"allow connect to 10.0.0.0/8 port 443",
		"observe connect port 99",
		"redirect connect tcp to 192.0.2.0/24 via 127.0.0.1:8080",
		"deny bind port 1-65535",
		"deny connect tcp to 10.0.0.0/8",
		"deny=econnrefused connect udp to 2001:db8::/32 port 53",
		"deny connect to 127.0.0.0/8",
		"deny create",
	};
	static const struct {
		const char *to;
		uint16_t port;
		uint8_t proto;
		enum skw_policy_fate fate;
		unsigned rule; /* 0: none */
	} list[] = {
		{ "10.1.2.3", 443, IPPROTO_TCP, SKW_POLICY_FATE_PASS, 0 },
		{ "10.1.2.3", 99, IPPROTO_TCP, SKW_POLICY_FATE_PASS, 0 },
		{ "10.1.2.3", 80, IPPROTO_TCP, SKW_POLICY_FATE_END, 5 },
		{ "::ffff:10.1.2.3", 80, IPPROTO_TCP, SKW_POLICY_FATE_END, 5 },
		{ "10.1.2.3", 80, IPPROTO_UDP, SKW_POLICY_FATE_PASS, 0 },
		{ "11.1.2.3", 80, IPPROTO_TCP, SKW_POLICY_FATE_PASS, 0 },
		{ "2001:db8::1", 53, IPPROTO_UDP, SKW_POLICY_FATE_END, 6 },
		{ "2001:db8::1", 53, IPPROTO_TCP, SKW_POLICY_FATE_PASS, 0 },
		{ "2001:db8::1", 54, IPPROTO_UDP, SKW_POLICY_FATE_PASS, 0 },
		{ "192.0.2.1", 80, IPPROTO_TCP, SKW_POLICY_FATE_PASS, 0 },
		{ "127.0.0.1", 8080, IPPROTO_TCP, SKW_POLICY_FATE_PROXIED, 7 },
		{ "::ffff:127.0.0.1", 8080, IPPROTO_TCP, SKW_POLICY_FATE_PROXIED, 7 },
		{ "127.0.0.2", 8080, IPPROTO_TCP, SKW_POLICY_FATE_END, 7 },
		{ "127.0.0.1", 8081, IPPROTO_TCP, SKW_POLICY_FATE_END, 7 },
		{ "127.0.0.1", 0, IPPROTO_UDP, SKW_POLICY_FATE_PASS, 0 },
	};
	struct world w;
	unsigned rule;

	(void)state;
	make(&w, texts, LEN(texts));
	for (size_t i = 0; i < LEN(list); i++) {
		if (fate_of(&w, list[i].proto, list[i].to, list[i].port, 20, &rule) !=
			    list[i].fate ||
		    (list[i].rule && rule != list[i].rule))
			fail_msg("%s port %u: rule %u", list[i].to, list[i].port, rule);
		assert_int_equal(fate_of(&w, list[i].proto, list[i].to, list[i].port, 99, &rule),
				 SKW_POLICY_FATE_PASS);
	}
	forget(&w);
}

static void a_rule_for_a_cgroup_is_for_those_below_it(void **state)
{
	static const char *const texts[] = {
		"allow connect to 10.0.0.1 cgroup a/b",
		"deny connect to 10.0.0.1 cgroup a*",
		"deny connect to 10.0.0.2",
	};
	static const struct {
		uint64_t cgroup;
		unsigned rule; /* that denies 10.0.0.1; 0: none */
	} list[] = { { 10, 0 }, { 20, 2 }, { 5, 0 }, { 30, 0 }, { 40, 2 }, { 50, 0 }, { 77, 0 } };
	struct world w;
	unsigned rule;

	(void)state;
	make(&w, texts, LEN(texts));
	for (size_t i = 0; i < LEN(list); i++) {
		enum skw_policy_fate fate =
			fate_of(&w, IPPROTO_TCP, "10.0.0.1", 80, list[i].cgroup, &rule);

		if ((fate == SKW_POLICY_FATE_END) != (list[i].rule != 0) ||
		    (list[i].rule && rule != list[i].rule))
			fail_msg("cgroup %u: rule %u", (unsigned)list[i].cgroup, rule);
		fate = fate_of(&w, IPPROTO_TCP, "10.0.0.2", 80, list[i].cgroup, &rule);
		assert_int_equal(fate,
				 list[i].cgroup == 77 ? SKW_POLICY_FATE_PASS : SKW_POLICY_FATE_END);
	}
	forget(&w);
}

/* The programs look at 16 cgroups, the socket's own included. */
static void a_cgroup_is_as_deep_as_the_programs_look(void **state)
{
	static const char *const texts[] = { "deny connect cgroup a" };
	struct world w;
	char path[128] = "/top/a";
	unsigned rule;

	(void)state;
	make(&w, texts, LEN(texts));
	for (uint64_t i = 1; i <= 16; i++) {
		strcat(path, "/d");
		assert_int_equal(skw_policy_members_add(&w.members, w.image, 100 + i, path), 0);
	}
	skw_policy_members_sort(&w.members);
	assert_int_equal(fate_of(&w, IPPROTO_TCP, "10.0.0.1", 80, 115, &rule), SKW_POLICY_FATE_END);
	assert_int_equal(fate_of(&w, IPPROTO_TCP, "10.0.0.1", 80, 116, &rule),
			 SKW_POLICY_FATE_PASS);
	forget(&w);
}

/* Counters as Linux 6.18 gives them at both ends of a connection. */
static void the_end_that_has_sent_the_syn_is_known(void **state)
{
	static const struct {
		uint8_t state;
		struct skw_sock_sent n;
		bool opened;
	} list[] = {
		{ SKW_STATE_SYN_SENT, { 0 }, true },
		/* New ones. */
		{ SKW_STATE_ESTABLISHED, { .acked = 1 }, true },
		{ SKW_STATE_ESTABLISHED, { 0 }, false },
		/* All was acknowledged. */
		{ SKW_STATE_ESTABLISHED, { .acked = 1001, .sent = 1000 }, true },
		{ SKW_STATE_ESTABLISHED, { .acked = 5000, .sent = 5000 }, false },
		/* 300 bytes are under way, 200 of them twice, and 70 wait. */
		{ SKW_STATE_CLOSE_WAIT,
		  { .acked = 701, .sent = 1200, .retrans = 200, .queued = 370, .notsent = 70 },
		  true },
		{ SKW_STATE_CLOSE_WAIT,
		  { .acked = 700, .sent = 1200, .retrans = 200, .queued = 370, .notsent = 70 },
		  false },
		/* A FIN of our own: acknowledged, under way, not sent. */
		{ SKW_STATE_FIN_WAIT2, { .acked = 1002, .sent = 1000 }, true },
		{ SKW_STATE_FIN_WAIT2, { .acked = 1001, .sent = 1000 }, false },
		{ SKW_STATE_FIN_WAIT1, { .acked = 1001, .sent = 1000, .queued = 1 }, true },
		{ SKW_STATE_FIN_WAIT1, { .acked = 1000, .sent = 1000, .queued = 1 }, false },
		{ SKW_STATE_LAST_ACK,
		  { .acked = 1001, .sent = 1000, .queued = 1, .notsent = 1 },
		  false },
		/* Counters that were read while they changed. */
		{ SKW_STATE_ESTABLISHED, { .acked = 1, .sent = 1000 }, false },
		{ SKW_STATE_ESTABLISHED, { .acked = 1001, .sent = 900 }, false },
		/* Others are none that connect() has opened. */
		{ SKW_STATE_LISTEN, { .acked = 1 }, false },
		{ SKW_STATE_SYN_RECV, { .acked = 1 }, false },
		{ SKW_STATE_TIME_WAIT, { .acked = 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++)
		if (skw_sock_opened(list[i].state, &list[i].n) != list[i].opened)
			fail_msg("case %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_judged_as_its_connect),
		cmocka_unit_test(a_rule_for_a_cgroup_is_for_those_below_it),
		cmocka_unit_test(a_cgroup_is_as_deep_as_the_programs_look),
		cmocka_unit_test(the_end_that_has_sent_the_syn_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
