// SPDX-License-Identifier: BSD-2-Clause
#include "flow/captured.h"

#include <stdlib.h>
#include <string.h>

#include "flow/connection_hash.h"

/* A connection has its place in one of these sets. */
#define SETS 16384
#define WAYS 4

struct skw_captured {
	uint64_t hashes[SETS][WAYS]; /* newest first; 0: none */
	uint64_t last;               /* of the packets; 0: none. It is the newest of its set. */
};

struct skw_captured *skw_captured_new(void)
{
	return calloc(1, sizeof(struct skw_captured));
}

void skw_captured_free(struct skw_captured *c)
{
	free(c);
}

/* Finds the connection. If it is there or is added, it becomes the newest of its set. */
static bool find(struct skw_captured *c, uint64_t hash, bool add)
{
	uint64_t *set = c->hashes[hash >> 8 & (SETS - 1)];
	size_t at = 0;

	while (at < WAYS && set[at] != hash)
		at++;
	if (at == WAYS && !add)
		return false;
	if (at == WAYS)
		at--;
	memmove(set + 1, set, at * sizeof(*set));
	set[0] = hash;
	return true;
}

void skw_captured_connection(struct skw_captured *c, uint64_t connection)
{
	find(c, connection, true);
}

void skw_captured_packets(struct skw_captured *c, const struct skw_packet *run, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = skw_connection_hash_of_packet(&run[i]);

		if (hash && hash != c->last)
			find(c, hash, true);
		c->last = hash;
	}
}

bool skw_captured_has_connection(struct skw_captured *c, uint64_t connection)
{
	c->last = 0;
	return find(c, connection, false);
}

bool skw_captured_has(struct skw_captured *c, const struct skw_tuple *tuple)
{
	return skw_captured_has_connection(c, skw_connection_hash(tuple));
}
