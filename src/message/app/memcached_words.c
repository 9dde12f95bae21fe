// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/memcached_words.h"

#include <string.h>

#include "message/app/words.h"

#define KEY_MAX 250

/* How many words behind the command tell the length of its data; 0: it has none. */
struct command {
	const char *name;
	uint8_t length_at;
	uint8_t words; /* the fewest behind the command */
	uint8_t answers;
};

static const struct command commands[] = {
	{ "get", 0, 1, SKW_MEMCACHED_LINES },
	{ "gets", 0, 1, SKW_MEMCACHED_LINES },
	{ "gat", 0, 2, SKW_MEMCACHED_LINES },
	{ "gats", 0, 2, SKW_MEMCACHED_LINES },
	{ "set", 4, 4, SKW_MEMCACHED_ONE_LINE },
	{ "add", 4, 4, SKW_MEMCACHED_ONE_LINE },
	{ "replace", 4, 4, SKW_MEMCACHED_ONE_LINE },
	{ "append", 4, 4, SKW_MEMCACHED_ONE_LINE },
	{ "prepend", 4, 4, SKW_MEMCACHED_ONE_LINE },
	{ "cas", 4, 5, SKW_MEMCACHED_ONE_LINE },
	{ "delete", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "incr", 0, 2, SKW_MEMCACHED_ONE_LINE },
	{ "decr", 0, 2, SKW_MEMCACHED_ONE_LINE },
	{ "touch", 0, 2, SKW_MEMCACHED_ONE_LINE },
	{ "mg", 0, 1, SKW_MEMCACHED_META_GET },
	{ "ms", 2, 2, SKW_MEMCACHED_META_SET },
	{ "md", 0, 1, SKW_MEMCACHED_META_OTHER },
	{ "ma", 0, 1, SKW_MEMCACHED_META_OTHER },
	{ "me", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "mn", 0, 0, SKW_MEMCACHED_META_NOOP },
	{ "stats", 0, 0, SKW_MEMCACHED_LINES },
	{ "version", 0, 0, SKW_MEMCACHED_ONE_LINE },
	{ "verbosity", 0, 0, SKW_MEMCACHED_ONE_LINE },
	{ "flush_all", 0, 0, SKW_MEMCACHED_ONE_LINE },
	{ "cache_memlimit", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "slabs", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "lru", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "lru_crawler metadump", 0, 1, SKW_MEMCACHED_LINES },
	{ "lru_crawler mgdump", 0, 1, SKW_MEMCACHED_DUMP },
	{ "lru_crawler", 0, 1, SKW_MEMCACHED_ONE_LINE },
	{ "watch", 0, 0, SKW_MEMCACHED_WATCH },
	{ "shutdown", 0, 0, SKW_MEMCACHED_ONE_LINE },
	{ "quit", 0, 0, SKW_MEMCACHED_NONE },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *const statuses[] = {
	"STORED",   "NOT_STORED",   "EXISTS",       "NOT_FOUND", "DELETED", "TOUCHED",
	"OK",       "RESET",        "END",          "VALUE",     "STAT",    "VERSION",
	"ERROR",    "CLIENT_ERROR", "HD",           "VA",        "EN",      "NF",
	"NS",       "EX",           "MN",           "ME",        "BUSY",    "UNSAFE",
	"BADCLASS", "NOSPARE",      "SERVER_ERROR", "NOTFULL",   "SAME",
};

/* ---- requests ---- */

static const struct command *find_command(struct skw_bytes line)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		uint32_t n = (uint32_t)strlen(commands[i].name);

		if (line.caplen >= n && memcmp(line.p, commands[i].name, n) == 0 &&
		    (line.caplen == n || line.p[n] == ' '))
			return &commands[i];
	}
	return NULL;
}

static bool is_word(struct skw_bytes word, const char *text)
{
	return word.caplen == strlen(text) && memcmp(word.p, text, word.caplen) == 0;
}

static void take_word(const struct command *c, unsigned at, struct skw_bytes word,
		      struct skw_memcached_request *r)
{
	bool meta = c->answers >= SKW_MEMCACHED_META_GET;

	if (at == c->length_at)
		r->has_data = skw_words_number(word, &r->length);
	/* Flags follow the key, and the length. */
	else if (meta && at > (c->length_at ? 2u : 1u))
		r->quiet = r->quiet || is_word(word, "q");
	else if (!meta && at > 1)
		r->noreply = is_word(word, "noreply");
}

void skw_memcached_request(struct skw_bytes line, struct skw_memcached_request *r)
{
	const struct command *c = find_command(line);
	struct skw_bytes word;
	unsigned at = 1;

	*r = (struct skw_memcached_request){ .name = c ? c->name : "?",
					     .answers = c ? (enum skw_memcached_answers)c->answers
							  : SKW_MEMCACHED_ONE_LINE };
	if (!c)
		return;
	line = skw_bytes_skip(line, (uint32_t)strlen(c->name));
	for (word = skw_words_next(&line); word.caplen; word = skw_words_next(&line))
		take_word(c, at++, word, r);
}

/* ---- answers ---- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static struct skw_bytes nth_word(struct skw_bytes line, unsigned n)
{
	struct skw_bytes word = skw_words_next(&line);

	while (n--)
		word = skw_words_next(&line);
	return word;
}

void skw_memcached_line(struct skw_bytes line, struct skw_memcached_line *l)
{
	struct skw_bytes word = nth_word(line, 0);

	*l = (struct skw_memcached_line){ 0 };
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]) && !l->status; i++)
		if (is_word(word, statuses[i]))
			l->status = statuses[i];
	if (!l->status && word.caplen && is_digit(*word.p))
		l->status = "number";
	if (!l->status)
		return;
	l->error = strstr(l->status, "ERROR");
	l->is_value = strcmp(l->status, "VALUE") == 0;
	if (l->is_value)
		l->has_data = skw_words_number(nth_word(line, 3), &l->length);
	else if (strcmp(l->status, "VA") == 0)
		l->has_data = skw_words_number(nth_word(line, 1), &l->length);
}

/* ---- begins ---- */

static struct skw_bytes first_line(struct skw_bytes b, bool *whole)
{
	const uint8_t *end = b.caplen ? memchr(b.p, '\n', b.caplen) : NULL;

	*whole = end;
	return skw_words_line(skw_bytes_first(b, end ? (uint32_t)(end - b.p) + 1 : b.caplen));
}

static bool is_printable(struct skw_bytes line)
{
	for (uint32_t i = 0; i < line.caplen; i++)
		if (line.p[i] < 0x20 || line.p[i] == 0x7f)
			return false;
	return true;
}

/* The bytes may go on as one of the commands. */
static bool begins_command(struct skw_bytes b)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		size_t n = strlen(commands[i].name);

		if (b.caplen <= n ? memcmp(commands[i].name, b.p, b.caplen) == 0
				  : memcmp(commands[i].name, b.p, n) == 0 && b.p[n] == ' ')
			return true;
	}
	return false;
}

static bool has_form(struct skw_bytes line)
{
	const struct command *c = find_command(line);
	struct skw_memcached_request r;
	unsigned words = 0;
	struct skw_bytes rest;

	/* Other protocols say "quit", too. */
	if (!c || c->answers == SKW_MEMCACHED_NONE)
		return false;
	rest = skw_bytes_skip(line, (uint32_t)strlen(c->name));
	for (struct skw_bytes w = skw_words_next(&rest); w.caplen; w = skw_words_next(&rest)) {
		words++;
		if (words == 1 && c->words && w.caplen > KEY_MAX)
			return false;
	}
	skw_memcached_request(line, &r);
	return words >= c->words && (!c->length_at || r.has_data);
}

enum skw_recogniser_verdict skw_memcached_request_begins(struct skw_bytes b)
{
	bool whole;
	struct skw_bytes line = first_line(b, &whole);

	if (!b.caplen || !is_printable(line))
		return b.caplen ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
	if (!whole && b.caplen < SKW_RECOGNISER_PROBE_BYTES)
		return begins_command(line) ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
	return has_form(line) ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_memcached_line_begins(struct skw_bytes b)
{
	static const char proof[] = "STORED NOT_STORED NOT_FOUND EXISTS DELETED TOUCHED END VALUE "
				    "HD VA EN NF NS EX MN CLIENT_ERROR SERVER_ERROR ";
	struct skw_memcached_line l;
	struct skw_bytes line;
	bool whole;

	line = first_line(b, &whole);
	if (!b.caplen || !is_printable(line))
		return b.caplen ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
	if (!whole && b.caplen < 300)
		return skw_words_begin(proof, line) ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
	skw_memcached_line(line, &l);
	return whole && l.status && skw_words_have(proof, l.status, strlen(l.status)) &&
			       (!l.is_value || l.has_data)
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_NO;
}
