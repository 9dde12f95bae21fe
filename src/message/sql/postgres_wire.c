// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/postgres_wire.h"

#include <string.h>

#include "message/sql/sql.h"

#define CODE_START_MAJOR 3
#define CODE_CANCEL      80877102
#define CODE_SSL         80877103
#define CODE_GSS         80877104

enum skw_pg_startup skw_postgres_wire_startup(struct skw_bytes b)
{
	uint32_t len, code;

	if (b.caplen < 8)
		return SKW_PG_NONE;
	len = skw_bytes_be32(b.p);
	code = skw_bytes_be32(b.p + 4);
	if (code == CODE_CANCEL)
		return len >= 16 && len <= 300 ? SKW_PG_CANCEL : SKW_PG_NONE;
	if (code == CODE_SSL || code == CODE_GSS)
		return len != 8 ? SKW_PG_NONE : code == CODE_SSL ? SKW_PG_SSL : SKW_PG_GSS;
	/* The name of a parameter follows. */
	if (b.caplen > 8 && b.p[8] != '_' && (b.p[8] < 'a' || b.p[8] > 'z'))
		return SKW_PG_NONE;
	return code >> 16 == CODE_START_MAJOR && (code & 0xffff) < 16 && len > 8 &&
			       len <= SKW_PG_STARTUP_MAX
		       ? SKW_PG_START
		       : SKW_PG_NONE;
}

struct skw_bytes skw_postgres_wire_text(struct skw_bytes *b)
{
	const uint8_t *end = b->caplen ? memchr(b->p, 0, b->caplen) : NULL;
	struct skw_bytes text = *b;

	if (!end) {
		*b = skw_bytes_skip(*b, b->caplen);
		return text;
	}
	text = skw_bytes_first(*b, (uint32_t)(end - b->p));
	*b = skw_bytes_skip(*b, text.caplen + 1);
	return text;
}

struct skw_bytes skw_postgres_wire_error(struct skw_bytes body, char code)
{
	while (body.caplen && body.p[0]) {
		bool found = body.p[0] == (uint8_t)code;
		struct skw_bytes text;

		body = skw_bytes_skip(body, 1);
		text = skw_postgres_wire_text(&body);
		if (found)
			return text;
	}
	return skw_bytes_first(body, 0);
}

/* ---- probing ---- */

struct wire_kind {
	char type;
	uint32_t least, most; /* the length */
	bool begins;          /* an end says it first */
};

static const struct wire_kind client_kinds[] = {
	{ 'Q', 5, SKW_PG_MAX, true },  { 'P', 8, SKW_PG_MAX, true }, { 'B', 12, SKW_PG_MAX, true },
	{ 'E', 9, SKW_PG_MAX, true },  { 'D', 6, 4096, true },       { 'C', 6, 4096, true },
	{ 'S', 4, 4, true },           { 'H', 4, 4, false },         { 'F', 14, SKW_PG_MAX, true },
	{ 'd', 4, SKW_PG_MAX, false }, { 'c', 4, 4, false },         { 'f', 5, SKW_PG_MAX, false },
	{ 'p', 4, 65536, false },      { 'X', 4, 4, false },         { 0 },
};

static const struct wire_kind server_kinds[] = {
	{ 'R', 8, 65536, false },
	{ 'K', 8, 264, false },
	{ 'S', 6, 65536, false },
	{ 'Z', 5, 5, false },
	{ 'T', 6, SKW_PG_MAX, true },
	{ 'D', 6, SKW_PG_MAX, false },
	{ 'C', 5, 4096, true },
	{ 'E', 6, SKW_PG_MAX, true },
	{ 'N', 6, SKW_PG_MAX, false },
	{ 'A', 10, SKW_PG_MAX, false },
	{ '1', 4, 4, true },
	{ '2', 4, 4, true },
	{ '3', 4, 4, true },
	{ 'I', 4, 4, true },
	{ 'n', 4, 4, false },
	{ 's', 4, 4, false },
	{ 't', 6, SKW_PG_MAX, true },
	{ 'G', 7, 65536, true },
	{ 'H', 7, 65536, true },
	{ 'W', 7, 65536, true },
	{ 'd', 4, SKW_PG_MAX, false },
	{ 'c', 4, 4, false },
	{ 'V', 8, SKW_PG_MAX, true },
	{ 'v', 12, 65536, false },
	{ 0 },
};

static const struct wire_kind *kind_of(struct skw_bytes b, bool from_client)
{
	const struct wire_kind *k = from_client ? client_kinds : server_kinds;
	uint32_t len = b.caplen >= SKW_PG_HEADER ? skw_bytes_be32(b.p + 1) : 0;

	if (!b.caplen)
		return NULL;
	while (k->type && k->type != (char)b.p[0])
		k++;
	if (!k->type || (b.caplen >= SKW_PG_HEADER && (len < k->least || len > k->most)))
		return NULL;
	return k;
}

bool skw_postgres_wire_is_header(struct skw_bytes b, bool from_client)
{
	return b.caplen >= SKW_PG_HEADER && kind_of(b, from_client);
}

/* A message that nothing else looks like. `b` begins with it. */
static bool is_certain(struct skw_bytes b, uint32_t len, bool from_client)
{
	struct skw_bytes body = skw_bytes_skip(skw_bytes_first(b, len + 1), SKW_PG_HEADER);
	bool whole = body.caplen == len - 4;

	if (!from_client)
		return b.p[0] == 'Z' && whole && strchr("ITE", body.p[0]) && body.p[0];
	switch (b.p[0]) {
	case 'S':
		return true;
	case 'Q':
		return (!whole || memchr(body.p, 0, body.caplen) == body.p + body.caplen - 1) &&
		       (whole || body.caplen > 16) && skw_sql_begins(body, SKW_SQL_POSTGRES);
	case 'P':
		skw_postgres_wire_text(&body);
		return body.caplen > 16 && skw_sql_begins(body, SKW_SQL_POSTGRES);
	default:
		return false;
	}
}

enum skw_recogniser_verdict skw_postgres_wire_is_chain(struct skw_bytes b, bool from_client)
{
	for (unsigned n = 0;; n++) {
		const struct wire_kind *k = kind_of(b, from_client);
		uint32_t len;

		if (!b.caplen)
			return SKW_RECOGNISER_MORE;
		if (!k || (!n && !k->begins))
			return SKW_RECOGNISER_NO;
		if (b.caplen < SKW_PG_HEADER)
			return SKW_RECOGNISER_MORE;
		len = skw_bytes_be32(b.p + 1);
		if (is_certain(b, len, from_client))
			return SKW_RECOGNISER_CLIENT_0;
		if (len >= b.caplen)
			return SKW_RECOGNISER_MORE;
		b = skw_bytes_skip(b, len + 1);
	}
}

static enum skw_recogniser_verdict probe_startup(struct skw_bytes b)
{
	enum skw_pg_startup startup = skw_postgres_wire_startup(b);

	if (b.caplen == 8 && startup == SKW_PG_START)
		return SKW_RECOGNISER_MORE;
	if (b.caplen >= 8)
		return startup ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
	if (b.p[0] || (b.caplen > 1 && b.p[1]) || (b.caplen > 2 && b.p[2] > 0x27))
		return SKW_RECOGNISER_NO;
	/* The two codes of which the higher half is seen. */
	if (b.caplen > 5 && skw_bytes_be16(b.p + 4) != CODE_START_MAJOR &&
	    skw_bytes_be16(b.p + 4) != CODE_SSL >> 16)
		return SKW_RECOGNISER_NO;
	return SKW_RECOGNISER_MORE;
}

enum skw_recogniser_verdict skw_postgres_wire_probe(const struct skw_recogniser_probe *p)
{
	bool more = false;

	for (unsigned d = 0; d < 2; d++) {
		struct skw_bytes b = p->first[d];
		enum skw_recogniser_verdict client, server = SKW_RECOGNISER_NO;

		if (!b.caplen)
			continue;
		client = probe_startup(b);
		/* A connection begins with a message that has no type. */
		if (client == SKW_RECOGNISER_NO && !p->from_start) {
			client = skw_postgres_wire_is_chain(b, true);
			server = skw_postgres_wire_is_chain(b, false);
		}
		if (client == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
		if (server == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
		more = more || client == SKW_RECOGNISER_MORE || server == SKW_RECOGNISER_MORE;
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}
