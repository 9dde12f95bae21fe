// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages/messages_screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/clock.h"

static void add_up(struct skw_messages_live_screen *s, struct skw_message_look *look)
{
	const struct skw_payloads_figures *p = &s->lines->payloads;
	const struct skw_messages_figures *f = &s->lines->figures;

	skw_message_lines_count(s->lines);
	for (size_t i = 0; i < look->len; i++) {
		look->messages += s->groups[i].count;
		look->errors += s->groups[i].errors;
		look->unanswered += s->groups[i].unanswered;
		look->recent += s->groups[i].recent;
	}
	look->recognised = f->recognised;
	look->unrecognised = f->unrecognised;
	look->forgotten = p->forgotten;
	look->packets = p->packets;
	look->holes = p->streams.holes;
	look->missing_bytes = p->streams.missing_bytes;
	look->lost = s->lost(s->ctx);
}

static int draw(struct skw_messages_live_screen *s, struct skw_error *err)
{
	const struct skw_message_summary *summary = s->lines->summary;
	struct skw_message_look look = { .now_ns = skw_clock_real_ns(),
					 .total_ns = summary->last_ns - summary->first_ns };

	/* The clock may have been set. */
	if (s->looked_ns && look.now_ns > s->looked_ns)
		look.recent_ns = look.now_ns - s->looked_ns;
	s->looked_ns = look.now_ns;
	free(s->groups);
	s->groups = skw_message_summary_look(s->lines->summary, look.recent_ns, &look.len);
	if (!s->groups)
		return skw_error_set(err, -ENOMEM, "out of memory");
	look.groups = s->groups;
	add_up(s, &look);
	return s->to->draw(s->to->ctx, &look, err);
}

static int handle(struct skw_messages_live_screen *s, int signal, struct skw_error *err)
{
	struct skw_messages_wish wish = { 0 };
	int ret = s->to->input(s->to->ctx, signal, &wish, err);

	if (ret)
		return ret;
	/* The table that is printed at the end has the order of the screen. */
	s->lines->summary->order = wish.order;
	if (wish.interval_ns != s->interval_ns) {
		s->interval_ns = wish.interval_ns;
		ret = skw_clock_timer_set(s->timer_fd, s->interval_ns, s->interval_ns);
	}
	if (wish.quit)
		skw_loop_stop(s->loop);
	return ret ? skw_error_set(err, ret, "timers: %s", strerror(-ret)) : 0;
}

static int on_input(void *ctx, struct skw_error *err)
{
	return handle(ctx, 0, err);
}

static int on_timer(void *ctx, struct skw_error *err)
{
	struct skw_messages_live_screen *s = ctx;

	return skw_clock_timer_read(s->timer_fd) ? draw(s, err) : 0;
}

static int on_signal(void *ctx, int signo, struct skw_error *err)
{
	return handle(ctx, signo, err);
}

static void stop_job(void *ctx)
{
	struct skw_messages_live_screen *s = ctx;

	skw_verbs_terminal_stop_job(&s->terminal, skw_loop_keeper(s->loop));
}

/* There is nothing to save. */
static int save(void *ctx, const void *settings, size_t len)
{
	(void)ctx;
	(void)settings;
	(void)len;
	return -EINVAL;
}

static int prepare_screen(void *ctx, struct skw_error *err)
{
	struct skw_messages_live_screen *s = ctx;
	int ret;

	s->host = (struct skw_messages_host){ .ctx = s,
					      .stop_job = stop_job,
					      .interval_ns = s->interval_ns,
					      .order = s->lines->summary->order };
	ret = s->to->open(s->to->ctx, &s->host, err);
	if (!ret)
		skw_verbs_terminal_note(&s->terminal);
	return ret;
}

static int open_screen(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct skw_messages_live_screen *)ctx)->loop = loop;
	return 0;
}

static int start_screen(void *ctx, struct skw_error *err)
{
	struct skw_messages_live_screen *s = ctx;
	int ret = s->timer_fd = skw_clock_timer();

	if (ret >= 0)
		ret = skw_loop_watch(s->loop, s->to->input_fd, EPOLLIN, on_input, s);
	if (!ret)
		ret = skw_loop_watch(s->loop, s->timer_fd, EPOLLIN, on_timer, s);
	if (!ret)
		ret = skw_clock_timer_set(s->timer_fd, s->interval_ns, s->interval_ns);
	if (ret < 0)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	return draw(s, err);
}

static int close_screen(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_messages_live_screen *s = ctx;

	(void)real_ns;
	(void)err;
	s->to->close(s->to->ctx);
	skw_cleanup_fd(&s->timer_fd);
	free(s->groups);
	s->groups = NULL;
	return 0;
}

static const struct skw_sink_ops ops = {
	.prepare = prepare_screen,
	.open = open_screen,
	.start = start_screen,
	.signal = on_signal,
	.close = close_screen,
};

void skw_messages_live_screen_begin(struct skw_messages_live_screen *s)
{
	s->timer_fd = -1;
	s->terminal = (struct skw_verbs_terminal){
		.farewell = { .text = s->to->farewell, .termios = s->to->termios }, .save = save
	};
	skw_verbs_terminal_prepare(&s->terminal);
}

struct skw_sink skw_messages_live_screen_sink(struct skw_messages_live_screen *s)
{
	return (struct skw_sink){ &ops, s };
}
