// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Section 2.2: version 2 and the command PROXY; TCP over IPv4 or IPv6. */
#define V2_PROXY 0x21
#define V2_TCP4  0x11
#define V2_TCP6  0x21

static size_t text_header(const struct skw_relay_endpoint *from,
			  const struct skw_relay_endpoint *to, uint8_t *out)
{
	bool v4 = from->at.any.sa_family == AF_INET;
	char source[INET6_ADDRSTRLEN], target[INET6_ADDRSTRLEN];
	uint8_t a[16], b[16];

	skw_relay_endpoint_bytes(from, a);
	skw_relay_endpoint_bytes(to, b);
	inet_ntop(v4 ? AF_INET : AF_INET6, a, source, sizeof(source));
	inet_ntop(v4 ? AF_INET : AF_INET6, b, target, sizeof(target));
	return (size_t)snprintf((char *)out, SKW_RELAY_PROXY_SIZE, "PROXY TCP%d %s %s %u %u\r\n",
				v4 ? 4 : 6, source, target, skw_relay_endpoint_port(from),
				skw_relay_endpoint_port(to));
}

static uint8_t *put_port(uint8_t *at, uint16_t port)
{
	*at++ = (uint8_t)(port >> 8);
	*at++ = (uint8_t)port;
	return at;
}

static size_t binary_header(const struct skw_relay_endpoint *from,
			    const struct skw_relay_endpoint *to, uint8_t *out)
{
	static const uint8_t signature[12] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
					       0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };
	bool v4 = from->at.any.sa_family == AF_INET;
	size_t len = v4 ? 4 : 16;
	uint8_t addr[16], *at = out;

	memcpy(at, signature, sizeof(signature));
	at += sizeof(signature);
	*at++ = V2_PROXY;
	*at++ = v4 ? V2_TCP4 : V2_TCP6;
	at = put_port(at, (uint16_t)(2 * len + 4)); /* the length of the rest */
	skw_relay_endpoint_bytes(from, addr);
	memcpy(at, addr, len);
	skw_relay_endpoint_bytes(to, addr);
	memcpy(at + len, addr, len);
	at = put_port(at + 2 * len, skw_relay_endpoint_port(from));
	at = put_port(at, skw_relay_endpoint_port(to));
	return (size_t)(at - out);
}

size_t skw_relay_proxy_header(unsigned version, const struct skw_relay_endpoint *from,
			      const struct skw_relay_endpoint *to, uint8_t *out)
{
	return version == 1 ? text_header(from, to, out) : binary_header(from, to, out);
}
