// SPDX-License-Identifier: BSD-2-Clause
#include "filter_lists.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define LIST_MIN 18
#define LIST_MAX 34

struct writer {
	struct test_random *r;
	char *out;
	size_t len;
	/* Most values of a list have these in common. */
	const char *protocol, *direction;
	uint32_t length;
};

static void __attribute__((format(printf, 2, 3))) add(struct writer *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(w->out + w->len, TEST_LISTS_BYTES - w->len, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= TEST_LISTS_BYTES - w->len)
		abort();
	w->len += (size_t)n;
}

static uint32_t below(struct writer *w, uint32_t n)
{
	return test_random_below(w->r, n);
}

static const char *one_of(struct writer *w, const char *const *texts, size_t n)
{
	return texts[below(w, (uint32_t)n)];
}

#define ONE_OF(w, ...)                                                                             \
	one_of(w, (const char *const[]){ __VA_ARGS__ },                                            \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void host4(struct writer *w)
{
	if (below(w, 4))
		add(w, "10.%u.%u.%u", below(w, 2), below(w, 2), below(w, 256));
	else
		add(w, "%s",
		    ONE_OF(w, "10.0.0.1", "10.0.0.3", "192.168.1.1", "172.16.5.4", "224.0.0.1"));
}

static void host6(struct writer *w)
{
	if (below(w, 3))
		add(w, "2001:db8:%u:%u::%u", below(w, 2), below(w, 2), below(w, 100));
	else
		add(w, "%s",
		    ONE_OF(w, "2001:db8::1", "2001:db8:0:1::2", "fe80::1", "fe80::1ff:1", "ff02::2",
			   "2001:DB8::3"));
}

static void net4(struct writer *w)
{
	switch (below(w, 8) ? w->length : below(w, 3)) {
	case 0:
		add(w, "10.%u.%u.0/24", below(w, 3), below(w, 4));
		break;
	case 1:
		add(w, "%u.%u/16", below(w, 2) ? 10 : 192, below(w, 2) ? 168 : below(w, 100));
		break;
	default:
		add(w, "10.0.%u.%u/28", below(w, 3), 16 * below(w, 16));
	}
}

static void net6(struct writer *w)
{
	switch (below(w, 8) ? w->length : below(w, 3)) {
	case 0:
		add(w, "2001:db8:%x:%x::/64", below(w, 2), below(w, 20));
		break;
	case 1:
		add(w, "%s%x00::/40", ONE_OF(w, "2001:db8:", "fe80:0:", "ff02:0:"), below(w, 20));
		break;
	default:
		add(w, "2001:db8::%x:0/112", below(w, 400));
	}
}

static void port(struct writer *w)
{
	if (below(w, 2))
		add(w, "%u", below(w, 200));
	else
		add(w, "%s", ONE_OF(w, "22", "53", "80", "443", "5000", "40000", "65535", "0"));
}

static void any_host(struct writer *w)
{
	if (below(w, 2))
		host4(w);
	else
		host6(w);
}

typedef void value_fn(struct writer *w);

static const struct kind {
	const char *protocols[4], *type;
	value_fn *value;
} kinds[] = {
	{ { "", "", "ip ", "arp " }, "host", host4 },
	{ { "", "", "", "" }, "host", any_host },
	{ { "", "ip6 ", "", "" }, "host", host6 },
	{ { "", "", "ip ", "rarp " }, "net", net4 },
	{ { "", "", "", "ip6 " }, "net", net6 },
	{ { "", "tcp ", "udp ", "sctp " }, "port", port },
};

static void choose(struct writer *w, const struct kind *k)
{
	w->protocol = k->protocols[below(w, 4)];
	w->direction =
		ONE_OF(w, "", "", "", "src ", "dst ", "src or dst ", "dst || src ", "src and dst ");
	w->length = below(w, 3);
}

static void write_head(struct writer *w, const struct kind *k)
{
	add(w, "%s%s%s ", w->protocol, w->direction, k->type);
}

static void list_by(struct writer *w, const struct kind *k, const char *joint, const char *before)
{
	uint32_t n = LIST_MIN + below(w, LIST_MAX - LIST_MIN), again = below(w, 11);
	uint32_t others = below(w, 3) ? 0 : 8;
	const struct kind *kind = k, *last = k;

	for (uint32_t i = 0; i < n; i++) {
		bool other = others && !below(w, others);

		/* After another kind, the next value needs the qualifiers of its own. */
		bool said = !i || other || kind != k || below(w, 10) < again;

		kind = other ? &kinds[below(w, SKW_ARRAY_SIZE(kinds))] : k;
		add(w, "%s%s%s", i ? joint : "", i ? " " : "", before);
		if (other || (said && kind != last))
			choose(w, kind);
		last = kind;
		if (said)
			write_head(w, kind);
		kind->value(w);
		add(w, " ");
	}
}

static void list_in_parens(struct writer *w, const struct kind *k)
{
	uint32_t n = LIST_MIN + below(w, LIST_MAX - LIST_MIN);
	bool nested = below(w, 3) == 0;

	write_head(w, k);
	add(w, "(");
	for (uint32_t i = 0; i < n; i++) {
		add(w, "%s%s", i ? " or " : "", nested && i == 2 ? "(" : "");
		add(w, "%s", below(w, 40) ? "" : "not ");
		k->value(w);
	}
	add(w, "%s)", nested ? ")" : "");
}

static void write_list(struct writer *w)
{
	const struct kind *k = &kinds[below(w, SKW_ARRAY_SIZE(kinds))];

	choose(w, k);
	switch (below(w, 6)) {
	case 0:
		list_in_parens(w, k);
		break;
	case 1:
		list_by(w, k, "and", "not ");
		break;
	case 2:
		add(w, "not (");
		list_by(w, k, "||", "");
		add(w, ")");
		break;
	case 3:
		add(w, "(");
		list_by(w, k, "or", "");
		add(w, ")");
		break;
	default:
		list_by(w, k, "or", "");
	}
}

static void write_term(struct writer *w)
{
	add(w, "%s%s", below(w, 4) ? "" : "not ",
	    ONE_OF(w, "tcp", "udp", "arp", "ip6", "ip", "icmp", "port 80", "not src port 53",
		   "host 10.0.0.1", "dst host 2001:db8::1", "tcp[13] & 2 != 0", "len > 100",
		   "ip[16:4] = 0x0a000002", "(ip[0] & 0xf) > 5", "net 10.0.0.0/24", "port domain",
		   "ether src or dst 2:0:0:0:0:1", "ip proto (6 or 17)", "portrange 50-90",
		   "greater 60", "vlan", "ip6[6] == 58", "tcp port 80 or 443",
		   "ip host 10.0.0.1 and not 10.0.0.2", "ether[12:2] = 0x800"));
}

void test_lists_expression(struct test_random *r, char out[TEST_LISTS_BYTES])
{
	struct writer w = { .r = r, .out = out };
	uint32_t parts = 1 + below(&w, 3), list = below(&w, parts);

	for (uint32_t i = 0; i < parts; i++) {
		if (i)
			add(&w, " %s ", ONE_OF(&w, "and", "or", "&&"));
		if (i == list || below(&w, 6) == 0)
			write_list(&w);
		else
			write_term(&w);
	}
}
