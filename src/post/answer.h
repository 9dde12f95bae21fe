/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer of an HTTP/1.0 or HTTP/1.1 server (RFC 9112) to a POST, out of pieces that are cut
 * anywhere. Of its body only the first line is kept. Memory is that of the struct.
 */
#ifndef SKW_POST_ANSWER_H
#define SKW_POST_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKW_POST_HEAD_MAX 65536 /* bytes of a head, and of the trailer of a body in chunks */
#define SKW_POST_LINE_MAX 1024  /* of a longer line only this is looked at */
#define SKW_POST_SAID_MAX 240

enum skw_post_verdict {
	SKW_POST_MORE,   /* the answer goes on */
	SKW_POST_DONE,   /* it is complete */
	SKW_POST_BROKEN, /* this is no answer of HTTP */
};

struct skw_post_answer {
	unsigned status;
	bool closes;                      /* the connection can't be used for another request */
	bool has_retry;                   /* Retry-After, in seconds */
	uint32_t retry_after_s;           /* at most an hour */
	char said[SKW_POST_SAID_MAX + 1]; /* the first line of the body that is not empty */

	/* Between two pieces. */
	uint8_t state;
	bool begun; /* a byte has come */
	bool chunked, has_length, said_ends;
	uint64_t left;     /* bytes of the body or of a chunk */
	size_t head_bytes; /* so far */
	size_t said_len;
	size_t line_len; /* also of what was not kept */
	char line[SKW_POST_LINE_MAX + 1];
};

void skw_post_answer_begin(struct skw_post_answer *a);

/*
 * Takes bytes. Behind the end of the answer there must be none: the result is SKW_POST_DONE then,
 * and `closes` is set. After SKW_POST_DONE or SKW_POST_BROKEN it must not be called again.
 */
enum skw_post_verdict skw_post_answer_take(struct skw_post_answer *a, const uint8_t *bytes,
					   size_t len);

/* The server has closed the connection. Returns SKW_POST_DONE or SKW_POST_BROKEN. */
enum skw_post_verdict skw_post_answer_end(struct skw_post_answer *a);

#endif
