// SPDX-License-Identifier: BSD-2-Clause
/*
 * MySQL's and MariaDB's protocol. The server greets, the client logs in, and then each command has
 * its answer, in order. Behind a request for TLS, or a login with compression, nothing can be read.
 */
#include <string.h>

#include "flow/payload/piece.h"
#include "message/sql/mysql_answer.h"
#include "message/sql/mysql_wire.h"
#include "message/sql/recognisers.h"
#include "message/sql/sql.h"
#include "message/gather.h"

#define CAP_COMPRESS 0x20
#define CAP_SSL      0x800
#define CAP_NO_EOF   (1u << 24)
#define CAP_ZSTD     (1u << 26)
#define SSL_REQUEST  32 /* its length */

enum packet_phase {
	HEADER,
	BODY, /* its first bytes are collected */
	SKIP, /* `left` bytes of it, behind a hole */
	LOST, /* the next packet is looked for */
};

struct mysql_side {
	struct skw_gather header, body;
	uint64_t begun_ns; /* the first byte of the header */
	uint32_t len, left;
	uint8_t phase;
	uint8_t number; /* of the packet */
	bool goes_on;   /* the packet continues the one before */
	bool to_last;   /* of the client: it belongs to the request that was handed over */
};

struct mysql {
	struct mysql_side sides[2]; /* of the server and of the client */
	struct skw_talk_part asks;
	struct skw_mysql_answer answer;
	uint64_t count; /* of requests */
	uint64_t hole_count;
	bool greeted; /* the client's next packet is its login */
	bool compresses;
};

static const uint16_t ports[] = { 3306, 3307, 4000, 0 };

/* ---- requests ---- */

static void set_words(struct skw_talk_part *part, const char *text)
{
	skw_talk_part_text(part, text, strlen(text));
}

static int submit(struct skw_talk *t, struct mysql *m, uint32_t command)
{
	int ret;

	m->asks.id = m->count++;
	m->asks.note = command;
	ret = skw_talk_request(t, &m->asks);
	m->asks = (struct skw_talk_part){ 0 };
	return ret;
}

static int one_way(struct skw_talk *t, struct mysql *m)
{
	int ret = skw_talk_one_way(t, &m->asks);

	m->asks = (struct skw_talk_part){ 0 };
	return ret;
}

static int take_login(struct skw_talk *t, struct mysql *m, struct skw_bytes packet)
{
	uint32_t caps = packet.caplen >= 4 ? skw_bytes_le32(packet.p) : 0;
	int ret;

	m->greeted = false;
	if ((caps & CAP_SSL) && packet.len == SSL_REQUEST) {
		set_words(&m->asks, "SSLRequest");
		ret = one_way(t, m);
		return ret ? ret : SKW_RECOGNISER_OPAQUE;
	}
	m->compresses = caps & (CAP_COMPRESS | CAP_ZSTD);
	m->answer.ends = caps & CAP_NO_EOF ? SKW_MYSQL_ENDS_NOT : SKW_MYSQL_ENDS_EOF;
	set_words(&m->asks, "login");
	return submit(t, m, SKW_MYSQL_LOGIN);
}

static void set_statement(struct mysql *m, struct skw_bytes packet)
{
	const char *kind = skw_mysql_answer_statement(&m->answer, packet);

	if (kind)
		set_words(&m->asks, kind);
	else
		set_words(&m->asks, skw_mysql_command_name(packet.p[0]));
}

/*
 * No client asks again before it has its answer, so this answer has ended, in a hole. Otherwise the
 * next answer would be taken for a part of it.
 */
static int end_cut_answer(struct skw_talk *t, struct mysql *m)
{
	if (!m->answer.part.holes || m->sides[0].phase == LOST)
		return 0;
	return skw_mysql_answer_finish(t, &m->answer, "OK");
}

static int take_command(struct skw_talk *t, struct mysql *m, struct skw_bytes packet)
{
	uint8_t command = packet.caplen ? packet.p[0] : 0;
	const char *name = packet.len ? skw_mysql_command_name(command) : NULL;
	int ret;

	if (!name)
		return SKW_RECOGNISER_WRONG;
	ret = end_cut_answer(t, m);
	if (ret)
		return ret;
	switch (command) {
	case SKW_MYSQL_QUIT:
		m->asks = (struct skw_talk_part){ 0 };
		return 0;
	case SKW_MYSQL_QUERY:
		skw_sql_kind(skw_mysql_wire_query(packet), SKW_SQL_MYSQL, skw_talk_content(t),
			     &m->asks);
		break;
	case SKW_MYSQL_PREPARE:
		set_words(&m->asks, SKW_MYSQL_ANSWER_PREPARE);
		skw_sql_kind(skw_bytes_skip(packet, 1), SKW_SQL_MYSQL, skw_talk_content(t),
			     &m->asks);
		break;
	case SKW_MYSQL_EXECUTE:
	case SKW_MYSQL_BULK_EXECUTE:
		set_statement(m, packet);
		break;
	default:
		set_words(&m->asks, name);
	}
	if (command == SKW_MYSQL_CLOSE)
		skw_mysql_answer_forget(&m->answer, packet);
	if (command == SKW_MYSQL_CLOSE || command == SKW_MYSQL_LONG_DATA)
		return one_way(t, m);
	return submit(t, m, command);
}

/* ---- packets ---- */

static void count(struct skw_talk *t, struct mysql *m, struct mysql_side *s, uint64_t bytes,
		  uint64_t ts_ns)
{
	if (s == &m->sides[0])
		skw_talk_part_add(&m->answer.part, bytes, ts_ns);
	else if (s->to_last)
		skw_talk_request_more(t, m->count - 1, bytes, ts_ns);
	else
		skw_talk_part_add(&m->asks, bytes, ts_ns);
}

/* Commands have number 0. A file that is sent has so many packets that the number comes again. */
static bool belongs_to_last(const struct mysql *m, const struct mysql_side *s)
{
	return m->count && (s->goes_on || s->number || m->answer.wants_file);
}

static int take_packet(struct skw_talk *t, struct mysql *m, bool from_client,
		       struct skw_bytes packet, uint64_t ts_ns)
{
	struct mysql_side *s = &m->sides[from_client];
	bool goes_on = s->goes_on;
	int ret;

	s->goes_on = s->len == SKW_MYSQL_LONG;
	if (from_client && s->to_last) {
		if (!s->len && !goes_on)
			m->answer.wants_file = false;
		return 0;
	}
	if (from_client && m->greeted)
		return take_login(t, m, packet);
	if (from_client && s->number) {
		m->asks = (struct skw_talk_part){ 0 };
		return 0;
	}
	if (from_client)
		return take_command(t, m, packet);
	if (goes_on)
		return 0;
	if (!m->count && skw_mysql_answer_greets(&m->answer, s->number, packet)) {
		m->greeted = true;
		return 0;
	}
	ret = skw_mysql_answer_packet(t, &m->answer, packet, ts_ns);
	return !ret && m->compresses && m->answer.logged_in ? SKW_RECOGNISER_OPAQUE : ret;
}

static int take_header(struct skw_talk *t, struct mysql *m, bool from_client,
		       struct skw_bytes header, uint64_t ts_ns)
{
	struct mysql_side *s = &m->sides[from_client];

	s->len = s->left = (uint32_t)(header.p[0] | header.p[1] << 8 | header.p[2] << 16);
	s->number = header.p[3];
	s->to_last = from_client && belongs_to_last(m, s);
	count(t, m, s, 1, s->begun_ns);
	count(t, m, s, header.len - 1, ts_ns);
	if (s->len) {
		s->phase = BODY;
		return 0;
	}
	return take_packet(t, m, from_client, skw_bytes_first(header, 0), ts_ns);
}

static int step(struct skw_talk *t, struct mysql *m, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct mysql_side *s = &m->sides[from_client];
	uint32_t n = b->caplen < s->left ? b->caplen : s->left;
	uint32_t need = s->left + skw_gather_pending(&s->body);
	struct skw_bytes record;

	if (s->phase == HEADER) {
		if (!skw_gather_pending(&s->header))
			s->begun_ns = ts_ns;
		return skw_gather_record(&s->header, b, SKW_MYSQL_HEADER, &record)
			       ? take_header(t, m, from_client, record, ts_ns)
			       : 0;
	}
	count(t, m, s, n, ts_ns);
	s->left -= n;
	if (s->phase == SKIP) {
		*b = skw_bytes_skip(*b, n);
		s->phase = s->left ? SKIP : HEADER;
		return 0;
	}
	if (!skw_gather_record(&s->body, b, need, &record))
		return 0;
	s->phase = HEADER;
	return take_packet(t, m, from_client, record, ts_ns);
}

/* ---- holes and ends ---- */

/* Behind a hole, the next request is looked for, and its answer. */
static bool is_found(struct mysql *m, bool from_client, struct skw_bytes b)
{
	if (from_client)
		return skw_mysql_wire_is_request(b) == SKW_RECOGNISER_CLIENT_0;
	if (m->count == m->hole_count || b.caplen < SKW_MYSQL_HEADER || b.p[3] != 1)
		return skw_mysql_answer_ends(b);
	skw_mysql_answer_reset(&m->answer);
	return true;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct mysql *m = state;
	struct mysql_side *s = &m->sides[from_client];
	int ret = 0;

	if (s->phase == LOST) {
		bool found = is_found(m, from_client, b), last = m->count == m->hole_count;

		if (!from_client && m->answer.part.begun && (!found || last))
			skw_talk_part_add(&m->answer.part, b.caplen, ts_ns);
		if (!found)
			return 0;
		s->phase = HEADER;
		/* The packet that ends the rows is the end of these bytes. */
		if (!from_client && last)
			return skw_mysql_answer_finish(t, &m->answer, "OK");
	}
	while (!ret && b.caplen)
		ret = step(t, m, from_client, &b, ts_ns);
	return ret;
}

static int hole_in_packet(struct skw_talk *t, struct mysql *m, bool from_client, uint32_t len,
			  uint64_t ts_ns)
{
	struct mysql_side *s = &m->sides[from_client];
	struct skw_bytes packet = { NULL, 0, s->len };
	uint32_t left = s->left - len;
	int ret = 0;

	count(t, m, s, len, ts_ns);
	if (!from_client)
		m->answer.part.holes++;
	else if (!s->to_last)
		m->asks.holes++;
	if (s->phase == BODY) {
		if (skw_gather_pending(&s->body))
			packet = (struct skw_bytes){ s->body.held, s->body.kept, s->len };
		ret = take_packet(t, m, from_client, packet, ts_ns);
		skw_gather_free(&s->body);
		s->to_last = from_client;
	}
	s->left = left;
	s->phase = left ? SKIP : HEADER;
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct mysql *m = state;
	struct mysql_side *s = &m->sides[from_client];

	if ((s->phase == BODY || s->phase == SKIP) && len <= s->left)
		return hole_in_packet(t, m, from_client, (uint32_t)len, ts_ns);
	skw_gather_free(&s->header);
	skw_gather_free(&s->body);
	*s = (struct mysql_side){ .phase = LOST };
	if (from_client) {
		m->asks = (struct skw_talk_part){ 0 };
		m->answer.wants_file = false;
		skw_talk_miss(t);
		return 0;
	}
	if (skw_talk_waiting(t, SKW_TALK_OLDEST))
		skw_talk_part_hole(&m->answer.part, len == SKW_PAYLOAD_LEN_UNKNOWN ? 0 : len,
				   ts_ns);
	skw_talk_doubt(t);
	m->hole_count = m->count;
	return 0;
}

static size_t memory(const void *state)
{
	const struct mysql *m = state;
	size_t bytes = skw_mysql_answer_memory(&m->answer);

	for (unsigned d = 0; d < 2; d++)
		bytes += skw_gather_memory(&m->sides[d].header) +
			 skw_gather_memory(&m->sides[d].body);
	return bytes;
}

static void release(void *state)
{
	struct mysql *m = state;

	for (unsigned d = 0; d < 2; d++) {
		skw_gather_free(&m->sides[d].header);
		skw_gather_free(&m->sides[d].body);
	}
	skw_mysql_answer_free(&m->answer);
}

const struct skw_recogniser skw_recognisers_mysql = {
	.name = "mysql",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct mysql),
	.probe = skw_mysql_wire_probe,
	.feed = feed,
	.hole = hole,
	.memory = memory,
	.free = release,
};
