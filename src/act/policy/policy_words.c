// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_words.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"
#include "util/mapped.h"

#define BIT(n) (1U << (n))

static const char *const verdicts[SKW_POLICY_VERDICTS] = { "allow", "deny", "observe", "redirect" };
static const char *const whats[SKW_POLICY_WHATS] = { "connect", "bind", "send", "create",
						     "message" };

static const struct {
	const char *name;
	uint8_t bits;
} protos[] = {
	{ "tcp", BIT(SKW_POLICY_TCP) },   { "udp", BIT(SKW_POLICY_UDP) },
	{ "icmp", BIT(SKW_POLICY_ICMP) }, { "raw", BIT(SKW_POLICY_RAW) },
	{ "any", SKW_POLICY_PROTOS_ALL },
};

/* Errors that calls of applications may have. */
static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EPERM", EPERM },
	{ "EACCES", EACCES },
	{ "ECONNREFUSED", ECONNREFUSED },
	{ "ETIMEDOUT", ETIMEDOUT },
	{ "EHOSTUNREACH", EHOSTUNREACH },
	{ "ENETUNREACH", ENETUNREACH },
	{ "ENETDOWN", ENETDOWN },
	{ "EHOSTDOWN", EHOSTDOWN },
	{ "ECONNRESET", ECONNRESET },
	{ "ECONNABORTED", ECONNABORTED },
	{ "EADDRINUSE", EADDRINUSE },
	{ "EADDRNOTAVAIL", EADDRNOTAVAIL },
	{ "EAFNOSUPPORT", EAFNOSUPPORT },
	{ "EPROTONOSUPPORT", EPROTONOSUPPORT },
	{ "EOPNOTSUPP", EOPNOTSUPP },
	{ "EINVAL", EINVAL },
	{ "ENOBUFS", ENOBUFS },
	{ "ENOMEM", ENOMEM },
};

const char *skw_policy_words_what(unsigned what)
{
	return what < SKW_POLICY_WHATS ? whats[what] : "?";
}

const char *skw_policy_words_verdict(unsigned verdict)
{
	return verdict < SKW_POLICY_VERDICTS ? verdicts[verdict] : "?";
}

const char *skw_policy_words_error(unsigned error, char number[16])
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(errors); i++)
		if (errors[i].number == (int)error)
			return errors[i].name;
	snprintf(number, 16, "%u", error);
	return number;
}

int skw_policy_words_find_what(const char *name)
{
	/* Rules for messages have actions of their own. */
	for (int i = 0; i < SKW_POLICY_MESSAGE; i++)
		if (strcmp(name, whats[i]) == 0)
			return i;
	return -1;
}

int skw_policy_words_find_verdict(const char *name)
{
	for (int i = 0; i < SKW_POLICY_VERDICTS; i++)
		if (strcmp(name, verdicts[i]) == 0)
			return i;
	return -1;
}

int skw_policy_words_find_error(const char *name)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(errors); i++)
		if (strcasecmp(errors[i].name, name) == 0)
			return errors[i].number;
	return -1;
}

uint8_t skw_policy_words_find_proto(const char *name)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(protos); i++)
		if (strcmp(name, protos[i].name) == 0)
			return protos[i].bits;
	return 0;
}

/* Appends to a text that has room for the longest rule. */
__attribute__((format(printf, 2, 3))) static void add(char out[SKW_POLICY_TEXT_MAX],
						      const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list args;

	va_start(args, fmt);
	vsnprintf(out + len, SKW_POLICY_TEXT_MAX - len, fmt, args);
	va_end(args);
}

static void add_address(char out[SKW_POLICY_TEXT_MAX], const uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN] = "";

	if (skw_mapped_is(addr))
		inet_ntop(AF_INET, addr + 12, text, sizeof(text));
	else
		inet_ntop(AF_INET6, addr, text, sizeof(text));
	add(out, "%s", text);
}

static void add_whats(char out[SKW_POLICY_TEXT_MAX], unsigned bits)
{
	const char *between = " ";

	for (unsigned i = 0; i < SKW_POLICY_WHATS; i++)
		if (bits & BIT(i)) {
			add(out, "%s%s", between, whats[i]);
			between = ",";
		}
}

static void add_parts(char out[SKW_POLICY_TEXT_MAX], const struct skw_policy_rule *rule)
{
	const struct skw_policy_action *action = &rule->action;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(protos); i++)
		if (rule->protos == protos[i].bits && rule->protos != SKW_POLICY_PROTOS_ALL)
			add(out, " %s", protos[i].name);
	if (rule->has_prefix) {
		unsigned before = skw_mapped_is(rule->prefix.addr) ? SKW_POLICY_IP4_BITS : 0;

		add(out, " %s ", rule->whats == BIT(SKW_POLICY_BIND) ? "from" : "to");
		add_address(out, rule->prefix.addr);
		if (rule->prefix.len < 128)
			add(out, "/%u", rule->prefix.len - before);
	}
	for (unsigned i = 0; i < rule->ranges_len; i++) {
		add(out, "%s%u", i ? "," : " port ", rule->ranges[i].from);
		if (rule->ranges[i].to != rule->ranges[i].from)
			add(out, "-%u", rule->ranges[i].to);
	}
	if (rule->glob[0])
		add(out, " cgroup %s", rule->glob);
	if (!action->via_port)
		return;
	add(out, action->via_is_ip4 ? " via " : " via [");
	add_address(out, action->via);
	add(out, "%s:%u", action->via_is_ip4 ? "" : "]", ntohs(action->via_port));
}

void skw_policy_words_text(const struct skw_policy_rule *rule, char out[SKW_POLICY_TEXT_MAX])
{
	bool is_message = rule->whats == BIT(SKW_POLICY_MESSAGE);
	char number[16], name[32];

	out[0] = '\0';
	add(out, "%s%s%s", rule->is_default ? "default " : "", verdicts[rule->action.verdict],
	    is_message ? "-message" : "");
	if (rule->action.verdict == SKW_POLICY_DENY && rule->action.error != EPERM && !is_message) {
		snprintf(name, sizeof(name), "%s",
			 skw_policy_words_error(rule->action.error, number));
		for (char *at = name; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		add(out, "=%s", name);
	}
	if (!is_message)
		add_whats(out, rule->whats);
	if (!rule->is_default)
		add_parts(out, rule);
}
