/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets to messages: payload goes to the recogniser of its connection, and each request with its
 * answer is told as soon as it is complete.
 */
#ifndef SKW_MESSAGE_MESSAGES_H
#define SKW_MESSAGE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/payload/payloads.h"
#include "message/recogniser.h"
#include "model/message.h"
#include "model/packet.h"

struct skw_messages;

struct skw_messages_options {
	uint64_t key[2];  /* by chance, see struct skw_payloads_options */
	size_t max_bytes; /* of all connections with their state */
	/* The table, which ends with NULL, and which of it are wanted: a bit for each place. */
	const struct skw_recogniser *const *recognisers;
	uint64_t wanted;
	bool content; /* values of the user's data may be shown */
	/* Takes a message, which is borrowed during the call. 0 or -errno. */
	int (*take)(void *ctx, const struct skw_message *m);
	void *ctx;
};

struct skw_messages_figures {
	uint64_t messages; /* all that were told; of them: */
	uint64_t errors, unanswered, orphans, with_holes;
	uint64_t recognised;   /* connections; of UDP, pairs of ends */
	uint64_t unrecognised; /* connections with payload that no recogniser wanted */
	uint64_t given_up;     /* connections that were recognised, but made no sense later */
	uint64_t opaque;       /* connections whose rest can't be read */
	uint64_t crowded;      /* requests told as unanswered because too many waited */
};

/* The caller frees *out. 0 or -ENOMEM. */
int skw_messages_new(const struct skw_messages_options *opt, struct skw_messages **out);
/* Tells nothing more. NULL is allowed. */
void skw_messages_free(struct skw_messages *m);

/* 0 or -errno, the taker's, too. */
int skw_messages_take(struct skw_messages *m, const struct skw_packet *pkt);
/* Real time has come to this: UDP requests that have waited for too long are told. */
int skw_messages_pass(struct skw_messages *m, uint64_t now_ns);
/* There are no more packets: all that waits is told. */
int skw_messages_stop(struct skw_messages *m);

/* Borrowed. */
const struct skw_messages_figures *skw_messages_figures(const struct skw_messages *m);
const struct skw_payloads_figures *skw_messages_payloads(const struct skw_messages *m);
/* For tests. */
size_t skw_messages_memory(const struct skw_messages *m);

#endif
