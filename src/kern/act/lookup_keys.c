// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/lookup_keys.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define PORTS 65536U

/*
 * Keys for any address: the largest blocks of ports that begin at the first one, are as long as a
 * power of two, and begin at a multiple of their length. Key and range then match the same ports.
 */
static int each_block(const struct skw_steer_rule *rule, struct skw_steer_key *key,
		      int (*each)(void *ctx, const struct skw_steer_key *key), void *ctx)
{
	/* No connection goes to port 0, so it may be in a block. */
	uint32_t at = rule->first == 1 && rule->last == PORTS - 1 ? 0 : rule->first;
	int ret = 0;

	while (!ret && at <= rule->last) {
		uint32_t len = at ? at & -at : PORTS;
		unsigned bits = SKW_STEER_PORT_BITS;

		while (at + len - 1 > rule->last)
			len /= 2;
		for (uint32_t half = len; half > 1; half /= 2)
			bits--;
		key->bits = bits;
		key->port = htons((uint16_t)at);
		ret = each(ctx, key);
		at += len;
	}
	return ret;
}

static int each_port(const struct skw_steer_rule *rule, struct skw_steer_key *key,
		     int (*each)(void *ctx, const struct skw_steer_key *key), void *ctx)
{
	int ret = 0;

	key->bits = SKW_STEER_ADDR_AT + rule->bits;
	key->family = rule->family;
	memcpy(key->addr, rule->addr, sizeof(key->addr));
	if (rule->first == 1 && rule->last == PORTS - 1)
		return each(ctx, key);
	for (uint32_t port = rule->first; !ret && port <= rule->last; port++) {
		key->port = htons((uint16_t)port);
		ret = each(ctx, key);
	}
	return ret;
}

int skw_lookup_keys_each(const struct skw_steer_rule *rule, __u8 proto,
			 int (*each)(void *ctx, const struct skw_steer_key *key), void *ctx)
{
	struct skw_steer_key key = { .proto = proto };

	return rule->family == SKW_STEER_BOTH ? each_block(rule, &key, each, ctx)
					      : each_port(rule, &key, each, ctx);
}
