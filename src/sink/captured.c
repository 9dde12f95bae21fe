// SPDX-License-Identifier: BSD-2-Clause
#include "sink/captured.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/flow.h"
#include "util/hash.h"

/* A connection has its place in one of these sets. */
#define SETS 16384
#define WAYS 4

struct skw_captured {
	uint64_t hashes[SETS][WAYS]; /* newest first; 0: none */
};

struct skw_captured *skw_captured_new(void)
{
	return calloc(1, sizeof(struct skw_captured));
}

void skw_captured_free(struct skw_captured *c)
{
	free(c);
}

/* A socket of IPv6 may have IPv4-mapped addresses, whose packets are of IPv4. */
static uint64_t hash_of_end(uint8_t family, const uint8_t addr[16], uint16_t port)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t v4[16] = { 0 };

	if (family == AF_INET6 && !memcmp(addr, mapped, sizeof(mapped))) {
		memcpy(v4, addr + sizeof(mapped), 4);
		addr = v4;
	}
	return skw_hash_bytes(port, addr, 16);
}

/* The same for both directions. Never 0. */
static uint64_t hash_of_tuple(const struct skw_tuple *t)
{
	uint64_t local = hash_of_end(t->family, t->local_addr, t->local_port);
	uint64_t remote = hash_of_end(t->family, t->remote_addr, t->remote_port);

	return skw_hash_word(local + remote, t->proto) | 1;
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

void skw_captured_packets(struct skw_captured *c, const struct skw_packet *run, size_t n)
{
	struct skw_flow flow;

	for (size_t i = 0; i < n; i++)
		if (!skw_flow_of(&run[i], &flow) && flow.known & SKW_FLOW_PORTS)
			find(c, hash_of_tuple(&flow.tuple), true);
}

bool skw_captured_has(struct skw_captured *c, const struct skw_tuple *tuple)
{
	return find(c, hash_of_tuple(tuple), false);
}
