/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTTP server on the loop, by libmicrohttpd. It has no thread: the library's epoll descriptor is
 * watched by the loop. The library is loaded only by skw_http_load(), as every start of the program
 * would pay for all that it needs.
 */
#ifndef SKW_SERVE_HTTP_H
#define SKW_SERVE_HTTP_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"

struct skw_loop;
struct skw_http;

/* The answer to a request. The strings are the caller's. */
struct skw_http_answer {
	unsigned status;
	const char *type; /* Content-Type */
	const char *text; /* NULL: the text comes in pieces */
	/*
	 * Appends the next piece; false: there is none. `state` is zeroed at first, and a copy of
	 * what is here.
	 */
	bool (*next)(void *ctx, void *state, struct skw_buf *out);
#define SKW_HTTP_STATE_SIZE 32
	char state[SKW_HTTP_STATE_SIZE];
	void *ctx;
};

struct skw_http_options {
	/*
	 * GET and HEAD of a path, with the value of Accept or NULL. It fills in an answer. All
	 * other methods are refused.
	 */
	void (*answer)(void *ctx, const char *path, const char *accept,
		       struct skw_http_answer *answer);
	void *ctx;
};

/* Loads the library. 0, or -errno with err filled, if it is missing or this build has none. */
int skw_http_load(struct skw_error *err);

/*
 * Makes a server of a listening socket, which belongs to it from then on, also if this fails. To be
 * called in `prepare` of a sink, after skw_http_load(). 0 or -errno.
 */
int skw_http_new(const struct skw_http_options *opt, int listen_fd, struct skw_http **out,
		 struct skw_error *err);
void skw_http_free(struct skw_http *h); /* NULL is allowed */

/* Begins to answer. To be called in `start` of a sink. 0 or -errno. */
int skw_http_start(struct skw_http *h, struct skw_loop *loop, struct skw_error *err);

#endif
