/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection of PostgreSQL. Internal to the recogniser: postgres.c has its bytes, and
 * postgres_talk.c what its messages mean. */
#ifndef SKW_MESSAGE_APP_POSTGRES_TALK_H
#define SKW_MESSAGE_APP_POSTGRES_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "message/sql/sql_names.h"
#include "message/gather.h"
#include "message/talk.h"

#define SKW_PG_UNITS SKW_TALK_WAITING_MAX

enum skw_pg_phase {
	SKW_PG_IN_HEADER,
	SKW_PG_IN_BODY, /* is collected */
	SKW_PG_IN_SKIP, /* `left` bytes of no interest follow */
	SKW_PG_IN_LOST, /* behind a hole: the next message is looked for */
};

struct skw_pg_side {
	struct skw_gather header, body;
	uint64_t begun_ns; /* the first byte of the header */
	uint64_t tail;     /* the last bytes, while SKW_PG_IN_LOST */
	uint32_t left;
	uint8_t phase;
	uint8_t type; /* 0: a message without type */
	bool startup; /* the header is that of such a message */
	uint8_t what; /* enum skw_pg_startup */
	bool counts;  /* the message belongs to a request or an answer */
	bool to_last; /* it belongs to the request that was handed over last */
};

struct skw_pg_bits {
	uint64_t words[SKW_PG_UNITS / 64];
};

struct skw_pg {
	struct skw_pg_side sides[2]; /* of the server and of the client */
	struct skw_talk_part asks, says;
	struct skw_sql_names names;
	uint64_t first, next;      /* the units that wait for an answer */
	uint64_t hole_next;        /* `next` when the server's bytes were lost */
	struct skw_pg_bits synced; /* the unit ends with ReadyForQuery */
	struct skw_pg_bits silent; /* a Sync alone, which is no request */
	bool starting;             /* until the first ReadyForQuery */
	bool encrypts;             /* one byte tells whether the rest will be encrypted */
	bool failed;               /* the server skips all until the next Sync */
};

/* A complete message of the client, or of the server. 0, -errno or enum skw_recogniser_next. */
int skw_pg_take_request(struct skw_talk *t, struct skw_pg *pg, const struct skw_pg_side *s,
			struct skw_bytes body);
int skw_pg_take_answer(struct skw_talk *t, struct skw_pg *pg, const struct skw_pg_side *s,
		       struct skw_bytes body, uint64_t ts_ns);
/* ReadyForQuery. */
int skw_pg_take_ready(struct skw_talk *t, struct skw_pg *pg, uint64_t ts_ns);
/* The answer to SSLRequest and GSSENCRequest: one byte, which is no message. */
int skw_pg_take_encryption(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes *b,
			   uint64_t ts_ns);
/* Tells the part that the server has said so far as an answer. */
int skw_pg_answer(struct skw_talk *t, struct skw_pg *pg);
/* The unit ends with ReadyForQuery. */
bool skw_pg_synced(const struct skw_pg *pg, uint64_t unit);

#endif
