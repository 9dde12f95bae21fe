/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of each open socket: how much of its figures was added to those of its label set. There may be
 * 100,000 of them, so each takes 56 bytes, and 64 more only if it has had RTT samples.
 */
#ifndef SKW_METRICS_TALLIES_H
#define SKW_METRICS_TALLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

enum skw_tally_kind {
	SKW_TALLY_FREE,
	SKW_TALLY_CALLER, /* only the process of connect() or listen() is known so far */
	SKW_TALLY_TCP,
	SKW_TALLY_LISTENER,
	SKW_TALLY_UDP,
};

/*
 * The first sweep has met the socket, and what it has done before does not count, unless an event
 * tells that it has begun in time.
 */
#define SKW_TALLY_FRESH 0x01
/* The owner is the process that holds it. */
#define SKW_TALLY_HELD 0x02
/* A sweep has told all of it, so a record of a connection at rest will do. */
#define SKW_TALLY_READ 0x04
/* It is being closed: `inode` is the number of segments with data that had come by then. */
#define SKW_TALLY_CLOSING    0x08

#define SKW_TALLY_NO_SAMPLES UINT32_MAX

struct skw_tally {
	uint64_t cookie;
	union {
		char comm[SKW_COMM_LEN]; /* CALLER */
		struct {
			uint64_t sent_bytes, received_bytes;
		};
		struct {
			uint64_t queue, limit; /* LISTENER, now */
		};
	};
	union {
		struct {
			uint32_t sent_segs, retrans_segs, timeouts;
		};
		struct {
			uint32_t sent_packets, received_packets, drops; /* UDP; drops of LISTENER */
		};
	};
	uint32_t inode;
	uint32_t set;     /* of struct skw_label_sets */
	uint32_t samples; /* of struct skw_tallies; SKW_TALLY_NO_SAMPLES: none */
	uint16_t seen;    /* number of the last sweep that has met it */
	uint8_t kind;     /* enum skw_tally_kind */
	uint8_t state;    /* enum skw_row_state */
	uint8_t flags;    /* SKW_TALLY_* */
	uint8_t missed;   /* complete sweeps that have not met it since */
	uint8_t reserved[2];
};

_Static_assert(sizeof(struct skw_tally) == 56, "memory of a socket");

/* The samples that were added, by bucket. */
struct skw_tally_samples {
	uint32_t counts[SKW_RTT_BUCKETS];
};

struct skw_tallies {
	struct skw_tally **chunks; /* owned */
	size_t chunks_len;
	uint32_t end, len; /* the places that were ever used, and the tallies */
	uint32_t free;     /* place + 1 of the first free one, 0: none; `set` links them */
	uint32_t *buckets; /* owned; place + 1, open addressing */
	size_t buckets_len;
	struct skw_tally_samples **samples; /* owned chunks */
	size_t samples_chunks;
	uint32_t samples_end, samples_free;
};

int skw_tallies_init(struct skw_tallies *t); /* 0 or -ENOMEM */
void skw_tallies_free(struct skw_tallies *t);

/* The tally at a place below t->end. Pointers stay valid until it is removed. */
#define SKW_TALLIES_CHUNK 4096U
static inline struct skw_tally *skw_tallies_at(const struct skw_tallies *t, uint32_t place)
{
	return &t->chunks[place / SKW_TALLIES_CHUNK][place % SKW_TALLIES_CHUNK];
}

/* The place of a cookie's tally, or UINT32_MAX. `guess` is looked at first. */
uint32_t skw_tallies_find(const struct skw_tallies *t, uint64_t cookie, uint32_t guess);
/* A new tally with zeros, but for the cookie. *place takes its place. 0 or -ENOMEM. */
int skw_tallies_add(struct skw_tallies *t, uint64_t cookie, uint32_t *place);
void skw_tallies_remove(struct skw_tallies *t, uint32_t place);

/* The samples of a tally. The second one makes them; NULL: no memory. */
static inline struct skw_tally_samples *skw_tallies_samples_at(const struct skw_tallies *t,
							       uint32_t at)
{
	return &t->samples[at / SKW_TALLIES_CHUNK][at % SKW_TALLIES_CHUNK];
}
struct skw_tally_samples *skw_tallies_samples(struct skw_tallies *t, struct skw_tally *tally);

#endif
