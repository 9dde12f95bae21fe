/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of the Redis serialization protocol, RESP2 and RESP3, out of pieces that are cut anywhere
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/). A zeroed struct is the begin of
 * a value.
 *
 * Arrays in arrays need no stack: the reader counts the values that are still missing, and does not
 * remember whose they are. So hostile depth costs nothing.
 */
#ifndef SKW_MESSAGE_APP_REDIS_VALUE_H
#define SKW_MESSAGE_APP_REDIS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "message/gather.h"
#include "util/bytes.h"

struct skw_redis_value {
	struct skw_gather line;
	uint64_t missing; /* values of the whole value; 0: it has not begun */
	uint64_t left;    /* of a string, with its line end */
	uint64_t nth;     /* values that have begun below the outermost one */
	int64_t number;   /* of the outermost value: its length or number of values; -1: null */
	char type;        /* of the outermost value; 0: it is not known yet */
};

enum skw_redis_step {
	SKW_REDIS_MORE,   /* all bytes are used */
	SKW_REDIS_LINE,   /* a value has begun: *text is its line without type and line end */
	SKW_REDIS_STRING, /* *text is a part of the string */
	SKW_REDIS_END,    /* the whole value is complete: reset it */
	SKW_REDIS_BAD,
};

/* Takes bytes off *b. */
enum skw_redis_step skw_redis_value_step(struct skw_redis_value *v, struct skw_bytes *b,
					 struct skw_bytes *text);
/* `len` bytes are missing. False: they are more than the rest of a string. */
bool skw_redis_value_hole(struct skw_redis_value *v, uint64_t len);
void skw_redis_value_reset(struct skw_redis_value *v);

/* The line has the type and the number of a value, such as "*3\r\n". */
bool skw_redis_value_number(struct skw_bytes line, int64_t *number);

#endif
