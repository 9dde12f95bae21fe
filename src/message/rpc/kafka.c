// SPDX-License-Identifier: BSD-2-Clause
/*
 * Kafka (the guide to its protocol, kafka.apache.org/protocol). Each message has its length before
 * it. A request has the number of an API, a version, a number and the name of the client; an answer
 * has the number of its request, and nothing else by which it is known.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/payload/piece.h"
#include "message/rpc/kafka_names.h"
#include "message/rpc/recognisers.h"
#include "message/gather.h"

enum {
	LENGTH = 4,
	REQUEST_MIN = 10, /* bytes of a request before the client's name */
	ANSWER_MIN = 4,
	PROOF = LENGTH + REQUEST_MIN,
	HEAD_MAX = 512, /* so much of a message is read */
	LEN_MAX = 1 << 30,
	PROBE_LEN_MAX = 1 << 27,
	PORT = 9092,
};

enum kafka_phase { START, HEAD, BODY, LOST };

struct kafka_side {
	struct skw_gather gather;
	struct skw_talk_part part;
	uint32_t len;  /* of the message, behind its length */
	uint32_t left; /* of it, behind its head */
	uint8_t phase;
	bool one_way;
};

struct kafka {
	struct kafka_side sides[2]; /* of the server and of the client */
	bool begun;
};

static const uint16_t ports[] = { PORT, 9093, 9094, 19092, 29092, 0 };

/* ---- probing ---- */

static bool is_text(struct skw_bytes b)
{
	for (uint32_t i = 0; i < b.caplen; i++)
		if (b.p[i] < 0x20 || b.p[i] > 0x7e)
			return false;
	return true;
}

/* Other protocols also have a length and small numbers, but no name of a client behind them. */
static bool may_have_no_name(uint16_t key, bool from_start, bool port)
{
	return port || (from_start && (key == SKW_KAFKA_API_VERSIONS || key == SKW_KAFKA_METADATA ||
				       key == SKW_KAFKA_SASL_HANDSHAKE));
}

static enum skw_recogniser_verdict is_request(struct skw_bytes b, bool from_start, bool port)
{
	const struct skw_kafka_api *api;
	uint32_t len;
	int16_t name;

	if (b.caplen < PROOF)
		return b.caplen && b.p[0] > 7 ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
	len = skw_bytes_be32(b.p);
	api = skw_kafka_api(skw_bytes_be16(b.p + 4));
	name = (int16_t)skw_bytes_be16(b.p + 12);
	if (len < REQUEST_MIN || len > PROBE_LEN_MAX || !api ||
	    skw_bytes_be16(b.p + 6) > api->versions || (b.p[8] & 0x80) || name < -1 ||
	    (name > 0 && (uint32_t)name > len - REQUEST_MIN) || name >= HEAD_MAX - PROOF)
		return SKW_RECOGNISER_NO;
	if (name <= 0)
		return may_have_no_name(skw_bytes_be16(b.p + 4), from_start, port)
			       ? SKW_RECOGNISER_CLIENT_0
			       : SKW_RECOGNISER_NO;
	b = skw_bytes_first(skw_bytes_skip(b, PROOF), (uint32_t)name);
	if (!is_text(b))
		return SKW_RECOGNISER_NO;
	return b.caplen < (uint32_t)name ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_CLIENT_0;
}

/* An answer alone has nothing to recognise it by, so its request is awaited. */
static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	enum skw_recogniser_verdict verdict = SKW_RECOGNISER_NO;

	for (unsigned d = 0; d < 2; d++) {
		if (!p->first[d].caplen)
			continue;
		verdict = is_request(p->first[d], p->from_start, p->ports[!d] == PORT);
		if (verdict == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
		if (verdict == SKW_RECOGNISER_MORE)
			return verdict;
	}
	return verdict;
}

/* ---- fields ---- */

/* A length that grows by 7 bits (KIP-482), less 1. -1: it is null, -2: it can't be read. */
static int64_t read_compact(struct skw_bytes *b)
{
	uint64_t n = 0;

	for (unsigned shift = 0; b->caplen && shift < 35; shift += 7) {
		uint8_t byte = b->p[0];

		*b = skw_bytes_skip(*b, 1);
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return (int64_t)n - 1;
	}
	return -2;
}

static int64_t read_length(struct skw_bytes *b, bool compact, uint32_t bytes)
{
	int64_t n;

	if (compact)
		return read_compact(b);
	if (b->caplen < bytes)
		return -2;
	n = bytes == 2 ? (int16_t)skw_bytes_be16(b->p) : (int32_t)skw_bytes_be32(b->p);
	*b = skw_bytes_skip(*b, bytes);
	return n;
}

static bool skip(struct skw_bytes *b, int64_t n)
{
	if (n > b->caplen)
		return false;
	*b = skw_bytes_skip(*b, n > 0 ? (uint32_t)n : 0);
	return true;
}

static bool skip_text(struct skw_bytes *b, bool compact)
{
	int64_t n = read_length(b, compact, 2);

	return n >= -1 && skip(b, n);
}

/* The tagged fields of a header. */
static bool skip_tags(struct skw_bytes *b)
{
	int64_t n = read_compact(b) + 1;

	for (int64_t i = 0; i < n; i++) {
		int64_t tag = read_compact(b), len = read_compact(b);

		if (tag < -1 || len < -1 || !skip(b, len + 1))
			return false;
	}
	return n >= 0;
}

/* ---- requests ---- */

/* A Produce with acks = 0 has no answer. */
static bool has_no_answer(struct skw_bytes head, const struct skw_kafka_api *api, uint16_t version)
{
	struct skw_bytes b = skw_bytes_skip(head, 8);
	bool flexible = version >= api->flexible;

	if (!skip_text(&b, false) || (flexible && !skip_tags(&b)) ||
	    (version >= 3 && !skip_text(&b, flexible)))
		return false;
	return b.caplen >= 2 && skw_bytes_be16(b.p) == 0;
}

static bool take_request_head(struct kafka_side *s, struct skw_bytes head)
{
	uint16_t key = skw_bytes_be16(head.p), version = skw_bytes_be16(head.p + 2);
	const struct skw_kafka_api *api = skw_kafka_api(key);
	char text[64];

	/* An API that is newer than this table is still one. */
	if (key >= 1024 || version >= 256)
		return false;
	if (api)
		snprintf(text, sizeof(text), "%s v%u", api->name, version);
	else
		snprintf(text, sizeof(text), "API %u v%u", key, version);
	skw_talk_part_text(&s->part, text, strlen(text));
	s->part.id = skw_bytes_be32(head.p + 4);
	s->part.note = (uint32_t)key << 16 | version;
	s->one_way = api && key == SKW_KAFKA_PRODUCE && has_no_answer(head, api, version);
	return true;
}

/* ---- answers ---- */

static void set_status(struct skw_talk_part *part, int code)
{
	const char *name = skw_kafka_names_error(code);
	char text[24];

	snprintf(text, sizeof(text), "error %d", code);
	name = name ? name : text;
	skw_talk_part_text(part, name, strlen(name));
	part->error = code != 0;
}

/* The error of the first partition. */
static void read_produced(struct skw_talk_part *part, struct skw_bytes b, bool flexible)
{
	if (read_length(&b, flexible, 4) <= 0 || !skip_text(&b, flexible) ||
	    read_length(&b, flexible, 4) <= 0 || b.caplen < 6)
		return;
	set_status(part, (int16_t)skw_bytes_be16(b.p + 4));
}

static void read_error(struct skw_talk_part *part, struct skw_bytes b, unsigned key,
		       unsigned version)
{
	const struct skw_kafka_api *api = skw_kafka_api(key);
	bool flexible = api && version >= api->flexible;

	/* The answer to ApiVersions can be read by those that don't know its version. */
	if (!api || (flexible && key != SKW_KAFKA_API_VERSIONS && !skip_tags(&b)))
		return;
	/* Version 13 has numbers for topics instead of names. */
	if (key == SKW_KAFKA_PRODUCE && version <= 12)
		read_produced(part, b, flexible);
	if (version < api->error || version >= api->error_end)
		return;
	if (version >= api->throttle && !skip(&b, 4))
		return;
	if (b.caplen >= 2)
		set_status(part, (int16_t)skw_bytes_be16(b.p));
}

static void take_answer_head(struct skw_talk *t, struct kafka_side *s, struct skw_bytes head)
{
	const struct skw_talk_part *request;

	s->part.id = skw_bytes_be32(head.p);
	request = skw_talk_waiting(t, s->part.id);
	if (request)
		read_error(&s->part, skw_bytes_skip(head, 4), request->note >> 16,
			   request->note & 0xffff);
}

/* ---- streams ---- */

static void reset(struct kafka_side *s, enum kafka_phase next)
{
	skw_gather_free(&s->gather);
	*s = (struct kafka_side){ .phase = (uint8_t)next };
}

static int finish(struct skw_talk *t, struct kafka_side *s, bool from_client, enum kafka_phase next)
{
	int ret;

	/* Its errors are those of topics and partitions, far behind. */
	if (!from_client && !s->part.text[0] && skw_talk_waiting(t, s->part.id))
		skw_talk_part_text(&s->part, "answered", 8);
	if (!from_client)
		ret = skw_talk_answer(t, &s->part);
	else if (s->one_way)
		ret = skw_talk_one_way(t, &s->part);
	else
		ret = skw_talk_request(t, &s->part);
	reset(s, next);
	return ret;
}

static int take_head(struct skw_talk *t, struct kafka_side *s, bool from_client,
		     struct skw_bytes head)
{
	uint32_t kept = s->len < HEAD_MAX ? s->len : HEAD_MAX;

	if (head.caplen < head.len)
		return -ENOMEM;
	if (!from_client)
		take_answer_head(t, s, head);
	else if (!take_request_head(s, head))
		return SKW_RECOGNISER_WRONG;
	s->left = s->len - kept;
	s->phase = BODY;
	return s->left ? 0 : finish(t, s, from_client, START);
}

static int take_length(struct kafka_side *s, bool from_client, struct skw_bytes b)
{
	s->len = skw_bytes_be32(b.p);
	if (s->len < (from_client ? REQUEST_MIN : ANSWER_MIN) || s->len > LEN_MAX)
		return SKW_RECOGNISER_WRONG;
	s->phase = HEAD;
	return 0;
}

static int step(struct skw_talk *t, struct kafka_side *s, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	uint32_t need = s->phase == START ? LENGTH : s->len < HEAD_MAX ? s->len : HEAD_MAX;
	uint32_t had = b->caplen;
	struct skw_bytes record;
	bool whole;

	if (s->phase == BODY) {
		uint32_t n = s->left < b->caplen ? s->left : b->caplen;

		skw_talk_part_add(&s->part, n, ts_ns);
		*b = skw_bytes_skip(*b, n);
		s->left -= n;
		return s->left ? 0 : finish(t, s, from_client, START);
	}
	whole = skw_gather_record(&s->gather, b, need, &record);
	skw_talk_part_add(&s->part, had - b->caplen, ts_ns);
	if (!whole)
		return 0;
	return s->phase == START ? take_length(s, from_client, record)
				 : take_head(t, s, from_client, record);
}

/* An answer is believed if its request waits. */
static bool is_answer(const struct skw_talk *t, struct skw_bytes b)
{
	uint32_t len = skw_bytes_be32(b.p);

	return len >= ANSWER_MIN && len <= PROBE_LEN_MAX &&
	       skw_talk_waiting(t, skw_bytes_be32(b.p + LENGTH));
}

/* Behind a hole, a message is looked for where a piece begins. */
static int search(struct skw_talk *t, struct kafka_side *s, bool from_client, struct skw_bytes *b,
		  uint64_t ts_ns)
{
	uint32_t need = from_client ? PROOF : LENGTH + ANSWER_MIN;
	struct skw_bytes found;
	uint8_t copy[PROOF];
	bool good =
		!from_client || s->gather.len || is_request(*b, false, true) != SKW_RECOGNISER_NO;
	int ret = 0;

	if (good && !skw_gather_record(&s->gather, b, need, &found))
		return 0;
	good = good && found.caplen == need &&
	       (from_client ? is_request(found, false, true) != SKW_RECOGNISER_NO
			    : is_answer(t, found));
	if (!good) {
		reset(s, LOST);
		*b = skw_bytes_skip(*b, b->caplen);
		return 0;
	}
	memcpy(copy, found.p, need);
	found = (struct skw_bytes){ copy, need, need };
	skw_gather_free(&s->gather);
	s->phase = START;
	while (!ret && found.caplen)
		ret = step(t, s, from_client, &found, ts_ns);
	return ret;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct kafka *k = state;
	struct kafka_side *s = &k->sides[from_client];
	int ret = 0;

	/* A connection may have been open. The bytes of the server then begin anywhere. */
	if (!k->begun)
		k->sides[0].phase = LOST;
	k->begun = true;
	while (!ret && b.caplen)
		ret = s->phase == LOST ? search(t, s, from_client, &b, ts_ns)
				       : step(t, s, from_client, &b, ts_ns);
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct kafka_side *s = &((struct kafka *)state)->sides[from_client];
	bool known = s->phase == BODY && len != SKW_PAYLOAD_LEN_UNKNOWN && len <= s->left;

	if (s->phase != BODY) {
		reset(s, LOST);
		return 0;
	}
	skw_talk_part_hole(&s->part, known ? len : 0, ts_ns);
	if (!known)
		return finish(t, s, from_client, LOST);
	s->left -= (uint32_t)len;
	return s->left ? 0 : finish(t, s, from_client, START);
}

/* Messages that were cut by the end. */
static int end(struct skw_talk *t, void *state)
{
	struct kafka *k = state;
	int ret = 0;

	for (int d = 1; !ret && d >= 0; d--) {
		if (k->sides[d].phase != BODY)
			continue;
		k->sides[d].part.holes++;
		ret = finish(t, &k->sides[d], d, LOST);
	}
	return ret;
}

static size_t memory(const void *state)
{
	const struct kafka *k = state;

	return skw_gather_memory(&k->sides[0].gather) + skw_gather_memory(&k->sides[1].gather);
}

static void release(void *state)
{
	struct kafka *k = state;

	skw_gather_free(&k->sides[0].gather);
	skw_gather_free(&k->sides[1].gather);
}

const struct skw_recogniser skw_recognisers_kafka = {
	.name = "kafka",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct kafka),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
