/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table is made of, for the files that make it. */
#ifndef SKW_TABLE_TABLE_STATE_H
#define SKW_TABLE_TABLE_STATE_H

#include "table/holders.h"
#include "table/listeners.h"
#include "table/names.h"
#include "table/owners.h"
#include "table/slots.h"
#include "table/table.h"
#include "table/timeline.h"
#include "table/totals.h"

/* Names of congestion controls; modules of the kernel, so a handful. */
#define SKW_CONGESTIONS 32

/*
 * With more closed rows than this they are kept for a shorter time, so that a host whose
 * connections come and go by the thousand does not pay for it with its memory.
 */
#define SKW_CLOSED_MANY 32768U

struct skw_table {
	struct skw_table_options opt;
	uint64_t keep_ns; /* how long closed rows are kept now */
	struct skw_slots slots;
	struct skw_owner_sets owners;
	struct skw_names netns, cgroups;
	char congestions[SKW_CONGESTIONS][SKW_CA_LEN + 1]; /* empty: free */
	struct skw_listeners listeners;
	struct skw_timeline timeline;
	struct skw_holders holders;
	struct skw_tick tick;
	struct skw_totals totals;
	uint64_t begin_ns, prev_begin_ns; /* of this sweep and the one before; SKW_NONE64: none */
	uint32_t sweep;                   /* its number; 0 before the first */
	uint32_t seconds;  /* of history between the two, 0 where they began in the same one */
	uint32_t at;       /* slot of the last record's row: the next one's is likely beside it */
	uint32_t hidden;   /* entries that are no rows yet */
	uint32_t requests; /* rows without a cookie */
	uint32_t doomed;   /* slot + 1 of a closed row that goes with the next call; 0: none */
	uint32_t since_expiry;  /* events since closed rows were looked through */
	struct skw_row scratch; /* final row of a connection whose socket is in use again */
};

#endif
