// SPDX-License-Identifier: BSD-2-Clause
#include "row/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "row/row.h"
#include "util/decimal.h"
#include "util/mapped.h"

#define GROUPS 8 /* of an IPv6 address */

static char *put_v4(char *p, const uint8_t *addr)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = skw_decimal_put(p, addr[i]);
	}
	return p;
}

static char *put_hex(char *p, unsigned v)
{
	static const char digits[] = "0123456789abcdef";

	for (int shift = v > 0xfff ? 12 : v > 0xff ? 8 : v > 0xf ? 4 : 0; shift >= 0; shift -= 4)
		*p++ = digits[v >> shift & 0xf];
	return p;
}

/* RFC 5952, 4.2: of the longest runs of two zeros or more the first. Returns its length. */
static int longest_zeros(const unsigned group[GROUPS], int *first)
{
	int longest = 1;

	for (int at = 0, end; at < GROUPS; at = end + 1) {
		for (end = at; end < GROUPS && !group[end]; end++)
			;
		if (end - at > longest) {
			longest = end - at;
			*first = at;
		}
	}
	return longest > 1 ? longest : 0;
}

static char *put_v6(char *p, const uint8_t addr[16])
{
	unsigned group[GROUPS];
	int first = GROUPS, zeros;

	for (int i = 0; i < GROUPS; i++)
		group[i] = (unsigned)addr[2 * i] << 8 | addr[2 * i + 1];
	zeros = longest_zeros(group, &first);
	/* The C library writes addresses of this old form with an IPv4 address at their end. */
	if (!first && zeros == 6) {
		inet_ntop(AF_INET6, addr, p, INET6_ADDRSTRLEN);
		return p + strlen(p);
	}
	for (int i = 0; i < GROUPS; i++) {
		if (i == first) {
			*p++ = ':';
			i += zeros - 1;
			if (i == GROUPS - 1)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		p = put_hex(p, group[i]);
	}
	return p;
}

/* Returns the end, without a terminating zero. */
static char *put_address(char *p, uint8_t family, const uint8_t addr[16])
{
	if (family != AF_INET6)
		return put_v4(p, addr);
	return skw_mapped_is(addr) ? put_v4(p, addr + SKW_MAPPED_AT) : put_v6(p, addr);
}

void skw_address_text(uint8_t family, const uint8_t addr[16], char *out)
{
	*put_address(out, family, addr) = '\0';
}

/* Whether an address has a meaning on one link only, so that it needs a scope. */
static bool is_link_local(uint8_t family, const uint8_t addr[16])
{
	/* RFC 4291, 2.5.6 and 2.7. */
	return family == AF_INET6 && ((addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) ||
				      (addr[0] == 0xff && (addr[1] & 0x0f) == 2));
}

/* The address, and its scope if it needs one. Returns the end of the text. */
static char *put_scoped(char *out, uint8_t family, const uint8_t addr[16], const char *scope)
{
	out = put_address(out, family, addr);
	if (scope && is_link_local(family, addr)) {
		size_t len = strnlen(scope, SKW_SCOPE_LEN);

		*out++ = '%';
		memcpy(out, scope, len);
		out += len;
	}
	*out = '\0';
	return out;
}

char *skw_address_of_local(char *out, const struct skw_row *row)
{
	return put_scoped(out, row->tuple.family, row->tuple.local_addr, skw_row_scope(row));
}

char *skw_address_of_remote(char *out, const struct skw_row *row)
{
	return put_scoped(out, row->tuple.family, row->tuple.remote_addr, skw_row_scope(row));
}

void skw_address_endpoint(char *out, uint8_t family, const uint8_t addr[16], uint16_t port,
			  const char *scope)
{
	static const uint8_t zero[16];

	if (memcmp(addr, zero, family == AF_INET6 ? 16 : 4) == 0) {
		*out++ = '*';
	} else {
		char *text = out + 1;
		char *end = put_scoped(text, family, addr, scope);
		size_t len = (size_t)(end - text);

		if (memchr(text, ':', len)) {
			*out = '[';
			text[len] = ']';
			out += len + 2;
		} else {
			memmove(out, text, len);
			out += len;
		}
	}
	*out++ = ':';
	if (port)
		out = skw_decimal_put(out, port);
	else
		*out++ = '*';
	*out = '\0';
}

void skw_address_local(char *out, const struct skw_row *row)
{
	const struct skw_tuple *t = &row->tuple;

	skw_address_endpoint(out, t->family, t->local_addr, t->local_port, skw_row_scope(row));
}

void skw_address_remote(char *out, const struct skw_row *row)
{
	const struct skw_tuple *t = &row->tuple;

	skw_address_endpoint(out, t->family, t->remote_addr, t->remote_port, skw_row_scope(row));
}

void skw_address_remote_named(char *out, const struct skw_row *row)
{
	if (row->remote && row->remote->name)
		snprintf(out, SKW_NAMED_SIZE, "%s:%u", row->remote->name, row->tuple.remote_port);
	else
		skw_address_remote(out, row);
}
