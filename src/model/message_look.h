/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of messages and sums, at one moment. No logic. */
#ifndef SKW_MODEL_MESSAGE_LOOK_H
#define SKW_MODEL_MESSAGE_LOOK_H

#include <stddef.h>

#include "model/message_group.h"

struct skw_message_look {
	/* Borrowed; their texts stay as long as the screen. The rates are those of `recent_ns`. */
	const struct skw_message_group *groups;
	size_t len;
	uint64_t now_ns;    /* real time */
	uint64_t total_ns;  /* since the first packet */
	uint64_t recent_ns; /* since the look before */
	/* In the groups. */
	uint64_t messages, errors, unanswered, recent;
	/* All connections and packets. */
	uint64_t recognised, unrecognised, forgotten;
	uint64_t packets, lost; /* lost: because a ring was full */
	uint64_t holes, missing_bytes;
};

#endif
