/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A protocol whose requests and answers are recognised. Each has a file in message/app/, rpc/ or
 * sql/ with one `const struct skw_recogniser`, which the table in message/app/recognisers.c names.
 * All of it is pure, and all bytes are hostile.
 *
 * The order of the calls: probe, on the first bytes of a connection, until a recogniser takes it;
 * then feed and hole as bytes come, in the order of the capture, fin at most once for each
 * direction, and at last end and free. Pieces may be cut anywhere: feeding the same bytes one by
 * one must give the same messages. message/gather.h helps with that. Of UDP, each call of feed has
 * a whole datagram.
 *
 * A recogniser gives all that it finds to the talk (message/talk.h), which matches answers to
 * requests.
 */
#ifndef SKW_MESSAGE_RECOGNISER_H
#define SKW_MESSAGE_RECOGNISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/talk.h"
#include "util/bytes.h"

/* No probe sees more of a direction. A recogniser that still wants more then is passed over. */
#define SKW_RECOGNISER_PROBE_BYTES 512

/* Directions: 0 is what the connection's tuple.local has sent, 1 the other one. */
struct skw_recogniser_probe {
	/* The first bytes of both directions; one of them may be empty. */
	struct skw_bytes first[2];
	uint16_t ports[2]; /* of the senders */
	bool datagram;     /* UDP */
	/* The first bytes of a TCP connection. Else they may begin anywhere: ask for more proof. */
	bool from_start;
	/* The sender of direction 0 has opened the connection (TCP). */
	bool opened;
};

enum skw_recogniser_verdict {
	SKW_RECOGNISER_NO,
	SKW_RECOGNISER_MORE,     /* it may be, but the bytes are too few */
	SKW_RECOGNISER_CLIENT_0, /* it is, and direction 0 has the requests */
	SKW_RECOGNISER_CLIENT_1, /* it is, and direction 1 has the requests */
};

/* The result of feed, hole and fin, or -errno. */
enum skw_recogniser_next {
	SKW_RECOGNISER_GO_ON,
	SKW_RECOGNISER_WRONG,  /* it is not this protocol, or is damaged: nothing more is told */
	SKW_RECOGNISER_OPAQUE, /* the rest can't be read (encrypted): nothing more is told */
	SKW_RECOGNISER_AGAIN,  /* another protocol follows, see skw_talk_leave() */
};

struct skw_recogniser {
	const char *name; /* a word for -t and JSON, in lower case */
	bool tcp, udp;    /* where it can be */
	/* Ports that it often has, which only decide which one is asked first. Ends with 0; not
	 * NULL. */
	const uint16_t *ports;
	size_t state_size; /* of the state of a connection, which begins as zeros */

	enum skw_recogniser_verdict (*probe)(const struct skw_recogniser_probe *p);

	/* The time is that of the packet that has brought the bytes. */
	int (*feed)(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		    uint64_t ts_ns);
	/*
	 * Bytes are missing: `len` of them, or SKW_PAYLOAD_LEN_UNKNOWN. A body whose length is
	 * known goes on behind it; else find the next beginning, and call skw_talk_doubt() if
	 * answers may be lost. Of UDP: the rest of the datagram that was fed last is missing.
	 */
	int (*hole)(struct skw_talk *t, void *state, bool from_client, uint64_t len,
		    uint64_t ts_ns);
	/* The direction has ended in order. NULL: nothing depends on it. */
	int (*fin)(struct skw_talk *t, void *state, bool from_client);
	/*
	 * The connection is over: hands over what is complete by that. NULL: nothing is. Requests
	 * that still wait are told as unanswered behind it. 0 or -errno.
	 */
	int (*end)(struct skw_talk *t, void *state);
	/* Memory that the state owns beside itself, and its end. NULL: there is none. */
	size_t (*memory)(const void *state);
	void (*free)(void *state);
};

#endif
