/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces that a capture has met, each with its place in the
 * capture's own numbering, which files and lines refer to. Places are never
 * given up: an interface that went away may still have packets in a file.
 */
#ifndef SKW_CAPTURE_IFACES_H
#define SKW_CAPTURE_IFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/iface.h"
#include "model/packet.h"

struct skw_offline_filter;

struct skw_capture_iface {
	struct skw_iface_info info;
	struct skw_iface iface; /* what rooms below see; its name is info.name */
	unsigned slot;          /* counters */
	bool gone;              /* its last packets may still be in the rings */
	bool cooked;
	const struct skw_offline_filter *user_filter; /* lent; NULL: the kernel has decided */
	uint64_t user_rejected;                       /* by it */
	uint64_t cut; /* to the snapshot length, by us and not by the kernel */
};

struct skw_capture_ifaces {
	struct skw_capture_iface **all; /* owned, and each of them */
	size_t len;
	uint32_t *by_ifindex; /* owned: 1 + place, 0 where there is none */
	size_t by_ifindex_len;
};

void skw_capture_ifaces_free(struct skw_capture_ifaces *t);

/* Adds an interface; its pointer stays valid. NULL when out of memory. */
struct skw_capture_iface *skw_capture_ifaces_add(struct skw_capture_ifaces *t,
						 const struct skw_iface_info *info, int dlt,
						 uint32_t snaplen, const char *filter);

/* The place of the interface that had this index last, be it gone or not; or -1. */
int skw_capture_ifaces_find(const struct skw_capture_ifaces *t, uint32_t ifindex);

#endif
