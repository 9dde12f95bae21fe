// SPDX-License-Identifier: BSD-2-Clause
/* Redis, RESP2 and RESP3. Answers come in the order of the requests, with pushes between them. */
#include "flow/payload/piece.h"
#include "message/app/recognisers.h"
#include "message/app/redis_talk.h"

static const uint16_t ports[] = { 6379, 6380, 6381, 26379, 0 };

/* ---- probing ---- */

static bool is_port(uint16_t port)
{
	for (const uint16_t *p = ports; *p; p++)
		if (*p == port)
			return true;
	return false;
}

static enum skw_recogniser_verdict client_is(unsigned d)
{
	return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
}

/* It is known that d has the requests. */
static enum skw_recogniser_verdict probe_known(const struct skw_recogniser_probe *p, unsigned d)
{
	enum skw_recogniser_verdict verdict;
	bool port = is_port(p->ports[!d]);

	if (!p->first[d].caplen && (p->from_start || !port))
		return SKW_RECOGNISER_NO; /* a server does not speak first */
	if (!p->first[d].caplen)
		verdict = skw_redis_names_answer(p->first[!d]);
	else
		verdict = skw_redis_names_request(p->first[d], false);
	if (verdict == SKW_RECOGNISER_NO && p->first[d].caplen && port)
		verdict = skw_redis_names_inline(p->first[d]);
	return verdict == SKW_RECOGNISER_CLIENT_0 ? client_is(d) : verdict;
}

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	bool more = false;

	if (p->opened)
		return probe_known(p, 0);
	if (is_port(p->ports[0]) != is_port(p->ports[1]))
		return probe_known(p, is_port(p->ports[0]));
	for (unsigned d = 0; d < 2; d++) {
		enum skw_recogniser_verdict verdict;

		verdict = skw_redis_names_request(p->first[d], true);
		if (verdict == SKW_RECOGNISER_CLIENT_0)
			return client_is(d);
		more = more || (verdict == SKW_RECOGNISER_MORE && p->first[d].caplen);
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}

/* ---- streams ---- */

static int step_inline(struct skw_talk *t, struct skw_redis *r, struct skw_redis_side *s,
		       struct skw_bytes *b, uint64_t ts_ns)
{
	uint32_t had = b->caplen;
	struct skw_bytes line;
	bool whole = skw_gather_line(&s->value.line, b, &line);

	s->is_inline = true;
	skw_talk_part_add(&s->part, had - b->caplen, ts_ns);
	return whole ? skw_redis_talk_inline(t, r, line) : 0;
}

static int step(struct skw_talk *t, struct skw_redis *r, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns, bool *more)
{
	struct skw_redis_side *s = &r->sides[from_client];
	struct skw_bytes text = { 0 };
	uint32_t had = b->caplen;
	char type = had ? (char)*b->p : 0;
	enum skw_redis_step what;

	if (from_client && had && (s->is_inline || (!s->part.begun && *b->p != '*'))) {
		*more = true;
		return step_inline(t, r, s, b, ts_ns);
	}
	if (s->value.line.held && !s->value.line.given)
		type = (char)s->value.line.held[0];
	what = skw_redis_value_step(&s->value, b, &text);
	if (had > b->caplen)
		skw_talk_part_add(&s->part, had - b->caplen, ts_ns);
	*more = what != SKW_REDIS_MORE;
	if (what == SKW_REDIS_BAD)
		return SKW_RECOGNISER_WRONG;
	if (what == SKW_REDIS_MORE)
		return 0;
	if (what == SKW_REDIS_END)
		return from_client ? skw_redis_talk_request(t, r) : skw_redis_talk_answer(t, r);
	if (from_client)
		return skw_redis_talk_argument(t, s, what, text, type);
	skw_redis_talk_value(t, s, what, text);
	return 0;
}

static int run(struct skw_talk *t, struct skw_redis *r, bool from_client, struct skw_bytes b,
	       uint64_t ts_ns)
{
	struct skw_redis_side *s = &r->sides[from_client];
	bool more = true;
	int ret = 0;

	/* Only the first state is all zeros. */
	if (!s->part.begun)
		s->part.id = SKW_TALK_OLDEST;
	while (!ret && more && !(from_client && s->is_inline && !b.caplen))
		ret = step(t, r, from_client, &b, ts_ns, &more);
	return ret;
}

/* The bytes behind a hole begin with a value that is not within another. */
static bool is_found(const struct skw_redis *r, bool from_client, struct skw_bytes b)
{
	if (from_client)
		return skw_redis_names_request(b, false) == SKW_RECOGNISER_CLIENT_0;
	/* The rest of a large answer has values, too: a later request proves that it is over. */
	return (r->count > r->lost_count || r->pushed) &&
	       skw_redis_names_answer(b) == SKW_RECOGNISER_CLIENT_0;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct skw_redis *r = state;
	struct skw_redis_side *s = &r->sides[from_client];

	if (s->lost && !is_found(r, from_client, b))
		return 0;
	s->lost = false;
	return run(t, r, from_client, b, ts_ns);
}

/* ---- holes and ends ---- */

/* Hands over what is known of a message that can't be read to its end. */
static int break_off(struct skw_talk *t, struct skw_redis *r, bool from_client)
{
	struct skw_redis_side *s = &r->sides[from_client];
	int ret = 0;

	s->part.holes++;
	if (from_client && s->value.nth > 1)
		ret = skw_redis_talk_request(t, r);
	else if (!from_client && s->value.type)
		ret = skw_redis_talk_answer(t, r);
	skw_redis_talk_reset(s);
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct skw_redis *r = state;
	struct skw_redis_side *s = &r->sides[from_client];
	uint64_t nth = s->value.nth;
	int ret;

	if (len != SKW_PAYLOAD_LEN_UNKNOWN && skw_redis_value_hole(&s->value, len)) {
		skw_talk_part_hole(&s->part, len, ts_ns);
		/* A word with a hole is none. */
		if (nth <= SKW_REDIS_NAMES)
			s->names[nth ? nth - 1 : 0].len = SKW_REDIS_NAME_MAX + 1;
		return run(t, r, from_client, (struct skw_bytes){ 0 }, ts_ns);
	}
	ret = break_off(t, r, from_client);
	if (from_client) {
		skw_talk_miss(t);
	} else {
		skw_talk_doubt(t);
		r->confirms = (struct skw_talk_part){ 0 };
		r->confirmed = 0;
		r->lost_count = r->count;
	}
	s->lost = true;
	return ret;
}

static int end(struct skw_talk *t, void *state)
{
	int ret = break_off(t, state, true);

	return ret ? ret : break_off(t, state, false);
}

static size_t memory(const void *state)
{
	const struct skw_redis *r = state;

	return skw_gather_memory(&r->sides[0].value.line) +
	       skw_gather_memory(&r->sides[1].value.line);
}

static void release(void *state)
{
	struct skw_redis *r = state;

	skw_redis_value_reset(&r->sides[0].value);
	skw_redis_value_reset(&r->sides[1].value);
}

const struct skw_recogniser skw_recognisers_redis = {
	.name = "redis",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct skw_redis),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
