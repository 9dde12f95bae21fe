/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and answers for the rows of a watch: a consumer of a tap, which is open only while they
 * are wanted. Without that, it costs nothing but its place.
 */
#ifndef SKW_SESSION_TAP_ROW_MESSAGES_H
#define SKW_SESSION_TAP_ROW_MESSAGES_H

#include "model/messages_status.h"
#include "session/tap/tap.h"

struct skw_message;
struct skw_messages;
struct skw_watch;

struct skw_row_messages {
	/* The caller sets these. */
	struct skw_watch *watch; /* borrowed; it may be made later */
	/* Hears of each message in place of the rows of the watch. NULL: they get them. */
	void (*told)(void *ctx, const struct skw_message *m);
	void *told_ctx;

	struct skw_session_tap tap;    /* its `failed` and `ctx` are the caller's */
	struct skw_messages *messages; /* owned; NULL: they are not wanted */
	struct skw_loop *loop;         /* borrowed */
	struct skw_messages_status status;
	uint64_t packets_before, lost_before; /* of taps before this one */
	bool was_on, no_memory;
};

/* Fills in the rest, and the tables for the keeper. 0 or -ENOMEM with err filled. */
int skw_row_messages_make(struct skw_row_messages *m,
			  struct skw_keeper_table *tables[SKW_TAP_TABLES], struct skw_error *err);
void skw_row_messages_free(struct skw_row_messages *m);
struct skw_source skw_row_messages_source(struct skw_row_messages *m);

void skw_row_messages_open(struct skw_row_messages *m, struct skw_loop *loop);
/* From now on, or no longer: then all rows forget them. Returns 0 or -errno with err filled. */
int skw_row_messages_set(struct skw_row_messages *m, bool on, struct skw_error *err);

/* Parts of the sink. The first tells whether these packets were for the messages. */
bool skw_row_messages_packets(struct skw_row_messages *m, const struct skw_packet *run, size_t n);
void skw_row_messages_pause(struct skw_row_messages *m, uint64_t until_ns);
/* Brings `status` up to date. */
void skw_row_messages_count(struct skw_row_messages *m);
/* Says the figures on standard error, if messages were on. */
void skw_row_messages_report(struct skw_row_messages *m);

#endif
