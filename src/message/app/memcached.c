// SPDX-License-Identifier: BSD-2-Clause
/* The text protocol of memcached, with its meta commands. Answers come in order. */
#include <string.h>

#include "flow/payload/piece.h"
#include "message/app/memcached_words.h"
#include "message/app/recognisers.h"
#include "message/app/words.h"
#include "message/gather.h"

/* In a request's note, beside its enum skw_memcached_answers. */
#define NOTE_QUIET 0x100u

struct memcached_side {
	struct skw_gather line;
	struct skw_talk_part part;
	uint64_t left;      /* of data, with its line end */
	const char *status; /* of an answer: its first line's; NULL: it has none yet */
	bool told;          /* the request was handed over, and its data goes on */
	bool one_way;       /* the request's data goes on, and then it is handed over */
	bool last;          /* the answer ends with its data */
	bool lost;          /* behind a hole: the next begin is looked for */
};

struct memcached {
	struct memcached_side sides[2]; /* of the server and of the client */
	uint64_t count;                 /* of requests */
	uint64_t lost_count;            /* the count at the hole in the answers */
};

static const uint16_t ports[] = { 11211, 0 };

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	bool more = false;

	for (unsigned d = 0; d < 2; d++) {
		enum skw_recogniser_verdict asks = skw_memcached_request_begins(p->first[d]);
		enum skw_recogniser_verdict says = skw_memcached_line_begins(p->first[d]);

		if (!p->first[d].caplen)
			continue;
		if (asks == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
		/* A server does not speak first. */
		if (p->from_start && !p->first[!d].caplen && p->opened && d)
			return SKW_RECOGNISER_NO;
		if (says == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
		more = more || asks == SKW_RECOGNISER_MORE || says == SKW_RECOGNISER_MORE;
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}

static void reset(struct memcached_side *s)
{
	skw_gather_free(&s->line);
	*s = (struct memcached_side){ .part.id = SKW_TALK_OLDEST };
}

/* ---- requests ---- */

static int end_data_of_request(struct skw_talk *t, struct memcached_side *s)
{
	int ret = s->one_way ? skw_talk_one_way(t, &s->part) : 0;

	reset(s);
	return ret;
}

/* The answer may come before the data, if the server does not want it. */
static int take_request(struct skw_talk *t, struct memcached *m, struct skw_bytes line)
{
	struct memcached_side *s = &m->sides[1];
	struct skw_memcached_request r;
	int ret = 0;

	skw_memcached_request(line, &r);
	if (skw_talk_content(t))
		skw_talk_part_text(&s->part, line.p, line.caplen);
	else
		skw_talk_part_text(&s->part, r.name, strlen(r.name));
	s->part.id = m->count++;
	s->part.note = r.answers | (r.quiet ? NOTE_QUIET : 0);
	s->one_way = r.noreply || r.answers == SKW_MEMCACHED_NONE;
	if (!s->one_way) {
		ret = skw_talk_request(t, &s->part);
		s->told = true;
	}
	s->left = r.has_data ? r.length + 2 : 0;
	return s->left || ret ? ret : end_data_of_request(t, s);
}

/* ---- answers ---- */

static bool is_one_of(const char *status, const char *list)
{
	return skw_words_have(list, status, strlen(status));
}

/* Whether a quiet request can have this answer. */
static bool can_have(uint32_t note, const char *status, bool error)
{
	switch (note & ~NOTE_QUIET) {
	case SKW_MEMCACHED_META_GET:
		return error || is_one_of(status, "VA HD ");
	case SKW_MEMCACHED_META_SET:
		return error || is_one_of(status, "NS EX NF ");
	case SKW_MEMCACHED_META_OTHER:
		return error || is_one_of(status, "NS EX ");
	default:
		return true;
	}
}

static int pass_over_quiet(struct skw_talk *t, const char *status, bool error)
{
	const struct skw_talk_part *w;
	int ret = 0;

	while (!ret && (w = skw_talk_waiting(t, SKW_TALK_OLDEST)) && w->note & NOTE_QUIET &&
	       (!status || !can_have(w->note, status, error)))
		ret = skw_talk_no_answer(t, w->id);
	return ret;
}

static int finish_answer(struct skw_talk *t, struct memcached_side *s, uint32_t note)
{
	int ret;

	if (s->status)
		skw_talk_part_text(&s->part, s->status, strlen(s->status));
	ret = skw_talk_answer(t, &s->part);
	/* Behind it are lines of a log. */
	if (!ret && note == SKW_MEMCACHED_WATCH && !s->part.error)
		ret = SKW_RECOGNISER_OPAQUE;
	reset(s);
	return ret;
}

static bool is_last_line(uint32_t note, const struct skw_memcached_line *l)
{
	if (l->is_value)
		return false;
	if (note == SKW_MEMCACHED_LINES)
		return l->error || (l->status && is_one_of(l->status, "END OK RESET BUSY "));
	if (note == SKW_MEMCACHED_DUMP)
		return l->error || (l->status && is_one_of(l->status, "EN BUSY "));
	return true;
}

static int take_answer(struct skw_talk *t, struct memcached *m, struct skw_bytes line)
{
	struct memcached_side *s = &m->sides[0];
	const struct skw_talk_part *w;
	struct skw_memcached_line l;
	uint32_t note;
	int ret;

	skw_memcached_line(line, &l);
	ret = pass_over_quiet(t, l.status ? l.status : "", l.error);
	w = skw_talk_waiting(t, SKW_TALK_OLDEST);
	note = w ? w->note & ~NOTE_QUIET : SKW_MEMCACHED_LINES;
	/* Values behind a request that was not seen. */
	if (!w && l.status && !is_one_of(l.status, "VALUE STAT "))
		note = SKW_MEMCACHED_ONE_LINE;
	if (!s->status || l.error)
		s->status = l.status;
	s->part.error = l.error;
	s->left = l.has_data ? l.length + 2 : 0;
	s->last = is_last_line(note, &l);
	return ret || s->left || !s->last ? ret : finish_answer(t, s, note);
}

/* ---- streams ---- */

static int end_data(struct skw_talk *t, struct memcached *m, bool from_client)
{
	struct memcached_side *s = &m->sides[from_client];

	if (from_client)
		return end_data_of_request(t, s);
	return s->last ? finish_answer(t, s, SKW_MEMCACHED_ONE_LINE) : 0;
}

static void add(struct skw_talk *t, struct memcached_side *s, uint64_t bytes, uint64_t ts_ns)
{
	if (s->told)
		skw_talk_request_more(t, s->part.id, bytes, ts_ns);
	else
		skw_talk_part_add(&s->part, bytes, ts_ns);
}

static int step(struct skw_talk *t, struct memcached *m, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct memcached_side *s = &m->sides[from_client];
	uint32_t had = b->caplen;
	struct skw_bytes line;
	bool whole;

	if (s->left) {
		uint32_t n = s->left < had ? (uint32_t)s->left : had;

		*b = skw_bytes_skip(*b, n);
		add(t, s, n, ts_ns);
		s->left -= n;
		return s->left ? 0 : end_data(t, m, from_client);
	}
	whole = skw_gather_line(&s->line, b, &line);
	add(t, s, had - b->caplen, ts_ns);
	if (!whole)
		return 0;
	line = skw_words_line(line);
	for (uint32_t i = 0; i < line.caplen; i++)
		if (line.p[i] < ' ')
			return SKW_RECOGNISER_WRONG;
	return from_client ? take_request(t, m, line) : take_answer(t, m, line);
}

static bool is_found(const struct memcached *m, bool from_client, struct skw_bytes b)
{
	if (from_client)
		return skw_memcached_request_begins(b) == SKW_RECOGNISER_CLIENT_0;
	/* Values can have any data: a later request proves that the answer is over. */
	return m->count > m->lost_count && skw_memcached_line_begins(b) == SKW_RECOGNISER_CLIENT_0;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct memcached *m = state;
	struct memcached_side *s = &m->sides[from_client];
	int ret = 0;

	if (s->lost && !is_found(m, from_client, b))
		return 0;
	s->lost = false;
	/* Only the first state is all zeros. */
	if (!s->part.begun && !s->told)
		s->part.id = SKW_TALK_OLDEST;
	while (!ret && b.caplen)
		ret = step(t, m, from_client, &b, ts_ns);
	return ret;
}

/* ---- holes and ends ---- */

/* Hands over what is known of a message that can't be read to its end. */
static int break_off(struct skw_talk *t, struct memcached *m, bool from_client)
{
	struct memcached_side *s = &m->sides[from_client];
	int ret = 0;

	s->part.holes++;
	if (from_client && s->one_way)
		ret = end_data_of_request(t, s);
	else if (!from_client && s->status)
		ret = finish_answer(t, s, SKW_MEMCACHED_ONE_LINE);
	reset(s);
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct memcached *m = state;
	struct memcached_side *s = &m->sides[from_client];
	int ret;

	if (len != SKW_PAYLOAD_LEN_UNKNOWN && len <= s->left) {
		if (s->told)
			skw_talk_request_more(t, s->part.id, len, ts_ns);
		else
			skw_talk_part_hole(&s->part, len, ts_ns);
		s->left -= len;
		return s->left ? 0 : end_data(t, m, from_client);
	}
	ret = break_off(t, m, from_client);
	if (from_client) {
		skw_talk_miss(t);
	} else {
		skw_talk_doubt(t);
		m->lost_count = m->count;
	}
	s->lost = true;
	return ret;
}

static int end(struct skw_talk *t, void *state)
{
	int ret = break_off(t, state, true);

	ret = ret ? ret : break_off(t, state, false);
	return ret ? ret : pass_over_quiet(t, NULL, false);
}

static size_t memory(const void *state)
{
	const struct memcached *m = state;

	return skw_gather_memory(&m->sides[0].line) + skw_gather_memory(&m->sides[1].line);
}

static void release(void *state)
{
	struct memcached *m = state;

	skw_gather_free(&m->sides[0].line);
	skw_gather_free(&m->sides[1].line);
}

const struct skw_recogniser skw_recognisers_memcached = {
	.name = "memcached",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct memcached),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
