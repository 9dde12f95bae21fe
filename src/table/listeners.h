/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the listener that accepted a connection: by namespace, local port and address. */
#ifndef SKW_TABLE_LISTENERS_H
#define SKW_TABLE_LISTENERS_H

#include "table/slots.h"

struct skw_listener {
	uint32_t netns;
	uint16_t port;
	uint32_t slot;
};

struct skw_listeners {
	struct skw_listener *all; /* owned */
	size_t len, size;
	bool unsorted; /* a listener was added since it was sorted */
	bool stale;    /* a listener may have gone since then */
};

void skw_listeners_free(struct skw_listeners *l);
int skw_listeners_add(struct skw_listeners *l, const struct skw_entry *e); /* 0 or -ENOMEM */
/* A listener is about to go, or has stopped listening. */
void skw_listeners_changed(struct skw_listeners *l);

/*
 * Whether a listener can have accepted a connection. The kernel prefers a listener at its address
 * to one at all addresses. *owners is NULL if several can have accepted it (SO_REUSEPORT) that have
 * different owners, or if the owners are unknown.
 */
bool skw_listeners_find(struct skw_listeners *l, const struct skw_slots *slots,
			const struct skw_row *row, const struct skw_owners **owners);

#endif
