// SPDX-License-Identifier: BSD-2-Clause
/*
 * HTTP/2 in clear and gRPC over it (RFC 9113, and PROTOCOL-HTTP2.md of gRPC). Answers have the
 * number of their stream. The bytes of a message are those of its HEADERS, CONTINUATION and DATA
 * frames, with their heads and their padding.
 */
#include <stdio.h>
#include <string.h>

#include "flow/payload/piece.h"
#include "message/rpc/http2_frame.h"
#include "message/rpc/http2_head.h"
#include "message/rpc/http2_stream.h"
#include "message/rpc/recognisers.h"

enum http2_phase { START, FRAME, PAYLOAD, LOST };

struct http2_side {
	struct skw_http2_head head;
	struct skw_http2_fields fields; /* of the block that is being read */
	struct skw_talk_part part;      /* and its bytes */
	struct skw_http2_frame frame;
	uint64_t begun_ns; /* when the first byte of the frame came */
	uint32_t left;     /* of the frame */
	uint32_t block;    /* the stream whose block goes on; 0: none does */
	uint32_t promised; /* by PUSH_PROMISE */
	uint32_t table; /* the size that this side allows to the dynamic table of the other side */
	uint8_t bytes[SKW_HTTP2_PREFACE_LEN]; /* of a frame's head, and of what its prefix has */
	uint8_t len, pad;
	uint8_t phase;
	bool ends;     /* the block's stream ends with it */
	bool broken;   /* a part of the block is missing */
	bool has_size; /* `table` waits for the other side's ACK */
};

struct http2 {
	struct http2_side sides[2]; /* of the server and of the client */
	struct skw_http2_streams streams;
	uint32_t newest;    /* the newest stream of the client */
	uint32_t refused;   /* streams from here on were refused by GOAWAY; 0: none were */
	bool settings_seen; /* the first frame of the server */
};

static const uint16_t ports[] = { 80, 8080, 50051, 50052, 9000, 3000, 0 };

static void lose(struct http2 *h)
{
	skw_http2_head_lose(&h->sides[0].head);
	skw_http2_head_lose(&h->sides[1].head);
}

/* ---- messages ---- */

static void put(struct skw_talk_part *part, const char *text)
{
	skw_talk_part_text(part, text, strlen(text));
}

/* "GET /path", or of gRPC "/package.Service/Method". */
static void set_kind(struct skw_talk_part *part, const struct skw_http2_fields *f, bool pushed)
{
	if (pushed)
		put(part, "push ");
	if (!f->grpc && (f->method[0] || f->path[0])) {
		put(part, f->method[0] ? f->method : "?");
		put(part, " ");
	}
	put(part, f->path[0] ? f->path : "?");
	part->note = f->grpc;
}

static int end_request(struct skw_talk *t, struct http2 *h, struct http2_side *s, uint64_t ts_ns)
{
	/* Trailers. */
	if (s->block <= h->newest) {
		skw_talk_request_more(t, s->block, s->part.bytes, ts_ns);
		return 0;
	}
	h->newest = s->block;
	s->part.id = s->block;
	set_kind(&s->part, &s->fields, false);
	return skw_talk_request(t, &s->part);
}

/* The server will send this without being asked. */
static int end_promise(struct skw_talk *t, struct http2_side *s)
{
	s->part.id = s->promised;
	set_kind(&s->part, &s->fields, true);
	return skw_talk_request(t, &s->part);
}

static int end_answer(struct skw_talk *t, struct http2 *h, struct http2_side *s)
{
	bool interim = s->fields.status >= 100 && s->fields.status < 200;
	struct skw_http2_stream *stream;
	int ret;

	if (interim && !s->ends)
		return 0;
	ret = skw_http2_streams_get(&h->streams, t, s->block, &stream);
	if (ret || !stream)
		return ret;
	skw_http2_stream_add(stream, &s->part, &s->fields, s->ends);
	return s->ends ? skw_http2_streams_end(&h->streams, t, s->block) : 0;
}

static int end_block(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	int ret;

	skw_http2_head_end(&s->head, &s->fields);
	s->part.holes += s->broken;
	if (s->promised)
		ret = from_client ? SKW_RECOGNISER_WRONG : end_promise(t, s);
	else
		ret = from_client ? end_request(t, h, s, ts_ns) : end_answer(t, h, s);
	s->block = s->promised = 0;
	s->broken = false;
	return ret;
}

/* The numbers between the two were refused, unless they were before. */
static int refuse(struct skw_talk *t, struct http2 *h, uint32_t last, uint64_t ts_ns)
{
	uint32_t from = (last | 1) == last ? last + 2 : last + 1;
	uint32_t to = h->refused && h->refused <= h->newest ? h->refused - 2 : h->newest;
	int ret = 0;

	if (to > SKW_HTTP2_STREAM_LAST || (h->refused && h->refused <= from))
		return 0;
	h->refused = from;
	if (to >= from && (to - from) / 2 > SKW_TALK_WAITING_MAX)
		from = to - 2 * SKW_TALK_WAITING_MAX;
	for (uint32_t id = from; !ret && id <= to; id += 2)
		ret = skw_http2_streams_reset(&h->streams, t, id, "GOAWAY", ts_ns);
	return ret;
}

static int take_reset(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	uint32_t code = skw_bytes_be32(s->bytes);
	const char *name = skw_http2_frame_error(code);
	char text[48];

	/* The answer is complete, and the rest of the request is not wanted. */
	if (!code)
		return skw_http2_streams_end(&h->streams, t, s->frame.stream);
	snprintf(text, sizeof(text), "%sreset %s", from_client ? "client " : "", name ? name : "?");
	return skw_http2_streams_reset(&h->streams, t, s->frame.stream, text, ts_ns);
}

/* ---- frames ---- */

/* Sizes of the dynamic table; the last one counts. */
static void take_setting(struct http2_side *s)
{
	if (skw_bytes_be16(s->bytes) != NGHTTP2_SETTINGS_HEADER_TABLE_SIZE)
		return;
	s->table = skw_bytes_be32(s->bytes + 2);
	s->has_size = true;
}

static int take_prefix(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	uint32_t prefix = skw_http2_frame_prefix(&s->frame);

	switch (s->frame.type) {
	case SKW_HTTP2_SETTINGS:
		take_setting(s);
		s->len = 0;
		return 0;
	case SKW_HTTP2_RST_STREAM:
		return take_reset(t, h, from_client, ts_ns);
	case SKW_HTTP2_GOAWAY:
		return from_client ? 0
				   : refuse(t, h, skw_bytes_be32(s->bytes) & SKW_HTTP2_STREAM_LAST,
					    ts_ns);
	default:
		break;
	}
	s->pad = s->frame.flags & SKW_HTTP2_PADDED ? s->bytes[0] : 0;
	if (s->frame.type == SKW_HTTP2_PUSH_PROMISE)
		s->promised = skw_bytes_be32(s->bytes + prefix - 4) & SKW_HTTP2_STREAM_LAST;
	return s->pad > s->left || (s->frame.type == SKW_HTTP2_PUSH_PROMISE && !s->promised)
		       ? SKW_RECOGNISER_WRONG
		       : 0;
}

/* Bytes that are collected, and not only counted. */
static uint32_t wanted_prefix(const struct http2_side *s)
{
	if (s->frame.type == SKW_HTTP2_SETTINGS)
		return 6;
	return skw_http2_frame_prefix(&s->frame);
}

static bool in_order(const struct http2_side *s, const struct skw_http2_frame *f)
{
	if (f->type == SKW_HTTP2_CONTINUATION)
		return s->block == f->stream;
	return !s->block;
}

static void begin_block(struct skw_talk *t, struct http2_side *s)
{
	s->block = s->frame.stream;
	s->ends = s->frame.type == SKW_HTTP2_HEADERS && (s->frame.flags & SKW_HTTP2_END_STREAM);
	s->part = (struct skw_talk_part){ 0 };
	skw_http2_fields_begin(&s->fields, skw_talk_content(t));
}

/* Bytes of a frame that belongs to a message. */
static int count(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t bytes,
		 uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];

	if (skw_http2_frame_has_block(s->frame.type))
		skw_talk_part_add(&s->part, bytes, ts_ns);
	else if (s->frame.type == SKW_HTTP2_DATA && from_client)
		skw_talk_request_more(t, s->frame.stream, bytes, ts_ns);
	else if (s->frame.type == SKW_HTTP2_DATA)
		return skw_http2_streams_count(&h->streams, t, s->frame.stream, bytes, ts_ns);
	return 0;
}

static int end_frame(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client], *other = &h->sides[!from_client];
	uint8_t flags = s->frame.flags;

	s->phase = FRAME;
	s->len = 0;
	if (s->frame.type == SKW_HTTP2_SETTINGS && (flags & SKW_HTTP2_ACK) && other->has_size) {
		skw_http2_head_resize(&s->head, other->table);
		other->has_size = false;
	}
	if (s->frame.type == SKW_HTTP2_DATA && (flags & SKW_HTTP2_END_STREAM) && !from_client)
		return skw_http2_streams_end(&h->streams, t, s->frame.stream);
	if (!skw_http2_frame_has_block(s->frame.type) || !(flags & SKW_HTTP2_END_HEADERS))
		return 0;
	return end_block(t, h, from_client, ts_ns);
}

/* Behind the preface each side begins with SETTINGS. */
static void check_first(struct http2 *h, bool from_client)
{
	const struct skw_http2_frame *f = &h->sides[from_client].frame;

	if (from_client || h->settings_seen)
		return;
	h->settings_seen = true;
	if (f->type != SKW_HTTP2_SETTINGS || (f->flags & SKW_HTTP2_ACK))
		skw_http2_head_lose(&h->sides[0].head);
}

static int begin_frame(struct skw_talk *t, struct http2 *h, bool from_client, uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];

	s->frame = skw_http2_frame(s->bytes);
	s->left = s->frame.len;
	s->len = s->pad = 0;
	s->phase = PAYLOAD;
	if (!skw_http2_frame_is_allowed(&s->frame) || !in_order(s, &s->frame))
		return SKW_RECOGNISER_WRONG;
	check_first(h, from_client);
	if (s->frame.type == SKW_HTTP2_HEADERS || s->frame.type == SKW_HTTP2_PUSH_PROMISE)
		begin_block(t, s);

	int ret = count(t, h, from_client, SKW_HTTP2_FRAME_HEAD, s->begun_ns);

	return ret || s->left ? ret : end_frame(t, h, from_client, ts_ns);
}

/* The padding is not part of the block. */
static void take_block(struct http2_side *s, struct skw_bytes b)
{
	uint32_t rest = s->left > s->pad ? s->left - s->pad : 0;

	if (!s->broken && rest)
		skw_http2_head_take(&s->head, skw_bytes_first(b, rest), &s->fields);
}

static int take_payload(struct skw_talk *t, struct http2 *h, bool from_client, struct skw_bytes *b,
			uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	uint32_t prefix = wanted_prefix(s);
	bool is_prefix = s->len < prefix;
	struct skw_bytes here = skw_bytes_first(*b, s->left);
	int ret;

	if (is_prefix)
		here = skw_bytes_first(here, prefix - s->len);
	*b = skw_bytes_skip(*b, here.caplen);
	ret = count(t, h, from_client, here.caplen, ts_ns);
	if (is_prefix) {
		memcpy(s->bytes + s->len, here.p, here.caplen);
		s->len += (uint8_t)here.caplen;
	} else if (skw_http2_frame_has_block(s->frame.type)) {
		take_block(s, here);
	}
	s->left -= here.caplen;
	if (!ret && is_prefix && s->len == prefix)
		ret = take_prefix(t, h, from_client, ts_ns);
	return ret || s->left ? ret : end_frame(t, h, from_client, ts_ns);
}

/* ---- streams ---- */

/* Of bytes that may begin anywhere: a frame of a stream that is known. */
static bool is_frame(const struct skw_talk *t, const struct http2 *h, bool from_client,
		     const uint8_t *p)
{
	struct skw_http2_frame f = skw_http2_frame(p);

	if (!skw_http2_frame_is_likely(&f) || (p[5] & 0x80) || f.type == SKW_HTTP2_CONTINUATION)
		return false;
	if (!f.stream)
		return f.len <= 256;
	if (from_client && f.type == SKW_HTTP2_HEADERS)
		return (f.stream & 1) && f.stream >= h->newest && f.stream - h->newest < 4096;
	return f.stream <= h->newest && (skw_talk_waiting(t, f.stream) || f.len <= 5);
}

static void search(const struct skw_talk *t, struct http2 *h, bool from_client, struct skw_bytes *b,
		   uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	struct skw_bytes here = skw_bytes_first(*b, SKW_HTTP2_FRAME_HEAD - s->len);

	if (!s->len)
		s->begun_ns = ts_ns;
	memcpy(s->bytes + s->len, here.p, here.caplen);
	s->len += (uint8_t)here.caplen;
	*b = skw_bytes_skip(*b, here.caplen);
	if (s->len < SKW_HTTP2_FRAME_HEAD)
		return;
	if (is_frame(t, h, from_client, s->bytes)) {
		s->phase = FRAME;
		return;
	}
	s->len = 0;
	*b = skw_bytes_skip(*b, b->caplen);
}

/* The first bytes of each side tell whether the connection begins with them. */
static void begin(struct http2 *h, bool from_client, struct skw_bytes b)
{
	struct http2_side *s = &h->sides[from_client];

	if (!from_client) {
		s->phase = LOST;
		return;
	}
	s->phase = FRAME;
	if (b.p[0] == SKW_HTTP2_PREFACE[0])
		s->left = SKW_HTTP2_PREFACE_LEN;
	else
		lose(h);
}

static int step(struct skw_talk *t, struct http2 *h, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	struct skw_bytes here;

	if (s->phase == PAYLOAD)
		return take_payload(t, h, from_client, b, ts_ns);
	if (s->phase == LOST) {
		search(t, h, from_client, b, ts_ns);
		return s->phase == LOST ? 0 : begin_frame(t, h, from_client, ts_ns);
	}
	/* The preface. */
	if (s->left) {
		here = skw_bytes_first(*b, s->left);
		s->left -= here.caplen;
		*b = skw_bytes_skip(*b, here.caplen);
		return 0;
	}
	here = skw_bytes_first(*b, SKW_HTTP2_FRAME_HEAD - s->len);
	if (!s->len)
		s->begun_ns = ts_ns;
	memcpy(s->bytes + s->len, here.p, here.caplen);
	s->len += (uint8_t)here.caplen;
	*b = skw_bytes_skip(*b, here.caplen);
	return s->len < SKW_HTTP2_FRAME_HEAD ? 0 : begin_frame(t, h, from_client, ts_ns);
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct http2 *h = state;
	struct http2_side *s = &h->sides[from_client];
	int ret = 0;

	if (s->phase == START && b.caplen)
		begin(h, from_client, b);
	while (!ret && b.caplen)
		ret = step(t, h, from_client, &b, ts_ns);
	return ret;
}

/* ---- holes and ends ---- */

/* A part of the frame is missing, and its end is known. */
static int hole_in_frame(struct skw_talk *t, struct http2 *h, bool from_client, uint32_t len,
			 uint64_t ts_ns)
{
	struct http2_side *s = &h->sides[from_client];
	int ret = count(t, h, from_client, len, ts_ns);

	if (s->frame.type == SKW_HTTP2_DATA && !from_client)
		skw_http2_streams_hole(&h->streams, s->frame.stream);
	if (skw_http2_frame_has_block(s->frame.type)) {
		skw_http2_head_lose(&s->head);
		s->broken = true;
	}
	/* The prefix is not read any more. */
	s->len = (uint8_t)wanted_prefix(s);
	s->left -= len;
	return ret || s->left ? ret : end_frame(t, h, from_client, ts_ns);
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct http2 *h = state;
	struct http2_side *s = &h->sides[from_client];
	int ret = 0;

	if (s->phase == PAYLOAD && len <= s->left && s->frame.type != SKW_HTTP2_SETTINGS)
		return hole_in_frame(t, h, from_client, (uint32_t)len, ts_ns);
	skw_http2_head_lose(&s->head);
	if (s->phase == PAYLOAD && s->frame.type == SKW_HTTP2_DATA && !from_client)
		skw_http2_streams_hole(&h->streams, s->frame.stream);
	if (s->block) {
		s->broken = true;
		ret = end_block(t, h, from_client, ts_ns);
	}
	h->settings_seen = h->settings_seen || !from_client;
	s->phase = LOST;
	s->len = 0;
	s->left = 0;
	return ret;
}

/* Answers whose end was not seen. */
static int end(struct skw_talk *t, void *state)
{
	return skw_http2_streams_stop(&((struct http2 *)state)->streams, t);
}

static size_t memory(const void *state)
{
	const struct http2 *h = state;

	return skw_http2_head_memory(&h->sides[0].head) + skw_http2_head_memory(&h->sides[1].head) +
	       skw_http2_streams_memory(&h->streams);
}

static void release(void *state)
{
	struct http2 *h = state;

	skw_http2_head_free(&h->sides[0].head);
	skw_http2_head_free(&h->sides[1].head);
	skw_http2_streams_free(&h->streams);
}

const struct skw_recogniser skw_recognisers_http2 = {
	.name = "http2",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct http2),
	.probe = skw_http2_frame_probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
