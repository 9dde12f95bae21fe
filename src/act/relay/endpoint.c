// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#include "row/address.h"
#include "util/hash.h"
#include "util/units.h"

/* Copies the address of "[A]:PORT", "A:PORT" or ":PORT". Returns the text of the port, or NULL. */
static const char *split(const char *text, char *addr, size_t size)
{
	const char *end = *text == '[' ? strchr(text, ']') : strrchr(text, ':');
	const char *from = *text == '[' ? text + 1 : text;

	if (!end || (size_t)(end - from) >= size)
		return NULL;
	memcpy(addr, from, (size_t)(end - from));
	addr[end - from] = '\0';
	if (*text != '[')
		return end + 1;
	return end[1] == ':' ? end + 2 : NULL;
}

int skw_relay_endpoint_parse(const char *text, bool listens, const char *what,
			     struct skw_relay_endpoint *out, struct skw_error *err)
{
	struct skw_relay_endpoint e = { 0 };
	char addr[INET6_ADDRSTRLEN];
	const char *port_text = split(text, addr, sizeof(addr));
	uint16_t port;

	if (!port_text || !skw_units_parse_port(port_text, &port) || (!port && !listens))
		return skw_error_usage(err,
				       "%s: a %s is ADDRESS:PORT or [ADDRESS]:PORT, such as "
				       "192.0.2.1:80 or [2001:db8::1]:80",
				       text, what);
	if (inet_pton(AF_INET, addr, &e.at.v4.sin_addr) == 1 && *text != '[') {
		e.at.v4.sin_family = AF_INET;
		e.at.v4.sin_port = htons(port);
		e.len = sizeof(e.at.v4);
	} else if ((listens && !addr[0] && *text != '[') ||
		   (*text == '[' && inet_pton(AF_INET6, addr, &e.at.v6.sin6_addr) == 1)) {
		e.at.v6.sin6_family = AF_INET6;
		e.at.v6.sin6_port = htons(port);
		e.len = sizeof(e.at.v6);
	} else {
		return skw_error_usage(err,
				       "%s: the %s needs a numeric address (IPv6 in brackets); "
				       "names are not looked up",
				       text, what);
	}
	*out = e;
	return 0;
}

uint16_t skw_relay_endpoint_port(const struct skw_relay_endpoint *e)
{
	return ntohs(e->at.any.sa_family == AF_INET ? e->at.v4.sin_port : e->at.v6.sin6_port);
}

void skw_relay_endpoint_unmap(struct skw_relay_endpoint *e)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = e->at.v6.sin6_port };

	if (e->at.any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&e->at.v6.sin6_addr))
		return;
	memcpy(&v4.sin_addr, &e->at.v6.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
	*e = (struct skw_relay_endpoint){ .at.v4 = v4, .len = sizeof(v4) };
}

void skw_relay_endpoint_bytes(const struct skw_relay_endpoint *e, uint8_t addr[16])
{
	memset(addr, 0, 16);
	if (e->at.any.sa_family == AF_INET)
		memcpy(addr, &e->at.v4.sin_addr, sizeof(e->at.v4.sin_addr));
	else
		memcpy(addr, &e->at.v6.sin6_addr, sizeof(e->at.v6.sin6_addr));
}

uint64_t skw_relay_endpoint_hash(const struct skw_relay_endpoint *e)
{
	uint8_t addr[16];

	skw_relay_endpoint_bytes(e, addr);
	return skw_hash_bytes(e->at.any.sa_family, addr, sizeof(addr));
}

void skw_relay_endpoint_text(const struct skw_relay_endpoint *e, char *out)
{
	uint8_t addr[16];

	skw_relay_endpoint_bytes(e, addr);
	skw_address_endpoint(out, (uint8_t)e->at.any.sa_family, addr, skw_relay_endpoint_port(e),
			     NULL);
}
