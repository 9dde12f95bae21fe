// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/head.h"

#include "util/cleanup.h"

enum { PROTO_NONE, PROTO_IP, PROTO_ARP, PROTO_RARP, PROTO_IP6, PROTO_TCP, PROTO_UDP, PROTO_SCTP };

static const char *const protocols[] = {
	[PROTO_IP] = "ip",   [PROTO_ARP] = "arp", [PROTO_RARP] = "rarp", [PROTO_IP6] = "ip6",
	[PROTO_TCP] = "tcp", [PROTO_UDP] = "udp", [PROTO_SCTP] = "sctp"
};

/* Protocols before values of a family, where libpcap allows them. */
static const uint8_t protocols_of[] = {
	[SKW_SETS_IP4] = 1 << PROTO_NONE | 1 << PROTO_IP | 1 << PROTO_ARP | 1 << PROTO_RARP,
	[SKW_SETS_IP6] = 1 << PROTO_NONE | 1 << PROTO_IP6,
	[SKW_SETS_PORT] = 1 << PROTO_NONE | 1 << PROTO_TCP | 1 << PROTO_UDP | 1 << PROTO_SCTP,
};

enum { DIR_NONE, DIR_SRC, DIR_DST, DIR_BOTH };

static const struct {
	const char *word;
	enum skw_sets_type type;
} types[] = { { "host", SKW_SETS_HOST }, { "net", SKW_SETS_NET }, { "port", SKW_SETS_PORTS } };

/* These need no more words. */
static const char *const terms[] = {
	"ip",     "ip6",  "arp", "rarp",    "tcp",      "udp",       "sctp",      "icmp", "icmp6",
	"igmp",   "igrp", "pim", "vrrp",    "ah",       "esp",       "vlan",      "mpls", "pppoed",
	"pppoes", "llc",  "iso", "inbound", "outbound", "broadcast", "multicast",
};

static bool is_way(const struct skw_sets_token *t)
{
	return skw_sets_token_is(t, "src") || skw_sets_token_is(t, "dst");
}

bool skw_sets_head_is_both(const struct skw_sets_token *t)
{
	return is_way(&t[0]) && (t[1].kind == SKW_SETS_OR || t[1].kind == SKW_SETS_AND) &&
	       is_way(&t[2]) && t[0].text[0] != t[2].text[0];
}

static size_t read_direction(const struct skw_sets_token *t, unsigned *out)
{
	if (skw_sets_head_is_both(t)) {
		*out = t[1].kind == SKW_SETS_AND ? DIR_BOTH : DIR_NONE;
		return 3;
	}
	*out = skw_sets_token_is(t, "src")   ? DIR_SRC
	       : skw_sets_token_is(t, "dst") ? DIR_DST
					     : DIR_NONE;
	return *out != DIR_NONE;
}

static size_t read_protocol(const struct skw_sets_token *t, unsigned *out)
{
	*out = PROTO_NONE;
	for (unsigned i = PROTO_IP; i < SKW_ARRAY_SIZE(protocols); i++)
		if (skw_sets_token_is(t, protocols[i]))
			*out = i;
	return *out != PROTO_NONE;
}

static size_t read_type(const struct skw_sets_token *t, enum skw_sets_type *out)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (skw_sets_token_is(t, types[i].word)) {
			*out = types[i].type;
			return 1;
		}
	}
	return 0;
}

/* Without a type, an address is a host's. Other words may be a type that is not known here. */
static bool is_host(const struct skw_sets_token *t)
{
	struct skw_sets_value v;

	return t->kind == SKW_SETS_WORD && skw_sets_value_host(t->text, t->len, &v);
}

size_t skw_sets_head_read(const struct skw_sets_token *t, struct skw_sets_head *out)
{
	struct skw_sets_head h = { .known = true, .text = t->text, .type = SKW_SETS_HOST };
	size_t n = read_protocol(t, &h.protocol);
	size_t ways = read_direction(t + n, &h.direction);

	n += ways;
	size_t typed = read_type(t + n, &h.type);
	if (!typed && !(ways && is_host(t + n)))
		return 0;
	n += typed;
	h.len = (size_t)(t[n - 1].text - t->text) + t[n - 1].len;
	*out = h;
	return n;
}

bool skw_sets_head_fits(const struct skw_sets_head *h, enum skw_sets_family family)
{
	return h->direction != DIR_BOTH && protocols_of[family] >> h->protocol & 1;
}

bool skw_sets_head_is_term(const struct skw_sets_token *t)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(terms); i++)
		if (skw_sets_token_is(t, terms[i]))
			return true;
	return false;
}
