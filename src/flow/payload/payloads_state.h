/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the table of payloads, and how a connection ends. Internal to this room. */
#ifndef SKW_FLOW_PAYLOAD_PAYLOADS_STATE_H
#define SKW_FLOW_PAYLOAD_PAYLOADS_STATE_H

#include <stddef.h>

#include "flow/pair_table.h"
#include "flow/payload/payloads.h"

struct skw_datagrams;

struct payload_side {
	struct skw_reassembly r;
	uint64_t last_ns; /* of UDP, as the next one: the interface whose packets count */
	uint32_t iface;
	uint32_t syn; /* its number, if syn_seen */
	bool syn_seen, acks, told;
};

struct payload_node {
	struct skw_pair pair;
	struct skw_payload_connection connection;
	uint64_t last_ns;
	size_t counted; /* its part of the sum */
	struct payload_side sides[2];
	bool over; /* the consumer was told the end */
};

struct skw_payloads {
	struct skw_payloads_options opt;
	struct skw_pair_table table;
	struct skw_pair_list tcp, udp, over;
	size_t over_len;
	size_t bytes;
	uint64_t now_ns; /* the latest time of all packets */
	struct skw_datagrams *datagrams;
	struct skw_payloads_figures figures;
};

/* Needed while pieces are handed on. */
struct payload_handing {
	struct skw_payloads *p;
	struct payload_node *n;
	const struct skw_packet *pkt;
	unsigned direction;
};

static inline struct payload_node *skw_payloads_node_of(struct skw_pair *p)
{
	return p ? (struct payload_node *)((char *)p - offsetof(struct payload_node, pair)) : NULL;
}

/* Brings the sum of all memory up to date. */
void skw_payloads_recount(struct skw_payloads *p, struct payload_node *n);

/* Hands a piece to the consumer; `ctx` is a struct payload_handing. */
int skw_payloads_hand(void *ctx, const struct skw_payload_piece *piece);
struct skw_reassembly_env skw_payloads_env(struct skw_payloads *p, struct payload_handing *h);
/* Tells the FIN of a direction when it is reached. */
int skw_payloads_tell_fin(struct skw_payloads *p, struct payload_node *n, unsigned direction);

/* Tells the end of a connection, which stays in the table for now. */
int skw_payloads_finish(struct skw_payloads *p, struct payload_node *n, enum skw_payload_end why,
			const struct skw_packet *pkt);
/* Takes it out of the table. */
void skw_payloads_node_free(struct skw_payloads *p, struct payload_node *n);
/* Both. */
int skw_payloads_drop(struct skw_payloads *p, struct payload_node *n, enum skw_payload_end why);

/* The one that was silent for the longest time, but not this one; NULL: there is no other. */
struct payload_node *skw_payloads_oldest_but(struct skw_payloads *p,
					     const struct payload_node *but);
/* Makes room by others than this one. */
int skw_payloads_keep_limit(struct skw_payloads *p, const struct payload_node *n);
/* Ends UDP that was silent for too long. */
int skw_payloads_end_idle(struct skw_payloads *p);

#endif
