// SPDX-License-Identifier: BSD-2-Clause
#include "sink/asked_lines.h"

#include <string.h>
#include <sys/socket.h>

static bool is_end(const uint8_t *end, const uint8_t *addr, size_t len)
{
	return memcmp(end, addr, len) == 0;
}

static const char *host(void *ctx, const uint8_t *addr, size_t len)
{
	struct skw_asked_lines *l = ctx;
	const struct skw_tuple *t = &l->flow.tuple;
	uint8_t family = len == 4 ? AF_INET : AF_INET6, whole[16] = { 0 };
	struct skw_asked_name name = { NULL, NULL };
	bool outer = l->has_flow && t->family == family;

	memcpy(whole, addr, len);
	/* It can't be told which end is meant if both have the same address. */
	if (outer && is_end(t->local_addr, t->remote_addr, sizeof(whole)))
		outer = false;
	if (outer && is_end(t->local_addr, whole, sizeof(whole)))
		skw_asked_of_end(l->asked, t, true, l->ts_ns, &name);
	else if (outer && is_end(t->remote_addr, whole, sizeof(whole)))
		skw_asked_of_end(l->asked, t, false, l->ts_ns, &name);
	else
		skw_asked_of_address(l->asked, family, whole, l->ts_ns, &name);
	return name.text;
}

static const char *port(void *ctx, uint8_t proto, uint16_t number)
{
	(void)ctx;
	(void)proto;
	(void)number;
	return NULL;
}

int skw_asked_lines_init(struct skw_asked_lines *l, const struct skw_asked_options *opt)
{
	*l = (struct skw_asked_lines){ .print = { host, port, l } };
	return skw_asked_new(opt, &l->asked);
}

void skw_asked_lines_free(struct skw_asked_lines *l)
{
	skw_asked_free(l->asked);
	l->asked = NULL;
}

int skw_asked_lines_take(struct skw_asked_lines *l, const struct skw_packet *pkt)
{
	l->has_flow = skw_flow_of(pkt, &l->flow) == 0;
	l->ts_ns = pkt->ts_ns == SKW_PACKET_TIME_UNKNOWN ? 0 : pkt->ts_ns;
	return skw_asked_take(l->asked, pkt);
}
