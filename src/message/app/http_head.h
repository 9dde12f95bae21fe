/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of HTTP/1.x that tell how long a message is (RFC 9112). */
#ifndef SKW_MESSAGE_APP_HTTP_HEAD_H
#define SKW_MESSAGE_APP_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "message/recogniser.h"

enum skw_http_method { SKW_HTTP_OTHER, SKW_HTTP_HEAD, SKW_HTTP_CONNECT };

/* All that the header fields tell of the body. A zeroed struct has seen none. */
struct skw_http_head {
	uint64_t length;
	bool has_length;
	bool chunked;
	bool coded; /* in another way, whose end only the end of the connection tells */
};

/* Whether these bytes begin a request or an answer: NO, MORE, or CLIENT_0 for yes. */
enum skw_recogniser_verdict skw_http_head_is_request(struct skw_bytes b);
enum skw_recogniser_verdict skw_http_head_is_answer(struct skw_bytes b);

/*
 * Reads a request line into the part: its text becomes "GET /path", without the query unless
 * `content` is set, and its note the method. False: it is none.
 */
bool skw_http_head_request(struct skw_bytes line, bool content, struct skw_talk_part *part);
/* Reads a status line: text and error. Returns the status, or 0 if it is none. */
unsigned skw_http_head_status(struct skw_bytes line, struct skw_talk_part *part);

/* Reads a header line. True: it is the empty line that ends the head. */
bool skw_http_head_line(struct skw_bytes line, struct skw_http_head *h);

/* The size of a chunk. False: the line is none. */
bool skw_http_head_chunk(struct skw_bytes line, uint64_t *size);

#endif
