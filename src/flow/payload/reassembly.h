/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts one direction of a TCP connection together from its segments: each byte is handed on once,
 * in order. Of bytes that were sent again, the first ones that were captured count.
 *
 * A segment in order is handed on in place; one that comes too early is copied and waits. Bytes
 * that are missing are handed on as a hole, as soon as the other end has acknowledged them (so
 * only the capture lacks them), or when too much waits behind them.
 */
#ifndef SKW_FLOW_PAYLOAD_REASSEMBLY_H
#define SKW_FLOW_PAYLOAD_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/payload/piece.h"

struct skw_reassembly_waiting;

/* A zeroed struct has seen nothing. */
struct skw_reassembly {
	struct skw_reassembly_waiting *first, *last; /* owned; in order, no two have a byte twice */
	size_t bytes;                                /* memory of all that wait */
	uint64_t since_ns; /* when the first hole was noticed; all ones: unknown */
	uint32_t waiting;  /* number of those that wait */
	uint32_t next;     /* the sequence number of the next byte, if started */
	uint32_t fin;      /* the sequence number of the FIN */
	uint8_t strange;   /* segments in a row that are far from `next` */
	bool started, fin_known;
};

/* So much may wait behind a hole. When one of them is reached, the hole is given up. */
struct skw_reassembly_limits {
	size_t bytes;
	uint32_t segments;
	uint64_t ns;
};

struct skw_reassembly_figures {
	uint64_t bytes;         /* handed on */
	uint64_t again_bytes;   /* left out, as they were there already */
	uint64_t early;         /* segments that had to wait */
	uint64_t holes;         /* told to the consumer */
	uint64_t missing_bytes; /* of these holes, as far as their lengths are known */
	uint64_t strange;       /* segments left out, as their numbers make no sense */
};

/* All calls need this. Everything is borrowed. */
struct skw_reassembly_env {
	const struct skw_reassembly_limits *limits;
	struct skw_reassembly_figures *figures;
	/* Takes the next piece. The bytes are valid during the call. 0 or -errno. */
	int (*take)(void *ctx, const struct skw_payload_piece *piece);
	void *ctx;
	uint64_t now_ns; /* of the packet; all ones: unknown */
};

struct skw_reassembly_segment {
	const uint8_t *data; /* the captured bytes, from the first byte on */
	uint32_t seq;        /* of the first byte */
	uint32_t caplen;
	uint32_t len; /* on the wire, at least caplen; the rest is a hole */
	bool fin;     /* a FIN follows */
};

/* All functions return 0, -ENOMEM or the result of env->take(). */

/* The next byte has this number. Nothing happens if it has been started already. */
void skw_reassembly_start(struct skw_reassembly *r, uint32_t seq);

/* Takes a segment. The first one tells where the stream begins, if it was not started. */
int skw_reassembly_take(struct skw_reassembly *r, const struct skw_reassembly_segment *s,
			const struct skw_reassembly_env *env);

/* The other end has all bytes before this number. */
int skw_reassembly_acked(struct skw_reassembly *r, uint32_t ack,
			 const struct skw_reassembly_env *env);

/* Nothing else will come: hands on all that waits, with the holes between. */
int skw_reassembly_flush(struct skw_reassembly *r, const struct skw_reassembly_env *env);

/* Everything up to the FIN was handed on. */
bool skw_reassembly_is_done(const struct skw_reassembly *r);

/* Whether a reset with this number can be meant for the connection. */
bool skw_reassembly_is_near(const struct skw_reassembly *r, uint32_t seq);

/* Frees what waits and leaves a zeroed struct. */
void skw_reassembly_free(struct skw_reassembly *r);

#endif
