/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The requests of one connection that wait for their answers. A recogniser gives requests and
 * answers to it, and it makes messages of them: by order, or by a number that the protocol has.
 *
 * A recogniser collects each request and each answer in a struct skw_talk_part: a zeroed one is
 * empty, skw_talk_part_add() counts bytes and notes times, and when the part is complete,
 * skw_talk_request() or skw_talk_answer() takes it. Functions that return int return 0 or -errno,
 * which the recogniser returns in turn.
 */
#ifndef SKW_MESSAGE_TALK_H
#define SKW_MESSAGE_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "util/bytes.h"

/* Requests of one connection that can wait; of more, the oldest is told as unanswered. */
#define SKW_TALK_WAITING_MAX 1024
/* An answer to the request that has waited for the longest time. */
#define SKW_TALK_OLDEST UINT64_MAX

struct skw_talk;

struct skw_talk_part {
	/*
	 * Of a request: any number but SKW_TALK_OLDEST that differs from those of other requests
	 * that wait; where answers come in order, a counter. Of an answer: the number of its
	 * request, or SKW_TALK_OLDEST.
	 */
	uint64_t id;
	uint64_t bytes;
	uint64_t first_ns, last_ns; /* if bytes were added */
	uint32_t holes;
	uint32_t note; /* the recogniser's own, see skw_talk_waiting() */
	bool begun;    /* bytes were added */
	bool error;    /* of an answer */
	/* The kind of a request, the status of an answer: set it by skw_talk_part_text(). */
	char text[SKW_MESSAGE_KIND_LEN + 1];
};

/* Counts bytes of a part, or of a hole in it. */
void skw_talk_part_add(struct skw_talk_part *p, uint64_t bytes, uint64_t ts_ns);
void skw_talk_part_hole(struct skw_talk_part *p, uint64_t bytes, uint64_t ts_ns);
/*
 * Appends to the text. All but printable ASCII becomes '?', and a text that is too long is cut.
 * Never append a value of the user's data unless skw_talk_content() is true.
 */
void skw_talk_part_text(struct skw_talk_part *p, const void *text, size_t len);
/* The same, with a space in front if there are words before it. */
void skw_talk_part_word(struct skw_talk_part *p, const char *word);

/*
 * Takes a request. One with the number of a request that waits is either the same once more, if
 * the text is the same, or a new one: then the older one is told as unanswered.
 */
int skw_talk_request(struct skw_talk *t, const struct skw_talk_part *request);
/*
 * More bytes of a request that was handed over before it was complete, since its answer may come
 * earlier. If it was answered already, nothing happens.
 */
void skw_talk_request_more(struct skw_talk *t, uint64_t id, uint64_t bytes, uint64_t ts_ns);
/* Takes an answer, and tells the message. Without its request, it is an orphan. */
int skw_talk_answer(struct skw_talk *t, const struct skw_talk_part *answer);
/* A request that waits will have no answer, for the protocol sends none if all is well. */
int skw_talk_no_answer(struct skw_talk *t, uint64_t id);
/* A message that no answer is sent to. */
int skw_talk_one_way(struct skw_talk *t, const struct skw_talk_part *request);

/* A request that waits, by its number or SKW_TALK_OLDEST; NULL: there is none. Borrowed. */
const struct skw_talk_part *skw_talk_waiting(const struct skw_talk *t, uint64_t id);

/*
 * Answers, or requests, may have been lost, in a hole whose contents can't be told. If answers come
 * in order, the next ones have no request for certain, unless only one can be meant: they are
 * orphans, and what waits is told as unanswered. All is certain again with the next request of a
 * client that awaits all its answers before it asks again, and after a silence.
 */
void skw_talk_doubt(struct skw_talk *t);
void skw_talk_miss(struct skw_talk *t);

/* To be called before feed returns SKW_RECOGNISER_AGAIN: these bytes are the other protocol's. */
void skw_talk_leave(struct skw_talk *t, struct skw_bytes rest);

/* Values of the user's data may be shown (--content). */
bool skw_talk_content(const struct skw_talk *t);
/* UDP: each call of `feed` has a whole datagram. */
bool skw_talk_is_datagram(const struct skw_talk *t);

#endif
