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

const char *skw_triggers_row(struct skw_triggers *t, const struct skw_row *row)
{
	struct skw_matched_row *m = t->len ? skw_matched_at(&t->rows, row) : NULL;
	const char *first = NULL;

	for (size_t i = 0; m && i < t->len; i++) {
		uint32_t bit = 1U << i;

		if (!skw_expr_matches(t->list[i].expr, row)) {
			m->bits &= ~bit;
			continue;
		}
		if (!first && !(m->bits & bit))
			first = t->list[i].text;
		m->bits |= bit;
	}
	return first;
}

const char *skw_triggers_event(struct skw_triggers *t, const struct skw_event *event)
{
	if (skw_event_types_wanted(&t->types, event))
		return event->type == SKW_EVENT_CLOSE
			       ? skw_row_close_reason_name(event->row->close_reason)
			       : skw_row_event_name(event->type);
	/* A short connection may never meet a sweep. */
	return event->type == SKW_EVENT_CLOSE ? skw_triggers_row(t, event->row) : NULL;
}
