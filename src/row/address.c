// SPDX-License-Identifier: BSD-2-Clause
#include "row/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/mapped.h"

static char *put_byte(char *p, uint8_t v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

void skw_address_text(uint8_t family, const uint8_t addr[16], char *out)
{
	const uint8_t *v4 = addr;

	if (family == AF_INET6) {
		if (!skw_mapped_is(addr)) {
			inet_ntop(AF_INET6, addr, out, INET6_ADDRSTRLEN);
			return;
		}
		v4 = addr + SKW_MAPPED_AT;
	}
	for (int i = 0; i < 4; i++) {
		out = put_byte(out, v4[i]);
		*out++ = i < 3 ? '.' : '\0';
	}
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
	size_t len;

	skw_address_text(family, addr, out);
	out += strlen(out);
	if (!scope || !is_link_local(family, addr))
		return out;
	len = strnlen(scope, SKW_SCOPE_LEN);
	*out++ = '%';
	memcpy(out, scope, len);
	out[len] = '\0';
	return out + len;
}

void skw_address_of_local(char *out, const struct skw_row *row)
{
	put_scoped(out, row->tuple.family, row->tuple.local_addr, row->scope);
}

void skw_address_of_remote(char *out, const struct skw_row *row)
{
	put_scoped(out, row->tuple.family, row->tuple.remote_addr, row->scope);
}

void skw_address_endpoint(char *out, uint8_t family, const uint8_t addr[16], uint16_t port,
			  const char *scope)
{
	static const uint8_t zero[16];
	char digits[5] = { 0 };
	size_t n = 0;

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
	if (!port)
		*out++ = '*';
	for (; port; port /= 10)
		digits[n++] = (char)('0' + port % 10);
	while (n)
		*out++ = digits[--n];
	*out = '\0';
}

void skw_address_local(char *out, const struct skw_row *row)
{
	const struct skw_tuple *t = &row->tuple;

	skw_address_endpoint(out, t->family, t->local_addr, t->local_port, row->scope);
}

void skw_address_remote(char *out, const struct skw_row *row)
{
	const struct skw_tuple *t = &row->tuple;

	skw_address_endpoint(out, t->family, t->remote_addr, t->remote_port, row->scope);
}

void skw_address_remote_named(char *out, const struct skw_row *row)
{
	if (row->remote && row->remote->name)
		snprintf(out, SKW_NAMED_SIZE, "%s:%u", row->remote->name, row->tuple.remote_port);
	else
		skw_address_remote(out, row);
}
