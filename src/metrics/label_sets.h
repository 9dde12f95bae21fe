/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Label sets, and the figures of each. A set is made when a socket first needs it, up to a limit;
 * sockets beyond it share the set "other". A set goes when it has had no socket and no news for a
 * while: then its series vanish, and if it comes back, they begin at 0 again.
 */
#ifndef SKW_METRICS_LABEL_SETS_H
#define SKW_METRICS_LABEL_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/histogram.h"
#include "model/row.h"

/* The labels that can be chosen, as bits. */
enum skw_label {
	SKW_LABEL_COMM = 1,
	SKW_LABEL_CGROUP = 2,
	SKW_LABEL_NETNS = 4,
	SKW_LABEL_DIRECTION = 8,
	SKW_LABEL_REMOTE_CLASS = 16,
};

/* The sockets that a set is of. Their figures have other names. */
enum skw_set_kind { SKW_SET_TCP, SKW_SET_LISTENER, SKW_SET_UDP, SKW_SET_KINDS };

/* Equal keys have equal bytes. A label that was not chosen is 0. */
struct skw_set_key {
	char comm[SKW_COMM_LEN]; /* NUL-padded; empty: unknown */
	uint32_t cgroup, netns;  /* of struct skw_id_texts */
	uint8_t kind;            /* enum skw_set_kind */
	uint8_t direction;       /* enum skw_conn_direction */
	uint8_t zone;            /* of struct skw_zones */
	uint8_t other;           /* it stands for all sets beyond the limit */
};

/* Why a connect() or a half-open connection has failed. */
enum skw_failure {
	SKW_FAILURE_UNKNOWN,
	SKW_FAILURE_REFUSED,
	SKW_FAILURE_TIMEOUT,
	SKW_FAILURE_RESET,
	SKW_FAILURE_ABORTED,
	SKW_FAILURE_UNREACHABLE,
	SKW_FAILURE_ADDRESS,
	SKW_FAILURE_DENIED,
	SKW_FAILURES
};

struct skw_tcp_figures {
	uint64_t sent_bytes, received_bytes, sent_segs, retrans_segs, timeouts;
	uint64_t opened[SKW_CONN_OUT + 1]; /* by enum skw_conn_direction */
	uint64_t closed[SKW_CLOSE_REASONS];
	uint64_t failed[SKW_FAILURES];
	uint32_t now[SKW_STATES];         /* how many there are, by the last sweep */
	uint32_t met[SKW_STATES];         /* that the sweep has met so far */
	uint16_t states;                  /* bits: a state that one has had */
	struct skw_histogram *rtt;        /* owned; NULL: no sample */
	struct skw_histogram *handshakes; /* likewise */
};

struct skw_listener_figures {
	uint64_t queue, limit, drops;
};

struct skw_udp_figures {
	uint64_t sent_bytes, received_bytes, sent_packets, received_packets, drops;
};

struct skw_label_set {
	struct skw_set_key key;
	/*
	 * Owned: `comm="x",direction="in"`, and behind its zero the same without the direction.
	 * NULL: the place is free.
	 */
	char *labels;
	uint32_t refs;    /* sockets */
	uint64_t news_ns; /* when a figure has changed, or the last socket has gone */
	uint32_t next;    /* in its chain of the hash table; number + 1, 0: none */
	bool counted;     /* a counter is above 0, or was a gauge */
	struct skw_tcp_figures tcp;
	struct skw_listener_figures listener;
	struct skw_udp_figures udp;
};

/* The set for what is beyond the limit; always there. */
#define SKW_SET_OTHER 0U

struct skw_label_sets {
	struct skw_label_set *all; /* owned; skw_label_sets_get() */
	uint32_t len, size;        /* of the array */
	uint32_t used, max;        /* sets, without "other" */
	uint32_t *buckets;         /* owned */
	size_t buckets_len;
	uint64_t limited; /* how often "other" was given in place of a set */
	/* Makes the text of a key, which the sets own from then on. NULL: no memory. */
	char *(*write)(void *ctx, const struct skw_set_key *key);
	void *ctx;
};

/* 0 or -ENOMEM. */
int skw_label_sets_init(struct skw_label_sets *s, uint32_t max,
			char *(*write)(void *ctx, const struct skw_set_key *key), void *ctx);
void skw_label_sets_free(struct skw_label_sets *s);

/*
 * The set of a key, which may be new, or SKW_SET_OTHER. *out takes its number. 0 or -ENOMEM.
 * Pointers to sets are valid until the next call.
 */
int skw_label_sets_find(struct skw_label_sets *s, const struct skw_set_key *key, uint64_t now_ns,
			uint32_t *out);
static inline struct skw_label_set *skw_label_sets_get(const struct skw_label_sets *s, uint32_t set)
{
	return &s->all[set];
}

/* Frees the sets without sockets that have had no news since. */
void skw_label_sets_expire(struct skw_label_sets *s, uint64_t since_ns);

/* Adds samples to a histogram, which may not be there yet. NULL: no memory. */
struct skw_histogram *skw_label_sets_histogram(struct skw_histogram **place);

#endif
