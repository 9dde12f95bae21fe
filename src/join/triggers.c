// SPDX-License-Identifier: BSD-2-Clause
#include "join/triggers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "row/field.h"

/* The word for messages that took long or failed. */
#define SLOW "slow"

static bool is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)text[i]))
			return false;
	return len > 0;
}

/* A comma in quotes belongs to the expression. */
static size_t part_len(const char *text)
{
	char quote = 0;
	size_t len = 0;

	for (; text[len] && (quote || text[len] != ','); len++) {
		if (quote)
			quote = text[len] == quote ? 0 : quote;
		else if (text[len] == '\'' || text[len] == '"')
			quote = text[len];
	}
	return len;
}

static int refuse(int ret, const struct skw_error *why, struct skw_error *err)
{
	return why->usage ? skw_error_usage(err, "--on: %s", why->text)
			  : skw_error_set(err, ret, "%s", why->text);
}

/* The column that an error of an expression names. */
static long column_of(const struct skw_error *err)
{
	return strncmp(err->text, "column ", 7) == 0 ? strtol(err->text + 7, NULL, 10) : 0;
}

/*
 * An expression is about the rows of connections, or else about messages. If it is neither, the
 * reader that came further tells why.
 */
static int parse(struct skw_triggers *t, const struct skw_triggers_words *words,
		 struct skw_error *err)
{
	struct skw_error why = { 0 }, other = { 0 };
	struct skw_expr **expr = &t->list[t->len].expr;
	const char *text = t->list[t->len].text;
	int ret = skw_expr_parse(text, words->names, expr, &why);

	if (!ret)
		return 0;
	if (!why.usage || words->about_messages(text, words->names, expr, &other))
		return refuse(ret, column_of(&other) > column_of(&why) ? &other : &why, err);
	t->list[t->len].message = true;
	t->messages++;
	return 0;
}

/* An expression, or the word for slow messages. */
static int add_part(struct skw_triggers *t, const char *text, size_t len,
		    const struct skw_triggers_words *words, struct skw_error *err)
{
	int ret = 0;

	if (t->len == SKW_TRIGGERS_MAX)
		return skw_error_usage(err, "--on: more than %d expressions", SKW_TRIGGERS_MAX);
	t->list[t->len].text = strndup(text, len);
	if (!t->list[t->len].text)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (strcmp(t->list[t->len].text, SLOW) == 0) {
		t->list[t->len].message = true;
		t->messages++;
	} else {
		ret = parse(t, words, err);
	}
	t->len++;
	return ret;
}

int skw_triggers_parse(struct skw_triggers *t, const char *text,
		       const struct skw_triggers_words *words, struct skw_error *err)
{
	*t = (struct skw_triggers){ 0 };
	for (;;) {
		size_t len = part_len(text);
		bool slow = len == sizeof(SLOW) - 1 && strncmp(text, SLOW, len) == 0;
		int ret = 0;

		if (slow || !is_word(text, len))
			ret = add_part(t, text, len, words, err);
		else if (!skw_event_types_add(&t->types, text, len))
			ret = skw_error_usage(err,
					      "--on: \"%.*s\" is neither a type of event, such as "
					      "rto, retrans, reset, refused or timeout, nor slow, "
					      "nor an expression, such as srtt>200ms or "
					      "latency>200ms",
					      (int)len, text);
		if (ret || !text[len])
			return ret;
		text += len + 1;
	}
}

void skw_triggers_free(struct skw_triggers *t)
{
	for (size_t i = 0; i < t->len; i++) {
		skw_expr_free(t->list[i].expr);
		free(t->list[i].text);
	}
	skw_matched_free(&t->rows);
	*t = (struct skw_triggers){ 0 };
}

/* Triggers have numbers: types of events come first, then reasons of closes, then expressions. */
#define FIRST_REASON SKW_EVENT_CREATOR
#define FIRST_EXPR   (SKW_EVENT_CREATOR + SKW_CLOSE_REASONS)

int skw_triggers_row(struct skw_triggers *t, const struct skw_row *row)
{
	struct skw_matched_row *m = t->len > t->messages ? skw_matched_at(&t->rows, row) : NULL;
	int first = -1;

	for (size_t i = 0; m && i < t->len; i++) {
		uint32_t bit = 1U << i;

		if (t->list[i].message)
			continue;
		if (!skw_expr_matches(t->list[i].expr, row)) {
			m->bits &= ~bit;
			continue;
		}
		if (first < 0 && !(m->bits & bit))
			first = FIRST_EXPR + (int)i;
		m->bits |= bit;
	}
	return first;
}

int skw_triggers_event(struct skw_triggers *t, const struct skw_event *event)
{
	bool closes = event->type == SKW_EVENT_CLOSE;

	if (skw_event_types_wanted(&t->types, event))
		return closes ? FIRST_REASON + event->row->close_reason : event->type;
	/* A short connection may never meet a sweep. */
	return closes ? skw_triggers_row(t, event->row) : -1;
}

int skw_triggers_message(const struct skw_triggers *t, const struct skw_message *m,
			 uint64_t slow_ns)
{
	for (size_t i = 0; i < t->len; i++) {
		const struct skw_expr *expr = t->list[i].expr;

		if (t->list[i].message &&
		    (expr ? skw_expr_matches_about(expr, m) : skw_message_is_slow(m, slow_ns)))
			return FIRST_EXPR + (int)i;
	}
	return -1;
}

const char *skw_triggers_text(const struct skw_triggers *t, unsigned which)
{
	const char *text = NULL;

	if (which < FIRST_REASON)
		text = skw_row_event_name((uint8_t)which);
	else if (which < FIRST_EXPR)
		text = skw_row_close_reason_name((uint8_t)(which - FIRST_REASON));
	else if (which - FIRST_EXPR < t->len)
		text = t->list[which - FIRST_EXPR].text;
	/* A close whose reason is not known. */
	return text ? text : "close";
}
