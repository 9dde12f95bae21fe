// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/policy/policy_words.h"
#include "util/cleanup.h"
#include "util/mapped.h"
#include "util/units.h"

#define LINE_MAX_BYTES 1024
#define WORDS_MAX      16

#define BIT(n)         (1U << (n))
#define PORTED         (BIT(SKW_POLICY_TCP) | BIT(SKW_POLICY_UDP))
#define ALL            (BIT(SKW_POLICY_OTHER + 1) - 1)
/* The calls that a default decides about. */
#define DEFAULTED (BIT(SKW_POLICY_MESSAGE) - 1)

#define MESSAGE   "-message" /* at the end of an action */

/* A text that is being parsed. */
struct words {
	char text[LINE_MAX_BYTES];
	char *word[WORDS_MAX + 1]; /* NULL ends the list */
	size_t at;
};

static int split(struct words *w, const char *text, struct skw_error *err)
{
	char *save = NULL;
	size_t n = 0;

	if (strlen(text) >= sizeof(w->text))
		return skw_error_usage(err, "it is too long");
	strcpy(w->text, text);
	for (char *word = strtok_r(w->text, " \t\r\n", &save); word;
	     word = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == WORDS_MAX)
			return skw_error_usage(err, "%s: this word is one too many", word);
		w->word[n++] = word;
	}
	w->word[n] = NULL;
	w->at = 0;
	return 0;
}

/* The next word if it is this one. */
static bool skip_word(struct words *w, const char *word)
{
	if (!w->word[w->at] || strcmp(w->word[w->at], word) != 0)
		return false;
	w->at++;
	return true;
}

static int parse_error(struct skw_policy_rule *rule, const char *name, struct skw_error *err)
{
	int number = skw_policy_words_find_error(name);

	if (rule->action.verdict != SKW_POLICY_DENY)
		return skw_error_usage(err, "=%s: only deny has an error", name);
	if (number < 0)
		return skw_error_usage(err,
				       "%s: no error of this name can be chosen; some that can are "
				       "eperm, eacces, econnrefused, etimedout, ehostunreach",
				       name);
	if (rule->whats && number != EACCES)
		return skw_error_usage(err, "=%s: the error of a message is always eacces", name);
	rule->action.error = (uint16_t)number;
	return 0;
}

/* Takes the end of an action that is for messages. Returns whether it is. */
static bool cut_message(char *word)
{
	size_t len = strlen(word), end = strlen(MESSAGE);

	if (len <= end || strcmp(word + len - end, MESSAGE) != 0)
		return false;
	word[len - end] = '\0';
	return true;
}

static int parse_action(struct skw_policy_rule *rule, struct words *w, struct skw_error *err)
{
	char *word = w->word[w->at++];

	if (!word)
		return skw_error_usage(err,
				       "it begins with allow, deny, observe, redirect or default");
	char *error = strchr(word, '=');
	if (error)
		*error++ = '\0';
	bool is_message = cut_message(word);
	int verdict = skw_policy_words_find_verdict(word);
	if (verdict < 0 || (is_message && verdict == SKW_POLICY_REDIRECT))
		return skw_error_usage(err,
				       "%s%s: no such action; there are allow, deny, observe, "
				       "redirect, default, allow-message, deny-message and "
				       "observe-message",
				       word, is_message ? MESSAGE : "");
	rule->whats = is_message ? BIT(SKW_POLICY_MESSAGE) : 0;
	rule->action.verdict = (uint8_t)verdict;
	if (verdict == SKW_POLICY_DENY)
		rule->action.error = is_message ? EACCES : EPERM;
	return error ? parse_error(rule, error, err) : 0;
}

/* Calls separated by commas. */
static int parse_whats(struct skw_policy_rule *rule, struct words *w, struct skw_error *err)
{
	char *save = NULL, *list = w->word[w->at];

	for (char *word = list ? strtok_r(list, ",", &save) : NULL; word;
	     word = strtok_r(NULL, ",", &save)) {
		int what = skw_policy_words_find_what(word);

		if (what < 0)
			return skw_error_usage(err,
					       "%s: no such call; there are connect, bind, "
					       "send and create",
					       word);
		rule->whats |= (uint8_t)BIT(what);
	}
	w->at++;
	if (rule->whats)
		return 0;
	return skw_error_usage(err, "the call is missing: connect, bind, send or create; a rule is "
				    "one argument, in quotes");
}

static void parse_proto(struct skw_policy_rule *rule, struct words *w)
{
	uint8_t bits = w->word[w->at] ? skw_policy_words_find_proto(w->word[w->at]) : 0;

	w->at += bits != 0;
	if (bits)
		rule->protos = bits;
	else if (rule->whats == BIT(SKW_POLICY_MESSAGE))
		rule->protos = BIT(SKW_POLICY_TCP);
	else
		rule->protos = rule->action.verdict == SKW_POLICY_REDIRECT ? PORTED : ALL;
}

/* An address as 128 bits. Returns the number of bits before those of its version, or -EINVAL. */
static int parse_address(const char *text, uint8_t addr[16])
{
	uint8_t ip4[4];

	if (inet_pton(AF_INET, text, ip4) != 1)
		return inet_pton(AF_INET6, text, addr) == 1 ? 0 : -EINVAL;
	skw_mapped_make(addr, ip4);
	return SKW_POLICY_IP4_BITS;
}

static bool has_bits_behind(const struct skw_policy_prefix *prefix)
{
	for (unsigned bit = prefix->len; bit < 128; bit++)
		if (prefix->addr[bit / 8] & 0x80 >> bit % 8)
			return true;
	return false;
}

static int parse_prefix(struct skw_policy_rule *rule, char *text, struct skw_error *err)
{
	char *slash = text ? strchr(text, '/') : NULL;
	uint64_t len = 128;

	if (!text)
		return skw_error_usage(err, "the prefix is missing behind to or from, such as "
					    "192.0.2.0/24 or 2001:db8::/32");
	if (slash)
		*slash = '\0';
	int before = parse_address(text, rule->prefix.addr);
	if (before < 0)
		return skw_error_usage(err, "%s: no address of IPv4 or IPv6", text);
	if (slash && (!skw_units_parse_uint(slash + 1, &len) || len > (unsigned)(128 - before)))
		return skw_error_usage(err, "%s/%s: the length is 0 to %d", text, slash + 1,
				       128 - before);
	rule->prefix.len = (uint32_t)(slash ? len + (unsigned)before : 128);
	rule->has_prefix = true;
	if (has_bits_behind(&rule->prefix))
		return skw_error_usage(err, "%s/%s: the address has bits behind the prefix", text,
				       slash + 1);
	return 0;
}

static int parse_ports(struct skw_policy_rule *rule, char *list, struct skw_error *err)
{
	char *save = NULL;

	for (char *word = list ? strtok_r(list, ",", &save) : NULL; word;
	     word = strtok_r(NULL, ",", &save)) {
		struct skw_policy_range *range = &rule->ranges[rule->ranges_len];
		char *dash = strchr(word, '-');

		if (rule->ranges_len == SKW_POLICY_RANGES)
			return skw_error_usage(err,
					       "more than %d ports or ranges of ports; make "
					       "two rules of it",
					       SKW_POLICY_RANGES);
		if (dash)
			*dash = '\0';
		if (!skw_units_parse_port(word, &range->from) ||
		    !skw_units_parse_port(dash ? dash + 1 : word, &range->to) ||
		    range->from > range->to)
			return skw_error_usage(err, "%s%s%s: no port or range of ports", word,
					       dash ? "-" : "", dash ? dash + 1 : "");
		rule->ranges_len++;
	}
	return rule->ranges_len ? 0 : skw_error_usage(err, "the number is missing behind port");
}

static int parse_via(struct skw_policy_rule *rule, char *text, struct skw_error *err)
{
	char *colon = text ? strrchr(text, ':') : NULL;
	struct skw_policy_action *action = &rule->action;
	uint16_t port;

	if (!text)
		return skw_error_usage(err, "the proxy is missing behind via, such as "
					    "127.0.0.1:8080");
	if (!colon || !skw_units_parse_port(colon + 1, &port) || !port)
		return skw_error_usage(err,
				       "via %s: no address and port, such as 127.0.0.1:8080 "
				       "or [::1]:8080",
				       text);
	*colon = '\0';
	if (text[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		text++;
	}
	if (parse_address(text, action->via) < 0)
		return skw_error_usage(err, "via %s: no address of IPv4 or IPv6", text);
	action->via_is_ip4 = skw_mapped_is(action->via);
	action->via_port = htons(port);
	return 0;
}

static int parse_glob(struct skw_policy_rule *rule, const char *text, struct skw_error *err)
{
	if (!text)
		return skw_error_usage(err, "the name is missing behind cgroup");
	if (text[0] == '/')
		text++;
	if (!text[0] || strlen(text) >= sizeof(rule->glob))
		return skw_error_usage(err, "cgroup: a name has 1 to %zu characters",
				       sizeof(rule->glob) - 1);
	snprintf(rule->glob, sizeof(rule->glob), "%s", text);
	return 0;
}

/* The parts behind the protocol, in any order. */
static int parse_parts(struct skw_policy_rule *rule, struct words *w, struct skw_error *err)
{
	int ret = 0;

	while (!ret && w->word[w->at]) {
		char *word = w->word[w->at++], *value = w->word[w->at];
		bool to = strcmp(word, "to") == 0, from = strcmp(word, "from") == 0;
		bool is_bind = rule->whats == BIT(SKW_POLICY_BIND);

		if ((to || from) && rule->has_prefix)
			ret = skw_error_usage(err, "%s: a rule has one prefix", word);
		else if (from && !is_bind)
			ret = skw_error_usage(err, "from is for bind alone: the address of a "
						   "connection's own end is chosen after the "
						   "verdict");
		else if (to && rule->whats & (BIT(SKW_POLICY_BIND) | BIT(SKW_POLICY_CREATE)))
			ret = skw_error_usage(err, "to is for connect and send; bind has from");
		else if (to || from)
			ret = parse_prefix(rule, value, err);
		else if (strcmp(word, "port") == 0 && !rule->ranges_len)
			ret = parse_ports(rule, value, err);
		else if (strcmp(word, "cgroup") == 0 && !rule->glob[0])
			ret = parse_glob(rule, value, err);
		else if (strcmp(word, "via") == 0 && !rule->action.via_port)
			ret = parse_via(rule, value, err);
		else
			ret = skw_error_usage(err, "%s: this word is not expected here", word);
		w->at += value != NULL;
	}
	return ret;
}

static int check(const struct skw_policy_rule *rule, struct skw_error *err)
{
	bool redirects = rule->action.verdict == SKW_POLICY_REDIRECT;
	bool to_ip6 = rule->has_prefix && !skw_mapped_is(rule->prefix.addr);

	if (rule->whats == BIT(SKW_POLICY_MESSAGE) && rule->protos != BIT(SKW_POLICY_TCP))
		return skw_error_usage(err, "only messages of tcp are judged");
	if (rule->ranges_len && rule->whats & BIT(SKW_POLICY_CREATE))
		return skw_error_usage(err, "port: a socket has no port when it is created");
	if (rule->ranges_len && !(rule->protos & PORTED))
		return skw_error_usage(err, "port: only tcp and udp have ports");
	if (!redirects)
		return rule->action.via_port ? skw_error_usage(err, "via is for redirect alone")
					     : 0;
	if (rule->whats != BIT(SKW_POLICY_CONNECT) || rule->protos & ~PORTED)
		return skw_error_usage(err, "redirect is for connect with tcp or udp alone");
	if (!rule->action.via_port)
		return skw_error_usage(err, "redirect needs via ADDRESS:PORT");
	if (!rule->action.via_is_ip4 && !to_ip6)
		return skw_error_usage(err, "a proxy with an address of IPv6 needs a rule with to "
					    "an IPv6 prefix, as sockets of IPv4 can't reach it");
	return 0;
}

static int parse_default(struct skw_policy_rule *rule, struct words *w, struct skw_error *err)
{
	int ret = parse_action(rule, w, err);

	rule->is_default = true;
	rule->protos = ALL;
	if (ret)
		return ret;
	if (rule->action.verdict == SKW_POLICY_REDIRECT)
		return skw_error_usage(err, "a default can't redirect");
	if (rule->whats)
		return skw_error_usage(err, "messages have no default; a rule without a prefix and "
					    "a port is for all");
	/* Without create there would be no socket for what other rules allow. */
	if (!w->word[w->at])
		rule->whats = BIT(SKW_POLICY_CONNECT) | BIT(SKW_POLICY_BIND) | BIT(SKW_POLICY_SEND);
	else
		ret = parse_whats(rule, w, err);
	if (!ret && w->word[w->at])
		ret = skw_error_usage(err, "%s: this word is not expected here", w->word[w->at]);
	return ret;
}

static int parse(struct skw_policy_rule *rule, const char *text, struct skw_error *err)
{
	struct words w = { 0 };
	int ret = split(&w, text, err);

	if (ret)
		return ret;
	if (skip_word(&w, "default"))
		return parse_default(rule, &w, err);
	ret = parse_action(rule, &w, err);
	if (!ret && !rule->whats)
		ret = parse_whats(rule, &w, err);
	if (ret)
		return ret;
	parse_proto(rule, &w);
	ret = parse_parts(rule, &w, err);
	return ret ? ret : check(rule, err);
}

/* The calls that a default before decides. */
static uint8_t decided(const struct skw_policy_rules *rules)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < rules->len; i++)
		if (rules->rule[i].is_default)
			bits |= rules->rule[i].whats;
	return bits;
}

int skw_policy_rules_add(struct skw_policy_rules *rules, const char *text, unsigned line,
			 struct skw_error *err)
{
	struct skw_policy_rule rule = { .line = line };
	struct skw_error why = { 0 };
	size_t number = rules->len + 1;

	/* The last place is that of the default. */
	if (rules->len == SKW_POLICY_RULES - 1)
		return skw_error_usage(err, "more than %d rules", SKW_POLICY_RULES - 1);
	if (parse(&rule, text, &why))
		return skw_error_usage(err, "rule %zu: %s", number, why.text);
	if (rule.whats & decided(rules))
		return skw_error_usage(err,
				       "rule %zu: it stands behind a default that decides "
				       "before it",
				       number);
	rules->rule[rules->len++] = rule;
	return 0;
}

int skw_policy_rules_end(struct skw_policy_rules *rules, struct skw_error *err)
{
	uint8_t open = (uint8_t)(DEFAULTED & ~decided(rules));

	if (!rules->len)
		return skw_error_usage(err, "there is no rule");
	if (open)
		rules->rule[rules->len++] = (struct skw_policy_rule){ .whats = open,
								      .protos = ALL,
								      .is_default = true };
	return 0;
}

static int add_line(struct skw_policy_rules *rules, const char *path, char *line, unsigned number,
		    struct skw_error *err)
{
	struct skw_error why = { 0 };

	line[strcspn(line, "#\n")] = '\0';
	if (!line[strspn(line, " \t\r")] || !skw_policy_rules_add(rules, line, number, &why))
		return 0;
	return skw_error_usage(err, "%s:%u: %s", path, number, why.text);
}

int skw_policy_rules_read(struct skw_policy_rules *rules, const char *path, struct skw_error *err)
{
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	SKW_AUTO_FREE char *line = NULL;
	struct skw_error why = { 0 };
	unsigned number = 0;
	size_t size = 0;
	int ret = 0;

	if (!file)
		return skw_error_usage(err, "%s: %s", path, strerror(errno));
	rules->len = 0;
	while (!ret && getline(&line, &size, file) >= 0)
		ret = add_line(rules, path, line, ++number, err);
	if (!ret && ferror(file))
		ret = skw_error_usage(err, "%s: %s", path, strerror(errno));
	if (!ret && skw_policy_rules_end(rules, &why))
		ret = skw_error_usage(err, "%s: %s", path, why.text);
	return ret;
}

bool skw_policy_rules_redirect(const struct skw_policy_rules *rules)
{
	for (size_t i = 0; i < rules->len; i++)
		if (rules->rule[i].action.verdict == SKW_POLICY_REDIRECT)
			return true;
	return false;
}

unsigned skw_policy_rules_whats(const struct skw_policy_rules *rules)
{
	unsigned bits = 0;

	for (size_t i = 0; i < rules->len; i++) {
		const struct skw_policy_rule *rule = &rules->rule[i];

		if (!rule->is_default || rule->action.verdict != SKW_POLICY_ALLOW)
			bits |= rule->whats;
	}
	return bits;
}
