/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests and answers of a row's connection, as they were seen on the wire. No logic. */
#ifndef SKW_MODEL_ROW_TALK_H
#define SKW_MODEL_ROW_TALK_H

#include <stdbool.h>
#include <stdint.h>

#define SKW_TALK_LAST 5 /* requests that are kept as they were */

/* Times are in nanoseconds. */
struct skw_row_request {
	char kind[64], status[16]; /* printable ASCII, cut */
	uint64_t at_ns;            /* its first byte, real time */
	uint64_t latency_ns;       /* SKW_NONE64: there was no answer */
	uint64_t request_ns;       /* from its first to its last byte */
	uint64_t first_byte_ns;    /* from there to the first byte of the answer */
	uint64_t answer_ns;        /* from there to the last byte of the answer */
	uint64_t rtt_ns;           /* the row's lowest round-trip time then; SKW_NONE64 */
	bool error;
};

/* Latencies up to 2^27 us: every power of two is divided into 16 parts. */
#define SKW_TALK_BUCKETS (16 * 24 + 1)

struct skw_row_talk {
	uint64_t cookie;
	const char *protocol; /* of the last message; static */
	bool serves;          /* the row is the server's end */
	uint64_t requests, errors;
	uint64_t req_rate;       /* per second over the last tick; SKW_NONE64 */
	uint64_t latency_p99_us; /* as of the last tick; SKW_NONE64 */
	uint64_t before;         /* requests at the last tick */
	uint64_t max_us;         /* of all latencies */
	uint32_t answered;       /* all in the buckets */
	uint32_t buckets[SKW_TALK_BUCKETS];
	struct skw_row_request last[SKW_TALK_LAST]; /* a ring */
	uint8_t last_at, last_len;                  /* where the next one goes */
	bool changed;                               /* since the last tick */
};

#endif
