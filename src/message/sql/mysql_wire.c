// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/mysql_wire.h"

#include <string.h>

#include "message/sql/sql.h"

#define PROTOCOL 10

const char *skw_mysql_command_name(uint8_t command)
{
	static const char *const names[] = {
		"SLEEP",
		"QUIT",
		"INIT_DB",
		"QUERY",
		"FIELD_LIST",
		"CREATE_DB",
		"DROP_DB",
		"REFRESH",
		"SHUTDOWN",
		"STATISTICS",
		"PROCESS_INFO",
		"CONNECT",
		"PROCESS_KILL",
		"DEBUG",
		"PING",
		"TIME",
		"DELAYED_INSERT",
		"CHANGE_USER",
		"BINLOG_DUMP",
		"TABLE_DUMP",
		"CONNECT_OUT",
		"REGISTER_SLAVE",
		"PREPARE",
		"EXECUTE",
		"LONG_DATA",
		"CLOSE",
		"RESET",
		"SET_OPTION",
		"FETCH",
		"DAEMON",
		"BINLOG_DUMP_GTID",
		"RESET_CONNECTION",
	};

	if (command == SKW_MYSQL_BULK_EXECUTE)
		return "BULK_EXECUTE";
	return command < sizeof(names) / sizeof(names[0]) ? names[command] : NULL;
}

bool skw_mysql_wire_number(struct skw_bytes b, uint32_t *at, uint64_t *value)
{
	uint32_t n = 0;
	uint8_t first;

	if (!skw_bytes_has(b, *at, 1))
		return false;
	first = b.p[(*at)++];
	*value = first;
	if (first < 0xfb)
		return true;
	n = first == 0xfc ? 2 : first == 0xfd ? 3 : first == 0xfe ? 8 : 0;
	if (!n || !skw_bytes_has(b, *at, n))
		return false;
	*value = 0;
	for (uint32_t i = 0; i < n; i++)
		*value |= (uint64_t)b.p[*at + i] << 8 * i;
	*at += n;
	return true;
}

uint16_t skw_mysql_wire_ok_flags(struct skw_bytes packet)
{
	uint32_t at = 1;
	uint64_t rows, id;

	if (!skw_mysql_wire_number(packet, &at, &rows) ||
	    !skw_mysql_wire_number(packet, &at, &id) || !skw_bytes_has(packet, at, 2))
		return 0;
	return skw_bytes_le16(packet.p + at);
}

uint16_t skw_mysql_wire_eof_flags(struct skw_bytes packet)
{
	return packet.caplen >= 5 ? skw_bytes_le16(packet.p + 3) : 0;
}

struct skw_bytes skw_mysql_wire_query(struct skw_bytes packet)
{
	struct skw_bytes sql = skw_bytes_skip(packet, 1);

	/* No attributes, in one set. No SQL begins so. */
	if (sql.caplen >= 2 && sql.p[0] == 0 && sql.p[1] == 1)
		sql = skw_bytes_skip(sql, 2);
	return sql;
}

/* ---- probing ---- */

static uint32_t length(struct skw_bytes b)
{
	return (uint32_t)(b.p[0] | b.p[1] << 8 | b.p[2] << 16);
}

static enum skw_recogniser_verdict is_greeting(struct skw_bytes b)
{
	if (b.caplen < 8)
		return !b.caplen || (b.caplen > 3 && b.p[3]) || (b.caplen > 1 && b.p[1]) ||
				       (b.caplen > 4 && b.p[4] != PROTOCOL)
			       ? SKW_RECOGNISER_NO
			       : SKW_RECOGNISER_MORE;
	if (b.p[3] || b.p[4] != PROTOCOL || length(b) < 20 || length(b) > 512)
		return SKW_RECOGNISER_NO;
	return b.p[5] >= '1' && b.p[5] <= '9' && strchr(".0123456789", b.p[6]) && b.p[6]
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_NO;
}

/* Behind the header and the command. */
static bool is_certain(uint8_t command, struct skw_bytes packet)
{
	switch (command) {
	case SKW_MYSQL_QUERY:
		return skw_sql_begins(skw_mysql_wire_query(packet), SKW_SQL_MYSQL);
	case SKW_MYSQL_PREPARE:
		return skw_sql_begins(skw_bytes_skip(packet, 1), SKW_SQL_MYSQL);
	case SKW_MYSQL_EXECUTE:
		return packet.len >= 10 && skw_bytes_has(packet, 0, 10) &&
		       skw_bytes_le32(packet.p + 6) == 1;
	default:
		return false;
	}
}

enum skw_recogniser_verdict skw_mysql_wire_is_request(struct skw_bytes b)
{
	struct skw_bytes packet;

	if (b.caplen < 5)
		return b.caplen == 4 && b.p[3] ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
	if (b.p[3] || length(b) < 5 ||
	    (b.p[4] != SKW_MYSQL_QUERY && b.p[4] != SKW_MYSQL_PREPARE &&
	     b.p[4] != SKW_MYSQL_EXECUTE))
		return SKW_RECOGNISER_NO;
	packet = skw_bytes_first(skw_bytes_skip(b, SKW_MYSQL_HEADER), length(b));
	if (packet.caplen < length(b) && packet.caplen < 32)
		return SKW_RECOGNISER_MORE;
	return is_certain(packet.p[0], packet) ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
}

/* Of the server, the number of columns and the first of them ("def" is its catalog), or an error.
 */
static enum skw_recogniser_verdict is_answer(struct skw_bytes b)
{
	static const uint8_t def[] = { 2, 3, 'd', 'e', 'f' };

	if (b.caplen < 4)
		return SKW_RECOGNISER_MORE;
	if (b.p[3] != 1)
		return SKW_RECOGNISER_NO;
	if (length(b) > 8 && b.caplen > 7 && b.p[4] == 0xff)
		return b.p[7] == '#' ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
	if (length(b) > 3)
		return b.caplen > 4 && (length(b) < 9 || b.p[4] != 0xff) ? SKW_RECOGNISER_NO
									 : SKW_RECOGNISER_MORE;
	b = skw_bytes_skip(b, SKW_MYSQL_HEADER + length(b) + 3);
	if (b.caplen < sizeof(def))
		return SKW_RECOGNISER_MORE;
	return memcmp(b.p, def, sizeof(def)) == 0 ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_mysql_wire_probe(const struct skw_recogniser_probe *p)
{
	bool more = false;

	for (unsigned d = 0; d < 2; d++) {
		enum skw_recogniser_verdict asks = SKW_RECOGNISER_NO, says;

		if (!p->first[d].caplen)
			continue;
		says = is_greeting(p->first[d]);
		if (!p->from_start) {
			asks = skw_mysql_wire_is_request(p->first[d]);
			if (says == SKW_RECOGNISER_NO)
				says = is_answer(p->first[d]);
		}
		if (asks == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
		if (says == SKW_RECOGNISER_CLIENT_0)
			return d ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
		more = more || asks == SKW_RECOGNISER_MORE || says == SKW_RECOGNISER_MORE;
	}
	return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
}
