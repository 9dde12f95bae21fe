// SPDX-License-Identifier: BSD-2-Clause
#include "resolve/services.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "resolve/cache.h"

struct skw_services *skw_services_read(void)
{
	struct skw_services *s = calloc(1, sizeof(*s));
	const struct servent *service;

	if (!s)
		return NULL;
	setservent(1);
	while ((service = getservent())) {
		char **names = strcmp(service->s_proto, "tcp") == 0   ? s->tcp
			       : strcmp(service->s_proto, "udp") == 0 ? s->udp
								      : NULL;
		uint16_t port = ntohs((uint16_t)service->s_port);

		/* The first name of a port counts. One for which memory is short is left out. */
		if (names && !names[port] && skw_resolve_is_clean(service->s_name))
			names[port] = strdup(service->s_name);
	}
	endservent();
	return s;
}

void skw_services_free(struct skw_services *s)
{
	if (!s)
		return;
	for (size_t port = 0; port <= UINT16_MAX; port++) {
		free(s->tcp[port]);
		free(s->udp[port]);
	}
	free(s);
}

const char *skw_services_name(const struct skw_services *s, uint8_t proto, uint16_t port)
{
	return proto == IPPROTO_TCP ? s->tcp[port] : proto == IPPROTO_UDP ? s->udp[port] : NULL;
}
