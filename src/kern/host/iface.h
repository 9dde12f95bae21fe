/* SPDX-License-Identifier: BSD-2-Clause */
/* Network interfaces of this namespace: their properties, and news when they come and go. */
#ifndef SKW_KERN_HOST_IFACE_H
#define SKW_KERN_HOST_IFACE_H

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

/* Finds an interface by name. Returns 0, or -ENODEV with a text that says how to list them. */
int skw_iface_by_name(const char *name, struct skw_iface_info *info, struct skw_error *err);
/* Finds an interface by index. Returns 0, or -ENODEV if it is gone. */
int skw_iface_by_index(uint32_t ifindex, struct skw_iface_info *info);

/*
 * The mask of the interface's first IPv4 address, in host byte order, in which pcap_compile() needs
 * it. Returns 0 or -errno; it leaves *mask alone if there is none.
 */
int skw_iface_netmask(const char *name, uint32_t *mask);

/* Lists all interfaces. The caller must free() *list. */
int skw_iface_list(struct skw_iface_info **list, size_t *n, struct skw_error *err);

/*
 * Returns the DLT of an interface if its ARPHRD_* alone decides it (Ethernet, loopback,
 * plain IP). Otherwise returns -1: an activated libpcap handle is needed to know it.
 */
int skw_iface_plain_dlt(uint16_t arphrd);

/* Opens a netlink socket for link changes (RTNLGRP_LINK). The caller owns the descriptor. */
int skw_iface_watch(void);

/*
 * Reads all messages that wait on the socket and calls `news` for each. `gone` tells whether the
 * interface was removed; otherwise it is new or changed. Returns 0, -ENOBUFS if messages were lost
 * (then skw_iface_watch_list() helps), or another -errno.
 */
int skw_iface_watch_read(int fd,
			 void (*news)(void *ctx, const struct skw_iface_info *info, bool gone),
			 void *ctx);

/*
 * Asks for a list of all interfaces. It comes over the same socket: skw_iface_watch_read() reads
 * each as news. Returns 0 or -errno.
 */
int skw_iface_watch_list(int fd);

#endif
