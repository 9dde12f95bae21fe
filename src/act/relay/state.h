/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a relay and of its connections, for the files of this room only. */
#ifndef SKW_ACT_RELAY_STATE_H
#define SKW_ACT_RELAY_STATE_H

#include <sys/queue.h>

#include "act/relay/relay.h"
#include "act/tell.h"
#include "keeper/sandbox.h"

/* The place of the ends in a connection. */
enum skw_relay_side { SKW_RELAY_CLIENT, SKW_RELAY_SERVER, SKW_RELAY_SIDES };

struct skw_relay_conn {
	/* In `connecting`, `open` or `dead`; and in `ready` if it has more to do at once. */
	TAILQ_ENTRY(skw_relay_conn) at, at_ready, at_polled;
	struct skw_relay_endpoint client;
	struct skw_relay_end ends[SKW_RELAY_SIDES];
	/* That which reads the client, and that which reads the backend. */
	struct skw_relay_lane lanes[SKW_RELAY_SIDES];
	struct skw_relay_backend *backend; /* NULL: echo */
	uint64_t tried;                    /* a set of backends */
	uint64_t began_ns;
	uint64_t touched_ns; /* when bytes last came, or when this attempt to connect began */
	bool is_open;        /* the backend is connected */
	bool is_ready;       /* it is in `ready` */
	bool is_polled;      /* it is in `polled` */
	bool is_dead;        /* it is freed after this round of events */

	/* For the sockmap engine. */
	bool has_pair;
	uint32_t pair; /* the number of the client's conduit */
	uint64_t cookies[SKW_RELAY_SIDES];
	uint64_t seen_bytes; /* moved by the kernel when the time was looked at last */
	unsigned polls;      /* in a row */
};

struct skw_conduits;

/* As TAILQ_HEAD() of queue(7) has it. */
struct skw_relay_conns {
	struct skw_relay_conn *tqh_first, **tqh_last;
};

struct skw_relay {
	const struct skw_relay_plan *plan;
	struct skw_loop *loop; /* lent */
	struct skw_act_tell tell;
	struct skw_sandbox_relay sandbox;
	uint16_t ports[SKW_RELAY_BACKENDS_MAX];

	struct skw_relay_endpoint listen;
	struct skw_relay_watch listener;
	int epoll_fd; /* the loop's */
	struct skw_relay_pool pool;
	struct skw_relay_mover mover;

	/* The first two are in order of touched_ns, the oldest first. */
	struct skw_relay_conns connecting, open, ready, dead;

	/* For the sockmap engine. */
	struct skw_conduits *conduits; /* owned; NULL: another engine */
	uint32_t *free_pairs;          /* owned */
	unsigned free_pairs_len;
	struct skw_relay_conns polled; /* connections that wait for the kernel */
	uint64_t poll_ns;              /* when they are looked at next */
	uint64_t kernel_bytes;         /* moved by the kernel, in connections that have ended */
	uint64_t outside;              /* connections that the kernel has not taken as a whole */

	uint64_t now_ns;
	uint64_t accept_ns; /* when to accept again, after descriptors were out; 0: now */
	uint64_t drain_ns;  /* when the draining began; 0: it has not */
	uint64_t close_ns;  /* when the listener closes after that */
	bool paused;        /* the listener is not watched */
	int failure;        /* of printing an event */
	struct skw_error *err;

	/* Figures. */
	unsigned active, peak;
	uint64_t accepted;
	uint64_t refused; /* no backend took the connection */
	uint64_t left;    /* connections that waited for room when the listener closed */
	uint64_t to_bytes, from_bytes, lost_bytes;
	uint64_t untold;  /* events that were not printed, as the reader was too slow */
	uint64_t starved; /* how often descriptors or memory were out */
};

#endif
