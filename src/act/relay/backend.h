/* SPDX-License-Identifier: BSD-2-Clause */
/* The backends of a relay, their figures, and which of them takes the next connection. */
#ifndef SKW_ACT_RELAY_BACKEND_H
#define SKW_ACT_RELAY_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/relay/endpoint.h"
#include "act/relay/watch.h"

/* A set of backends is a word of bits. */
#define SKW_RELAY_BACKENDS_MAX 64

enum skw_relay_balance {
	SKW_RELAY_ROUND_ROBIN,
	SKW_RELAY_LEAST_CONNECTIONS,
	SKW_RELAY_SOURCE_HASH,
	SKW_RELAY_BALANCES
};

struct skw_relay_backend {
	struct skw_relay_endpoint at;
	char name[72]; /* the endpoint as text */

	/* Figures. */
	unsigned active; /* connections that are open, or being opened */
	uint64_t connections, failed;
	uint64_t to_bytes, from_bytes;
	/* Bytes that one end had sent, and that the other had not taken when it was reset. */
	uint64_t lost_bytes;

	/* Its health. */
	bool down;
	unsigned streak;            /* checks in a row that contradict `down` */
	uint64_t downs;             /* how often it went down */
	struct skw_relay_watch try; /* the connection of a check; -1: there is none */
	uint64_t check_ns;          /* when the next check begins, or when this one has failed */
};

struct skw_relay_pool {
	struct skw_relay_backend *list; /* owned by the relay */
	size_t len;
	enum skw_relay_balance balance;
	uint64_t most; /* connections per backend; 0: no limit */
	size_t next;   /* for round robin */
};

/*
 * The backend for a connection from a client with this hash. It is up, not full, and not in
 * `tried`, a set of indexes. Returns NULL if there is none.
 */
struct skw_relay_backend *skw_relay_backend_pick(struct skw_relay_pool *pool, uint64_t source_hash,
						 uint64_t tried);

/* Whether a new connection should wait, because all backends that are up are full. */
bool skw_relay_backend_all_full(const struct skw_relay_pool *pool);

#endif
