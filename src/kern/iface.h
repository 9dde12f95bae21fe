/* SPDX-License-Identifier: BSD-2-Clause */
/* Network interfaces of this namespace: what they are, and news of their coming and going. */
#ifndef SKW_KERN_IFACE_H
#define SKW_KERN_IFACE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct skw_iface_info {
	char name[IFNAMSIZ];
	uint32_t ifindex;
	uint32_t flags;  /* IFF_*, linux/if.h */
	uint16_t arphrd; /* ARPHRD_*, linux/if_arp.h */
};

/* By name. -ENODEV with a text if there is none; the text says what exists. */
int skw_iface_by_name(const char *name, struct skw_iface_info *info, struct skw_error *err);
/* By index; -ENODEV if it is gone. */
int skw_iface_by_index(uint32_t ifindex, struct skw_iface_info *info);

/* All of them: *list is the caller's to free(). */
int skw_iface_list(struct skw_iface_info **list, size_t *n, struct skw_error *err);

/*
 * The DLT of an interface whose kind leaves no doubt (Ethernet, loopback, plain
 * IP), or -1: then only an activated libpcap handle knows.
 */
int skw_iface_plain_dlt(uint16_t arphrd);

/* A netlink socket that tells of link changes (RTNLGRP_LINK): a descriptor the caller owns. */
int skw_iface_watch(void);

/*
 * Reads all news that wait on the socket and calls `news` for each: `gone` or new or changed.
 * Returns 0, -ENOBUFS if news were lost (list again), or another -errno.
 */
int skw_iface_watch_read(int fd,
			 void (*news)(void *ctx, const struct skw_iface_info *info, bool gone),
			 void *ctx);

#endif
