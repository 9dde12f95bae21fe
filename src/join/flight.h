/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a flight recorder: packets and blocks of the last seconds, in the order in which
 * they came. Each leaves it at the other end when it is old enough. Then it is wanted if it is of a
 * connection with a trigger near it, and otherwise forgotten. Pure.
 *
 * Times are real time in nanoseconds. A connection is a skw_connection_hash(), 0: none.
 */
#ifndef SKW_JOIN_FLIGHT_H
#define SKW_JOIN_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "model/packet_owner.h"
#include "model/raw_block.h"

struct skw_flight;

struct skw_flight_options {
	size_t bytes; /* all memory for packets and blocks; it is touched at once */
	/* The time before and after a trigger that is wanted. */
	uint64_t pre_ns, post_ns;
	bool any; /* of all connections, not only of the trigger's */
};

/* A record that leaves the memory. It is valid until skw_flight_forget(). */
struct skw_flight_record {
	bool wanted;
	bool is_packet;
	struct skw_packet packet; /* its owners are `owners`, in the order sender, receiver */
	struct skw_raw_block block;
	struct skw_packet_owner owners[2];
	uint64_t ts_ns;
	uint64_t connection;
};

/* The connection of a block that is wanted in any case. */
#define SKW_FLIGHT_ALWAYS UINT64_MAX

struct skw_flight_figures {
	uint64_t triggers;
	uint64_t missed; /* triggers for which there was no place */
	/* Packets that left before their time, because the memory was full. */
	uint64_t early;
	/* The shortest time that was held before a trigger; UINT64_MAX: there was no trigger. */
	uint64_t held_ns;
};

/* Returns NULL if memory is short. The caller frees it. */
struct skw_flight *skw_flight_new(const struct skw_flight_options *opt);
void skw_flight_free(struct skw_flight *f); /* NULL is allowed */

/* Copy it into the memory. Return false if there is no room: then the oldest must leave. */
bool skw_flight_packet(struct skw_flight *f, const struct skw_packet *pkt, uint64_t connection);
bool skw_flight_block(struct skw_flight *f, uint64_t ts_ns, uint64_t connection,
		      const struct skw_raw_block *block);

/* Whether records of that time are wanted anyway, because of a trigger before. */
bool skw_flight_goes_on(const struct skw_flight *f, uint64_t ts_ns, uint64_t connection);
/* Something more happened to such a connection: it is wanted for longer. */
void skw_flight_extend(struct skw_flight *f, uint64_t ts_ns, uint64_t connection);
/* The time that is held before a trigger at that time. */
uint64_t skw_flight_held(const struct skw_flight *f, uint64_t ts_ns);
/* Something happened to a connection. */
void skw_flight_trigger(struct skw_flight *f, uint64_t ts_ns, uint64_t connection);

/*
 * The oldest record, if it is older than until_ns by more than `pre_ns`; with UINT64_MAX in any
 * case. NULL: there is none. It stays until it is forgotten.
 */
const struct skw_flight_record *skw_flight_oldest(struct skw_flight *f, uint64_t until_ns);
/* `early`: it leaves before its time, to make room. */
void skw_flight_forget(struct skw_flight *f, bool early);

/* Whether a trigger may still want records that are in memory or will come after until_ns. */
bool skw_flight_is_busy(const struct skw_flight *f, uint64_t until_ns);
/* The clock was set. */
void skw_flight_clock_set(struct skw_flight *f, int64_t by_ns);

const struct skw_flight_figures *skw_flight_figures(const struct skw_flight *f);

#endif
