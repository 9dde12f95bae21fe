// SPDX-License-Identifier: BSD-2-Clause
#include "message/talk.h"

#include <stdlib.h>
#include <string.h>

#include "message/talk_state.h"

/* Answers that are due do not let a client wait for so long, as a rule. */
#define SILENCE_NS 1000000000

/* ---- parts ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	if (a == SKW_MESSAGE_UNKNOWN || b == SKW_MESSAGE_UNKNOWN)
		return a == SKW_MESSAGE_UNKNOWN ? b : a;
	return a > b ? a : b;
}

void skw_talk_part_add(struct skw_talk_part *p, uint64_t bytes, uint64_t ts_ns)
{
	p->first_ns = p->begun ? earlier(p->first_ns, ts_ns) : ts_ns;
	p->last_ns = p->begun ? later(p->last_ns, ts_ns) : ts_ns;
	p->bytes += bytes;
	p->begun = true;
}

void skw_talk_part_hole(struct skw_talk_part *p, uint64_t bytes, uint64_t ts_ns)
{
	skw_talk_part_add(p, bytes, ts_ns);
	p->holes++;
}

void skw_talk_part_text(struct skw_talk_part *p, const void *text, size_t len)
{
	const uint8_t *s = text;
	size_t at = strlen(p->text);

	for (; len && at < SKW_MESSAGE_KIND_LEN; len--, s++)
		p->text[at++] = *s >= 0x20 && *s < 0x7f ? (char)*s : '?';
	p->text[at] = '\0';
}

void skw_talk_part_word(struct skw_talk_part *p, const char *word)
{
	if (*p->text && *word)
		skw_talk_part_text(p, " ", 1);
	skw_talk_part_text(p, word, strlen(word));
}

/* ---- telling ---- */

static uint64_t between(uint64_t from, uint64_t to)
{
	if (from == SKW_MESSAGE_UNKNOWN || to == SKW_MESSAGE_UNKNOWN)
		return SKW_MESSAGE_UNKNOWN;
	return to > from ? to - from : 0;
}

static void set_request(struct skw_message *m, const struct skw_talk_part *request)
{
	m->kind = request->text;
	m->request_bytes = request->bytes;
	m->holes += request->holes;
	if (!request->begun)
		return;
	m->request_first_ns = request->first_ns;
	m->request_last_ns = request->last_ns;
}

static void set_answer(struct skw_message *m, const struct skw_talk_part *answer)
{
	m->status = answer->text;
	m->answer_bytes = answer->bytes;
	m->holes += answer->holes;
	m->error = answer->error;
	if (!answer->begun)
		return;
	m->answer_first_ns = answer->first_ns;
	m->answer_last_ns = answer->last_ns;
}

static void count(struct skw_messages_figures *f, const struct skw_message *m)
{
	f->messages++;
	f->errors += m->error;
	f->unanswered += m->outcome == SKW_MESSAGE_UNANSWERED;
	f->orphans += m->outcome == SKW_MESSAGE_ORPHAN;
	f->with_holes += m->holes > 0;
}

/* Either part may be NULL. */
static int tell(struct skw_talk *t, const struct skw_talk_part *request,
		const struct skw_talk_part *answer, uint32_t repeats,
		enum skw_message_outcome outcome)
{
	static const struct skw_message_owner unknown;
	struct skw_message m = { .tuple = t->tuple,
				 .protocol = t->protocol,
				 .kind = "",
				 .status = "",
				 .client = t->owners ? &t->owners[0] : &unknown,
				 .server = t->owners ? &t->owners[1] : &unknown,
				 .request_first_ns = SKW_MESSAGE_UNKNOWN,
				 .request_last_ns = SKW_MESSAGE_UNKNOWN,
				 .answer_first_ns = SKW_MESSAGE_UNKNOWN,
				 .answer_last_ns = SKW_MESSAGE_UNKNOWN,
				 .repeats = repeats,
				 .outcome = (uint8_t)outcome };

	if (request)
		set_request(&m, request);
	if (answer)
		set_answer(&m, answer);
	m.latency_ns = between(m.request_first_ns, m.answer_last_ns);
	m.first_byte_ns = between(m.request_last_ns, m.answer_first_ns);
	count(t->env->figures, &m);
	return t->env->take(t->env->ctx, &m);
}

/* ---- requests that wait ---- */

static int give_up(struct skw_talk *t, struct skw_unanswered_entry *r)
{
	int ret = tell(t, &r->part, NULL, r->repeats, SKW_MESSAGE_UNANSWERED);

	skw_unanswered_drop(&t->waiting, r);
	return ret;
}

static bool is_certain(const struct skw_talk *t)
{
	return !t->missed && !(t->waiting.first && t->waiting.first->doubtful);
}

static bool is_silent_before(const struct skw_talk *t, const struct skw_talk_part *request)
{
	return request->begun && request->first_ns != SKW_MESSAGE_UNKNOWN && t->last_ns &&
	       request->first_ns > t->last_ns && request->first_ns - t->last_ns > SILENCE_NS;
}

/* Another request comes: does it tell that all answers before it are there, or lost? */
static int settle(struct skw_talk *t, const struct skw_talk_part *request)
{
	int ret;

	if (is_certain(t)) {
		t->interleaves |= t->waiting.first && t->server_last;
		return 0;
	}
	if ((t->interleaves || !t->server_last) && !is_silent_before(t, request))
		return 0;
	ret = skw_talk_give_up(t);
	t->missed = false;
	return ret;
}

static void note_time(struct skw_talk *t, const struct skw_talk_part *p)
{
	if (p->begun && p->last_ns != SKW_MESSAGE_UNKNOWN)
		t->last_ns = p->last_ns;
}

int skw_talk_request(struct skw_talk *t, const struct skw_talk_part *request)
{
	struct skw_unanswered_entry *same = skw_unanswered_find(&t->waiting, request->id);
	int ret = 0;

	if (same && strcmp(same->part.text, request->text) == 0) {
		same->repeats++;
		return 0;
	}
	if (same)
		ret = give_up(t, same);
	if (!ret && t->waiting.first && t->waiting.len >= SKW_TALK_WAITING_MAX) {
		t->env->figures->crowded++;
		ret = give_up(t, t->waiting.first);
	}
	if (!ret)
		ret = settle(t, request);
	if (!ret)
		ret = skw_unanswered_add(&t->waiting, request);
	if (ret)
		return ret;
	t->waiting.last->doubtful = t->missed;
	t->server_last = false;
	note_time(t, request);
	return 0;
}

void skw_talk_request_more(struct skw_talk *t, uint64_t id, uint64_t bytes, uint64_t ts_ns)
{
	struct skw_unanswered_entry *r = skw_unanswered_find(&t->waiting, id);

	if (r)
		skw_talk_part_add(&r->part, bytes, ts_ns);
}

void skw_talk_doubt(struct skw_talk *t)
{
	for (struct skw_unanswered_entry *r = t->waiting.first; r; r = r->next) {
		if (!r->doubtful)
			r->part.holes++;
		r->doubtful = true;
	}
	t->server_last = true;
}

void skw_talk_miss(struct skw_talk *t)
{
	t->missed = true;
	t->server_last = false;
}

/* The request of an answer by order; NULL: none is it for certain. */
static struct skw_unanswered_entry *oldest(struct skw_talk *t, const struct skw_talk_part *answer)
{
	struct skw_unanswered_entry *r = t->waiting.first;

	if (!r || (r->doubtful && (t->missed || r->next)))
		return NULL;
	if (!answer->begun || !r->part.begun || answer->first_ns >= r->part.first_ns)
		return r;
	/* An answer that begins before its request has the rest of an earlier one. */
	skw_talk_doubt(t);
	return NULL;
}

int skw_talk_answer(struct skw_talk *t, const struct skw_talk_part *answer)
{
	struct skw_unanswered_entry *r = answer->id == SKW_TALK_OLDEST
						 ? oldest(t, answer)
						 : skw_unanswered_find(&t->waiting, answer->id);
	int ret;

	t->server_last = true;
	note_time(t, answer);
	if (!r)
		return tell(t, NULL, answer, 0, SKW_MESSAGE_ORPHAN);
	ret = tell(t, &r->part, answer, r->repeats, SKW_MESSAGE_ANSWERED);
	skw_unanswered_drop(&t->waiting, r);
	return ret;
}

int skw_talk_no_answer(struct skw_talk *t, uint64_t id)
{
	struct skw_unanswered_entry *r = skw_unanswered_find(&t->waiting, id);
	int ret = r ? tell(t, &r->part, NULL, r->repeats, SKW_MESSAGE_ONE_WAY) : 0;

	if (r)
		skw_unanswered_drop(&t->waiting, r);
	return ret;
}

int skw_talk_one_way(struct skw_talk *t, const struct skw_talk_part *request)
{
	return tell(t, request, NULL, 0, SKW_MESSAGE_ONE_WAY);
}

const struct skw_talk_part *skw_talk_waiting(const struct skw_talk *t, uint64_t id)
{
	const struct skw_unanswered_entry *r = skw_unanswered_find(&t->waiting, id);

	/* If it is uncertain, the newest is as good as any. */
	while (r && id == SKW_TALK_OLDEST && r->doubtful && r->next)
		r = r->next;
	return r ? &r->part : NULL;
}

void skw_talk_leave(struct skw_talk *t, struct skw_bytes rest)
{
	t->rest = rest;
}

bool skw_talk_content(const struct skw_talk *t)
{
	return t->env->content;
}

bool skw_talk_is_datagram(const struct skw_talk *t)
{
	return t->datagram;
}

/* ---- */

int skw_talk_give_up(struct skw_talk *t)
{
	int ret = 0;

	while (!ret && t->waiting.first)
		ret = give_up(t, t->waiting.first);
	return ret;
}

int skw_talk_give_up_before(struct skw_talk *t, uint64_t ns)
{
	int ret = 0;

	while (!ret && t->waiting.first && t->waiting.first->part.begun &&
	       t->waiting.first->part.last_ns < ns)
		ret = give_up(t, t->waiting.first);
	return ret;
}

size_t skw_talk_memory(const struct skw_talk *t)
{
	return skw_unanswered_memory(&t->waiting) + (t->owners ? 2 * sizeof(*t->owners) : 0);
}

void skw_talk_free(struct skw_talk *t)
{
	skw_unanswered_free(&t->waiting);
	free(t->owners);
	t->owners = NULL;
}
