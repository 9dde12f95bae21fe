/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened lately to all connections, the oldest given up first, and to the one that is
 * followed, for longer.
 */
#ifndef SKW_TABLE_TIMELINE_H
#define SKW_TABLE_TIMELINE_H

#include <stddef.h>

#include "model/happening.h"

struct skw_timeline_entry;

/* A ring that grows up to its limit. */
struct skw_timeline_ring {
	struct skw_timeline_entry *all; /* owned */
	size_t size, limit;
	size_t len, at; /* `at`: where the next one goes */
};

struct skw_timeline {
	struct skw_timeline_ring log;
	struct skw_timeline_ring followed;
	uint64_t cookie; /* that is followed; 0: none */
};

void skw_timeline_init(struct skw_timeline *t);
/* 0 or -ENOMEM; then `t` is to be freed all the same. */
int skw_timeline_copy(struct skw_timeline *t, const struct skw_timeline *from);
void skw_timeline_free(struct skw_timeline *t);

int skw_timeline_add(struct skw_timeline *t, uint64_t cookie, const struct skw_happening *what);

/* From now on this one; what the log knows of it already is kept. 0: none. */
int skw_timeline_follow(struct skw_timeline *t, uint64_t cookie);

/* The last `max` of a connection, oldest first; returns how many. */
size_t skw_timeline_read(const struct skw_timeline *t, uint64_t cookie, struct skw_happening *out,
			 size_t max);

#endif
