/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of an HTTP/2 connection that have begun, by the number of their stream. */
#ifndef SKW_MESSAGE_APP_HTTP2_STREAM_H
#define SKW_MESSAGE_APP_HTTP2_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/rpc/http2_head.h"
#include "message/talk.h"

/* Of more, the one that began first is told as it is, with a hole. */
#define SKW_HTTP2_STREAMS_MAX 256
#define SKW_HTTP2_STREAM_LAST 0x7fffffff
/* Streams that the client has given up, whose answers may still come. */
#define SKW_HTTP2_GIVEN_UP 8

struct skw_http2_stream {
	struct skw_http2_stream *next;
	struct skw_talk_part part;
	uint16_t status;     /* 0: unknown */
	int16_t grpc_status; /* -1: unknown */
	bool grpc, typed;    /* by its content-type, which was read */
	bool doubtful; /* fields at its end are unknown: a failure of gRPC may be among them */
};

struct skw_http2_streams {
	struct skw_http2_stream *first; /* owned; the newest */
	size_t len;
	uint32_t given_up[SKW_HTTP2_GIVEN_UP];
	uint8_t next_given_up;
};

/* All functions that return int return 0 or -errno. */

/* Finds the answer, or begins it. *out is borrowed; NULL: nobody wants it any more. */
int skw_http2_streams_get(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			  struct skw_http2_stream **out);
/* Adds a header block, which may be the end of the stream, and its bytes. */
void skw_http2_stream_add(struct skw_http2_stream *stream, const struct skw_talk_part *part,
			  const struct skw_http2_fields *f, bool ends);
/* Adds bytes of DATA, if the request is known. */
int skw_http2_streams_count(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			    uint64_t bytes, uint64_t ts_ns);
/* Bytes of the answer are missing. */
void skw_http2_streams_hole(struct skw_http2_streams *s, uint32_t id);
/* The answer is complete: tells it. */
int skw_http2_streams_end(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id);
/* There will be no more of it: tells it as an error, if it or its request is known. */
int skw_http2_streams_reset(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			    const char *why, uint64_t ts_ns);
/* Tells all that are not complete. */
int skw_http2_streams_stop(struct skw_http2_streams *s, struct skw_talk *t);
size_t skw_http2_streams_memory(const struct skw_http2_streams *s);
void skw_http2_streams_free(struct skw_http2_streams *s);

#endif
