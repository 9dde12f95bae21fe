/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of HTTP/2 (RFC 9113), and how a connection is recognised by them. */
#ifndef SKW_MESSAGE_APP_HTTP2_FRAME_H
#define SKW_MESSAGE_APP_HTTP2_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "message/recogniser.h"

enum {
	SKW_HTTP2_DATA = 0,
	SKW_HTTP2_HEADERS = 1,
	SKW_HTTP2_PRIORITY = 2,
	SKW_HTTP2_RST_STREAM = 3,
	SKW_HTTP2_SETTINGS = 4,
	SKW_HTTP2_PUSH_PROMISE = 5,
	SKW_HTTP2_PING = 6,
	SKW_HTTP2_GOAWAY = 7,
	SKW_HTTP2_WINDOW_UPDATE = 8,
	SKW_HTTP2_CONTINUATION = 9,

	SKW_HTTP2_ACK = 0x1, /* of SETTINGS and PING */
	SKW_HTTP2_END_STREAM = 0x1,
	SKW_HTTP2_END_HEADERS = 0x4,
	SKW_HTTP2_PADDED = 0x8,
	SKW_HTTP2_WITH_PRIORITY = 0x20,

	SKW_HTTP2_FRAME_HEAD = 9,
	SKW_HTTP2_PREFACE_LEN = 24,
};

#define SKW_HTTP2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

struct skw_http2_frame {
	uint32_t len; /* behind the head of 9 bytes */
	uint32_t stream;
	uint8_t type, flags;
};

/* Reads 9 bytes. */
struct skw_http2_frame skw_http2_frame(const uint8_t *p);
bool skw_http2_frame_has_block(uint8_t type);
/* Bytes of a frame that stand before what its type is about: padding, priority, other streams. */
uint32_t skw_http2_frame_prefix(const struct skw_http2_frame *f);
/* False: no end of a connection may send this. */
bool skw_http2_frame_is_allowed(const struct skw_http2_frame *f);
/* The same, and usual: for bytes that may be anything. */
bool skw_http2_frame_is_likely(const struct skw_http2_frame *f);

enum skw_recogniser_verdict skw_http2_frame_probe(const struct skw_recogniser_probe *p);

/* Names of errors, and of the statuses of gRPC; NULL: it has none. */
const char *skw_http2_frame_error(uint32_t code);
const char *skw_http2_frame_grpc(int status);

#endif
