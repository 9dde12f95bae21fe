/* SPDX-License-Identifier: BSD-2-Clause */
/* A request and its answer, as they were seen on the wire. No logic. */
#ifndef SKW_MODEL_MESSAGE_H
#define SKW_MODEL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/tuple.h"

#define SKW_MESSAGE_KIND_LEN 127
#define SKW_MESSAGE_COMM_LEN 63
/* A time or a latency that is not known. */
#define SKW_MESSAGE_UNKNOWN UINT64_MAX

enum skw_message_outcome {
	SKW_MESSAGE_ANSWERED,
	SKW_MESSAGE_UNANSWERED, /* no answer was seen until the connection or the capture ended */
	SKW_MESSAGE_ORPHAN,     /* an answer whose request was not seen */
	SKW_MESSAGE_ONE_WAY,    /* the protocol has no answer to it */
	SKW_MESSAGE_OUTCOMES
};

struct skw_message_owner {
	uint32_t pid;                        /* 0: unknown */
	char comm[SKW_MESSAGE_COMM_LEN + 1]; /* escaped; empty: unknown */
};

/*
 * Texts are printable ASCII, however hostile the packets were.
 * Times are those of packets, real time in nanoseconds. Of an orphan, all about the request is 0,
 * empty or unknown; of a message without an answer, all about the answer.
 */
struct skw_message {
	struct skw_tuple tuple; /* local is the client */
	const char *protocol;   /* the recogniser's name; static */
	const char *kind;       /* "GET /path", "SELECT", "A example.com" */
	const char *status;     /* "200", "NXDomain"; empty: the protocol tells none */
	const struct skw_message_owner *client, *server; /* never NULL */
	/* The server as its client called it, and how that is known; NULL: it is not. */
	const char *remote_name, *remote_name_source;
	uint64_t request_bytes, answer_bytes; /* with headers of the protocol */
	uint64_t request_first_ns, request_last_ns;
	uint64_t answer_first_ns, answer_last_ns;
	/* From the first byte of the request to the last byte of the answer. */
	uint64_t latency_ns;
	/* From the last byte of the request to the first byte of the answer; 0 if it was earlier.
	 */
	uint64_t first_byte_ns;
	uint32_t holes;   /* in both, and what they have lost is part of the bytes */
	uint32_t repeats; /* the same request, sent again by the application */
	uint8_t outcome;  /* enum skw_message_outcome */
	bool error;       /* the answer tells of a failure */
};

/* Whether it took this time or longer, or failed: by its answer, or because none came. */
static inline bool skw_message_is_slow(const struct skw_message *m, uint64_t slow_ns)
{
	return m->error || m->outcome == SKW_MESSAGE_UNANSWERED ||
	       (m->latency_ns != SKW_MESSAGE_UNKNOWN && m->latency_ns >= slow_ns);
}

#endif
