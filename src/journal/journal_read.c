// SPDX-License-Identifier: BSD-2-Clause
#include "journal/journal_read.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "journal/journal_row.h"
#include "row/event_field.h"
#include "row/field.h"
#include "row/row.h"
#include "util/cleanup.h"

/* Looks for a type of event. False: it is none. */
static bool set_event(struct skw_journal_entry *e, const struct skw_journal_text *type)
{
	for (unsigned i = 0; i < SKW_EVENT_CREATOR; i++)
		if (skw_journal_text_is(type, skw_row_event_name((uint8_t)i))) {
			e->kind = SKW_JOURNAL_EVENT;
			e->event.type = (uint8_t)i;
			return true;
		}
	return false;
}

static bool set_type(struct skw_journal_entry *e, const struct skw_journal_text *type)
{
	if (skw_journal_text_is(type, SKW_JOURNAL_TYPE_ROW))
		e->kind = SKW_JOURNAL_ROW;
	else if (skw_journal_text_is(type, SKW_JOURNAL_TYPE_GONE))
		e->kind = SKW_JOURNAL_GONE;
	else if (skw_journal_text_is(type, SKW_JOURNAL_TYPE_SWEEP))
		e->kind = SKW_JOURNAL_SWEEP;
	else
		return set_event(e, type);
	return true;
}

/* Sets a field of a sweep. 1; 0: there is none of this name; -EBADMSG. */
static int set_sweep(struct skw_journal_entry *e, const struct skw_journal_text *name,
		     const struct skw_journal_text *value)
{
	struct skw_journal_sweep *s = &e->sweep;
	uint64_t namespaces;
	const struct {
		const char *name;
		uint64_t *at;
	} numbers[] = {
		{ SKW_JOURNAL_INTERVAL, &s->interval_ns },
		{ SKW_JOURNAL_ROWS, &s->rows },
		{ SKW_JOURNAL_CHANGED, &s->changed },
		{ SKW_JOURNAL_LEFT, &s->left },
		{ SKW_JOURNAL_EVENTS, &s->events },
		{ SKW_JOURNAL_EVENTS_LOST, &s->events_lost },
		{ SKW_JOURNAL_NAMESPACES, &namespaces },
	};

	if (skw_journal_text_is_name(name, SKW_JOURNAL_TS))
		return skw_journal_text_time(value, &s->ts_ns) ? 1 : -EBADMSG;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(numbers); i++) {
		if (!skw_journal_text_is_name(name, numbers[i].name))
			continue;
		if (!skw_journal_text_number(value, UINT32_MAX, numbers[i].at))
			return -EBADMSG;
		if (numbers[i].at == &namespaces)
			s->netns = (uint32_t)namespaces;
		if (numbers[i].at == &s->interval_ns)
			s->interval_ns *= 1000;
		return 1;
	}
	return 0;
}

/* Sets a field that the event has beside its row's. Likewise. */
static int set_of_event(struct skw_journal_entry *e, const struct skw_journal_text *name,
			const struct skw_journal_text *value)
{
	const struct skw_event_field *field = skw_event_field_list(e->event.type);
	struct skw_journal_text digits = *value;
	uint64_t number;

	if (skw_journal_text_is_name(name, SKW_JOURNAL_TS))
		return skw_journal_text_time(value, &e->event.ts_ns) ? 1 : -EBADMSG;
	while (field->name && !skw_journal_text_is_name(name, field->name))
		field++;
	if (!field->name)
		return 0;
	bool negative = digits.len && digits.at[0] == '-';

	digits.at += negative;
	digits.len -= negative;
	if (skw_journal_text_number(&digits, UINT32_MAX, &number))
		return skw_event_field_set(&e->event, field,
					   negative ? -(int64_t)number : (int64_t)number, NULL)
			       ? 1
			       : -EBADMSG;
	return skw_journal_text_copy(value, e->text, sizeof(e->text)) &&
			       skw_event_field_set(&e->event, field, 0, e->text)
		       ? 1
		       : -EBADMSG;
}

/* A field of ours, whose prefix is taken off. 0 or -EBADMSG. */
static int set_own(struct skw_journal_entry *e, struct skw_journal_text name,
		   const struct skw_journal_text *value)
{
	const size_t figures = strlen(SKW_JOURNAL_FIGURES);
	const struct skw_journal_text front = { name.at, figures };
	int ret = 0;

	if (skw_journal_text_is_name(&name, SKW_JOURNAL_TYPE))
		return set_type(e, value) ? 0 : -EBADMSG;
	if (e->kind == SKW_JOURNAL_SWEEP)
		ret = set_sweep(e, &name, value);
	else if (e->kind == SKW_JOURNAL_EVENT)
		ret = set_of_event(e, &name, value);
	if (ret || e->kind == SKW_JOURNAL_SWEEP)
		return ret < 0 ? ret : 0;
	if (e->kind == SKW_JOURNAL_EVENT && name.len > figures &&
	    skw_journal_text_is_name(&front, SKW_JOURNAL_FIGURES)) {
		name.at += figures;
		name.len -= figures;
	}
	return skw_journal_row_set(e, &name, value);
}

static void begin(struct skw_journal_entry *e)
{
	e->kind = SKW_JOURNAL_NOTE;
	e->real_ns = 0;
	e->message = (struct skw_journal_text){ "", 0 };
	e->event = (struct skw_event){ .row = &e->row,
				       .ts_ns = SKW_NONE64,
				       .rtt_us = SKW_NONE32,
				       .rto_us = SKW_NONE32,
				       .old_cwnd = SKW_NONE32,
				       .handshake_us = SKW_NONE32 };
	e->sweep = (struct skw_journal_sweep){ .ts_ns = SKW_NONE64 };
	skw_journal_row_begin(e);
}

/* Whether the entry has what its kind can't do without. */
static int finish(struct skw_journal_entry *e)
{
	if ((e->kind == SKW_JOURNAL_EVENT && e->event.ts_ns == SKW_NONE64) ||
	    (e->kind == SKW_JOURNAL_SWEEP && e->sweep.ts_ns == SKW_NONE64) ||
	    (e->kind == SKW_JOURNAL_GONE && e->row.cookie == SKW_NONE64))
		return -EBADMSG;
	return skw_journal_row_finish(e);
}

int skw_journal_read(const void *bytes, size_t len, struct skw_journal_entry *out)
{
	const struct skw_journal_text prefix = { SKW_JOURNAL_PREFIX, strlen(SKW_JOURNAL_PREFIX) };
	struct skw_journal_text left = { bytes, len }, name, value;
	bool is_ours = false;
	int ret;

	begin(out);
	while ((ret = skw_journal_text_next(&left, &name, &value)) > 0) {
		uint64_t us;

		if (skw_journal_text_is(&name, SKW_JOURNAL_WRITER)) {
			is_ours = skw_journal_text_is(&value, SKW_JOURNAL_US);
			if (!is_ours)
				return 0;
		} else if (skw_journal_text_is(&name, SKW_JOURNAL_TIME)) {
			if (!skw_journal_text_number(&value, UINT64_MAX / 1000, &us))
				return -EBADMSG;
			out->real_ns = us * 1000;
		} else if (skw_journal_text_is(&name, SKW_JOURNAL_MESSAGE)) {
			out->message = value;
		} else if (name.len > prefix.len && !memcmp(name.at, prefix.at, prefix.len)) {
			name.at += prefix.len;
			name.len -= prefix.len;
			ret = set_own(out, name, &value);
			if (ret)
				return ret;
		}
	}
	if (ret)
		return ret;
	ret = is_ours ? finish(out) : 0;
	return ret ? ret : is_ours;
}
