/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces of a capture. Each has a place in the capture's own numbering, which files and
 * lines refer to. A place is never reused: even if an interface has gone, its packets may be in a
 * file.
 */
#ifndef SKW_CAPTURE_IFACES_H
#define SKW_CAPTURE_IFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/host/iface.h"
#include "model/packet.h"

struct skw_offline_filter;

struct skw_capture_iface {
	struct skw_iface_info info;
	/* The part that other rooms use. Its name points to info.name. */
	struct skw_iface iface;
	/* The link type in the rings. iface.dlt may be another, which packets get later. */
	int ring_dlt;
	unsigned slot; /* the index of its counters */
	bool gone;     /* its last packets may still be in the rings */
	bool cooked;
	/* Borrowed. NULL: the kernel has decided. */
	const struct skw_offline_filter *user_filter;
	/* The number of packets that user_filter has rejected. */
	uint64_t user_rejected;
	/*
	 * The number of packets that skwatch, and not the kernel, has cut to the snapshot length.
	 */
	uint64_t cut;
};

struct skw_capture_ifaces {
	struct skw_capture_iface **all; /* owned, as is each element */
	size_t len;
	uint32_t *by_ifindex; /* owned: 1 + place, 0 if there is none */
	size_t by_ifindex_len;
};

void skw_capture_ifaces_free(struct skw_capture_ifaces *t);

/* Adds an interface. The pointer stays valid until the table is freed. NULL if memory is short. */
struct skw_capture_iface *skw_capture_ifaces_add(struct skw_capture_ifaces *t,
						 const struct skw_iface_info *info, int dlt,
						 uint32_t snaplen, const char *filter);

/* The place of the interface that had this index last, even if that has gone, or -1. */
int skw_capture_ifaces_find(const struct skw_capture_ifaces *t, uint32_t ifindex);

#endif
