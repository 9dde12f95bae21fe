/* SPDX-License-Identifier: BSD-2-Clause */
/* Which listener of a table took a connection: by namespace, local port and address. */
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
	bool unsorted; /* since one was added */
	bool stale;    /* since one went */
};

void skw_listeners_free(struct skw_listeners *l);
int skw_listeners_add(struct skw_listeners *l, const struct skw_entry *e); /* 0 or -ENOMEM */
/* Some listener's row is about to go, or listens no more. */
void skw_listeners_changed(struct skw_listeners *l);

/*
 * The listener that a connection could have been accepted by: the one at its address rather than
 * one at all addresses, one whose owners are known rather than another. NULL: none.
 */
const struct skw_entry *skw_listeners_find(struct skw_listeners *l, const struct skw_slots *slots,
					   const struct skw_row *row);

#endif
