// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/mysql_answer.h"

#include <stdio.h>
#include <string.h>

#include "message/sql/mysql_wire.h"

#define FLAG_MORE    0x08 /* another result follows */
#define FLAG_CURSOR  0x40 /* the rows are fetched by further commands */
#define ERR_PROGRESS 0xffff
#define EOF_BYTES    5

enum answer_phase {
	FIRST,   /* the first packet of a result */
	COLUMNS, /* `columns` definitions follow */
	AFTER_COLUMNS,
	ROWS,
	PREPARED, /* definitions of a preparation */
};

static bool is_end(struct skw_bytes p)
{
	return p.caplen && p.p[0] == 0xfe && p.len < SKW_MYSQL_LONG;
}

/* The older packet, which definitions have behind them, too. */
static bool is_eof(struct skw_bytes p)
{
	return is_end(p) && (p.len == EOF_BYTES || p.len == 1);
}

void skw_mysql_answer_reset(struct skw_mysql_answer *a)
{
	a->part = (struct skw_talk_part){ 0 };
	a->phase = FIRST;
	a->columns = a->eofs = 0;
	a->wants_file = false;
}

int skw_mysql_answer_finish(struct skw_talk *t, struct skw_mysql_answer *a, const char *status)
{
	int ret;

	a->part.id = SKW_TALK_OLDEST;
	skw_talk_part_text(&a->part, status, strlen(status));
	ret = skw_talk_answer(t, &a->part);
	skw_mysql_answer_reset(a);
	return ret;
}

bool skw_mysql_answer_greets(struct skw_mysql_answer *a, uint8_t number, struct skw_bytes packet)
{
	if (number || !packet.caplen || packet.p[0] == 0xff)
		return false;
	skw_mysql_answer_reset(a);
	return true;
}

bool skw_mysql_answer_ends(struct skw_bytes b)
{
	static const uint8_t eof[] = { 5, 0, 0 }, ok[] = { 7, 0, 0 };
	const uint8_t *end = b.caplen ? b.p + b.caplen : NULL;

	if (b.caplen >= 9 && memcmp(end - 9, eof, 3) == 0 && end[-5] == 0xfe)
		return true;
	return b.caplen >= 11 && memcmp(end - 11, ok, 3) == 0 && end[-7] == 0xfe;
}

/* ---- statements ---- */

static uint64_t key_of(struct skw_bytes id)
{
	return skw_sql_names_key(0, skw_bytes_first(id, 4));
}

const char *skw_mysql_answer_statement(struct skw_mysql_answer *a, struct skw_bytes execute)
{
	return execute.caplen < 5
		       ? NULL
		       : skw_sql_names_find(&a->statements, key_of(skw_bytes_skip(execute, 1)));
}

void skw_mysql_answer_forget(struct skw_mysql_answer *a, struct skw_bytes close)
{
	if (close.caplen >= 5)
		skw_sql_names_drop(&a->statements, key_of(skw_bytes_skip(close, 1)));
}

static int remember(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes id)
{
	static const uint8_t last[] = { 0xff, 0xff, 0xff, 0xff };
	const struct skw_talk_part *request = skw_talk_waiting(t, SKW_TALK_OLDEST);
	const char *kind = request ? request->text + strlen(SKW_MYSQL_ANSWER_PREPARE) : "?";
	int ret = skw_sql_names_put(&a->statements, key_of(id), kind);

	if (ret)
		return ret;
	return skw_sql_names_put(&a->statements, key_of((struct skw_bytes){ last, 4, 4 }), kind);
}

/* ---- packets ---- */

static int take_error(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	char status[16] = "?";

	if (p.caplen >= 3 && skw_bytes_le16(p.p + 1) == ERR_PROGRESS)
		return 0;
	if (p.caplen >= 9 && p.p[3] == '#')
		snprintf(status, sizeof(status), "%u %.5s", skw_bytes_le16(p.p + 1),
			 (const char *)p.p + 4);
	else if (p.caplen >= 3)
		snprintf(status, sizeof(status), "%u", skw_bytes_le16(p.p + 1));
	a->part.error = true;
	return skw_mysql_answer_finish(t, a, status);
}

static int end_result(struct skw_talk *t, struct skw_mysql_answer *a, uint16_t flags)
{
	a->phase = FIRST;
	return flags & FLAG_MORE ? 0 : skw_mysql_answer_finish(t, a, "OK");
}

static int end_rows(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	return end_result(t, a,
			  is_eof(p) ? skw_mysql_wire_eof_flags(p) : skw_mysql_wire_ok_flags(p));
}

/* The number of columns. MariaDB says behind it, and MySQL before it, whether they follow. */
static int take_count(struct skw_mysql_answer *a, struct skw_bytes p)
{
	uint32_t at = 0;
	uint64_t columns;

	if (!skw_mysql_wire_number(p, &at, &columns) || columns > UINT16_MAX || p.len > at + 1)
		return SKW_RECOGNISER_WRONG;
	if (p.len == at + 1 && p.caplen == p.len && !p.p[at])
		columns = 0;
	a->columns = (uint32_t)columns;
	a->phase = columns ? COLUMNS : AFTER_COLUMNS;
	return 0;
}

static int end_prepared(struct skw_talk *t, struct skw_mysql_answer *a)
{
	if (a->columns || (a->eofs && a->ends == SKW_MYSQL_ENDS_EOF))
		return 0;
	return skw_mysql_answer_finish(t, a, "OK");
}

static int take_prepared(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	uint16_t columns, parameters;
	int ret;

	if (p.caplen < 9 || p.p[0])
		return SKW_RECOGNISER_WRONG;
	columns = skw_bytes_le16(p.p + 5);
	parameters = skw_bytes_le16(p.p + 7);
	ret = remember(t, a, skw_bytes_skip(p, 1));
	a->columns = (uint32_t)columns + parameters;
	a->eofs = (uint8_t)((columns > 0) + (parameters > 0));
	a->phase = PREPARED;
	return ret ? ret : end_prepared(t, a);
}

static int take_definition(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	if (is_eof(p)) {
		a->ends = SKW_MYSQL_ENDS_EOF;
		a->eofs = (uint8_t)(a->eofs ? a->eofs - 1 : 0);
	} else if (a->columns) {
		a->columns--;
	}
	return end_prepared(t, a);
}

static int take_login(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	/* Another method, or more of it. */
	if (p.p[0])
		return 0;
	a->logged_in = true;
	return skw_mysql_answer_finish(t, a, "OK");
}

static int take_first(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	const struct skw_talk_part *request = skw_talk_waiting(t, SKW_TALK_OLDEST);
	uint32_t command = request ? request->note : SKW_MYSQL_QUERY;

	switch (command) {
	case SKW_MYSQL_LOGIN:
	case SKW_MYSQL_CHANGE_USER:
		return take_login(t, a, p);
	case SKW_MYSQL_PREPARE:
		return take_prepared(t, a, p);
	case SKW_MYSQL_STATISTICS:
		return skw_mysql_answer_finish(t, a, "OK");
	case SKW_MYSQL_FIELD_LIST:
	case SKW_MYSQL_FETCH:
	case SKW_MYSQL_BINLOG_DUMP:
	case SKW_MYSQL_BINLOG_DUMP_GTID:
		return is_end(p) ? end_rows(t, a, p) : 0;
	default:
		break;
	}
	if (is_end(p))
		return end_rows(t, a, p);
	if (!p.p[0])
		return end_result(t, a, skw_mysql_wire_ok_flags(p));
	if (p.p[0] == 0xfb) {
		a->wants_file = true;
		return 0;
	}
	return take_count(a, p);
}

static int take_after_columns(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p)
{
	a->phase = ROWS;
	if (!is_end(p)) {
		a->ends = SKW_MYSQL_ENDS_NOT;
		return 0;
	}
	a->ends = is_eof(p) ? SKW_MYSQL_ENDS_EOF : SKW_MYSQL_ENDS_NOT;
	if (is_eof(p) && !(skw_mysql_wire_eof_flags(p) & FLAG_CURSOR))
		return 0;
	return end_rows(t, a, p);
}

int skw_mysql_answer_packet(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes p,
			    uint64_t ts_ns)
{
	(void)ts_ns;
	if (!p.len || !p.caplen)
		return 0;
	/* No request waits; the EOF of a preparation may come behind what was taken for its end. */
	if (a->phase == FIRST && !skw_talk_waiting(t, SKW_TALK_OLDEST) && is_eof(p)) {
		skw_mysql_answer_reset(a);
		return 0;
	}
	if (p.p[0] == 0xff && a->phase != COLUMNS)
		return take_error(t, a, p);
	switch (a->phase) {
	case FIRST:
		return take_first(t, a, p);
	case COLUMNS:
		a->phase = --a->columns ? COLUMNS : AFTER_COLUMNS;
		return 0;
	case AFTER_COLUMNS:
		return take_after_columns(t, a, p);
	case PREPARED:
		return take_definition(t, a, p);
	default:
		return is_end(p) ? end_rows(t, a, p) : 0;
	}
}

/* ---- */

size_t skw_mysql_answer_memory(const struct skw_mysql_answer *a)
{
	return skw_sql_names_memory(&a->statements);
}

void skw_mysql_answer_free(struct skw_mysql_answer *a)
{
	skw_sql_names_free(&a->statements);
}
