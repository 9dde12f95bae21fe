// SPDX-License-Identifier: BSD-2-Clause
#include "sink/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "table/table.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define MESSAGE_BYTES 256

static int prepare_inner(void *ctx, struct skw_error *err)
{
	const struct skw_recording *r = ctx;

	return r->inner.ops->prepare ? r->inner.ops->prepare(r->inner.ctx, err) : 0;
}

static int open_recording(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_recording *r = ctx;
	const struct skw_table_options opt = { .closed_ns = r->closed_ns };

	r->loop = loop;
	r->entry = malloc(sizeof(*r->entry));
	if (!r->entry || skw_table_new(&opt, &r->table))
		return skw_error_set(err, -ENOMEM, "out of memory");
	return r->inner.ops->open ? r->inner.ops->open(r->inner.ctx, loop, err) : 0;
}

/* The timer only wakes the loop, which offers the entry again. */
static int on_timer(void *ctx, struct skw_error *err)
{
	(void)err;
	skw_clock_timer_read(((struct skw_recording *)ctx)->timer_fd);
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct skw_recording *r = ctx;
	int ret = r->timer_fd = skw_clock_timer();

	if (ret >= 0)
		ret = skw_loop_watch(r->loop, r->timer_fd, EPOLLIN, on_timer, r);
	if (ret < 0)
		return skw_error_set(err, ret, "timers: %s", strerror(-ret));
	return r->inner.ops->start ? r->inner.ops->start(r->inner.ctx, err) : 0;
}

/* Whether it is time for what was recorded then. If not, the timer will tell. */
static bool is_due(struct skw_recording *r, uint64_t recorded_ns)
{
	uint64_t now_ns = skw_clock_monotonic_ns();

	if (r->jump)
		return true;
	if (r->paused)
		return false;
	if (!r->speed)
		return true;
	if (!r->began_ns) {
		r->began_ns = now_ns;
		r->first_ns = recorded_ns;
	}
	if (recorded_ns <= r->first_ns)
		return true;
	double wait_ns = (double)(recorded_ns - r->first_ns) * SKW_RECORDING_SPEED / r->speed -
			 (double)(now_ns - r->began_ns);

	if (wait_ns <= 0)
		return true;
	skw_clock_timer_set(r->timer_fd, wait_ns < 1e15 ? (uint64_t)wait_ns + 1 : (uint64_t)1e15,
			    0);
	return false;
}

static void begin_sweep(struct skw_recording *r, uint64_t ts_ns)
{
	if (!r->in_sweep)
		skw_table_sweep_begin(r->table, ts_ns);
	r->in_sweep = true;
}

/* The pace begins again where the jump has ended. */
static void stop_jump(struct skw_recording *r)
{
	r->jump = SKW_RECORDING_NO_JUMP;
	r->began_ns = 0;
}

static int end_sweep(struct skw_recording *r, struct skw_error *err)
{
	const struct skw_journal_sweep *s = &r->entry->sweep;
	struct skw_watch_status *status = &r->status;

	begin_sweep(r, s->ts_ns);
	skw_table_recorded_rest(r->table, s->ts_ns);
	skw_table_sweep_end(r->table, s->ts_ns, true);
	r->in_sweep = false;
	r->sweeps++;
	if (r->jump == SKW_RECORDING_NEXT_SWEEP)
		stop_jump(r);
	*status = (struct skw_watch_status){ .now_ns = s->ts_ns,
					     .interval_ns = s->interval_ns,
					     .events = s->events,
					     .events_lost = s->events_lost,
					     .netns = s->netns };
	/* A jump to an event passes over sweeps. */
	return r->jump ? 0 : r->inner.ops->tick(r->inner.ctx, r->table, status, err);
}

/* Shows the event that was looked for at once, in a table that has not been swept again. */
static int show_event(struct skw_recording *r, struct skw_error *err)
{
	char text[MESSAGE_BYTES];

	if (r->entry->message.len >= sizeof(text))
		r->entry->message.len = sizeof(text) - 1;
	if (r->say && skw_journal_text_copy(&r->entry->message, text, sizeof(text)))
		r->say(r->ctx, text);
	stop_jump(r);
	r->status.now_ns = r->entry->event.ts_ns;
	return r->inner.ops->tick(r->inner.ctx, r->table, &r->status, err);
}

static int apply(struct skw_recording *r, struct skw_error *err)
{
	const struct skw_journal_entry *e = r->entry;
	int ret = 0;

	switch (e->kind) {
	case SKW_JOURNAL_NOTE:
		return 0;
	case SKW_JOURNAL_EVENT:
		ret = skw_table_recorded_event(r->table, &e->event);
		if (!ret && r->jump == SKW_RECORDING_NEXT_EVENT)
			return show_event(r, err);
		break;
	case SKW_JOURNAL_ROW:
		begin_sweep(r, e->row.ts_ns == SKW_NONE64 ? e->real_ns : e->row.ts_ns);
		ret = skw_table_recorded_row(r->table, &e->row);
		break;
	case SKW_JOURNAL_GONE:
		skw_table_recorded_gone(r->table, e->row.cookie);
		break;
	case SKW_JOURNAL_SWEEP:
		return end_sweep(r, err);
	}
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static int take_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	struct skw_recording *r = ctx;
	struct skw_pcapng_body body = skw_pcapng_body_of(block);

	if (block->type != SKW_PCAPNG_JOURNAL)
		return 1;
	int ret = skw_journal_read(body.p, body.left, r->entry);

	if (ret <= 0) {
		r->refused += ret < 0;
		return 1;
	}
	/* The end of the session waits for nothing. */
	if (!wait && ((r->entry->kind == SKW_JOURNAL_SWEEP && !is_due(r, r->entry->sweep.ts_ns)) ||
		      (r->entry->kind == SKW_JOURNAL_EVENT && !is_due(r, r->entry->event.ts_ns))))
		return 0;
	ret = apply(r, err);
	return ret ? ret : 1;
}

static int pause_inner(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	const struct skw_recording *r = ctx;

	return r->inner.ops->pause ? r->inner.ops->pause(r->inner.ctx, until_ns, err) : 0;
}

static int signal_inner(void *ctx, int signo, struct skw_error *err)
{
	const struct skw_recording *r = ctx;

	return r->inner.ops->signal ? r->inner.ops->signal(r->inner.ctx, signo, err) : 0;
}

static void hurry_inner(void *ctx, unsigned ms)
{
	const struct skw_recording *r = ctx;

	if (r->inner.ops->hurry)
		r->inner.ops->hurry(r->inner.ctx, ms);
}

static int close_recording(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_recording *r = ctx;
	int ret = r->inner.ops->close ? r->inner.ops->close(r->inner.ctx, real_ns, err) : 0;

	skw_table_free(r->table);
	free(r->entry);
	r->table = NULL;
	r->entry = NULL;
	skw_cleanup_fd(&r->timer_fd);
	return ret;
}

void skw_recording_steer(struct skw_recording *r, bool paused, uint32_t speed,
			 enum skw_recording_jump jump)
{
	bool moves = r->paused != paused || r->speed != speed || jump;

	r->paused = paused;
	r->speed = speed;
	if (jump)
		r->jump = jump;
	if (!moves || r->timer_fd < 0)
		return;
	/* The entry that waits is offered again at once, and the pace begins with it. */
	r->began_ns = 0;
	skw_clock_timer_set(r->timer_fd, 1, 0);
}

void skw_recording_follow(struct skw_recording *r, uint64_t cookie)
{
	if (r->table)
		skw_table_follow(r->table, cookie);
}

static const struct skw_sink_ops ops = {
	.prepare = prepare_inner,
	.open = open_recording,
	.start = start,
	.block = take_block,
	.pause = pause_inner,
	.signal = signal_inner,
	.hurry = hurry_inner,
	.close = close_recording,
};

struct skw_sink skw_recording_sink(struct skw_recording *r)
{
	return (struct skw_sink){ &ops, r };
}
