/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a connection of Redis, and what requests, answers and pushes become in its talk. */
#ifndef SKW_MESSAGE_APP_REDIS_TALK_H
#define SKW_MESSAGE_APP_REDIS_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "message/app/redis_names.h"
#include "message/app/redis_value.h"
#include "message/talk.h"

#define SKW_REDIS_NAMES 3 /* words of a request that are looked at */

struct skw_redis_side {
	struct skw_redis_value value;
	struct skw_talk_part part;
	struct skw_redis_name names[SKW_REDIS_NAMES];
	bool is_inline; /* a line of text */
	bool has_word;  /* the first word of an error that is a string */
	bool monitored; /* this answer is a command of another client */
	bool lost;      /* behind a hole: the next begin is looked for */
};

struct skw_redis {
	struct skw_redis_side sides[2]; /* of the server and of the client */
	struct skw_talk_part confirms;  /* of the channels of one request, as far as they came */
	uint32_t confirmed;
	uint64_t count;      /* of requests */
	uint64_t lost_count; /* the count at the hole in the answers */
	uint8_t skip;        /* requests without answers that follow (CLIENT REPLY SKIP) */
	bool silent;         /* CLIENT REPLY OFF */
	bool monitors;
	bool pushed; /* the server's last value was a push */
};

/* A step of reading has found a part of a request. If it is a line, it begins with `type`. */
int skw_redis_talk_argument(struct skw_talk *t, struct skw_redis_side *s, enum skw_redis_step step,
			    struct skw_bytes text, char type);
/* A whole inline command. */
int skw_redis_talk_inline(struct skw_talk *t, struct skw_redis *r, struct skw_bytes line);
/* The request is complete, or what is missing of it will not come. */
int skw_redis_talk_request(struct skw_talk *t, struct skw_redis *r);

/* The same of an answer or push. */
void skw_redis_talk_value(struct skw_talk *t, struct skw_redis_side *s, enum skw_redis_step step,
			  struct skw_bytes text);
int skw_redis_talk_answer(struct skw_talk *t, struct skw_redis *r);

/* Makes it ready for the next value. */
void skw_redis_talk_reset(struct skw_redis_side *s);

#endif
