/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets of a network namespace that wait for connections or datagrams, from /proc/PID/net. */
#ifndef SKW_KERN_HOST_WAITING_H
#define SKW_KERN_HOST_WAITING_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct skw_waiting {
	uint8_t addr[16]; /* network order; IPv4: the first four bytes */
	uint8_t family;   /* AF_INET, AF_INET6 */
	uint16_t port;
	uint32_t inode;
};

/*
 * Lists the listeners of TCP, or the unconnected sockets of UDP, of the network namespace of a
 * process (0: this thread). The caller frees *list. Returns 0 or -errno.
 */
int skw_waiting_read(uint32_t pid, uint8_t proto, struct skw_waiting **list, size_t *n);

#endif
