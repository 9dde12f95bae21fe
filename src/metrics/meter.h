/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adds up what sockets do, by label set. It takes the rows and events of a watch in place of a
 * table, and keeps of each open socket only what was added so far (metrics/tallies.h).
 *
 * No counter goes back. A sweep adds the difference to the sweep before, and a close its last row,
 * so a connection that opened and closed between two sweeps counts as well. A connection that was
 * open before the start adds only what it does from the first sweep on. If the event of its close
 * was lost, what counts is its last sweep, and its reason is unknown.
 */
#ifndef SKW_METRICS_METER_H
#define SKW_METRICS_METER_H

#include "metrics/id_texts.h"
#include "metrics/label_sets.h"
#include "metrics/tallies.h"
#include "metrics/zones.h"
#include "row/taker.h"

struct skw_meter_options {
	unsigned labels;               /* enum skw_label */
	const struct skw_zones *zones; /* borrowed */
	uint32_t max_sets;
	uint64_t idle_ns; /* a set without news and sockets goes after this time */
};

struct skw_meter_listener {
	uint32_t netns, place; /* of its tally */
	uint16_t port;
	uint8_t family;
	uint8_t addr[16];
};

struct skw_meter_holders; /* while a sweep tells the holders of sockets */

struct skw_meter {
	struct skw_meter_options opt;
	struct skw_label_sets sets;
	struct skw_tallies tallies;
	struct skw_id_texts cgroups, netns;
	uint64_t asked_cgroup; /* with `asks`: its name is needed */
	bool asks;
	struct skw_meter_listener *listeners; /* owned */
	size_t listeners_len, listeners_size;
	bool sorted;
	struct skw_meter_holders *holders; /* owned; NULL: none are told */
	uint16_t sweep;                    /* its number */
	uint64_t begin_ns;                 /* of the sweep */
	uint64_t now_ns;                   /* CLOCK_MONOTONIC, of the last sweep or event */
	int64_t offset_ns;                 /* the caller's: real time minus that */
	uint32_t at;                       /* place of the tally that was met last */
	uint64_t bad_records;
};

/* 0 or -ENOMEM. Afterwards the meter must not be moved. */
int skw_meter_init(struct skw_meter *m, const struct skw_meter_options *opt);
void skw_meter_free(struct skw_meter *m); /* of a zeroed one, too */

/* For the plan of a watch. */
struct skw_row_taker skw_meter_taker(struct skw_meter *m);

#endif
