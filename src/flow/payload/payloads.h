/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets to payload: the bytes of TCP connections in order, and UDP datagrams, each with its
 * connection and direction. IP fragments are put together first. Memory has a limit: when it is
 * reached, the connection that was silent for the longest time is forgotten, and counted.
 */
#ifndef SKW_FLOW_PAYLOAD_PAYLOADS_H
#define SKW_FLOW_PAYLOAD_PAYLOADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/payload/piece.h"
#include "flow/payload/reassembly.h"
#include "model/packet.h"
#include "model/tuple.h"

struct skw_payloads;

/* As the consumer sees it. Directions: 0 is what tuple.local has sent, 1 the other one. */
struct skw_payload_connection {
	/* local is the end that has opened it, else the sender of the first packet. */
	struct skw_tuple tuple;
	bool opened; /* of TCP: its SYN was seen, so local has opened it, and nothing is missing */
	void *consumer;        /* the consumer's own; NULL at first */
	size_t consumer_bytes; /* the consumer sets it: what its own takes of the memory */
};

enum skw_payload_end {
	SKW_PAYLOAD_CLOSED, /* both ends have sent all */
	SKW_PAYLOAD_RESET,
	SKW_PAYLOAD_FOLLOWED,  /* another connection begins between the same ends */
	SKW_PAYLOAD_IDLE,      /* only UDP */
	SKW_PAYLOAD_FORGOTTEN, /* as memory is short */
	SKW_PAYLOAD_STOPPED,   /* there are no more packets */
	SKW_PAYLOAD_DROPPED,   /* skw_payloads_free(): nothing is to be told of it any more */
};

/*
 * `pkt` is the packet that is being taken, whose owners may be of interest; NULL at the end. The
 * functions return 0 or -errno, which skw_payloads_take() returns then.
 */
struct skw_payload_ops {
	/* Bytes or a hole. Of UDP, one datagram; if it was cut, a hole follows. */
	int (*piece)(void *ctx, struct skw_payload_connection *c, unsigned direction,
		     const struct skw_payload_piece *piece, const struct skw_packet *pkt);
	/* Nothing follows in this direction of a TCP connection, as its FIN was reached. */
	int (*fin)(void *ctx, struct skw_payload_connection *c, unsigned direction);
	/* The connection is over, and `consumer` must be freed. Called for each, at last. */
	int (*end)(void *ctx, struct skw_payload_connection *c, enum skw_payload_end why);
};

struct skw_payloads_options {
	uint64_t key[2]; /* by chance, so that nobody can choose tuples that collide */
	/* Memory for all connections. The newest one is kept, however little there is. */
	size_t max_bytes;
	struct skw_reassembly_limits limits; /* of each direction */
	uint64_t udp_idle_ns;                /* UDP between two ends is over after this time */
	const struct skw_payload_ops *ops;
	void *ctx;
};

#define SKW_PAYLOADS_MAX_BYTES   ((size_t)64 << 20)
#define SKW_PAYLOADS_LIMITS      ((struct skw_reassembly_limits){ 1 << 20, 1024, 3000000000ULL })
#define SKW_PAYLOADS_UDP_IDLE_NS 30000000000ULL

struct skw_payloads_figures {
	struct skw_reassembly_figures streams; /* of all TCP connections */
	uint64_t packets;                      /* of TCP and UDP */
	uint64_t connections;                  /* and pairs of ends with UDP */
	uint64_t forgotten;                    /* of them, as memory was short */
	uint64_t datagrams, cut_datagrams;     /* of UDP */
	uint64_t copies;     /* datagrams that another interface has brought already */
	uint64_t late;       /* segments with data for a connection that is over */
	uint64_t fragments;  /* IP fragments that never became whole, or had doubtful data */
	uint64_t others;     /* packets of other protocols */
	uint64_t unreadable; /* packets that are cut or damaged before their payload */
};

/* The caller frees *out. 0 or -ENOMEM. */
int skw_payloads_new(const struct skw_payloads_options *opt, struct skw_payloads **out);
/* Connections that are not over yet end as SKW_PAYLOAD_DROPPED. NULL is allowed. */
void skw_payloads_free(struct skw_payloads *p);

/* 0, -ENOMEM or what the consumer has returned. */
int skw_payloads_take(struct skw_payloads *p, const struct skw_packet *pkt);

/* Ends all connections, the oldest first. Bytes that wait are handed on before. 0 or -errno. */
int skw_payloads_stop(struct skw_payloads *p);

/* Real time has come to this, also if there was no packet. UDP may become idle by it. */
int skw_payloads_pass(struct skw_payloads *p, uint64_t now_ns);

/* Borrowed. */
const struct skw_payloads_figures *skw_payloads_figures(const struct skw_payloads *p);
size_t skw_payloads_memory(const struct skw_payloads *p);
/* Connections that are known now. For tests. */
size_t skw_payloads_len(const struct skw_payloads *p);

#endif
