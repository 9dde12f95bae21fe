/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Completes packets for a recorder behind a tee: the packet that completes an answer gets a
 * comment, "HTTP 200 in 12.3 ms", and if the message was slow or has failed a note. So messages are
 * made here, before the packet is written, and the sink of the lines is not fed.
 */
#ifndef SKW_SINK_MESSAGE_COMMENTS_H
#define SKW_SINK_MESSAGE_COMMENTS_H

#include "sink/message_lines.h"
#include "sink/tee.h"

/* The packets that a recorder may leave for later, and the texts of each. */
#define SKW_MESSAGE_COMMENTS_PACKETS 32
#define SKW_MESSAGE_COMMENTS_TEXT    512
#define SKW_MESSAGE_COMMENTS_NEWS    2048

struct skw_message_comments_texts {
	char remark[SKW_MESSAGE_COMMENTS_TEXT], news[SKW_MESSAGE_COMMENTS_NEWS];
};

struct skw_message_comments {
	/* The caller sets these. */
	struct skw_tee *tee;
	struct skw_message_lines *lines;
	uint64_t slow_ns; /* 0: only failures have notes */

	const struct skw_packet *(*inner)(void *ctx, const struct skw_packet *run, size_t *n);
	void *inner_ctx;
	uint64_t seen; /* packets whose messages were made */
	struct skw_packet copies[SKW_MESSAGE_COMMENTS_PACKETS];
	/* At the packet's number, modulo their number. */
	struct skw_message_comments_texts texts[SKW_MESSAGE_COMMENTS_PACKETS];
	struct skw_message_comments_texts *now; /* of the packet that is taken; or NULL */
	/* Notes that no packet could take, and messages that found no room beside others. */
	uint64_t without_packet, left_out;
};

/* Puts itself in front of what completes the packets of the tee so far. Then *c must not move. */
void skw_message_comments_begin(struct skw_message_comments *c);

#endif
