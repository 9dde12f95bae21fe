// SPDX-License-Identifier: BSD-2-Clause
#include "send/trouble.h"

#include <string.h>
#include <unistd.h>

#include "loop/loop.h"
#include "util/clock.h"
#include "util/say.h"

#define BACKOFF_MIN_NS (100 * SKW_NS_PER_MS)
#define BACKOFF_MAX_NS (30 * SKW_NS_PER_S)
/* A receiver that comes and goes is not told of more often. */
#define TELL_NS (10 * SKW_NS_PER_S)

void skw_send_trouble_close(struct skw_send *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->wants_room = s->is_used = false;
	s->exchanges = 0;
	s->patience_ns = 0;
}

/* From a half to the whole of a time that doubles, so that many hosts do not come back at once. */
static uint64_t backoff_ns(struct skw_send *s)
{
	unsigned doubled = s->failures < 10 ? s->failures : 10;
	uint64_t whole = BACKOFF_MIN_NS << doubled;

	if (whole > BACKOFF_MAX_NS)
		whole = BACKOFF_MAX_NS;
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return whole / 2 + s->random % (whole / 2);
}

/*
 * Of a stream, what was written counts as delivered up to the last line that is whole; the rest of
 * the line goes once more. A request goes once more as a whole.
 */
static void rewind_batch(struct skw_send *s)
{
	struct skw_send_batch *b = &s->batch;
	size_t at = b->at;

	if (!b->loaded || !at)
		return;
	if (s->plan->target.kind == SKW_POST_HTTP) {
		s->figures.again += b->lines;
		b->at = 0;
		return;
	}
	while (b->at && b->body.data[b->at - 1] != '\n')
		b->at--;
	s->figures.again += b->at < at;
}

static void tell(struct skw_send *s, const char *why, uint64_t now_ns)
{
	if (s->has_told || (s->told_ns && now_ns - s->told_ns < TELL_NS))
		return;
	s->has_told = true;
	s->told_ns = now_ns;
	skw_say("%s: %s; skwatch tries again", s->plan->target.name, why);
}

void skw_send_trouble(struct skw_send *s, const char *why, uint32_t retry_s)
{
	uint64_t now_ns = skw_clock_monotonic_ns();
	uint64_t delay_ns = backoff_ns(s);

	if (delay_ns < retry_s * SKW_NS_PER_S)
		delay_ns = retry_s * SKW_NS_PER_S;
	rewind_batch(s);
	tell(s, why, now_ns);
	s->failures++;
	s->tried = 0;
	s->was_stale = false;
	s->must_wait = retry_s > 0;
	s->retry_ns = now_ns + delay_ns;
}

void skw_send_trouble_lost(struct skw_send *s, const char *why)
{
	bool is_idle = !s->batch.loaded || !s->batch.at;
	/* The server has closed the connection while the request was on its way. */
	bool is_stale = s->exchanges && !s->answer.begun && !s->was_stale;
	bool was_used = s->is_used;

	skw_send_trouble_close(s);
	if (is_idle && was_used)
		return;
	if (is_stale) {
		rewind_batch(s);
		s->was_stale = true;
		return;
	}
	/* Each address is tried before it waits. */
	if (!was_used && ++s->tried < s->addresses)
		return;
	if (!was_used)
		skw_send_connect_look_up(&s->connect, skw_loop_keeper(s->loop));
	skw_send_trouble(s, why, 0);
}

void skw_send_trouble_over(struct skw_send *s)
{
	if (s->has_told)
		skw_say("%s: it takes %s again", s->plan->target.name, s->what);
	s->has_told = s->was_stale = s->must_wait = false;
	s->failures = s->tried = 0;
	s->retry_ns = 0;
}
