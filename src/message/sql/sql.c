// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/sql.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "message/sql/sql_token.h"

/* A list that is folded is a little longer before. */
#define ROOM (SKW_MESSAGE_KIND_LEN + 16)

struct sql_text {
	char s[ROOM + 1];
	uint32_t len;
	uint32_t verb; /* the length of the first word */
	bool blank;    /* before the next token */
	bool begins;   /* the next word begins a statement */
	bool sets;     /* SET: the value follows "=" or TO */
};

/* In the order of the alphabet. */
static const char *const verbs[] = {
	"ABORT",    "ALTER",    "ANALYZE",    "BEGIN",      "BINLOG",   "CACHE",    "CALL",
	"CHANGE",   "CHECK",    "CHECKPOINT", "CHECKSUM",   "CLOSE",    "CLUSTER",  "COMMENT",
	"COMMIT",   "COPY",     "CREATE",     "DEALLOCATE", "DECLARE",  "DELETE",   "DESC",
	"DESCRIBE", "DISCARD",  "DO",         "DROP",       "END",      "EXECUTE",  "EXPLAIN",
	"FETCH",    "FLUSH",    "GRANT",      "HANDLER",    "HELP",     "IMPORT",   "INSERT",
	"INSTALL",  "KILL",     "LISTEN",     "LOAD",       "LOCK",     "MERGE",    "MOVE",
	"NOTIFY",   "OPTIMIZE", "PREPARE",    "PURGE",      "REASSIGN", "REFRESH",  "REINDEX",
	"RELEASE",  "RENAME",   "REPAIR",     "REPLACE",    "RESET",    "RESIGNAL", "RESTART",
	"REVOKE",   "ROLLBACK", "SAVEPOINT",  "SECURITY",   "SELECT",   "SET",      "SHOW",
	"SHUTDOWN", "SIGNAL",   "START",      "STOP",       "TABLE",    "TRUNCATE", "UNINSTALL",
	"UNLISTEN", "UNLOCK",   "UPDATE",     "USE",        "VACUUM",   "VALUES",   "WITH",
	"XA",
};

static bool is(struct skw_bytes word, const char *text)
{
	return word.caplen == strlen(text) &&
	       strncasecmp((const char *)word.p, text, word.caplen) == 0;
}

static bool is_verb(struct skw_bytes word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (is(word, verbs[i]))
			return true;
	return false;
}

/* ---- the text ---- */

static void put(struct sql_text *t, const void *s, uint32_t n)
{
	uint32_t room = ROOM - t->len;

	n = n < room ? n : room;
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

static bool ends(const struct sql_text *t, const char *s)
{
	size_t n = strlen(s);

	return t->len >= n && memcmp(t->s + t->len - n, s, n) == 0;
}

static void put_blank(struct sql_text *t, uint8_t next)
{
	if (ends(t, ",") || (t->blank && t->len && !ends(t, "(") && !(next && strchr(",);", next))))
		put(t, " ", 1);
	t->blank = false;
}

/* Lists of literals, and of rows of them, become one. */
static void fold(struct sql_text *t)
{
	static const struct {
		const char *long_form;
		uint32_t less;
	} folds[] = { { "?, ?", 3 }, { "? ?", 2 }, { "(?), (?)", 5 } };

	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++)
		if (ends(t, folds[i].long_form))
			t->len -= folds[i].less;
	t->s[t->len] = '\0';
}

static void put_literal(struct sql_text *t)
{
	put_blank(t, '?');
	put(t, "?", 1);
	fold(t);
}

/* In a list, these are like literals. */
static bool is_value(const struct sql_text *t, struct skw_bytes word)
{
	return (ends(t, ",") || ends(t, "(")) &&
	       (is(word, "NULL") || is(word, "TRUE") || is(word, "FALSE") || is(word, "DEFAULT"));
}

/* False: the text ends here. */
static bool put_word(struct sql_text *t, struct skw_bytes word)
{
	if (t->begins && !is_verb(word)) {
		put_literal(t);
		return false;
	}
	if (is_value(t, word)) {
		put_literal(t);
		return true;
	}
	put_blank(t, word.p[0]);
	put(t, word.p, word.caplen);
	if (t->begins) {
		t->sets = is(word, "SET");
		t->verb = t->verb ? t->verb : t->len;
	} else if (t->sets && is(word, "TO")) {
		put(t, " ?", 2);
		return false;
	}
	t->begins = false;
	return true;
}

static bool put_sign(struct sql_text *t, uint8_t c)
{
	if (t->begins && c != '(' && c != ';') {
		put_literal(t);
		return false;
	}
	put_blank(t, c);
	put(t, &c, 1);
	if (c == ')')
		fold(t);
	t->begins = c == ';' || (t->begins && c == '(');
	if (c == '=' && t->sets)
		put(t, " ?", 2);
	return !(c == '=' && t->sets);
}

/* False: what follows is not shown. */
static bool put_token(struct sql_text *t, const struct skw_sql_scan *s,
		      enum skw_sql_token_type type, struct skw_bytes token)
{
	switch (type) {
	case SKW_SQL_BLANK:
		t->blank = true;
		return true;
	case SKW_SQL_WORD:
		return put_word(t, token);
	case SKW_SQL_SIGN:
		return put_sign(t, token.p[0]);
	default:
		if (type == SKW_SQL_LITERAL || s->unfinished || t->begins) {
			put_literal(t);
			return !t->begins && !s->unclear;
		}
		put_blank(t, token.p[0]);
		put(t, token.p, token.caplen);
		return true;
	}
}

/* ---- readings ---- */

static struct skw_sql_scan scan_of(struct skw_bytes sql, enum skw_sql_dialect dialect,
				   bool backslash)
{
	return (struct skw_sql_scan){ .b = sql, .dialect = dialect, .backslash = backslash };
}

/* The reading to its end. */
static struct skw_sql_scan read_all(struct skw_bytes sql, enum skw_sql_dialect dialect,
				    bool backslash)
{
	struct skw_sql_scan s = scan_of(sql, dialect, backslash);
	struct skw_bytes token;

	while (skw_sql_scan_next(&s, &token) != SKW_SQL_END)
		;
	return s;
}

enum reading { SURE, UNSURE, NONSENSE };

/*
 * The usual reading is right if the other one leaves a quote without end. The opposite proves
 * nothing: the statement may be damaged.
 */
static enum reading choose(struct skw_bytes sql, enum skw_sql_dialect dialect)
{
	bool cut = sql.caplen < sql.len, usual_escapes = dialect == SKW_SQL_MYSQL;
	struct skw_sql_scan usual = read_all(sql, dialect, usual_escapes), other;

	if (!usual.unclear)
		return usual.unfinished && !cut ? NONSENSE : SURE;
	other = read_all(sql, dialect, !usual_escapes);
	if (usual.unfinished && other.unfinished && !cut)
		return NONSENSE;
	return cut || usual.unfinished || !other.unfinished || usual.hopeless || other.hopeless
		       ? UNSURE
		       : SURE;
}

static void put_all(struct sql_text *t, struct skw_sql_scan *s, bool sure)
{
	struct skw_bytes token;
	enum skw_sql_token_type type;

	t->begins = true;
	while (t->len < ROOM && (type = skw_sql_scan_next(s, &token)) != SKW_SQL_END) {
		if (sure)
			s->unclear = false;
		if (!put_token(t, s, type, token))
			return;
	}
}

static void put_raw(struct sql_text *t, struct skw_bytes sql)
{
	for (uint32_t i = 0; i < sql.caplen && t->len < ROOM; i++) {
		t->blank = t->blank || sql.p[i] <= ' ';
		if (sql.p[i] <= ' ')
			continue;
		if (t->blank && t->len)
			put(t, " ", 1);
		t->blank = false;
		put(t, sql.p + i, 1);
	}
}

void skw_sql_kind(struct skw_bytes sql, enum skw_sql_dialect dialect, bool content,
		  struct skw_talk_part *part)
{
	struct sql_text t = { .len = 0 };
	enum reading reading = choose(sql, dialect);
	struct skw_sql_scan s = scan_of(sql, dialect, dialect == SKW_SQL_MYSQL);

	if (content)
		put_raw(&t, sql);
	else
		put_all(&t, &s, reading == SURE);
	if (!content && reading == NONSENSE) {
		t.len = t.verb;
		put(&t, t.verb ? " ?" : "?", t.verb ? 2 : 1);
	}
	while (ends(&t, ";"))
		t.len--;
	skw_talk_part_text(part, t.len ? t.s : "?", t.len ? t.len : 1);
}

bool skw_sql_begins(struct skw_bytes sql, enum skw_sql_dialect dialect)
{
	struct skw_sql_scan s = scan_of(sql, dialect, true);
	enum skw_sql_token_type type;
	struct skw_bytes token;

	do {
		type = skw_sql_scan_next(&s, &token);
	} while (type == SKW_SQL_BLANK || (type == SKW_SQL_SIGN && token.p[0] == '('));
	return type == SKW_SQL_WORD && is_verb(token);
}
