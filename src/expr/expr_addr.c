// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_addr.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "util/mapped.h"
#include "util/units.h"

#define V6_GROUPS 8

static bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
	return skw_units_parse_uint(text, out) && *out <= max;
}

/* Parses one to four decimal octets. A dot may follow the last octet, unless there are four. */
static bool parse_v4_beginning(const char *text, struct skw_expr_addr *out)
{
	unsigned octets = 0;

	while (*text >= '0' && *text <= '9' && octets < 4) {
		char *end;
		unsigned long v = strtoul(text, &end, 10);

		if (v > 255 || end - text > 3)
			return false;
		out->addr[octets++] = (uint8_t)v;
		text = *end == '.' && octets < 4 ? end + 1 : end;
	}
	out->v4 = true;
	out->bits = (uint8_t)(8 * octets);
	return octets && !*text;
}

/*
 * Parses groups, each followed by a colon or the end: "2001:", "2001:db8". A "::" is not allowed.
 */
static bool parse_v6_beginning(const char *text, struct skw_expr_addr *out)
{
	unsigned groups = 0;

	for (; *text && groups < V6_GROUPS; groups++) {
		size_t digits = strspn(text, "0123456789abcdefABCDEF");
		unsigned long v = strtoul(text, NULL, 16);

		if (!digits || digits > 4)
			return false;
		out->addr[2 * groups] = (uint8_t)(v >> 8);
		out->addr[2 * groups + 1] = (uint8_t)v;
		text += digits;
		if (*text == ':')
			text++;
		else if (*text)
			return false;
	}
	out->bits = (uint8_t)(16 * groups);
	return !*text;
}

static bool parse_whole(const char *text, struct skw_expr_addr *out)
{
	if (inet_pton(AF_INET, text, out->addr) == 1) {
		out->v4 = true;
		out->bits = 32;
		return true;
	}
	if (inet_pton(AF_INET6, text, out->addr) != 1)
		return false;
	out->bits = 128;
	return true;
}

/*
 * Cuts off the port, which stands after "]:", "*:" or the only colon. Returns false if it is not a
 * valid port.
 */
static bool take_port(char *text, struct skw_expr_addr *out)
{
	char *colon = strrchr(text, ':');
	uint16_t port;

	if (!colon || (colon != strchr(text, ':') && (colon == text || colon[-1] != ']')))
		return true;
	/* "fe80:" is the beginning of an address; it does not end with a port. */
	if (!colon[1])
		return true;
	if (strspn(text, "0123456789abcdefABCDEF") == (size_t)(colon - text) && colon != text)
		return true;
	if (!skw_units_parse_port(colon + 1, &port))
		return false;
	*colon = '\0';
	out->has_port = true;
	out->port = port;
	return true;
}

static bool take_bits(char *text, uint64_t *bits)
{
	char *slash = strchr(text, '/');

	*bits = UINT64_MAX;
	if (!slash)
		return true;
	*slash = '\0';
	return parse_number(slash + 1, 128, bits);
}

static void unmap(struct skw_expr_addr *net)
{
	if (net->v4 || net->bits < 96 || !skw_mapped_is(net->addr))
		return;
	memmove(net->addr, net->addr + SKW_MAPPED_AT, 4);
	net->v4 = true;
	net->bits -= 96;
}

/* Cuts off the scope of a link-local address, as in RFC 4007, 11. */
static bool take_scope(char *text, struct skw_expr_addr *out)
{
	char *percent = strchr(text, '%');
	size_t len = percent ? strlen(percent + 1) : 0;

	if (!percent)
		return true;
	if (!len || len >= sizeof(out->scope))
		return false;
	memcpy(out->scope, percent + 1, len + 1);
	*percent = '\0';
	return true;
}

/* Only link-local addresses have a scope. */
static bool scope_fits(const struct skw_expr_addr *net)
{
	return !net->scope[0] || (!net->v4 && net->bits >= 10 && net->addr[0] == 0xfe &&
				  (net->addr[1] & 0xc0) == 0x80);
}

/* Removes the brackets of "[::1]". Changes the text. */
static char *without_brackets(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || text[0] != '[' || text[len - 1] != ']')
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

bool skw_expr_addr_parse(const char *text, bool prefix, struct skw_expr_addr *out)
{
	struct skw_expr_addr net = { 0 };
	char copy[INET6_ADDRSTRLEN + 32];
	size_t len = strlen(text);
	uint64_t bits;

	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len + 1);
	if (!take_port(copy, &net) || !take_bits(copy, &bits))
		return false;
	char *addr = without_brackets(copy);
	if (!take_scope(addr, &net))
		return false;
	if (strcmp(addr, "*") == 0 || (!*addr && net.has_port)) {
		net.any = true;
		if (bits != UINT64_MAX)
			return false;
	} else if (!parse_whole(addr, &net)) {
		if (!prefix || net.has_port || bits != UINT64_MAX)
			return false;
		memset(net.addr, 0, sizeof(net.addr));
		if (strchr(addr, ':') ? !parse_v6_beginning(addr, &net)
				      : !parse_v4_beginning(addr, &net))
			return false;
	}
	if (bits != UINT64_MAX) {
		if (bits > net.bits)
			return false;
		net.bits = (uint8_t)bits;
	}
	unmap(&net);
	if (!scope_fits(&net))
		return false;
	*out = net;
	return true;
}

bool skw_expr_addr_contains(const struct skw_expr_addr *net, const struct skw_expr_end *end)
{
	bool v4 = end->family != AF_INET6;
	const uint8_t *addr = end->addr;

	if (net->has_port && net->port != end->port)
		return false;
	if (net->scope[0] && (!end->scope || strcmp(end->scope, net->scope) != 0))
		return false;
	if (net->any)
		return true;
	if (!v4 && skw_mapped_is(addr)) {
		addr += SKW_MAPPED_AT;
		v4 = true;
	}
	if (v4 != net->v4 || memcmp(addr, net->addr, net->bits / 8) != 0)
		return false;
	if (!(net->bits % 8))
		return true;
	return !((addr[net->bits / 8] ^ net->addr[net->bits / 8]) >> (8 - net->bits % 8));
}
