/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of PostgreSQL's protocol 3: where they begin and end, and what they are. */
#ifndef SKW_MESSAGE_APP_POSTGRES_WIRE_H
#define SKW_MESSAGE_APP_POSTGRES_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "message/recogniser.h"
#include "util/bytes.h"

enum {
	SKW_PG_HEADER = 5,         /* the type and the length of the rest, with itself */
	SKW_PG_MAX = 0x3fffffff,   /* the largest length */
	SKW_PG_STARTUP_MAX = 10000 /* of the first message, which has no type */
};

enum skw_pg_startup {
	SKW_PG_NONE,
	SKW_PG_START,
	SKW_PG_SSL,
	SKW_PG_GSS,
	SKW_PG_CANCEL,
};

/* The meaning of the first 8 bytes of a message without type. */
enum skw_pg_startup skw_postgres_wire_startup(struct skw_bytes b);

/* The header of a message that this end may send. */
bool skw_postgres_wire_is_header(struct skw_bytes b, bool from_client);

/*
 * Whether the bytes begin with messages of this end, as far as they go: CLIENT_0 if it is certain,
 * also where nothing is known of what came before.
 */
enum skw_recogniser_verdict skw_postgres_wire_is_chain(struct skw_bytes b, bool from_client);

enum skw_recogniser_verdict skw_postgres_wire_probe(const struct skw_recogniser_probe *p);

/* The field of an ErrorResponse with this code. */
struct skw_bytes skw_postgres_wire_error(struct skw_bytes body, char code);

/* Takes a text from the front of *b up to its NUL, or to the end of what was captured. */
struct skw_bytes skw_postgres_wire_text(struct skw_bytes *b);

#endif
