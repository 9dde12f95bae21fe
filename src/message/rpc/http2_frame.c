// SPDX-License-Identifier: BSD-2-Clause
#include "message/rpc/http2_frame.h"

#include <string.h>

#include "message/rpc/http2_head.h"

enum {
	LEN_USUAL = 16384,
	FRAMES_PROBED = 16,
	STREAM_LIKELY = 1 << 24,
};

struct skw_http2_frame skw_http2_frame(const uint8_t *p)
{
	return (struct skw_http2_frame){ .len = skw_bytes_be32(p) >> 8,
					 .type = p[3],
					 .flags = p[4],
					 .stream = skw_bytes_be32(p + 5) & 0x7fffffff };
}

bool skw_http2_frame_has_block(uint8_t type)
{
	return type == SKW_HTTP2_HEADERS || type == SKW_HTTP2_PUSH_PROMISE ||
	       type == SKW_HTTP2_CONTINUATION;
}

uint32_t skw_http2_frame_prefix(const struct skw_http2_frame *f)
{
	uint32_t padded = f->flags & SKW_HTTP2_PADDED ? 1 : 0;

	switch (f->type) {
	case SKW_HTTP2_HEADERS:
		return padded + (f->flags & SKW_HTTP2_WITH_PRIORITY ? 5 : 0);
	case SKW_HTTP2_PUSH_PROMISE:
		return padded + 4;
	case SKW_HTTP2_RST_STREAM:
		return 4;
	case SKW_HTTP2_GOAWAY:
		return 8;
	default:
		return 0;
	}
}

bool skw_http2_frame_is_allowed(const struct skw_http2_frame *f)
{
	switch (f->type) {
	case SKW_HTTP2_SETTINGS:
		return !f->stream && f->len % 6 == 0 && (!(f->flags & SKW_HTTP2_ACK) || !f->len);
	case SKW_HTTP2_PING:
		return !f->stream && f->len == 8;
	case SKW_HTTP2_GOAWAY:
		return !f->stream && f->len >= 8;
	case SKW_HTTP2_WINDOW_UPDATE:
		return f->len == 4;
	case SKW_HTTP2_RST_STREAM:
		return f->stream && f->len == 4;
	case SKW_HTTP2_PRIORITY:
		return f->stream && f->len == 5;
	case SKW_HTTP2_DATA:
	case SKW_HTTP2_HEADERS:
	case SKW_HTTP2_PUSH_PROMISE:
	case SKW_HTTP2_CONTINUATION:
		return f->stream && f->len >= skw_http2_frame_prefix(f);
	default:
		return true;
	}
}

bool skw_http2_frame_is_likely(const struct skw_http2_frame *f)
{
	/* The flags that each type may have. */
	static const uint8_t flags[] = { 0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04 };

	return f->type < sizeof(flags) && !(f->flags & ~flags[f->type]) && f->len <= LEN_USUAL &&
	       f->stream < STREAM_LIKELY && skw_http2_frame_is_allowed(f);
}

/* ---- probing ---- */

/* A block that begins with a field of the static table which only one side sends. */
static enum skw_recogniser_verdict probe_block(struct skw_bytes b, const struct skw_http2_frame *f)
{
	uint32_t prefix = skw_http2_frame_prefix(f);
	struct skw_http2_shape shape;
	struct skw_bytes block = skw_bytes_skip(b, SKW_HTTP2_FRAME_HEAD + prefix);
	uint8_t pad;

	if (b.caplen <= SKW_HTTP2_FRAME_HEAD + prefix)
		return SKW_RECOGNISER_MORE;
	pad = f->flags & SKW_HTTP2_PADDED ? b.p[SKW_HTTP2_FRAME_HEAD] : 0;
	if (!(f->flags & SKW_HTTP2_END_HEADERS) || !(f->stream & 1) || prefix + pad >= f->len)
		return SKW_RECOGNISER_NO;
	block.len = f->len - prefix - pad;
	block.caplen = block.caplen < block.len ? block.caplen : block.len;
	if (!skw_http2_head_shape(block, &shape))
		return SKW_RECOGNISER_NO;
	if (shape.fields && !shape.request && !shape.answer)
		return SKW_RECOGNISER_NO;
	if (!shape.whole && (b.caplen < SKW_RECOGNISER_PROBE_BYTES || shape.fields < 4))
		return SKW_RECOGNISER_MORE;
	if (shape.answer)
		return SKW_RECOGNISER_CLIENT_1;
	return shape.pseudo >= 2 ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
}

/* Of a connection that was open before: frames, the last of which has such a block. */
static enum skw_recogniser_verdict probe_frames(struct skw_bytes b)
{
	for (unsigned i = 0; i < FRAMES_PROBED; i++) {
		struct skw_http2_frame f;

		if (b.caplen < SKW_HTTP2_FRAME_HEAD)
			return b.caplen && b.p[0] ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
		f = skw_http2_frame(b.p);
		if (!skw_http2_frame_is_likely(&f) || (b.p[5] & 0x80) || f.type == SKW_HTTP2_DATA ||
		    f.type == SKW_HTTP2_CONTINUATION)
			return SKW_RECOGNISER_NO;
		if (f.type == SKW_HTTP2_HEADERS)
			return probe_block(b, &f);
		b = skw_bytes_skip(b, SKW_HTTP2_FRAME_HEAD + f.len);
	}
	return SKW_RECOGNISER_NO;
}

static enum skw_recogniser_verdict probe_preface(struct skw_bytes b)
{
	uint32_t n = b.caplen < SKW_HTTP2_PREFACE_LEN ? b.caplen : SKW_HTTP2_PREFACE_LEN;

	if (memcmp(b.p, SKW_HTTP2_PREFACE, n) != 0)
		return SKW_RECOGNISER_NO;
	return b.caplen < SKW_HTTP2_PREFACE_LEN ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_CLIENT_0;
}

/* A server begins with SETTINGS (RFC 9113, section 3.4). */
static enum skw_recogniser_verdict probe_settings(struct skw_bytes b)
{
	struct skw_http2_frame f;

	if (b.p[0] || (b.caplen > 3 && b.p[3] != SKW_HTTP2_SETTINGS))
		return SKW_RECOGNISER_NO;
	if (b.caplen < SKW_HTTP2_FRAME_HEAD)
		return SKW_RECOGNISER_MORE;
	f = skw_http2_frame(b.p);
	return skw_http2_frame_is_likely(&f) && !f.flags ? SKW_RECOGNISER_CLIENT_1
							 : SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_http2_frame_probe(const struct skw_recogniser_probe *p)
{
	enum skw_recogniser_verdict verdict = SKW_RECOGNISER_NO;
	bool more = false;

	for (unsigned d = 0; d < 2; d++) {
		if (!p->first[d].caplen)
			continue;
		verdict = probe_preface(p->first[d]);
		if (verdict == SKW_RECOGNISER_NO)
			verdict = p->from_start ? probe_settings(p->first[d])
						: probe_frames(p->first[d]);
		more = more || verdict == SKW_RECOGNISER_MORE;
		if (verdict == SKW_RECOGNISER_CLIENT_0 || verdict == SKW_RECOGNISER_CLIENT_1)
			return (verdict == SKW_RECOGNISER_CLIENT_0) == !d ? SKW_RECOGNISER_CLIENT_0
									  : SKW_RECOGNISER_CLIENT_1;
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}

/* ---- names ---- */

const char *skw_http2_frame_error(uint32_t code)
{
	static const char *const names[] = {
		"NO_ERROR",
		"PROTOCOL_ERROR",
		"INTERNAL_ERROR",
		"FLOW_CONTROL_ERROR",
		"SETTINGS_TIMEOUT",
		"STREAM_CLOSED",
		"FRAME_SIZE_ERROR",
		"REFUSED_STREAM",
		"CANCEL",
		"COMPRESSION_ERROR",
		"CONNECT_ERROR",
		"ENHANCE_YOUR_CALM",
		"INADEQUATE_SECURITY",
		"HTTP_1_1_REQUIRED",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}

const char *skw_http2_frame_grpc(int status)
{
	static const char *const names[] = {
		"OK",
		"CANCELLED",
		"UNKNOWN",
		"INVALID_ARGUMENT",
		"DEADLINE_EXCEEDED",
		"NOT_FOUND",
		"ALREADY_EXISTS",
		"PERMISSION_DENIED",
		"RESOURCE_EXHAUSTED",
		"FAILED_PRECONDITION",
		"ABORTED",
		"OUT_OF_RANGE",
		"UNIMPLEMENTED",
		"INTERNAL",
		"UNAVAILABLE",
		"DATA_LOSS",
		"UNAUTHENTICATED",
	};

	return status >= 0 && (size_t)status < sizeof(names) / sizeof(names[0]) ? names[status]
										: NULL;
}
