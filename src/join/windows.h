/* SPDX-License-Identifier: BSD-2-Clause */
/* The times around triggers, for each connection. Only for this room. */
#ifndef SKW_JOIN_WINDOWS_H
#define SKW_JOIN_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#define SKW_WINDOWS 16384 /* connections at the same time */

struct skw_window {
	uint64_t connection; /* 0: free */
	uint64_t from_ns, until_ns;
};

struct skw_windows {
	struct skw_window all[SKW_WINDOWS]; /* at the hash, or behind it */
	unsigned len;
	uint64_t last_ns; /* the latest end */
};

/* Adds a time; those that have ended before old_ns may go. Returns false if there is no place. */
bool skw_windows_add(struct skw_windows *w, const struct skw_window *window, uint64_t old_ns);
bool skw_windows_have(const struct skw_windows *w, uint64_t connection, uint64_t ts_ns);
void skw_windows_shift(struct skw_windows *w, int64_t by_ns);

#endif
