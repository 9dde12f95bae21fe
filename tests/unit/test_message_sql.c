// SPDX-License-Identifier: BSD-2-Clause
/* SQL without its literals: the shape stays, and no secret is ever shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message/sql/sql.h"
#include "util/cleanup.h"

#define PG SKW_SQL_POSTGRES
#define MY SKW_SQL_MYSQL

static const char *kind_of(const char *sql, size_t caplen, size_t len, enum skw_sql_dialect dialect)
{
	static struct skw_talk_part part;
	/* The sanitizer sees a byte too far. */
	uint8_t *copy = malloc(caplen ? caplen : 1);

	assert_non_null(copy);
	memcpy(copy, sql, caplen);
	part = (struct skw_talk_part){ 0 };
	skw_sql_kind((struct skw_bytes){ copy, (uint32_t)caplen, (uint32_t)len }, dialect, false,
		     &part);
	free(copy);
	return part.text;
}

static void check(enum skw_sql_dialect dialect, const char *sql, const char *kind)
{
	assert_string_equal(kind_of(sql, strlen(sql), strlen(sql), dialect), kind);
}

static void both(const char *sql, const char *kind)
{
	check(PG, sql, kind);
	check(MY, sql, kind);
}

static void the_shape_stays(void **state)
{
	(void)state;
	both("SELECT name FROM t WHERE id = 5", "SELECT name FROM t WHERE id = ?");
	both("  select\n a.b ,c\tfrom t1 ;", "select a.b, c from t1");
	both("SELECT 'it''s', -5, 1.5e+10, .5, 0xFF, b'01', X'ff', N'x'", "SELECT ?");
	both("SELECT a FROM t WHERE a=-1 AND b-1 > 2", "SELECT a FROM t WHERE a=? AND b-? > ?");
	both("DELETE FROM t WHERE a IN (1, 2,3) AND b IN ( 'x' ) AND c = NULL",
	     "DELETE FROM t WHERE a IN (?) AND b IN (?) AND c = NULL");
	both("INSERT INTO t(a, b) VALUES (1, NULL), (2, 'x'),(3, DEFAULT)",
	     "INSERT INTO t(a, b) VALUES (?)");
	both("SELECT /* secret 'x */ 1 -- secret\n + a", "SELECT ? + a");
	both("BEGIN; SELECT 1; what is this", "BEGIN; SELECT ?; ?");
	both("SET x = y", "SET x = ?");
	both("UPDATE t SET x = y, z = 1", "UPDATE t SET x = y, z = ?");
	both("(SELECT 1) UNION (SELECT 2)", "(SELECT ?) UNION (SELECT ?)");
	both("what is this", "?");
	both("'secret'", "?");
	both("", "?");
}

static void postgres_has_its_quotes(void **state)
{
	(void)state;
	check(PG, "SELECT E'a\\'b', $$x'y$$, $t$ $$ $t$, U&'x', \"Name\" FROM t WHERE a = $1",
	      "SELECT ?, U&?, \"Name\" FROM t WHERE a = ?");
	check(PG, "SELECT 'a\\', 'secret', b", "SELECT ?, b");
	check(PG, "SELECT 'a\\', 'secret\\', b", "SELECT ?, b");
	check(PG, "SELECT E'a' '\\'secret', x", "SELECT ?, x");
	check(PG, "SELECT /* a /* b */ secret */ c", "SELECT c");
	check(PG, "SELECT a FROM b WHERE c IN ($1,$2, $3) LIMIT $4",
	      "SELECT a FROM b WHERE c IN (?) LIMIT ?");
	check(PG, "SET app.user TO alice", "SET app.user TO ?");
}

static void mysql_has_its_quotes(void **state)
{
	(void)state;
	check(MY, "SELECT `a``b`, \"it\"\"s\", 'O\\'B', _utf8mb4'x' FROM t # secret",
	      "SELECT `a``b`, ? FROM t");
	check(MY, "/*!40101 SET NAMES utf8 */", "SET NAMES utf8");
	check(MY, "SELECT 2*/* secret */3", "SELECT ?* ?");
	check(MY, "SELECT a--1", "SELECT a-?");
	check(MY, "SELECT ? FROM t LIMIT 5, 10", "SELECT ? FROM t LIMIT ?");
}

/* Whether a backslash escapes a quote depends on a setting that is not seen. */
static void where_both_readings_are_possible_the_text_ends(void **state)
{
	(void)state;
	check(PG, "SELECT a FROM t WHERE b = 'x\\' OR secret = '' OR d = 'y\\'' OR e",
	      "SELECT a FROM t WHERE b = ?");
	check(MY, "SELECT a FROM t WHERE b = 'x\\', secret, '\\' OR c = 1",
	      "SELECT a FROM t WHERE b = ?");
	check(MY, "SELECT 'x' FROM t WHERE a = \"y\\\", secret", "SELECT ? FROM t WHERE a = ?");
}

/* ---- secrets ---- */

#define SECRET "hunter2"

static uint32_t seed = 1;

static uint32_t pick(uint32_t n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void add(char *sql, const char *text)
{
	assert_true(strlen(sql) + strlen(text) < 4000);
	strcat(sql, text);
}

/* A literal with the secret, and with all that may be taken for its end, in this dialect. */
static void add_literal(char *sql, enum skw_sql_dialect dialect)
{
	static const char *const inside[] = {
		"''", "\"",       "`", "$$", "--", "/*", "*/", "#",
		";",  " select ", "(", ",",  "\n", "?",  "$1", "\\\\"
	};
	static const struct {
		const char *begin, *end;
		int dialect; /* -1: both */
	} quotes[] = { { "'", "'", -1 },      { "E'", "'", PG },  { "$$", "$$ ", PG },
		       { "$a$", "$a$ ", PG }, { "\"", "\"", MY }, { "x'", "'", -1 },
		       { "_utf8'", "'", MY }, { "N'", "'", MY } };
	uint32_t q;

	do {
		q = pick(SKW_ARRAY_SIZE(quotes));
	} while (quotes[q].dialect >= 0 && quotes[q].dialect != (int)dialect);
	add(sql, quotes[q].begin);
	for (uint32_t n = pick(4), i = 0; i <= n; i++) {
		const char *piece = inside[pick(SKW_ARRAY_SIZE(inside))];

		add(sql, SECRET);
		/* These would end it. */
		if (!strcmp(piece, quotes[q].begin) || !strcmp(piece, quotes[q].end) ||
		    (piece[0] == '"' && quotes[q].end[0] == '"'))
			piece = " ";
		if (pick(6) == 0 && quotes[q].end[0] != '$')
			piece = dialect == MY || quotes[q].begin[0] == 'E' ? "\\'" : "\\''";
		add(sql, piece);
		add(sql, SECRET);
	}
	add(sql, quotes[q].end);
}

static void make(char *sql, enum skw_sql_dialect dialect)
{
	static const char *const begins[] = { "SELECT a FROM t WHERE b = ",
					      "INSERT INTO t VALUES (",
					      "UPDATE t SET a = ", "SET x = ", "CALL f(" };
	static const char *const between[] = {
		", ",   " OR c = ", " /* " SECRET " */ AND d > ", " -- " SECRET "\n || ",
		"), (", "; SELECT "
	};

	sql[0] = '\0';
	add(sql, begins[pick(SKW_ARRAY_SIZE(begins))]);
	for (uint32_t n = pick(5), i = 0; i <= n; i++) {
		add_literal(sql, dialect);
		add(sql, between[pick(SKW_ARRAY_SIZE(between))]);
	}
	add(sql, "1");
}

static void hides(const char *sql, size_t caplen, size_t len, enum skw_sql_dialect dialect)
{
	const char *kind = kind_of(sql, caplen, len, dialect);

	if (strstr(kind, SECRET) || strlen(kind) > SKW_MESSAGE_KIND_LEN)
		fail_msg("%.*s\n%s", (int)caplen, sql, kind);
}

static void a_planted_secret_is_never_shown(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		enum skw_sql_dialect dialect = i & 1 ? PG : MY;
		char sql[4096];

		make(sql, dialect);

		size_t len = strlen(sql), cut = pick((uint32_t)len + 1);

		hides(sql, len, len, dialect);
		/* The capture has a part of it, or the statement itself ends there. */
		hides(sql, cut, len, dialect);
		hides(sql, cut, cut, dialect);
	}
}

/* A text that begins within a literal is no statement. */
static void a_text_from_the_middle_shows_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		enum skw_sql_dialect dialect = i & 1 ? PG : MY;
		char sql[4096];

		make(sql, dialect);

		size_t len = strlen(sql);
		const char *from = strstr(sql, SECRET);

		for (uint32_t n = pick(8); n && strstr(from + 1, SECRET); n--)
			from = strstr(from + 1, SECRET);
		hides(from, len - (size_t)(from - sql), len - (size_t)(from - sql), dialect);
	}
	check(MY, "select hunter2', 'b')", "select ?");
	check(PG, "select hunter2', 'b')", "select ?");
}

/* A server may be set to the other reading of backslashes. */
static void the_other_setting_shows_nothing(void **state)
{
	(void)state;
	check(PG, "SELECT 'a\\'" SECRET "\\'b', c", "SELECT ?");
	check(PG, "SELECT 'a\\'" SECRET "', c", "SELECT ?");
	check(MY, "SELECT 'a\\', '" SECRET "'", "SELECT ?");
	check(MY, "SELECT 'a\\', '" SECRET "', 'b\\', '" SECRET "'", "SELECT ?");
	/* The backslash is the half of a character of GBK. */
	check(MY, "SELECT '\xbf\\', '" SECRET "'", "SELECT ?");
	check(MY, "SELECT '\xbf\\', '" SECRET "\\'', x", "SELECT ?");
}

static void any_bytes_are_read(void **state)
{
	static const char signs[] = "'\"`$\\/*-#E;(),.1ax _?\n\x80\xff";

	(void)state;
	for (int i = 0; i < 50000; i++) {
		char sql[64] = "SELECT ";
		size_t n = 7 + pick(40);

		for (size_t at = 7; at < n; at++)
			sql[at] = pick(20) ? signs[pick(sizeof(signs))] : (char)pick(256);
		kind_of(sql, n, n, i & 1 ? PG : MY);
		kind_of(sql, n, n + 1, i & 1 ? PG : MY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shape_stays),
		cmocka_unit_test(postgres_has_its_quotes),
		cmocka_unit_test(mysql_has_its_quotes),
		cmocka_unit_test(where_both_readings_are_possible_the_text_ends),
		cmocka_unit_test(a_planted_secret_is_never_shown),
		cmocka_unit_test(a_text_from_the_middle_shows_nothing),
		cmocka_unit_test(the_other_setting_shows_nothing),
		cmocka_unit_test(any_bytes_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
