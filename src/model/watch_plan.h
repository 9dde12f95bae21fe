/* SPDX-License-Identifier: BSD-2-Clause */
/* What is watched of connections. Plain data; the strings belong to the caller. */
#ifndef SKW_MODEL_WATCH_PLAN_H
#define SKW_MODEL_WATCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct skw_watch_plan {
	/* SKW_EVENT_BIT()s that go to the sink, and those that only the table needs. */
	uint32_t events;
	uint32_t table_events;
	/* Between sweeps. */
	uint64_t interval_ns;
	/* Closed rows are kept for so long. */
	uint64_t closed_ns;
	/* "self", "all", or a name or path. */
	const char *netns;
	/* A subtree; NULL: all. */
	const char *cgroup;
	/* Of the event rings; 0: the default. */
	uint64_t ring_bytes;
	/* How long an event may wait in its ring, in milliseconds. */
	unsigned wait_ms;
	bool udp;
	/* A screen tells what the kernel lacks and what went wrong; otherwise it is said. */
	bool quiet;
};

#endif
