// SPDX-License-Identifier: BSD-2-Clause
/* HTTP/1.0 and HTTP/1.1 (RFC 9112). Answers come in the order of the requests. */
#include "flow/payload/piece.h"
#include "message/app/http_head.h"
#include "message/app/recognisers.h"
#include "message/gather.h"

enum http_phase {
	START,  /* of a message */
	HEAD,   /* the header fields follow */
	BODY,   /* `left` bytes of it follow */
	CLOSES, /* the body ends with the connection */
	CHUNK,  /* the line with the size of a chunk follows */
	DATA,   /* `left` bytes of a chunk, with its line end */
	TRAILER,
	LOST, /* behind a hole: the next start line is looked for */
};

struct http_side {
	struct skw_gather line;
	struct skw_talk_part part;
	struct skw_http_head head;
	uint64_t left;
	uint8_t phase;
	bool told; /* the request has been handed over, and its body goes on */
	uint16_t status;
};

struct http {
	struct http_side sides[2]; /* of the server and of the client */
	uint64_t count;            /* of requests */
};

static const uint16_t ports[] = { 80, 8080, 8000, 8008, 8888, 3128, 3000, 5000, 9090, 9200, 0 };

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	bool more = false;

	for (unsigned d = 0; d < 2; d++) {
		enum skw_recogniser_verdict asks = skw_http_head_is_request(p->first[d]);
		enum skw_recogniser_verdict says = skw_http_head_is_answer(p->first[d]);

		if (!p->first[d].caplen)
			continue;
		if (asks == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
		if (says == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
		if (asks == SKW_RECOGNISER_MORE || says == SKW_RECOGNISER_MORE)
			more = true;
		else if (p->from_start)
			return SKW_RECOGNISER_NO;
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}

/* ---- messages ---- */

static void reset(struct http_side *s)
{
	skw_gather_free(&s->line);
	s->part = (struct skw_talk_part){ .id = SKW_TALK_OLDEST };
	s->head = (struct skw_http_head){ 0 };
	s->told = false;
	s->status = 0;
	s->left = 0;
	s->phase = START;
}

static void add(struct skw_talk *t, struct http_side *s, uint64_t bytes, uint64_t ts_ns)
{
	if (s->told)
		skw_talk_request_more(t, s->part.id, bytes, ts_ns);
	else
		skw_talk_part_add(&s->part, bytes, ts_ns);
}

/* The message is complete, or what is missing of it will not come. */
static int finish(struct skw_talk *t, struct http_side *s, bool from_client)
{
	int ret = from_client ? 0 : skw_talk_answer(t, &s->part);

	reset(s);
	return ret;
}

static void expect_body(struct http_side *s)
{
	s->left = s->head.has_length ? s->head.length : 0;
	s->phase = s->head.chunked ? CHUNK : BODY;
}

/* The answer comes in any case after the head, and may come before the end of the body. */
static int end_request_head(struct skw_talk *t, struct http *h, struct http_side *s)
{
	int ret;

	s->part.id = h->count++;
	ret = skw_talk_request(t, &s->part);
	s->told = true;
	expect_body(s);
	if (!ret && s->phase == BODY && !s->left)
		ret = finish(t, s, true);
	return ret;
}

static bool has_no_body(unsigned status, uint32_t method)
{
	return status == 204 || status == 304 || method == SKW_HTTP_HEAD;
}

static int end_answer_head(struct skw_talk *t, struct http_side *s)
{
	const struct skw_talk_part *request = skw_talk_waiting(t, SKW_TALK_OLDEST);
	uint32_t method = request ? request->note : SKW_HTTP_OTHER;
	unsigned status = s->status;
	int ret;

	if (status == 101 || (method == SKW_HTTP_CONNECT && status / 100 == 2)) {
		ret = finish(t, s, false);
		return ret ? ret : SKW_RECOGNISER_AGAIN;
	}
	/* An interim answer (RFC 9110, section 15.2). */
	if (status < 200) {
		reset(s);
		return 0;
	}
	expect_body(s);
	if (has_no_body(status, method))
		return finish(t, s, false);
	if (!s->head.chunked && (s->head.coded || !s->head.has_length))
		s->phase = CLOSES;
	return s->phase == BODY && !s->left ? finish(t, s, false) : 0;
}

/* ---- lines and bodies ---- */

static bool start(struct skw_talk *t, struct http_side *s, bool from_client, struct skw_bytes line)
{
	if (from_client)
		return skw_http_head_request(line, skw_talk_content(t), &s->part);
	s->status = (uint16_t)skw_http_head_status(line, &s->part);
	return s->status;
}

static int take_start(struct skw_talk *t, struct http_side *s, bool from_client,
		      struct skw_bytes line)
{
	/* Empty lines before a message are allowed. */
	if (line.len <= 2 && (line.caplen == 1 || (line.caplen && line.p[0] == '\r'))) {
		reset(s);
		return 0;
	}
	if (!start(t, s, from_client, line))
		return SKW_RECOGNISER_WRONG;
	s->phase = HEAD;
	return 0;
}

/* The part is empty until a start line is found. */
static int take_lost(struct skw_talk *t, struct http_side *s, bool from_client,
		     struct skw_bytes line, uint64_t ts_ns)
{
	if (!start(t, s, from_client, line))
		return 0;
	skw_talk_part_add(&s->part, line.len, ts_ns);
	s->phase = HEAD;
	return 0;
}

static int take_line(struct skw_talk *t, struct http *h, bool from_client, struct skw_bytes line,
		     uint64_t ts_ns)
{
	struct http_side *s = &h->sides[from_client];
	bool more = true;

	switch (s->phase) {
	case START:
		return take_start(t, s, from_client, line);
	case LOST:
		return take_lost(t, s, from_client, line, ts_ns);
	case HEAD:
		if (!skw_http_head_line(line, &s->head))
			return 0;
		return from_client ? end_request_head(t, h, s) : end_answer_head(t, s);
	case CHUNK:
		if (!skw_http_head_chunk(line, &s->left))
			return SKW_RECOGNISER_WRONG;
		more = s->left > 0;
		s->left += more ? 2 : 0;
		s->phase = more ? DATA : TRAILER;
		return 0;
	default: /* TRAILER */
		return line.len <= 2 ? finish(t, s, from_client) : 0;
	}
}

static bool has_lines(const struct http_side *s)
{
	return s->phase != BODY && s->phase != CLOSES && s->phase != DATA;
}

/* A body has n bytes more. */
static int take_body(struct skw_talk *t, struct http_side *s, bool from_client, uint64_t n)
{
	(void)t;
	if (s->phase == CLOSES)
		return 0;
	s->left -= n;
	if (s->left)
		return 0;
	if (s->phase == DATA) {
		s->phase = CHUNK;
		return 0;
	}
	return finish(t, s, from_client);
}

/* The number of n bytes that belong to the body. */
static uint64_t part_of_body(const struct http_side *s, uint64_t n)
{
	return s->phase == CLOSES || n < s->left ? n : s->left;
}

static int step(struct skw_talk *t, struct http *h, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct http_side *s = &h->sides[from_client];
	uint32_t had = b->caplen;
	struct skw_bytes line;
	bool whole;

	if (!has_lines(s)) {
		uint32_t n = (uint32_t)part_of_body(s, b->caplen);

		*b = skw_bytes_skip(*b, n);
		add(t, s, n, ts_ns);
		return take_body(t, s, from_client, n);
	}
	whole = skw_gather_line(&s->line, b, &line);
	if (s->phase != LOST)
		add(t, s, had - b->caplen, ts_ns);
	return whole ? take_line(t, h, from_client, line, ts_ns) : 0;
}

/* A message often begins with a segment, also where the line before it has no end. */
static void find_start(struct http_side *s, bool from_client, struct skw_bytes b)
{
	if (s->phase == LOST &&
	    (from_client ? skw_http_head_is_request(b) : skw_http_head_is_answer(b)) ==
		    SKW_RECOGNISER_CLIENT_0)
		skw_gather_free(&s->line);
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct http *h = state;
	struct http_side *s = &h->sides[from_client];
	int ret = 0;

	/* Only the first state is all zeros. */
	if (!s->part.begun && !from_client)
		s->part.id = SKW_TALK_OLDEST;
	find_start(s, from_client, b);
	while (!ret && b.caplen)
		ret = step(t, h, from_client, &b, ts_ns);
	if (ret == SKW_RECOGNISER_AGAIN)
		skw_talk_leave(t, b);
	return ret;
}

/* ---- holes and ends ---- */

/* Hands over what is known of a message that can't be read to its end. */
static int break_off(struct skw_talk *t, struct http *h, bool from_client)
{
	struct http_side *s = &h->sides[from_client];
	bool known = s->phase != START && s->phase != LOST;
	int ret = 0;

	if (known && from_client && !s->told) {
		s->part.id = h->count++;
		ret = skw_talk_request(t, &s->part);
	} else if (known && !from_client && s->status >= 200) {
		ret = skw_talk_answer(t, &s->part);
	}
	reset(s);
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct http *h = state;
	struct http_side *s = &h->sides[from_client];
	bool known = !has_lines(s) && len != SKW_PAYLOAD_LEN_UNKNOWN;
	uint64_t n = known ? part_of_body(s, len) : 0;
	int ret = 0;

	if (!from_client && !s->part.begun)
		s->part.id = SKW_TALK_OLDEST;
	if (known) {
		if (s->told)
			skw_talk_request_more(t, s->part.id, n, ts_ns);
		else
			skw_talk_part_hole(&s->part, n, ts_ns);
		ret = take_body(t, s, from_client, n);
	}
	if (ret || (known && n == len))
		return ret;
	if (!known && s->phase != START && s->phase != LOST)
		s->part.holes++;
	ret = break_off(t, h, from_client);
	(from_client ? skw_talk_miss : skw_talk_doubt)(t);
	s->phase = LOST;
	return ret;
}

static int fin(struct skw_talk *t, void *state, bool from_client)
{
	struct http_side *s = &((struct http *)state)->sides[from_client];

	return !from_client && s->phase == CLOSES ? finish(t, s, false) : 0;
}

static int end(struct skw_talk *t, void *state)
{
	struct http *h = state;

	for (unsigned d = 0; d < 2; d++)
		if (h->sides[d].phase != CLOSES)
			h->sides[d].part.holes++;

	int ret = break_off(t, h, true);

	return ret ? ret : break_off(t, h, false);
}

static size_t memory(const void *state)
{
	const struct http *h = state;

	return skw_gather_memory(&h->sides[0].line) + skw_gather_memory(&h->sides[1].line);
}

static void release(void *state)
{
	struct http *h = state;

	skw_gather_free(&h->sides[0].line);
	skw_gather_free(&h->sides[1].line);
}

const struct skw_recogniser skw_recognisers_http = {
	.name = "http",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct http),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.fin = fin,
	.end = end,
	.memory = memory,
	.free = release,
};
