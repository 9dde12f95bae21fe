// SPDX-License-Identifier: BSD-2-Clause
#include "join/windows.h"

#include <stddef.h>

/* A connection is looked for in this number of places. */
#define WAYS 16

static unsigned place_of(uint64_t connection, unsigned way)
{
	return (unsigned)((connection >> 8) + way) % SKW_WINDOWS;
}

/* Its place, or one that it can have, or NULL. */
static struct skw_window *find(struct skw_windows *w, uint64_t connection, uint64_t old_ns)
{
	struct skw_window *free_place = NULL;

	for (unsigned way = 0; way < WAYS; way++) {
		struct skw_window *at = &w->all[place_of(connection, way)];

		if (at->connection == connection)
			return at;
		if (!free_place && (!at->connection || at->until_ns < old_ns))
			free_place = at;
	}
	return free_place;
}

bool skw_windows_add(struct skw_windows *w, const struct skw_window *window, uint64_t old_ns)
{
	struct skw_window *at = find(w, window->connection, old_ns);

	if (!at)
		return false;
	w->len += !at->connection;
	if (at->connection == window->connection && at->until_ns >= old_ns) {
		/* The time between two of its triggers is wanted, too. */
		if (window->from_ns < at->from_ns)
			at->from_ns = window->from_ns;
		if (window->until_ns > at->until_ns)
			at->until_ns = window->until_ns;
	} else {
		*at = *window;
	}
	if (window->until_ns > w->last_ns)
		w->last_ns = window->until_ns;
	return true;
}

bool skw_windows_have(const struct skw_windows *w, uint64_t connection, uint64_t ts_ns)
{
	if (!w->len || ts_ns > w->last_ns)
		return false;
	for (unsigned way = 0; way < WAYS; way++) {
		const struct skw_window *at = &w->all[place_of(connection, way)];

		if (at->connection == connection)
			return ts_ns >= at->from_ns && ts_ns <= at->until_ns;
	}
	return false;
}

void skw_windows_shift(struct skw_windows *w, int64_t by_ns)
{
	for (size_t i = 0; i < SKW_WINDOWS; i++) {
		w->all[i].from_ns += (uint64_t)by_ns;
		w->all[i].until_ns += (uint64_t)by_ns;
	}
	w->last_ns += w->len ? (uint64_t)by_ns : 0;
}
