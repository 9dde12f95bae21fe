// SPDX-License-Identifier: BSD-2-Clause
/*
 * PostgreSQL's protocol 3. Answers come in order. A request is a Query, or an Execute with the
 * messages that prepare it; the server says ReadyForQuery behind a Query and behind each Sync only,
 * so that an Execute without Sync ends with its CommandComplete.
 */
#include <string.h>

#include "flow/payload/piece.h"
#include "message/sql/postgres_talk.h"
#include "message/sql/postgres_wire.h"
#include "message/sql/recognisers.h"
#include "message/gather.h"

static const uint16_t ports[] = { 5432, 6432, 5433, 0 };

/* ---- messages ---- */

static void count(struct skw_talk *t, struct skw_pg *pg, struct skw_pg_side *s, uint64_t bytes,
		  uint64_t ts_ns)
{
	if (!s->counts)
		return;
	if (s->to_last)
		skw_talk_request_more(t, pg->next - 1, bytes, ts_ns);
	else
		skw_talk_part_add(s == &pg->sides[1] ? &pg->asks : &pg->says, bytes, ts_ns);
}

/* To which request a message of the client belongs. */
static void choose_request(const struct skw_pg *pg, struct skw_pg_side *s)
{
	s->counts = s->type != 'X';
	s->to_last = false;
	if (!s->type || !pg->next)
		return;
	if (strchr("dcfp", s->type))
		s->to_last = true;
	else if (s->type == 'S')
		s->to_last = !pg->asks.begun && pg->first != pg->next &&
			     !skw_pg_synced(pg, pg->next - 1);
	else if (s->type == 'H')
		s->to_last = !pg->asks.begun;
}

/* A message that comes at any time belongs to an answer only if there is one. */
static void choose_answer(const struct skw_pg *pg, struct skw_pg_side *s)
{
	s->to_last = false;
	s->counts = s->type != 'A' && (!strchr("NSK", s->type) || pg->first != pg->next);
}

static bool has_body(uint8_t type, bool from_client)
{
	return !type || strchr(from_client ? "QPBECDSF" : "CEZIs", type);
}

static int take_body(struct skw_talk *t, struct skw_pg *pg, bool from_client, struct skw_bytes body,
		     uint64_t ts_ns)
{
	struct skw_pg_side *s = &pg->sides[from_client];

	s->phase = SKW_PG_IN_HEADER;
	s->left = 0;
	return from_client ? skw_pg_take_request(t, pg, s, body)
			   : skw_pg_take_answer(t, pg, s, body, ts_ns);
}

static int take_header(struct skw_talk *t, struct skw_pg *pg, bool from_client,
		       struct skw_bytes header, uint64_t ts_ns)
{
	struct skw_pg_side *s = &pg->sides[from_client];

	s->what = (uint8_t)(s->startup ? skw_postgres_wire_startup(header) : SKW_PG_NONE);
	if (s->startup ? !s->what : !skw_postgres_wire_is_header(header, from_client))
		return SKW_RECOGNISER_WRONG;
	s->type = s->startup ? 0 : header.p[0];
	s->left = s->startup ? skw_bytes_be32(header.p) - 8 : skw_bytes_be32(header.p + 1) - 4;
	if (from_client)
		choose_request(pg, s);
	else
		choose_answer(pg, s);
	count(t, pg, s, 1, s->begun_ns);
	count(t, pg, s, header.len - 1, ts_ns);
	s->phase = s->left ? SKW_PG_IN_SKIP : SKW_PG_IN_HEADER;
	if (!has_body(s->type, from_client))
		return 0;
	s->phase = SKW_PG_IN_BODY;
	return s->left ? 0 : take_body(t, pg, from_client, skw_bytes_first(header, 0), ts_ns);
}

static int step(struct skw_talk *t, struct skw_pg *pg, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct skw_pg_side *s = &pg->sides[from_client];
	uint32_t n = b->caplen < s->left ? b->caplen : s->left;
	struct skw_bytes record;

	if (s->phase == SKW_PG_IN_HEADER) {
		if (!skw_gather_pending(&s->header)) {
			if (!from_client && pg->encrypts && strchr("SNG", b->p[0]))
				return skw_pg_take_encryption(t, pg, b, ts_ns);
			s->startup = from_client && !b->p[0];
			s->begun_ns = ts_ns;
		}
		return skw_gather_record(&s->header, b, s->startup ? 8 : SKW_PG_HEADER, &record)
			       ? take_header(t, pg, from_client, record, ts_ns)
			       : 0;
	}
	count(t, pg, s, n, ts_ns);
	if (s->phase == SKW_PG_IN_SKIP) {
		*b = skw_bytes_skip(*b, n);
		s->left -= n;
		s->phase = s->left ? SKW_PG_IN_SKIP : SKW_PG_IN_HEADER;
		return 0;
	}

	uint32_t need = s->left + skw_gather_pending(&s->body);

	s->left -= n;
	return skw_gather_record(&s->body, b, need, &record)
		       ? take_body(t, pg, from_client, record, ts_ns)
		       : 0;
}

/* ---- holes and ends ---- */

/* Of the units that wait, only the last that the server makes ready for is certain. */
static void find_unit(struct skw_pg *pg)
{
	uint64_t unit = pg->next;

	while (unit != pg->first && !skw_pg_synced(pg, unit - 1))
		unit--;
	pg->first = unit == pg->first ? pg->next : unit - 1;
}

/* The answer has begun in a hole that was told before its request came. */
static void note_lost_head(struct skw_pg *pg)
{
	if (!pg->says.holes)
		pg->says.holes++;
}

/* No answer begins with rows, with what follows rows, or with its last message. */
static bool begins_within(struct skw_bytes b)
{
	static const char tag[] = "SELECT";

	return strchr("DZ", b.p[0]) ||
	       (b.p[0] == 'C' && skw_bytes_has(b, SKW_PG_HEADER, sizeof(tag) - 1) &&
		memcmp(b.p + SKW_PG_HEADER, tag, sizeof(tag) - 1) == 0);
}

/* Takes bytes up to a ReadyForQuery. */
static int seek_ready(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes *b, uint64_t ts_ns)
{
	struct skw_pg_side *s = &pg->sides[0];

	while (b->caplen) {
		uint8_t c = b->p[0];

		s->tail = s->tail << 8 | c;
		*b = skw_bytes_skip(*b, 1);
		if (pg->says.begun)
			skw_talk_part_add(&pg->says, 1, ts_ns);
		if ((s->tail >> 8 & 0xffffffffff) != 0x5a00000005 || !c || !strchr("ITE", c))
			continue;
		s->phase = SKW_PG_IN_HEADER;
		find_unit(pg);
		note_lost_head(pg);
		return skw_pg_take_ready(t, pg, ts_ns);
	}
	return 0;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct skw_pg *pg = state;
	struct skw_pg_side *s = &pg->sides[from_client];
	int ret = 0;

	if (s->phase == SKW_PG_IN_LOST) {
		bool found = skw_postgres_wire_is_chain(b, from_client) == SKW_RECOGNISER_CLIENT_0;

		if (found && !from_client) {
			find_unit(pg);
			if (pg->next != pg->hole_next)
				pg->says = (struct skw_talk_part){ 0 };
			if (begins_within(b))
				note_lost_head(pg);
		}
		if (found)
			s->phase = SKW_PG_IN_HEADER;
		else if (from_client)
			return 0;
	}
	while (!ret && b.caplen)
		ret = s->phase == SKW_PG_IN_LOST ? seek_ready(t, pg, &b, ts_ns)
						 : step(t, pg, from_client, &b, ts_ns);
	return ret;
}

/* The body of a message goes on behind the hole. The bytes before the hole are enough. */
static int hole_in_body(struct skw_talk *t, struct skw_pg *pg, bool from_client, uint32_t len,
			uint64_t ts_ns)
{
	struct skw_pg_side *s = &pg->sides[from_client];
	struct skw_bytes body = { s->body.held, s->body.kept, s->left + s->body.len };
	uint32_t left = s->left - len;
	int ret = 0;

	count(t, pg, s, len, ts_ns);
	if (s->counts && !s->to_last)
		(from_client ? &pg->asks : &pg->says)->holes++;
	if (s->phase == SKW_PG_IN_BODY) {
		if (skw_gather_pending(&s->body) == 0)
			body = (struct skw_bytes){ NULL, 0, s->left };
		ret = take_body(t, pg, from_client, body, ts_ns);
		skw_gather_free(&s->body);
		s->to_last = from_client && !pg->asks.begun;
	}
	s->left = left;
	s->phase = left ? SKW_PG_IN_SKIP : SKW_PG_IN_HEADER;
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct skw_pg *pg = state;
	struct skw_pg_side *s = &pg->sides[from_client];

	if ((s->phase == SKW_PG_IN_BODY || s->phase == SKW_PG_IN_SKIP) && len <= s->left)
		return hole_in_body(t, pg, from_client, (uint32_t)len, ts_ns);
	skw_gather_free(&s->header);
	skw_gather_free(&s->body);
	*s = (struct skw_pg_side){ .phase = SKW_PG_IN_LOST };
	if (from_client) {
		pg->asks = (struct skw_talk_part){ 0 };
		skw_talk_miss(t);
		return 0;
	}
	if (pg->first != pg->next)
		skw_talk_part_hole(&pg->says, len == SKW_PAYLOAD_LEN_UNKNOWN ? 0 : len, ts_ns);
	skw_talk_doubt(t);
	pg->hole_next = pg->next;
	pg->failed = pg->encrypts = false;
	return 0;
}

static int end(struct skw_talk *t, void *state)
{
	struct skw_pg *pg = state;

	if (!pg->says.text[0])
		return 0;
	pg->says.holes += !pg->says.error;
	return skw_pg_answer(t, pg);
}

static size_t memory(const void *state)
{
	const struct skw_pg *pg = state;
	size_t bytes = skw_sql_names_memory(&pg->names);

	for (unsigned d = 0; d < 2; d++)
		bytes += skw_gather_memory(&pg->sides[d].header) +
			 skw_gather_memory(&pg->sides[d].body);
	return bytes;
}

static void release(void *state)
{
	struct skw_pg *pg = state;

	for (unsigned d = 0; d < 2; d++) {
		skw_gather_free(&pg->sides[d].header);
		skw_gather_free(&pg->sides[d].body);
	}
	skw_sql_names_free(&pg->names);
}

const struct skw_recogniser skw_recognisers_postgres = {
	.name = "postgres",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct skw_pg),
	.probe = skw_postgres_wire_probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
