// SPDX-License-Identifier: BSD-2-Clause
#include "join/triggers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "row/field.h"

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

static int add_expr(struct skw_triggers *t, const char *text, size_t len,
		    const struct skw_expr_names *names, struct skw_error *err)
{
	struct skw_error why = { 0 };

	if (t->len == SKW_TRIGGERS_MAX)
		return skw_error_usage(err, "--on: more than %d expressions", SKW_TRIGGERS_MAX);
	char *copy = strndup(text, len);
	if (!copy)
		return skw_error_set(err, -ENOMEM, "out of memory");
	t->list[t->len].text = copy;
	int ret = skw_expr_parse(copy, names, &t->list[t->len++].expr, &why);
	if (!ret)
		return 0;
	return why.usage ? skw_error_usage(err, "--on: %s", why.text)
			 : skw_error_set(err, ret, "%s", why.text);
}

int skw_triggers_parse(struct skw_triggers *t, const char *text, const struct skw_expr_names *names,
		       struct skw_error *err)
{
	*t = (struct skw_triggers){ 0 };
	for (;;) {
		size_t len = part_len(text);
		int ret = 0;

		if (!is_word(text, len))
			ret = add_expr(t, text, len, names, err);
		else if (!skw_event_types_add(&t->types, text, len))
			ret = skw_error_usage(err,
					      "--on: \"%.*s\" is neither a type of event, such as "
					      "rto, retrans, reset, refused or timeout, nor an "
					      "expression, such as srtt>200ms",
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
	struct skw_matched_row *m = t->len ? skw_matched_at(&t->rows, row) : NULL;
	int first = -1;

	for (size_t i = 0; m && i < t->len; i++) {
		uint32_t bit = 1U << i;

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
