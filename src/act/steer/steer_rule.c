// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer_rule.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mapped.h"
#include "util/units.h"

#define PORT_MAX 65535

/* Whether two addresses have the first `bits` in common. */
static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return !rest || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static bool is_zero_behind(const uint8_t *addr, unsigned bits, unsigned len)
{
	for (unsigned i = bits; i < len; i++)
		if (addr[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* Packets to an IPv4-mapped address are those of IPv4. */
static void unmap(struct skw_steer_rule *rule)
{
	if (rule->family != AF_INET6 || rule->bits < 96 || !skw_mapped_is(rule->addr))
		return;
	memmove(rule->addr, rule->addr + SKW_MAPPED_AT, 4);
	memset(rule->addr + 4, 0, 12);
	rule->family = AF_INET;
	rule->bits -= 96;
}

/* Parses "192.0.2.0/24" or an address. */
static int parse_prefix(const char *text, struct skw_steer_rule *rule, struct skw_error *err)
{
	char addr[64];
	size_t len = strcspn(text, "/");
	uint64_t bits = UINT64_MAX;

	if (len >= sizeof(addr))
		return skw_error_usage(err, "%s: this is no address", text);
	snprintf(addr, sizeof(addr), "%.*s", (int)len, text);
	rule->family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	unsigned most = rule->family == AF_INET ? 32 : 128;
	if (inet_pton(rule->family, addr, rule->addr) != 1)
		return skw_error_usage(err, "%s: this is no address", addr);
	if (!text[len])
		bits = most;
	else if (!skw_units_parse_uint(text + len + 1, &bits) || bits > most)
		return skw_error_usage(err, "%s: the prefix has 0 to %u bits", text, most);
	if (!is_zero_behind(rule->addr, (unsigned)bits, most))
		return skw_error_usage(
			err, "%s: the address has bits behind its prefix; they must be 0", text);
	rule->bits = (uint8_t)bits;
	unmap(rule);
	return 0;
}

/* Parses "80", "80-90", "*" or "all". */
static int parse_ports(char *text, struct skw_steer_rule *rule, struct skw_error *err)
{
	char *dash = strchr(text, '-');

	if (strcmp(text, "*") == 0 || strcmp(text, "all") == 0) {
		rule->first = 1;
		rule->last = PORT_MAX;
		return 0;
	}
	if (dash)
		*dash = '\0';
	bool ok = skw_units_parse_port(text, &rule->first) &&
		  skw_units_parse_port(dash ? dash + 1 : text, &rule->last);
	if (dash)
		*dash = '-';
	if (!ok || !rule->first || rule->first > rule->last)
		return skw_error_usage(err,
				       "%s: a port is a number from 1 to 65535, a range is two "
				       "with - between, and all of them are *",
				       text);
	return 0;
}

static int note(struct skw_steer_rules *rules, const struct skw_steer_rule *rule,
		struct skw_error *err)
{
	char text[SKW_STEER_RULE_SIZE], other[SKW_STEER_RULE_SIZE];

	for (size_t i = 0; i < rules->len; i++) {
		if (!skw_steer_rule_overlaps(&rules->all[i], rule))
			continue;
		skw_steer_rule_text(rule, text);
		skw_steer_rule_text(&rules->all[i], other);
		return skw_error_usage(err, "%s overlaps with %s", text, other);
	}
	if (rules->len == rules->size) {
		size_t size = rules->size ? 2 * rules->size : 16;
		struct skw_steer_rule *all = reallocarray(rules->all, size, sizeof(*all));

		if (!all)
			return skw_error_set(err, -ENOMEM, "out of memory");
		rules->all = all;
		rules->size = size;
	}
	rules->all[rules->len++] = *rule;
	return 0;
}

/* Where the ports begin in a word, behind its prefix; the word itself if there is none. */
static char *cut_prefix(char *word, char **prefix)
{
	char *at = NULL;

	*prefix = NULL;
	if (word[0] == '[') {
		char *end = strchr(word, ']');

		if (end && end[1] == ':') {
			*prefix = word + 1;
			*end = '\0';
			at = end + 2;
		}
	} else if (strrchr(word, ':')) {
		*prefix = word;
		at = strrchr(word, ':');
		*at++ = '\0';
	}
	return at ? at : word;
}

int skw_steer_rules_add(struct skw_steer_rules *rules, const char *word, struct skw_error *err)
{
	char text[512], *prefix, *ports, *next;
	struct skw_steer_rule rule = { .family = SKW_STEER_BOTH };

	if (strlen(word) >= sizeof(text))
		return skw_error_usage(err, "%.40s...: this is too long for one word", word);
	strcpy(text, word);
	ports = cut_prefix(text, &prefix);
	/* An address with colons but without brackets would lose its end. */
	if (prefix && prefix == text && strchr(prefix, ':') && !strchr(prefix, '/'))
		return skw_error_usage(err, "%s: write [ADDRESS]:PORTS for an address of IPv6",
				       word);
	int ret = prefix ? parse_prefix(prefix, &rule, err) : 0;
	do {
		next = strchr(ports, ',');
		if (next)
			*next++ = '\0';
		if (!ret)
			ret = parse_ports(ports, &rule, err);
		if (!ret)
			ret = note(rules, &rule, err);
		ports = next;
	} while (!ret && next);
	return ret;
}

void skw_steer_rules_free(struct skw_steer_rules *rules)
{
	free(rules->all);
	*rules = (struct skw_steer_rules){ 0 };
}

void skw_steer_rule_text(const struct skw_steer_rule *rule, char out[SKW_STEER_RULE_SIZE])
{
	char addr[INET6_ADDRSTRLEN] = "", prefix[INET6_ADDRSTRLEN + 8] = "";

	if (rule->family != SKW_STEER_BOTH) {
		bool v4 = rule->family == AF_INET;

		inet_ntop(rule->family, rule->addr, addr, sizeof(addr));
		snprintf(prefix, sizeof(prefix), "%s%s/%u%s:", v4 ? "" : "[", addr, rule->bits,
			 v4 ? "" : "]");
	}
	if (rule->first == 1 && rule->last == PORT_MAX)
		snprintf(out, SKW_STEER_RULE_SIZE, "%s*", prefix);
	else if (rule->first == rule->last)
		snprintf(out, SKW_STEER_RULE_SIZE, "%s%u", prefix, rule->first);
	else
		snprintf(out, SKW_STEER_RULE_SIZE, "%s%u-%u", prefix, rule->first, rule->last);
}

static bool is_beside(const struct skw_steer_rule *a, const struct skw_steer_rule *b)
{
	return a->family == b->family && a->bits == b->bits && same_bits(a->addr, b->addr, a->bits);
}

bool skw_steer_rule_overlaps(const struct skw_steer_rule *a, const struct skw_steer_rule *b)
{
	return is_beside(a, b) && a->first <= b->last && b->first <= a->last;
}

bool skw_steer_rule_equals(const struct skw_steer_rule *a, const struct skw_steer_rule *b)
{
	return is_beside(a, b) && a->first == b->first && a->last == b->last;
}

bool skw_steer_rule_takes(const struct skw_steer_rule *rule, uint8_t family, const uint8_t addr[16],
			  uint16_t port)
{
	static const uint8_t any[16];

	if (port < rule->first || port > rule->last)
		return false;
	if (rule->family == SKW_STEER_BOTH)
		return true;
	/* A listener for any address of IPv6 may have those of IPv4, too. */
	if (memcmp(addr, any, sizeof(any)) == 0)
		return rule->family == family || family == AF_INET6;
	return rule->family == family && same_bits(rule->addr, addr, rule->bits);
}

bool skw_steer_rule_is_loopback(const struct skw_steer_rule *rule)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (rule->family == AF_INET)
		return rule->bits >= 8 && rule->addr[0] == 127;
	return rule->family == AF_INET6 && rule->bits == 128 && memcmp(rule->addr, one, 16) == 0;
}
