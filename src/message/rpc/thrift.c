// SPDX-License-Identifier: BSD-2-Clause
/*
 * Thrift: the binary protocol with and without frames, and the compact protocol in frames. Each
 * message has its type, the name of the method and a number. From the documents below
 * github.com/apache/thrift/blob/master/doc/specs/.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/payload/piece.h"
#include "message/rpc/recognisers.h"
#include "message/rpc/thrift_skip.h"
#include "message/gather.h"

enum {
	CALL = 1,
	REPLY = 2,
	EXCEPTION = 3,
	ONE_WAY = 4,

	BINARY = 0x8001,
	COMPACT = 0x82,
	NAME_MAX_LEN = SKW_MESSAGE_KIND_LEN,
	HEAD_MAX = NAME_MAX_LEN + 64, /* so much of a frame is read at once */
	LEN_MAX = 1 << 30,
	PROBE_LEN_MAX = 1 << 27,
	SAME_NUMBERS = 8, /* rounds of numbers that are looked through */
};

/* The head of a message, before its struct. */
struct thrift_head {
	struct skw_bytes name, rest;
	uint32_t number;
	uint8_t type;
	bool compact;
};

enum thrift_phase { START, FRAME, NAME, BODY };

struct thrift_side {
	struct skw_gather gather;
	struct skw_talk_part part;
	struct skw_thrift_skip skip;
	uint32_t left; /* of the frame */
	uint8_t phase;
	uint8_t type;
	uint8_t name_len; /* without frames */
	bool framed;
	bool skips;  /* `skip` follows the struct */
	bool proven; /* a message has begun where it should */
};

struct thrift {
	struct thrift_side sides[2]; /* of the server and of the client */
	uint32_t round;              /* of numbers, see number_request() */
};

static const uint16_t ports[] = { 9090, 9160, 9083, 10000, 0 };

/* ---- heads ---- */

static bool is_name(const uint8_t *p, uint32_t n)
{
	static const char others[] = { '.', ':', '-', '/' };

	for (uint32_t i = 0; i < n; i++) {
		uint8_t lower = p[i] | 0x20;

		if (!(lower >= 'a' && lower <= 'z') && !(i && p[i] >= '0' && p[i] <= '9') &&
		    p[i] != '_' && !(i && memchr(others, p[i], sizeof(others))))
			return false;
	}
	return true;
}

static enum skw_recogniser_verdict check_name(struct skw_bytes b, uint32_t at, uint32_t n)
{
	uint32_t here = at >= b.caplen ? 0 : n < b.caplen - at ? n : b.caplen - at;

	if (!n || n > NAME_MAX_LEN || !is_name(b.p + at, here))
		return SKW_RECOGNISER_NO;
	return here == n ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_MORE;
}

static enum skw_recogniser_verdict read_binary(struct skw_bytes b, struct thrift_head *h)
{
	static const uint8_t begin[] = { BINARY >> 8, BINARY & 0xff, 0 };
	uint32_t same = b.caplen < 3 ? b.caplen : 3, n;
	enum skw_recogniser_verdict verdict;

	if ((same && memcmp(b.p, begin, same) != 0) ||
	    (b.caplen > 3 && (b.p[3] < CALL || b.p[3] > ONE_WAY)))
		return SKW_RECOGNISER_NO;
	if (b.caplen < 8)
		return SKW_RECOGNISER_MORE;
	n = skw_bytes_be32(b.p + 4);
	verdict = check_name(b, 8, n);
	if (verdict != SKW_RECOGNISER_CLIENT_0)
		return verdict;
	if (b.caplen < 8 + n + 4)
		return SKW_RECOGNISER_MORE;
	*h = (struct thrift_head){ .type = b.p[3],
				   .name = { b.p + 8, n, n },
				   .number = skw_bytes_be32(b.p + 8 + n),
				   .rest = skw_bytes_skip(b, 8 + n + 4) };
	return SKW_RECOGNISER_CLIENT_0;
}

/* Of 7 bits in each byte. */
static enum skw_recogniser_verdict read_varint(struct skw_bytes b, uint32_t *at, uint32_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 35; shift += 7) {
		if (*at >= b.caplen)
			return SKW_RECOGNISER_MORE;
		*value |= (uint32_t)(b.p[*at] & 0x7f) << shift;
		if (!(b.p[(*at)++] & 0x80))
			return SKW_RECOGNISER_CLIENT_0;
	}
	return SKW_RECOGNISER_NO;
}

static enum skw_recogniser_verdict read_compact(struct skw_bytes b, struct thrift_head *h)
{
	uint32_t at = 2, n, number;
	enum skw_recogniser_verdict verdict;
	uint8_t type;

	if ((b.caplen && b.p[0] != COMPACT) || (b.caplen > 1 && (b.p[1] & 0x1f) != 1))
		return SKW_RECOGNISER_NO;
	if (b.caplen < 2)
		return SKW_RECOGNISER_MORE;
	type = b.p[1] >> 5;
	if (type < CALL || type > ONE_WAY)
		return SKW_RECOGNISER_NO;
	verdict = read_varint(b, &at, &number);
	if (verdict == SKW_RECOGNISER_CLIENT_0)
		verdict = read_varint(b, &at, &n);
	if (verdict == SKW_RECOGNISER_CLIENT_0)
		verdict = check_name(b, at, n);
	if (verdict != SKW_RECOGNISER_CLIENT_0)
		return verdict;
	*h = (struct thrift_head){ .type = type,
				   .name = { b.p + at, n, n },
				   .number = number,
				   .compact = true,
				   .rest = skw_bytes_skip(b, at + n) };
	return SKW_RECOGNISER_CLIENT_0;
}

static enum skw_recogniser_verdict read_frame(struct skw_bytes b, struct thrift_head *h)
{
	if (b.caplen && b.p[0] == COMPACT)
		return read_compact(b, h);
	return read_binary(b, h);
}

static enum skw_recogniser_verdict read_any(struct skw_bytes b, struct thrift_head *h)
{
	enum skw_recogniser_verdict verdict;
	uint32_t len;

	if (!b.caplen)
		return SKW_RECOGNISER_MORE;
	if (b.p[0] == BINARY >> 8)
		return read_binary(b, h);
	if (b.caplen < 4)
		return b.p[0] <= PROBE_LEN_MAX >> 24 ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
	len = skw_bytes_be32(b.p);
	if (len < 5 || len > PROBE_LEN_MAX)
		return SKW_RECOGNISER_NO;
	verdict = read_frame(skw_bytes_skip(b, 4), h);
	return verdict == SKW_RECOGNISER_CLIENT_0 && h->name.len > len ? SKW_RECOGNISER_NO
								       : verdict;
}

static bool is_from_client(uint8_t type)
{
	return type == CALL || type == ONE_WAY;
}

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	enum skw_recogniser_verdict verdict = SKW_RECOGNISER_NO;
	struct thrift_head head;

	for (unsigned d = 0; d < 2; d++) {
		if (!p->first[d].caplen)
			continue;
		verdict = read_any(p->first[d], &head);
		if (verdict == SKW_RECOGNISER_CLIENT_0)
			return is_from_client(head.type) == !d ? SKW_RECOGNISER_CLIENT_0
							       : SKW_RECOGNISER_CLIENT_1;
		if (verdict == SKW_RECOGNISER_MORE)
			return verdict;
	}
	return verdict;
}

/* ---- numbers ---- */

/*
 * Many clients give all calls the same number, and servers answer those in order. The upper half
 * of the talk's number is a round, which begins when a number is used again before its answer.
 */
static uint64_t number_request(struct thrift *h, const struct skw_talk *t, uint32_t number)
{
	if (skw_talk_waiting(t, (uint64_t)h->round << 32 | number))
		h->round++;
	return (uint64_t)h->round << 32 | number;
}

static uint64_t number_answer(const struct thrift *h, const struct skw_talk *t, uint32_t number)
{
	const struct skw_talk_part *oldest = skw_talk_waiting(t, SKW_TALK_OLDEST);
	uint32_t round = h->round < SAME_NUMBERS ? 0 : h->round - SAME_NUMBERS;

	if (oldest && (uint32_t)oldest->id == number)
		return oldest->id;
	while (round < h->round && !skw_talk_waiting(t, (uint64_t)round << 32 | number))
		round++;
	return (uint64_t)round << 32 | number;
}

/* ---- messages ---- */

/* Field 0 is the result; the others are the exceptions that the method declares. */
static void set_status(struct thrift_side *s)
{
	const char *name = skw_thrift_skip_exception(s->skip.code);
	char text[48] = "OK";

	s->part.error = s->type == EXCEPTION || s->skip.first > 0;
	if (s->type == EXCEPTION)
		snprintf(text, sizeof(text), "exception%s%s", name ? " " : "", name ? name : "");
	else if (s->skip.first > 0)
		snprintf(text, sizeof(text), "throws %d", s->skip.first);
	skw_talk_part_text(&s->part, text, strlen(text));
}

static void reset(struct thrift_side *s)
{
	skw_gather_free(&s->gather);
	*s = (struct thrift_side){ .proven = s->proven };
}

static int finish(struct skw_talk *t, struct thrift_side *s, bool from_client)
{
	int ret;

	if (!from_client) {
		set_status(s);
		ret = skw_talk_answer(t, &s->part);
	} else if (s->type == ONE_WAY) {
		ret = skw_talk_one_way(t, &s->part);
	} else {
		ret = skw_talk_request(t, &s->part);
	}
	reset(s);
	return ret;
}

/* The first field of a struct in the compact protocol: a step from number 0, or its number. */
static int32_t first_compact(struct skw_bytes b)
{
	uint32_t at = 1, number;
	int32_t step;

	if (!b.caplen || !b.p[0])
		return SKW_THRIFT_NO_FIELD;
	step = b.p[0] >> 4;
	if (step)
		return step;
	if (read_varint(b, &at, &number) != SKW_RECOGNISER_CLIENT_0)
		return SKW_THRIFT_NO_FIELD;
	return (int32_t)(number >> 1) ^ -(int32_t)(number & 1);
}

static int take_head(struct skw_talk *t, struct thrift *th, bool from_client,
		     const struct thrift_head *h)
{
	struct thrift_side *s = &th->sides[from_client];
	struct skw_bytes rest = h->rest;

	if (is_from_client(h->type) != from_client)
		return SKW_RECOGNISER_WRONG;
	s->type = h->type;
	s->phase = BODY;
	s->proven = true;
	s->skips = !h->compact;
	skw_thrift_skip_begin(&s->skip);
	if (h->compact)
		s->skip.first = first_compact(h->rest);
	if (from_client)
		skw_talk_part_text(&s->part, h->name.p, h->name.caplen);
	s->part.id =
		from_client ? number_request(th, t, h->number) : number_answer(th, t, h->number);
	if (s->framed && s->skips)
		s->skips = skw_thrift_skip(&s->skip, &rest) == SKW_THRIFT_MORE;
	return 0;
}

static uint32_t frame_head_len(const struct thrift_side *s)
{
	return s->left < HEAD_MAX ? s->left : HEAD_MAX;
}

static int take_frame(struct skw_talk *t, struct thrift *th, bool from_client, struct skw_bytes b)
{
	struct thrift_side *s = &th->sides[from_client];
	struct thrift_head head;
	int ret;

	if (b.caplen < b.len)
		return -ENOMEM;
	if (read_frame(b, &head) != SKW_RECOGNISER_CLIENT_0)
		return SKW_RECOGNISER_WRONG;
	s->left -= b.len;
	ret = take_head(t, th, from_client, &head);
	return ret || s->left ? ret : finish(t, s, from_client);
}

/* Without frames the version stands first, whose highest bit no length has. */
static int take_start(struct thrift_side *s, struct skw_bytes b)
{
	s->left = skw_bytes_be32(b.p);
	s->framed = !(s->left >> 31);
	if (s->framed) {
		s->phase = FRAME;
		return s->left < 5 || s->left > LEN_MAX ? SKW_RECOGNISER_WRONG : 0;
	}
	s->type = b.p[3];
	s->phase = NAME;
	return s->left >> 16 != BINARY || b.p[2] ? SKW_RECOGNISER_WRONG : 0;
}

static int take_name(struct skw_talk *t, struct thrift *th, bool from_client, struct skw_bytes b)
{
	struct thrift_side *s = &th->sides[from_client];
	uint32_t n = s->name_len;

	if (b.caplen < b.len)
		return -ENOMEM;
	if (!n) {
		n = skw_bytes_be32(b.p);
		s->name_len = (uint8_t)n;
		return !n || n > NAME_MAX_LEN ? SKW_RECOGNISER_WRONG : 0;
	}

	const struct thrift_head head = { .type = s->type,
					  .name = skw_bytes_first(b, n),
					  .number = skw_bytes_be32(b.p + n) };

	if (s->type < CALL || s->type > ONE_WAY || !is_name(b.p, n))
		return SKW_RECOGNISER_WRONG;
	return take_head(t, th, from_client, &head);
}

/* ---- streams ---- */

/* In a frame, a struct that can't be read does no harm: the frame has its own length. */
static int step_body(struct skw_talk *t, struct thrift_side *s, bool from_client,
		     struct skw_bytes *b, uint64_t ts_ns)
{
	struct skw_bytes here = s->framed ? skw_bytes_first(*b, s->left) : *b, rest = here;
	enum skw_thrift_end end = s->skips ? skw_thrift_skip(&s->skip, &rest) : SKW_THRIFT_MORE;
	uint32_t n = s->framed ? here.caplen : here.caplen - rest.caplen;

	skw_talk_part_add(&s->part, n, ts_ns);
	*b = skw_bytes_skip(*b, n);
	if (s->framed) {
		s->skips = s->skips && end == SKW_THRIFT_MORE;
		s->left -= n;
		return s->left ? 0 : finish(t, s, from_client);
	}
	if (end == SKW_THRIFT_MORE)
		return 0;
	return end == SKW_THRIFT_BAD ? SKW_RECOGNISER_WRONG : finish(t, s, from_client);
}

static int step(struct skw_talk *t, struct thrift *th, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct thrift_side *s = &th->sides[from_client];
	uint32_t need = s->phase == FRAME                 ? frame_head_len(s)
			: s->phase == NAME && s->name_len ? s->name_len + 4u
							  : 4;
	uint32_t had = b->caplen;
	struct skw_bytes record;
	bool whole;

	if (s->phase == BODY)
		return step_body(t, s, from_client, b, ts_ns);
	whole = skw_gather_record(&s->gather, b, need, &record);
	skw_talk_part_add(&s->part, had - b->caplen, ts_ns);
	if (!whole)
		return 0;
	switch (s->phase) {
	case START:
		return take_start(s, record);
	case FRAME:
		return take_frame(t, th, from_client, record);
	default:
		return take_name(t, th, from_client, record);
	}
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct thrift *th = state;
	struct thrift_side *s = &th->sides[from_client];
	struct thrift_head head;
	int ret = 0;

	/* Where messages begin is not known yet, or not any more, but here one begins. */
	if (!s->proven && read_any(b, &head) == SKW_RECOGNISER_CLIENT_0 &&
	    is_from_client(head.type) == from_client)
		reset(s);
	while (!ret && b.caplen) {
		ret = step(t, th, from_client, &b, ts_ns);
		if (ret != SKW_RECOGNISER_WRONG || s->proven)
			continue;
		/* The next piece may begin with a message. */
		reset(s);
		return 0;
	}
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct thrift_side *s = &((struct thrift *)state)->sides[from_client];
	bool known =
		s->phase == BODY && s->framed && len != SKW_PAYLOAD_LEN_UNKNOWN && len <= s->left;
	int ret = 0;

	if (s->phase == BODY) {
		skw_talk_part_hole(&s->part, known ? len : 0, ts_ns);
		s->skips = false;
		s->left -= known ? (uint32_t)len : 0;
		if (known && s->left)
			return 0;
		ret = finish(t, s, from_client);
	}
	reset(s);
	s->proven = known;
	return ret;
}

/* Messages that were cut by the end. */
static int end(struct skw_talk *t, void *state)
{
	struct thrift *th = state;
	int ret = 0;

	for (int d = 1; !ret && d >= 0; d--) {
		if (th->sides[d].phase != BODY)
			continue;
		th->sides[d].part.holes++;
		ret = finish(t, &th->sides[d], d);
	}
	return ret;
}

static size_t memory(const void *state)
{
	const struct thrift *th = state;

	return skw_gather_memory(&th->sides[0].gather) + skw_gather_memory(&th->sides[1].gather);
}

static void release(void *state)
{
	struct thrift *th = state;

	skw_gather_free(&th->sides[0].gather);
	skw_gather_free(&th->sides[1].gather);
}

const struct skw_recogniser skw_recognisers_thrift = {
	.name = "thrift",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct thrift),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
