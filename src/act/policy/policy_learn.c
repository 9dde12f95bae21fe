// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_learn.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "act/policy/policy_words.h"
#include "util/cleanup.h"
#include "util/say.h"

/* The rest is for the default, and for a rule that somebody adds. */
#define RULES_MAX (SKW_POLICY_RULES - 8)

/* Bits of the protocol, as the kernel's program sorts it. */
static uint8_t protos_of(const struct skw_policy_event *event)
{
	if (event->type == SOCK_RAW)
		return 1U << SKW_POLICY_RAW;
	if (event->protocol == IPPROTO_TCP)
		return 1U << SKW_POLICY_TCP;
	if (event->protocol == IPPROTO_UDP || event->protocol == IPPROTO_UDPLITE)
		return 1U << SKW_POLICY_UDP;
	if (event->protocol == IPPROTO_ICMP || event->protocol == IPPROTO_ICMPV6)
		return 1U << SKW_POLICY_ICMP;
	return SKW_POLICY_PROTOS_ALL;
}

/* A rule for this call alone. Its bytes tell whether it is the same as another. */
static void make(struct skw_policy_rule *rule, const struct skw_policy_event *event)
{
	const uint8_t ported = 1U << SKW_POLICY_TCP | 1U << SKW_POLICY_UDP;
	bool is_bind = event->what == SKW_POLICY_BIND;

	memset(rule, 0, sizeof(*rule));
	rule->whats = (uint8_t)(1U << event->what);
	rule->protos = protos_of(event);
	rule->has_prefix = true;
	rule->prefix.len = 128;
	memcpy(rule->prefix.addr, is_bind ? event->local_addr : event->remote_addr, 16);
	if (rule->protos & ~ported)
		return;
	rule->ranges_len = 1;
	rule->ranges[0].from = is_bind ? event->local_port : event->remote_port;
	rule->ranges[0].to = rule->ranges[0].from;
}

int skw_policy_learn_add(struct skw_policy_learn *l, const void *record, size_t len)
{
	struct skw_policy_event event;
	struct skw_policy_rule rule;

	if (len < sizeof(event))
		return 0;
	memcpy(&event, record, sizeof(event));
	make(&rule, &event);
	/* make() clears the bytes between the members, too. */
	for (size_t i = 0; i < l->len; i++) {
		const void *one = &l->rule[i], *other = &rule;

		if (memcmp(one, other, sizeof(rule)) == 0)
			return 0;
	}
	if (l->len == RULES_MAX) {
		l->more++;
		return 0;
	}
	if (l->len == l->size) {
		size_t size = l->size ? 2 * l->size : 16;
		struct skw_policy_rule *more = reallocarray(l->rule, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->rule = more;
		l->size = size;
	}
	l->rule[l->len++] = rule;
	return 0;
}

/* A reader of the file sees only the text in it. */
static void say_missing(uint64_t calls, const char *why)
{
	printf("# %" PRIu64 " calls are missing, %s: the rules may deny them.\n", calls, why);
	skw_say("%" PRIu64 " calls are missing in the rules, %s: the rules may deny them", calls,
		why);
}

int skw_policy_learn_print(const struct skw_policy_learn *l, uint64_t lost, struct skw_error *err)
{
	char text[SKW_POLICY_TEXT_MAX];

	if (lost)
		say_missing(lost, "because the ring was full");
	if (l->more)
		say_missing(l->more, "because there is no room for more rules");

	for (size_t i = 0; i < l->len; i++) {
		skw_policy_words_text(&l->rule[i], text);
		printf("%s\n", text);
	}
	printf("default deny connect,bind,send\n");
	return fflush(stdout) ? skw_error_set(err, -errno, "standard output: %s", strerror(errno))
			      : 0;
}

void skw_policy_learn_free(struct skw_policy_learn *l)
{
	free(SKW_TAKE_PTR(l->rule));
}
