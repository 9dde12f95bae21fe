/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of connections: the newest happenings of all connections, and, for longer, those of the
 * connection that is followed.
 */
#ifndef SKW_TABLE_PAST_TIMELINE_H
#define SKW_TABLE_PAST_TIMELINE_H

#include <stddef.h>

#include "model/happening.h"

struct skw_timeline_entry;

/* A ring that grows up to its limit. */
struct skw_timeline_ring {
	struct skw_timeline_entry *all; /* owned */
	size_t size, limit;
	size_t len;
	size_t at; /* where the next element goes */
};

struct skw_timeline {
	struct skw_timeline_ring log;
	struct skw_timeline_ring followed;
	uint64_t cookie; /* of the connection that is followed; 0: none */
};

void skw_timeline_init(struct skw_timeline *t);
/* 0 or -ENOMEM; `t` is to be freed in both cases. */
int skw_timeline_copy(struct skw_timeline *t, const struct skw_timeline *from);
void skw_timeline_free(struct skw_timeline *t);

/* 0 or -ENOMEM. */
int skw_timeline_add(struct skw_timeline *t, uint64_t cookie, const struct skw_happening *what);

/*
 * Follows this connection from now on; 0: none. Its happenings in the log are kept. 0 or
 * -ENOMEM.
 */
int skw_timeline_follow(struct skw_timeline *t, uint64_t cookie);

/* The last happenings of a connection, `max` at most, oldest first. Returns their number. */
size_t skw_timeline_read(const struct skw_timeline *t, uint64_t cookie, struct skw_happening *out,
			 size_t max);

#endif
