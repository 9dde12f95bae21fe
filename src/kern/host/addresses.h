/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IP addresses of this network namespace, kept up to date by netlink (RTNLGRP_IPV4_IFADDR and
 * RTNLGRP_IPV6_IFADDR).
 */
#ifndef SKW_KERN_HOST_ADDRESSES_H
#define SKW_KERN_HOST_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_address {
	uint8_t bytes[16]; /* in network order; IPv4: the first four, and the others are 0 */
	uint8_t family;    /* AF_INET, AF_INET6 */
};

struct skw_addresses {
	int fd;                  /* owned; -1: not open */
	struct skw_address *all; /* owned */
	size_t len, size;
};

/* Opens the socket and asks for all addresses. The caller closes *a. Returns 0 or -errno. */
int skw_addresses_open(struct skw_addresses *a);
void skw_addresses_close(struct skw_addresses *a);

/* Reads all messages that wait on the socket. Returns 0 or -errno. */
int skw_addresses_read(struct skw_addresses *a);

/* Whether packets to this address end here. All of 127.0.0.0/8 do. */
bool skw_addresses_have(const struct skw_addresses *a, const uint8_t addr[16], uint8_t family);

#endif
