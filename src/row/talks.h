/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and answers of rows, by the slot of their rows. They take memory only for rows that have
 * had some, 2.5 KB each, and there is a limit.
 */
#ifndef SKW_ROW_TALKS_H
#define SKW_ROW_TALKS_H

#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "model/row.h"
#include "model/row_talk.h"

/* Rows with messages: some 10 MB. Messages of other rows are counted. */
#define SKW_TALKS_MAX 4096U

struct skw_talks {
	struct skw_row_talk **all; /* owned, as its elements are; by slot, NULL: none */
	size_t size;
	uint32_t len;
	uint64_t left_out; /* messages, as there were too many rows */
};

void skw_talks_free(struct skw_talks *t);

/*
 * That of the row in this slot; it is made if there is none. NULL: there are too many, which is
 * counted, or no memory.
 */
struct skw_row_talk *skw_talks_open(struct skw_talks *t, uint32_t slot, uint64_t cookie);
/* The row in this slot goes. */
void skw_talks_drop(struct skw_talks *t, uint32_t slot);
/* A copy for the row in this slot. NULL: no memory. */
const struct skw_row_talk *skw_talks_copy(struct skw_talks *t, uint32_t slot,
					  const struct skw_row_talk *talk);

/* Counts a message; `serves`: the row is the server's end. */
void skw_talks_count(struct skw_row_talk *talk, const struct skw_message *m, bool serves,
		     uint32_t min_rtt_us);
/* A tick has ended, which took that time (0: it is not known). */
void skw_talks_tick(struct skw_talks *t, uint64_t ns);

/*
 * The latency that `percent` of `count` latencies do not exceed, in microseconds, wrong by 1/32 at
 * most, and never more than the largest. SKW_NONE64: there is none.
 */
uint64_t skw_talks_quantile(const uint32_t *buckets, uint64_t count, uint64_t max_us,
			    unsigned percent);

/* How the time of a request is divided; the man page of top says what each part is. */
struct skw_talks_split {
	uint64_t wait_ns; /* all that the client waits, as far as this host can tell */
	uint64_t server_ns;
	uint64_t network_ns;  /* SKW_NONE64: the round-trip time is not known */
	uint64_t transfer_ns; /* of the request and of the answer */
};
/* False: there was no answer. */
bool skw_talks_split(const struct skw_row_talk *talk, const struct skw_row_request *r,
		     struct skw_talks_split *out);

#endif
