/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small conversations between a server, which may be in another network namespace, and a client in
 * this one. Each function returns an exit status: 0 if both sides got what they should.
 */
#ifndef LIVE_FLOWS_H
#define LIVE_FLOWS_H

#include <stdint.h>

struct flow_plan {
	const char *addr; /* the server's, IPv4 or IPv6, in text form */
	const char *port;
	const char *server_netns; /* name under /run/netns; NULL: this one */
	uint64_t bytes;           /* length of the body; 0: the conversation's default */
	uint64_t count;           /* datagrams or echo requests; 0: likewise */
};

int flow_http(const struct flow_plan *plan); /* one GET and its answer */
int flow_bulk(const struct flow_plan *plan); /* many bytes at once, so that packets grow large */
int flow_udp(const struct flow_plan *plan);  /* datagrams, each answered */
int flow_ping(const struct flow_plan *plan); /* echo requests; the kernel answers */

/* Waits until each of these processes has ended. A process that does not exist has ended. */
int flow_gone(char *const pids[], int n);

#endif
