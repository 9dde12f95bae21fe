// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/redis_talk.h"

#include <string.h>

#include "message/app/words.h"
#include "message/recogniser.h"

/* A request's note tells of its answer. Above these bits is the number of answers. */
enum {
	NOTE_SUBSCRIBES = 1, /* one push for each channel */
	NOTE_MONITOR = 2,    /* commands of others follow */
	NOTE_PSYNC = 3,      /* the connection becomes a replica's */
	NOTE_ALLOWED = 4,    /* allowed while RESP2 has subscriptions */
	NOTE_MASK = 7,
	NOTE_SHIFT = 3,
};

/* ---- requests ---- */

void skw_redis_talk_reset(struct skw_redis_side *s)
{
	skw_redis_value_reset(&s->value);
	*s = (struct skw_redis_side){ .part.id = SKW_TALK_OLDEST };
}

static void add_text(struct skw_talk_part *p, const char *text)
{
	skw_talk_part_text(p, text, strlen(text));
}

static void add_name(struct skw_talk_part *p, const struct skw_redis_name *n)
{
	skw_talk_part_text(p, n->text, n->len);
}

static void set_kind(struct skw_redis_side *s)
{
	if (*s->part.text)
		return;
	if (!skw_redis_name_is_command(&s->names[0])) {
		add_text(&s->part, "?");
		return;
	}
	add_name(&s->part, &s->names[0]);
	if (skw_redis_name_is_sub(&s->names[0], &s->names[1])) {
		add_text(&s->part, " ");
		add_name(&s->part, &s->names[1]);
	}
}

static uint32_t note_of(const struct skw_redis_side *s, uint64_t arguments)
{
	const struct skw_redis_name *n = &s->names[0];
	uint64_t channels = arguments > 1 ? arguments : 1;

	if (skw_redis_name_in(n, skw_redis_names_subscribe))
		return NOTE_SUBSCRIBES | (uint32_t)(channels < 1 << 20 ? channels : 1 << 20)
						 << NOTE_SHIFT;
	if (skw_redis_name_in(n, "MONITOR "))
		return NOTE_MONITOR;
	if (skw_redis_name_in(n, "PSYNC "))
		return NOTE_PSYNC;
	return skw_redis_name_in(n, "PING QUIT RESET ") ? NOTE_ALLOWED : 0;
}

/* CLIENT REPLY OFF, SKIP and ON tell which requests have answers. */
static bool is_silent(struct skw_redis *r, struct skw_redis_side *s)
{
	struct skw_redis_name *how = &s->names[2];

	if (strcmp(s->part.text, "CLIENT REPLY") == 0 && skw_redis_name_is_command(how)) {
		if (skw_redis_name_in(how, "SKIP ") && !r->silent)
			r->skip = 2;
		r->silent = skw_redis_name_in(how, "OFF ") ||
			    (r->silent && !skw_redis_name_in(how, "ON "));
	}
	if (r->skip) {
		r->skip--;
		return true;
	}
	return r->silent;
}

static int finish_request(struct skw_talk *t, struct skw_redis *r, struct skw_redis_side *s,
			  uint64_t arguments)
{
	struct skw_talk_part kind = { .id = 0 };
	bool silent;
	int ret;

	/* The note needs the plain name, also if content is shown. */
	skw_redis_name_is_command(&s->names[0]);
	s->part.note = note_of(s, arguments);
	kind = s->part;
	*s->part.text = '\0';
	set_kind(s);
	silent = is_silent(r, s);
	if (*kind.text)
		memcpy(s->part.text, kind.text, sizeof(kind.text));
	s->part.id = r->count++;
	/* The data for a replica is not an answer as others are. */
	if (skw_redis_name_in(&s->names[0], "SYNC ")) {
		ret = skw_talk_one_way(t, &s->part);
		ret = ret ? ret : SKW_RECOGNISER_OPAQUE;
	} else {
		ret = silent ? skw_talk_one_way(t, &s->part) : skw_talk_request(t, &s->part);
	}
	skw_redis_talk_reset(s);
	return ret;
}

int skw_redis_talk_request(struct skw_talk *t, struct skw_redis *r)
{
	struct skw_redis_side *s = &r->sides[1];

	/* The server passes over empty ones. */
	if (s->value.number > 0)
		return finish_request(t, r, s, (uint64_t)s->value.number - 1);
	skw_redis_talk_reset(s);
	return 0;
}

static bool shows_arguments(const struct skw_talk *t, struct skw_redis_side *s)
{
	return skw_talk_content(t) && skw_redis_name_is_command(&s->names[0]) &&
	       !skw_redis_name_in(&s->names[0], skw_redis_names_secret);
}

static void show_argument(struct skw_talk *t, struct skw_redis_side *s)
{
	if (!shows_arguments(t, s))
		return;
	if (!*s->part.text)
		add_name(&s->part, &s->names[0]);
	add_text(&s->part, " ");
}

int skw_redis_talk_inline(struct skw_talk *t, struct skw_redis *r, struct skw_bytes line)
{
	struct skw_redis_side *s = &r->sides[1];
	struct skw_bytes rest = skw_words_line(line);
	uint64_t arguments = 0;

	if (!line.caplen || line.caplen < line.len)
		return SKW_RECOGNISER_WRONG;
	for (uint32_t i = 0; i < SKW_REDIS_NAMES; i++)
		skw_redis_name_add(&s->names[i], skw_words_next(&rest));
	/* The server passes over empty lines. */
	if (!s->names[0].len) {
		skw_redis_talk_reset(s);
		return 0;
	}
	if (!skw_redis_name_is_command(&s->names[0]))
		return SKW_RECOGNISER_WRONG;
	rest = skw_words_line(line);
	skw_words_next(&rest);
	if (shows_arguments(t, s)) {
		show_argument(t, s);
		skw_talk_part_text(&s->part, rest.p, rest.caplen);
	}
	while (skw_words_next(&rest).caplen)
		arguments++;
	return finish_request(t, r, s, arguments);
}

int skw_redis_talk_argument(struct skw_talk *t, struct skw_redis_side *s, enum skw_redis_step step,
			    struct skw_bytes text, char type)
{
	const struct skw_redis_value *v = &s->value;

	if (step == SKW_REDIS_LINE) {
		/* Requests are arrays of strings. */
		if (type != (v->nth ? '$' : '*'))
			return SKW_RECOGNISER_WRONG;
		if (v->nth > 1)
			show_argument(t, s);
		return 0;
	}
	if (v->nth <= SKW_REDIS_NAMES)
		skw_redis_name_add(&s->names[v->nth - 1], text);
	if (v->nth > 1 && shows_arguments(t, s))
		skw_talk_part_text(&s->part, text.p, text.caplen);
	return 0;
}

/* ---- answers ---- */

static void set_status(struct skw_talk *t, struct skw_redis_side *s)
{
	static const struct {
		char type;
		const char *name;
	} names[] = { { '+', "simple" }, { '-', "error" }, { ':', "integer" }, { '$', "string" },
		      { '*', "array" },  { '_', "nil" },   { '#', "boolean" }, { ',', "double" },
		      { '(', "number" }, { '!', "error" }, { '=', "string" },  { '%', "map" },
		      { '~', "set" },    { '>', "push" } };
	const struct skw_redis_value *v = &s->value;
	struct skw_talk_part *p = &s->part;
	bool shown = skw_talk_content(t) && *p->text && (v->type == '+' || v->type == '-');

	p->error = v->type == '-' || v->type == '!';
	if (shown)
		return;
	*p->text = '\0';
	if (v->type == '+' ? skw_redis_name_in(&s->names[0], skw_redis_names_simple)
			   : p->error && skw_redis_name_in(&s->names[0], skw_redis_names_errors)) {
		add_name(p, &s->names[0]);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == v->type)
			add_text(p, v->number < 0 ? "nil" : names[i].name);
}

static uint32_t waiting_note(const struct skw_talk *t)
{
	const struct skw_talk_part *w = skw_talk_waiting(t, SKW_TALK_OLDEST);

	return w ? w->note : NOTE_ALLOWED;
}

/* A request for several channels has an answer for each; this takes the next one. */
static int take_confirm(struct skw_talk *t, struct skw_redis *r, struct skw_redis_side *s)
{
	struct skw_talk_part *all = &r->confirms;
	uint32_t due = waiting_note(t) >> NOTE_SHIFT;
	int ret;

	if (!all->begun) {
		*all = s->part;
	} else {
		skw_talk_part_add(all, s->part.bytes, s->part.last_ns);
		all->holes += s->part.holes;
	}
	if (++r->confirmed < due)
		return 0;
	*all->text = '\0';
	add_text(all, "OK");
	ret = skw_talk_answer(t, all);
	*all = (struct skw_talk_part){ 0 };
	r->confirmed = 0;
	return ret;
}

static int take_push(struct skw_talk *t, struct skw_redis_side *s)
{
	struct skw_talk_part *p = &s->part;
	const struct skw_redis_name *n = &s->names[0];

	if (!*p->text || s->monitored) {
		bool known = skw_redis_name_in(n, skw_redis_names_pushes) ||
			     skw_redis_name_in(n, skw_redis_names_confirm);
		struct skw_talk_part shown = *p;

		*p->text = '\0';
		add_text(p, known || s->monitored ? "push " : "push");
		if (s->monitored)
			add_text(p, *shown.text ? "monitor " : "monitor");
		else if (known)
			add_name(p, n);
		if (s->monitored)
			add_text(p, shown.text);
	}
	return skw_talk_one_way(t, p);
}

static bool is_push(const struct skw_talk *t, const struct skw_redis *r,
		    const struct skw_redis_side *s)
{
	uint32_t note = waiting_note(t) & NOTE_MASK;
	int64_t n = s->value.number;

	if (s->value.type == '+')
		return s->monitored && (r->monitors || !skw_talk_waiting(t, SKW_TALK_OLDEST));
	if (s->value.type == '>')
		return true;
	/* In RESP2 they look like other arrays, but few requests are allowed beside them. */
	return s->value.type == '*' && (n == 3 || n == 4) &&
	       (note == NOTE_SUBSCRIBES || note == NOTE_ALLOWED) &&
	       (skw_redis_name_in(&s->names[0], skw_redis_names_pushes) ||
		skw_redis_name_in(&s->names[0], skw_redis_names_confirm));
}

int skw_redis_talk_answer(struct skw_talk *t, struct skw_redis *r)
{
	struct skw_redis_side *s = &r->sides[0];
	uint32_t note = waiting_note(t);
	bool push = is_push(t, r, s);
	int ret;

	r->pushed = push;
	if (push && (note & NOTE_MASK) == NOTE_SUBSCRIBES &&
	    skw_redis_name_in(&s->names[0], skw_redis_names_confirm)) {
		ret = take_confirm(t, r, s);
	} else if (push) {
		ret = take_push(t, s);
	} else {
		set_status(t, s);
		ret = skw_talk_answer(t, &s->part);
		r->monitors = r->monitors || (note == NOTE_MONITOR && s->value.type == '+');
		if (!ret && note == NOTE_PSYNC && s->value.type == '+')
			ret = SKW_RECOGNISER_OPAQUE;
	}
	skw_redis_talk_reset(s);
	return ret;
}

/* "1339518083.107412 [0 127.0.0.1:60866] "keys" "*"" */
static bool is_monitored(struct skw_bytes text)
{
	uint32_t n = 0;

	while (n < text.caplen && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	return n > 7 && skw_bytes_has(text, n, 2) && text.p[n] == ' ' && text.p[n + 1] == '[';
}

/* The line of the outermost value. */
static void take_outer(struct skw_talk *t, struct skw_redis_side *s, struct skw_bytes text)
{
	if (s->value.type != '+' && s->value.type != '-')
		return;
	s->monitored = s->value.type == '+' && is_monitored(text);
	if (skw_talk_content(t))
		skw_talk_part_text(&s->part, text.p, text.caplen);
	skw_redis_name_add(&s->names[0], skw_words_next(&text));
}

static void take_inner(struct skw_talk *t, struct skw_redis_side *s, enum skw_redis_step step,
		       struct skw_bytes text)
{
	const struct skw_redis_value *v = &s->value;
	bool shown = skw_talk_content(t) && skw_redis_name_in(&s->names[0], skw_redis_names_pushes);

	/* The first word of an error that is a string. */
	if (!v->nth && v->type == '!' && step == SKW_REDIS_STRING && !s->has_word) {
		const uint8_t *end = text.caplen ? memchr(text.p, ' ', text.caplen) : NULL;

		s->has_word = end;
		skw_redis_name_add(&s->names[0],
				   end ? skw_bytes_first(text, (uint32_t)(end - text.p)) : text);
	}
	if (v->nth == 1 && step == SKW_REDIS_STRING)
		skw_redis_name_add(&s->names[0], text);
	if (v->nth < 2 || !shown)
		return;
	if (!*s->part.text) {
		add_text(&s->part, "push ");
		add_name(&s->part, &s->names[0]);
	}
	if (step == SKW_REDIS_LINE)
		add_text(&s->part, " ");
	else
		skw_talk_part_text(&s->part, text.p, text.caplen);
}

void skw_redis_talk_value(struct skw_talk *t, struct skw_redis_side *s, enum skw_redis_step step,
			  struct skw_bytes text)
{
	/* Attributes tell nothing. */
	if (!s->value.type)
		return;
	if (step == SKW_REDIS_LINE && !s->value.nth)
		take_outer(t, s, text);
	else
		take_inner(t, s, step, text);
}
