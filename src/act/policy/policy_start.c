// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_start.h"

#include <inttypes.h>
#include <stdio.h>

#include "act/policy/policy_rules.h"
#include "act/policy/policy_words.h"
#include "kern/act/escapes.h"
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
	if (skw_escapes_count(cgroup, &e, &err)) {
		skw_say("%s", err.text);
		return;
	}
	if (e.open || e.foreign || e.raw || e.packet)
		skw_say("sockets that escape now: %" PRIu64 " connected already, %" PRIu64
			" made outside of the cgroup, %" PRIu64 " raw or ping, %" PRIu64 " packet",
			(uint64_t)e.open, (uint64_t)e.foreign, (uint64_t)e.raw, (uint64_t)e.packet);
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
