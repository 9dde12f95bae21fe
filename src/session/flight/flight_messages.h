/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages for a flight recorder: makes them of the packets that it keeps, and finds triggers. */
#ifndef SKW_SESSION_FLIGHT_FLIGHT_MESSAGES_H
#define SKW_SESSION_FLIGHT_FLIGHT_MESSAGES_H

#include <stdint.h>

#include "join/triggers.h"
#include "message/messages.h"
#include "model/file_trigger.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_flight_messages {
	/* The caller sets these. */
	const struct skw_triggers *triggers; /* lent */
	uint64_t slow_ns;
	/* A trigger at this time; the text, which tells why, is lent. */
	void (*told)(void *ctx, uint64_t ts_ns, const struct skw_file_trigger *file,
		     const char *text);
	void *ctx;

	struct skw_messages *messages; /* owned */
	struct skw_buf text;           /* owned */
	uint64_t now_ns;               /* the time of the packet, or that has passed */
	/* A comment for the packet that was taken last: the answers that it has completed. */
	char remark[512];
	bool taken; /* the packet that comes next; the caller clears it when the packet was kept */
};

/* The caller frees *m in any case. 0, or -errno with err filled. */
int skw_flight_messages_begin(struct skw_flight_messages *m, struct skw_error *err);
void skw_flight_messages_free(struct skw_flight_messages *m);

/*
 * Makes messages of a packet and gives it their comment as a remark, which is lent until the next
 * packet. The same packet may come again: only where `taken` was cleared it is another one. Without
 * skw_flight_messages_begin() nothing happens. 0, or -errno with err filled.
 */
int skw_flight_messages_take(struct skw_flight_messages *m, struct skw_packet *pkt,
			     struct skw_error *err);
/* Real time has come to this. 0, or -errno with err filled. */
int skw_flight_messages_pass(struct skw_flight_messages *m, uint64_t now_ns, struct skw_error *err);
/* Says what could not be looked at. */
void skw_flight_messages_report(const struct skw_flight_messages *m);

#endif
