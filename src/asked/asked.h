/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of addresses, learned from packets and never asked for: from answers of DNS to questions
 * that were seen, and from the host name of a ClientHello of TLS or QUIC. Pure; memory has limits,
 * and what was asked longest ago is forgotten first, and counted.
 *
 * An answer is believed if it comes from port 53, and if its question was seen going the other way
 * between the same ends, with the same number, name and type. Its addresses belong to the name that
 * was asked, at the end of a chain of CNAME records. TTL plays no part: applications keep addresses
 * for longer, and caches on this host ask before an answer is over. A name belongs to an address
 * until another name is asked that has the same address.
 *
 * A connection keeps the name that its server's address had when it began. A ClientHello names the
 * server of its own connection only. It is more exact than DNS where an address has many names, so
 * it comes first.
 */
#ifndef SKW_ASKED_NAMES_H
#define SKW_ASKED_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "model/tuple.h"

/* No name is longer: printable ASCII, escapes included. */
#define SKW_ASKED_TEXT 255
/* The default: for addresses, and once more for connections. */
#define SKW_ASKED_MAX_BYTES ((size_t)16 << 20)

struct skw_asked;

struct skw_asked_options {
	uint64_t key[2]; /* by chance, so that nobody can choose addresses that collide */
	size_t max_bytes;
	bool live;           /* questions that come in from others are not this host's */
	bool only_addresses; /* nothing is asked about connections */
};

struct skw_asked_name {
	const char *text;   /* valid until the next packet */
	const char *source; /* "dns", "sni"; static */
};

struct skw_asked_figures {
	uint64_t answers; /* that were believed */
	uint64_t unasked; /* answers to no question that was seen */
	uint64_t strange; /* answers and hellos that can't be read, or that have no usable name */
	uint64_t hellos;  /* of TLS and QUIC, with a name */
	uint64_t questions_forgotten; /* as too many waited, as in the next ones */
	uint64_t addresses_forgotten;
	uint64_t connections_forgotten;
	uint64_t pieces_forgotten; /* messages in several segments that were not complete */
};

/* The caller frees *out. 0 or -ENOMEM. */
int skw_asked_new(const struct skw_asked_options *opt, struct skw_asked **out);
/* NULL is allowed. */
void skw_asked_free(struct skw_asked *a);

/* Learns from a packet. 0 or -ENOMEM. */
int skw_asked_take(struct skw_asked *a, const struct skw_packet *pkt);

/*
 * The name of the server of a connection that was seen from its begin; `tuple` may be of either
 * direction. False: it is unknown.
 */
bool skw_asked_of_server(const struct skw_asked *a, const struct skw_tuple *tuple,
			 struct skw_asked_name *out);
/*
 * The name of one end of a packet: its destination, or with `source` its source. If this is the
 * server of a connection, it is that connection's; else the last one that was asked until this
 * time.
 */
bool skw_asked_of_end(const struct skw_asked *a, const struct skw_tuple *tuple, bool source,
		      uint64_t ts_ns, struct skw_asked_name *out);
/* The name of an address that was asked last, until this time. `family`: AF_INET, AF_INET6. */
bool skw_asked_of_address(const struct skw_asked *a, uint8_t family, const uint8_t *addr,
			  uint64_t ts_ns, struct skw_asked_name *out);

/* Calls back for each address with its latest name, the one asked longest ago first. */
void skw_asked_each(const struct skw_asked *a,
		    void (*take)(void *ctx, uint8_t family, const uint8_t *addr, const char *text),
		    void *ctx);

/* Borrowed. */
const struct skw_asked_figures *skw_asked_figures(struct skw_asked *a);
/* For tests. */
size_t skw_asked_memory(const struct skw_asked *a);

#endif
