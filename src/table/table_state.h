/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a table. Only for this room. */
#ifndef SKW_TABLE_TABLE_STATE_H
#define SKW_TABLE_TABLE_STATE_H

#include "row/extras.h"
#include "row/remotes.h"
#include "row/talks.h"
#include "table/by_tuple.h"
#include "table/holders.h"
#include "table/listeners.h"
#include "table/names.h"
#include "row/owners.h"
#include "table/slots.h"
#include "table/table.h"
#include "table/past/closed.h"
#include "table/past/timeline.h"
#include "table/totals.h"
#include "table/wires.h"

/* Highest number of congestion controls with a name: a kernel has a handful. */
#define SKW_CONGESTIONS 32

/*
 * If there are more closed rows than this, they are kept for a shorter time. So a host with
 * thousands of connections per second does not fill its memory with them.
 */
#define SKW_CLOSED_MANY 32768U

struct skw_table {
	struct skw_table_options opt;
	uint64_t generation;
	uint64_t keep_ns; /* how long closed rows are kept now */
	struct skw_slots slots;
	struct skw_closed closed;     /* empty unless events look for closed rows */
	struct skw_by_tuple by_tuple; /* off unless packets are joined */
	struct skw_wires wires;
	struct skw_owner_sets owners;
	struct skw_names netns, cgroups;
	char congestions[SKW_CONGESTIONS][SKW_CA_LEN + 1]; /* empty: free */
	struct skw_extras extras;
	struct skw_remotes remotes;
	struct skw_talks talks;
	struct skw_listeners listeners;
	struct skw_timeline timeline;
	struct skw_holders holders;
	struct skw_tick tick;
	struct skw_totals totals;
	uint64_t begin_ns, prev_begin_ns; /* of the last sweep and the one before; SKW_NONE64 */
	uint16_t sweep;                   /* number of the last sweep; 0 before the first */
	uint32_t seconds;                 /* of history between the two; 0: same second */
	uint32_t at;                      /* slot of the row that the last sample was of */
	uint32_t hidden;                  /* number of hidden entries */
	uint32_t requests;                /* number of rows without a cookie */
	uint32_t doomed;          /* slot + 1 of a closed row that the next call drops; 0: none */
	uint32_t since_expiry;    /* number of events since closed rows were looked for */
	struct skw_entry scratch; /* last row of a connection whose socket is in use again */
	struct skw_remote scratch_remote; /* of that row */
};

#endif
