/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines are sent to, as the user names it, and the head of an HTTP request to it. */
#ifndef SKW_POST_TARGET_H
#define SKW_POST_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

enum skw_post_kind { SKW_POST_UNIX, SKW_POST_TCP, SKW_POST_HTTP };

#define SKW_POST_PATH_MAX 107 /* of a socket, see unix(7) */
#define SKW_POST_HOST_MAX 255
/* Of the target itself, and of all fields of the user together. */
#define SKW_POST_TEXT_MAX 65536

struct skw_post_target {
	enum skw_post_kind kind;
	/* The path of a socket; or the host, without the brackets of an IPv6 address. */
	char host[SKW_POST_HOST_MAX + 1];
	char port[6]; /* decimal; empty: a socket has none */
	/* For messages: without a password, a path of HTTP and its query. */
	char name[SKW_POST_HOST_MAX + 32];
	/* For HTTP: the head up to the length of the body. */
	struct skw_buf head;
	/* The user's own fields, each with its line end. */
	struct skw_buf fields;
};

/*
 * Reads "unix:PATH", "tcp:HOST:PORT" or "http://[USER[:PASSWORD]@]HOST[:PORT][/PATH][?QUERY]".
 * *out is zeroed or was freed. Returns 0, -EINVAL with err->usage set, or -ENOMEM. The caller frees
 * *out in any case.
 */
int skw_post_target_parse(const char *text, struct skw_post_target *out, struct skw_error *err);

/*
 * Adds a field, "NAME: VALUE", before skw_post_target_finish(). Returns 0, -EINVAL with err->usage
 * set if the text is no such field or one that is not the user's, or -ENOMEM.
 */
int skw_post_target_field(struct skw_post_target *t, const char *text, size_t len,
			  struct skw_error *err);

/* The fields are complete. Returns 0 or -ENOMEM. */
int skw_post_target_finish(struct skw_post_target *t, const char *agent);

/* The head of a request with a body of that length. */
void skw_post_target_request(const struct skw_post_target *t, size_t body, struct skw_buf *out);

void skw_post_target_free(struct skw_post_target *t);

#endif
