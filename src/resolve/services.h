/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the ports of TCP and UDP, see services(5). */
#ifndef SKW_RESOLVE_SERVICES_H
#define SKW_RESOLVE_SERVICES_H

#include <stdint.h>

struct skw_services {
	char *tcp[UINT16_MAX + 1]; /* owned; NULL: no name */
	char *udp[UINT16_MAX + 1];
};

/* Reads all names from the system. Returns NULL if memory is short. */
struct skw_services *skw_services_read(void);
/* NULL is allowed. */
void skw_services_free(struct skw_services *s);

/* NULL if there is no name. `proto` is the protocol's number. */
const char *skw_services_name(const struct skw_services *s, uint8_t proto, uint16_t port);

#endif
