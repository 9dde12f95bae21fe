/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of a watch. Plain data; the caller owns the strings. */
#ifndef SKW_MODEL_WATCH_PLAN_H
#define SKW_MODEL_WATCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct skw_row_taker; /* row/taker.h */

struct skw_watch_plan {
	/* SKW_EVENT_BIT()s of the events for the sink, and of those that only the table needs. */
	uint32_t events;
	uint32_t table_events;
	/* The time between sweeps. */
	uint64_t interval_ns;
	/*
	 * Sweeps take about this share of a CPU at the most: after one that took long, the next
	 * comes later. In percent; 0: no bound.
	 */
	unsigned sweep_share;
	/* The time for which closed rows are kept. */
	uint64_t closed_ns;
	/* "self", "all", a name, the number of a process, or a path. */
	const char *netns;
	/* The path of a subtree. NULL: all cgroups. */
	const char *cgroup;
	/* The size of all event rings. 0: the default. */
	uint64_t ring_bytes;
	/* The most time that an event waits in its ring, in milliseconds. */
	unsigned wait_ms;
	bool udp;
	/* The holders of sockets are not read. */
	bool no_holders;
	/* They are read this often; 0: every three sweeps. */
	uint64_t holders_ns;
	/*
	 * Takes all rows and events in place of the table; the sink gets ticks without a table, and
	 * no events. Borrowed; NULL: the table.
	 */
	const struct skw_row_taker *taker;
	/* Datagrams are counted: from the start on, or only from a wish on, or never. */
	enum skw_watch_counts { SKW_COUNTS_NEVER, SKW_COUNTS_LATER, SKW_COUNTS_NOW } counts;
	/* Packets are joined with the connections: skw_watch_table() and the like are used. */
	bool packets;
	/*
	 * A screen shows itself which features the kernel lacks and what has failed. Otherwise both
	 * are printed on standard error.
	 */
	bool quiet;
	/* With quiet: the SKW_LACKS_* that are printed all the same. */
	uint32_t told_lacks;
	/* For debugging: the sandbox stays open. */
	bool no_sandbox;
};

#endif
