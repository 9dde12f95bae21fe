// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/postgres_talk.h"

#include <string.h>

#include "message/sql/postgres_wire.h"
#include "message/sql/sql.h"

#define READY_BYTES 6 /* of ReadyForQuery */

enum { STATEMENT, PORTAL }; /* spaces of names */

/* ---- units ---- */

static bool bit(const struct skw_pg_bits *b, uint64_t unit)
{
	return b->words[unit % SKW_PG_UNITS / 64] >> unit % 64 & 1;
}

bool skw_pg_synced(const struct skw_pg *pg, uint64_t unit)
{
	return bit(&pg->synced, unit);
}

static void set(struct skw_pg_bits *b, uint64_t unit, bool on)
{
	uint64_t bit = 1ULL << unit % 64, *word = &b->words[unit % SKW_PG_UNITS / 64];

	*word = on ? *word | bit : *word & ~bit;
}

static void set_text(struct skw_talk_part *part, const void *text, size_t len)
{
	part->text[0] = '\0';
	skw_talk_part_text(part, text, len);
}

static void set_words(struct skw_talk_part *part, const char *text)
{
	set_text(part, text, strlen(text));
}

/* The collected messages are a request; without a text they are none. */
static int submit(struct skw_talk *t, struct skw_pg *pg, bool synced)
{
	bool silent = !pg->asks.text[0];
	int ret = 0;

	if (pg->next - pg->first == SKW_PG_UNITS)
		pg->first++;
	set(&pg->synced, pg->next, synced);
	set(&pg->silent, pg->next, silent);
	pg->asks.id = pg->next++;
	if (!silent)
		ret = skw_talk_request(t, &pg->asks);
	pg->asks = (struct skw_talk_part){ 0 };
	return ret;
}

int skw_pg_answer(struct skw_talk *t, struct skw_pg *pg)
{
	int ret;

	pg->says.id = SKW_TALK_OLDEST;
	ret = skw_talk_answer(t, &pg->says);
	pg->says = (struct skw_talk_part){ 0 };
	return ret;
}

/* ---- requests ---- */

/* A name that a driver may have made. */
static bool is_plain(struct skw_bytes name)
{
	for (uint32_t i = 0; i < name.caplen; i++)
		if (!strchr("0123456789_-", name.p[i]) &&
		    ((name.p[i] | 0x20) < 'a' || (name.p[i] | 0x20) > 'z'))
			return false;
	return name.caplen && name.caplen < 40;
}

static int take_parse(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes body)
{
	struct skw_bytes name = skw_postgres_wire_text(&body), sql = skw_postgres_wire_text(&body);
	struct skw_talk_part kind = { 0 };

	skw_sql_kind(sql, SKW_SQL_POSTGRES, skw_talk_content(t), &kind);
	set_words(&pg->asks, "PREPARE ");
	skw_talk_part_text(&pg->asks, kind.text, strlen(kind.text));
	return skw_sql_names_put(&pg->names, skw_sql_names_key(STATEMENT, name), kind.text);
}

static int take_bind(struct skw_pg *pg, struct skw_bytes body)
{
	struct skw_bytes portal = skw_postgres_wire_text(&body),
			 name = skw_postgres_wire_text(&body);
	const char *kind = skw_sql_names_find(&pg->names, skw_sql_names_key(STATEMENT, name));
	struct skw_talk_part unknown = { 0 };

	if (!kind) {
		set_words(&unknown, "EXECUTE ");
		skw_talk_part_text(&unknown, is_plain(name) ? (const char *)name.p : "?",
				   is_plain(name) ? name.caplen : 1);
		kind = unknown.text;
	} else {
		/* It may move while the other one gets its place. */
		set_words(&unknown, kind);
		kind = unknown.text;
	}
	if (!pg->asks.text[0])
		set_words(&pg->asks, "BIND");
	return skw_sql_names_put(&pg->names, skw_sql_names_key(PORTAL, portal), kind);
}

static int take_execute(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes body)
{
	struct skw_bytes portal = skw_postgres_wire_text(&body);
	const char *kind = skw_sql_names_find(&pg->names, skw_sql_names_key(PORTAL, portal));

	set_words(&pg->asks, kind ? kind : "EXECUTE ?");
	return submit(t, pg, false);
}

static int take_sync(struct skw_talk *t, struct skw_pg *pg, const struct skw_pg_side *s)
{
	if (!s->to_last)
		return submit(t, pg, true);
	set(&pg->synced, pg->next - 1, true);
	return 0;
}

static int take_startup(struct skw_talk *t, struct skw_pg *pg, enum skw_pg_startup what)
{
	static const char *const names[] = { "", "login", "SSLRequest", "GSSENCRequest",
					     "CancelRequest" };
	int ret;

	set_words(&pg->asks, names[what]);
	if (what == SKW_PG_CANCEL) {
		ret = skw_talk_one_way(t, &pg->asks);
		pg->asks = (struct skw_talk_part){ 0 };
		return ret;
	}
	pg->starting = what == SKW_PG_START;
	pg->encrypts = what != SKW_PG_START;
	return submit(t, pg, true);
}

static void take_close(struct skw_pg *pg, struct skw_bytes body)
{
	struct skw_bytes name = skw_bytes_skip(body, 1);

	name = skw_postgres_wire_text(&name);
	if (body.caplen)
		skw_sql_names_drop(&pg->names,
				   skw_sql_names_key(body.p[0] == 'S' ? STATEMENT : PORTAL, name));
	if (!pg->asks.text[0])
		set_words(&pg->asks, "CLOSE");
}

int skw_pg_take_request(struct skw_talk *t, struct skw_pg *pg, const struct skw_pg_side *s,
			struct skw_bytes body)
{
	switch (s->type) {
	case 0:
		return take_startup(t, pg, s->what);
	case 'Q':
		body = skw_postgres_wire_text(&body);
		skw_sql_kind(body, SKW_SQL_POSTGRES, skw_talk_content(t), &pg->asks);
		return submit(t, pg, true);
	case 'P':
		return take_parse(t, pg, body);
	case 'B':
		return take_bind(pg, body);
	case 'E':
		return take_execute(t, pg, body);
	case 'S':
		return take_sync(t, pg, s);
	case 'C':
		take_close(pg, body);
		return 0;
	case 'D':
		if (!pg->asks.text[0])
			set_words(&pg->asks, "DESCRIBE");
		return 0;
	case 'F':
		set_words(&pg->asks, "FunctionCall");
		return submit(t, pg, true);
	default:
		return 0;
	}
}

/* ---- answers ---- */

/* Units that the server has skipped behind an error. */
static int answer_skipped(struct skw_talk *t, struct skw_pg *pg, uint64_t ts_ns)
{
	int ret = 0;

	for (; !ret && pg->first != pg->next && !skw_pg_synced(pg, pg->first); pg->first++) {
		struct skw_talk_part skipped = { .id = SKW_TALK_OLDEST, .error = true };

		skw_talk_part_add(&skipped, 0, ts_ns);
		set_words(&skipped, "aborted");
		ret = skw_talk_answer(t, &skipped);
	}
	return ret;
}

int skw_pg_take_ready(struct skw_talk *t, struct skw_pg *pg, uint64_t ts_ns)
{
	int ret = answer_skipped(t, pg, ts_ns);
	bool asked = pg->first != pg->next;
	bool silent = asked ? bit(&pg->silent, pg->first)
			    : !pg->says.text[0] && pg->says.bytes <= READY_BYTES;

	pg->first += asked;
	if (!pg->says.text[0] && pg->starting)
		set_words(&pg->says, "ok");
	if (!pg->says.text[0] && pg->failed) {
		set_words(&pg->says, "aborted");
		pg->says.error = true;
	}
	pg->starting = pg->failed = false;
	if (!ret && !silent)
		return skw_pg_answer(t, pg);
	pg->says = (struct skw_talk_part){ 0 };
	return ret;
}

/* A unit without ReadyForQuery is complete here. */
static int end_unit(struct skw_talk *t, struct skw_pg *pg)
{
	if (pg->first == pg->next || skw_pg_synced(pg, pg->first))
		return 0;
	pg->first++;
	return skw_pg_answer(t, pg);
}

static int take_error(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes body)
{
	struct skw_bytes state = skw_postgres_wire_error(body, 'C');

	set_text(&pg->says, state.p, state.caplen < 5 ? state.caplen : 5);
	pg->says.error = true;
	if (pg->first == pg->next)
		return skw_pg_answer(t, pg);
	if (pg->starting || pg->encrypts) {
		pg->starting = pg->encrypts = false;
		pg->first++;
		return skw_pg_answer(t, pg);
	}
	pg->failed = !skw_pg_synced(pg, pg->first);
	return end_unit(t, pg);
}

int skw_pg_take_answer(struct skw_talk *t, struct skw_pg *pg, const struct skw_pg_side *s,
		       struct skw_bytes body, uint64_t ts_ns)
{
	switch (s->type) {
	case 'C':
		body = skw_postgres_wire_text(&body);
		if (!pg->says.error)
			set_text(&pg->says, body.p, body.caplen);
		return end_unit(t, pg);
	case 'I':
	case 's':
		if (!pg->says.error)
			set_words(&pg->says, s->type == 'I' ? "empty" : "suspended");
		return end_unit(t, pg);
	case 'E':
		return take_error(t, pg, body);
	case 'Z':
		return skw_pg_take_ready(t, pg, ts_ns);
	default:
		return 0;
	}
}

/* The server answers to SSLRequest by a single byte, which is no message. */
int skw_pg_take_encryption(struct skw_talk *t, struct skw_pg *pg, struct skw_bytes *b,
			   uint64_t ts_ns)
{
	uint8_t c = b->p[0];
	int ret;

	*b = skw_bytes_skip(*b, 1);
	pg->encrypts = false;
	pg->first++;
	skw_talk_part_add(&pg->says, 1, ts_ns);
	set_text(&pg->says, &c, 1);
	ret = skw_pg_answer(t, pg);
	return ret || c == 'N' ? ret : SKW_RECOGNISER_OPAQUE;
}
