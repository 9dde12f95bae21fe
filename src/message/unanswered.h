/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The requests of one connection that wait for their answers, in order. They are found by their
 * number, too, without a search through all of them once there are many. Internal to this room.
 */
#ifndef SKW_MESSAGE_UNANSWERED_H
#define SKW_MESSAGE_UNANSWERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/talk.h"

struct skw_unanswered_entry {
	struct skw_unanswered_entry *prev, *next;
	struct skw_unanswered_entry *same; /* the next one of a bucket */
	struct skw_talk_part part;
	uint32_t repeats;
	bool doubtful; /* its answer may have been lost */
};

/* A zeroed struct is empty. */
struct skw_unanswered {
	struct skw_unanswered_entry *first, *last; /* owned; the oldest first */
	struct skw_unanswered_entry **buckets;     /* owned; NULL: they are few */
	size_t len;
};

/* By its number, or SKW_TALK_OLDEST; NULL: there is none. Borrowed. */
struct skw_unanswered_entry *skw_unanswered_find(const struct skw_unanswered *w, uint64_t id);
/* Adds a request whose number no other one has. 0 or -ENOMEM. */
int skw_unanswered_add(struct skw_unanswered *w, const struct skw_talk_part *request);
/* Takes it out, and frees it. */
void skw_unanswered_drop(struct skw_unanswered *w, struct skw_unanswered_entry *e);
size_t skw_unanswered_memory(const struct skw_unanswered *w);
void skw_unanswered_free(struct skw_unanswered *w);

#endif
