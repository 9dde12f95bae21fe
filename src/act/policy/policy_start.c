// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_start.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "act/policy/policy_rules.h"
#include "act/policy/policy_words.h"
#include "kern/act/escapes.h"
#include "row/address.h"
#include "util/say.h"

int skw_policy_start_rules(const struct skw_policy_plan *plan, struct skw_policy_rules *rules,
			   struct skw_error *err)
{
	int ret = 0;

	if (plan->file)
		return skw_policy_rules_read(rules, plan->file, err);
	rules->len = 0;
	for (size_t i = 0; !ret && i < plan->rules_len; i++)
		ret = skw_policy_rules_add(rules, plan->rules[i], (unsigned)i + 1, err);
	return ret ? ret : skw_policy_rules_end(rules, err);
}

static const char *proto_word(unsigned protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP ? "tcp"
	       : protocol == IPPROTO_UDP                            ? "udp"
	       : protocol == IPPROTO_ICMP                           ? "icmp"
	       : protocol == IPPROTO_ICMPV6                         ? "icmp6"
								    : "ip";
}

static void say_escape(const struct skw_policy_escape *it)
{
	static const char *const why[SKW_POLICY_ESCAPE_KINDS] = {
		[SKW_POLICY_ESCAPE_OPEN] = "connected already",
		[SKW_POLICY_ESCAPE_FOREIGN] = "made outside of the cgroup",
		[SKW_POLICY_ESCAPE_RAW] = "raw or ping",
		[SKW_POLICY_ESCAPE_PACKET] = "packet",
	};
	char local[SKW_ENDPOINT_SIZE], remote[SKW_ENDPOINT_SIZE];
	/* A raw socket has its protocol as its port. */
	uint16_t port = it->kind == SKW_POLICY_ESCAPE_RAW ? 0 : it->local_port;
	const char *reason = why[it->kind % SKW_POLICY_ESCAPE_KINDS];

	if (it->kind == SKW_POLICY_ESCAPE_PACKET) {
		skw_say("  %.*s[%u], %s", SKW_POLICY_COMM_LEN, it->comm, it->tgid, reason);
		return;
	}
	skw_address_endpoint(local, it->family, it->local_addr, port, NULL);
	skw_address_endpoint(remote, it->family, it->remote_addr, it->remote_port, NULL);
	skw_say("  %.*s[%u] %s %s > %s, %s", SKW_POLICY_COMM_LEN, it->comm, it->tgid,
		proto_word(it->protocol), local, remote, reason);
}

static void say_escapes(const struct skw_policy_escapes *e)
{
	uint64_t named = e->sockets;

	if (named > SKW_POLICY_ESCAPES_NAMED)
		named = SKW_POLICY_ESCAPES_NAMED;
	skw_say("sockets that escape now: %s%" PRIu64 " connected already, %" PRIu64
		" made outside of the cgroup, %" PRIu64 " raw or ping, %" PRIu64 " packet",
		e->full ? "at least " : "", (uint64_t)e->count[SKW_POLICY_ESCAPE_OPEN],
		(uint64_t)e->count[SKW_POLICY_ESCAPE_FOREIGN],
		(uint64_t)e->count[SKW_POLICY_ESCAPE_RAW],
		(uint64_t)e->count[SKW_POLICY_ESCAPE_PACKET]);
	for (uint64_t i = 0; i < named; i++)
		say_escape(&e->named[i]);
	if (e->sockets > named || e->full)
		skw_say("  and %s%" PRIu64 " more", e->full ? "at least " : "",
			(uint64_t)e->sockets - named + (e->full ? 1 : 0));
}

void skw_policy_start_say(const struct skw_policy_rules *rules, const char *cgroup)
{
	struct skw_policy_escapes e;
	struct skw_error err = { 0 };

	skw_say("not judged: what is sent on connected sockets, on raw, ping and packet sockets; "
		"listen() without bind(); SCTP, and connect() of UDP-Lite; connections that are "
		"accepted; sockets that were "
		"made outside of the cgroup");
	if (skw_policy_rules_whats(rules) & 1U << SKW_POLICY_MESSAGE)
		skw_say("messages are judged of connections that are established from now on and "
			"that "
			"a rule names; in these, on some kernels, FIONREAD tells 0 for data that "
			"waits, "
			"a blocking recv() can fail with EAGAIN, and sending is slower; a denied "
			"message "
			"closes the way out of its connection until the policy ends");
	if (skw_escapes_find(cgroup, &e, &err)) {
		skw_say("%s", err.text);
		return;
	}
	if (e.sockets || e.full)
		say_escapes(&e);
}

void skw_policy_start_print(const struct skw_policy_rules *rules, const char *cgroup)
{
	printf("%s would be judged by:\n", cgroup);
	for (size_t i = 0; i < rules->len; i++) {
		char text[SKW_POLICY_TEXT_MAX];

		skw_policy_words_text(&rules->rule[i], text);
		printf("%5zu  %s\n", i + 1, text);
	}
	fflush(stdout);
}
