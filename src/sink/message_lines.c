// SPDX-License-Identifier: BSD-2-Clause
#include "sink/message_lines.h"

#include <errno.h>

#include "format/format_message.h"
#include "loop/loop.h"

static bool is_wanted(const struct skw_message_lines *l, const struct skw_message *m)
{
	if (l->count && l->printed >= l->count)
		return false;
	if (l->slow_ns && !skw_message_is_slow(m, l->slow_ns))
		return false;
	return !l->where || skw_expr_matches_about(l->where, m);
}

static void add_name(const struct skw_message_lines *l, struct skw_message *m)
{
	struct skw_asked_name name;

	if (!skw_asked_of_server(l->asked, &m->tuple, &name))
		return;
	m->remote_name = name.text;
	m->remote_name_source = name.source;
}

static int tell_message(struct skw_message_lines *l, const struct skw_message *m)
{
	int ret = 0;

	if (l->told)
		l->told(l->told_ctx, m);
	if (!is_wanted(l, m))
		return 0;
	if (l->summary)
		ret = skw_message_summary_add(l->summary, m, l->err);
	else if (l->json)
		skw_format_message_json(&l->text, m);
	else
		skw_format_message_line(&l->text, m);
	if (ret)
		return ret;
	if (++l->printed == l->count)
		skw_loop_enough(l->loop);
	if (l->summary)
		return 0;
	return skw_lines_add(&l->out, &l->text) ? skw_lines_write(&l->out, &l->text, l->err) : 0;
}

static int take_message(void *ctx, const struct skw_message *m)
{
	struct skw_message_lines *l = ctx;
	struct skw_message named;

	if (!l->asked)
		return tell_message(l, m);
	named = *m;
	add_name(l, &named);
	return tell_message(l, &named);
}

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_message_lines *l = ctx;
	int ret;

	l->loop = loop;
	skw_lines_open(&l->out, loop);
	l->options.take = take_message;
	l->options.ctx = l;
	ret = skw_messages_new(&l->options, &l->messages);
	if (!ret && l->names)
		ret = skw_asked_new(&l->asked_options, &l->asked);
	if (ret)
		return skw_error_set(err, ret, "out of memory");
	if (l->summary)
		ret = skw_message_summary_open(l->summary, l->options.key, err);
	return ret ? ret : skw_lines_let_leave(&l->out, err);
}

static int fail(int ret, struct skw_error *err)
{
	return ret == -ENOMEM ? skw_error_set(err, ret, "out of memory") : ret;
}

static int add_packet(struct skw_message_lines *l, const struct skw_packet *pkt)
{
	int ret = l->asked ? skw_asked_take(l->asked, pkt) : 0;

	if (ret)
		return ret;
	if (l->summary)
		skw_message_summary_pass(l->summary, pkt->ts_ns);
	return skw_messages_take(l->messages, pkt);
}

void skw_message_lines_feed(struct skw_message_lines *l, const struct skw_packet *pkt)
{
	if (l->failure || skw_loop_is_over(l->loop))
		return;
	l->err = &l->why;
	l->failure = add_packet(l, pkt);
	if (l->failure)
		fail(l->failure, &l->why);
}

static int add_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		       struct skw_error *err)
{
	struct skw_message_lines *l = ctx;

	l->err = err;
	for (size_t i = 0; i < n; i++) {
		int ret = skw_lines_make_room(&l->out, wait, err);

		if (ret <= 0)
			return ret ? ret : (int)i;
		ret = add_packet(l, &run[i]);

		if (ret)
			return fail(ret, err);
		if (skw_loop_is_over(l->loop))
			return (int)i + 1;
	}
	return (int)n;
}

static int write_out(struct skw_message_lines *l, struct skw_error *err)
{
	return l->text.len || l->text.failed ? skw_lines_write(&l->out, &l->text, err) : 0;
}

static int pause_lines(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_message_lines *l = ctx;
	int ret;

	if (l->failure) {
		*err = l->why;
		return l->failure;
	}
	l->err = err;
	if (l->live && l->summary && l->summary->first_ns)
		skw_message_summary_pass(l->summary, until_ns);
	/* The times of a file have nothing to do with the clock. */
	ret = l->live ? skw_messages_pass(l->messages, until_ns) : 0;
	return ret ? fail(ret, err) : write_out(l, err);
}

static void hurry(void *ctx, unsigned ms)
{
	skw_lines_hurry(&((struct skw_message_lines *)ctx)->out, ms);
}

void skw_message_lines_count(struct skw_message_lines *l)
{
	if (!l->messages)
		return;
	l->figures = *skw_messages_figures(l->messages);
	l->payloads = *skw_messages_payloads(l->messages);
	if (l->asked)
		l->named = *skw_asked_figures(l->asked);
}

static int close_lines(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_message_lines *l = ctx;
	int ret = 0;

	(void)real_ns;
	l->err = err;
	if (l->messages)
		ret = fail(skw_messages_stop(l->messages), err);
	if (!ret && l->summary && l->messages)
		ret = skw_message_summary_table(l->summary, &l->text, err);
	if (!ret)
		ret = write_out(l, err);
	skw_message_lines_count(l);
	if (l->summary)
		skw_message_summary_close(l->summary);
	skw_messages_free(l->messages);
	l->messages = NULL;
	skw_asked_free(l->asked);
	l->asked = NULL;
	skw_buf_free(&l->text);
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.packets = add_packets,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

/* Packets come from a stage. */
static const struct skw_sink_ops fed_ops = {
	.open = open_lines,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

struct skw_sink skw_message_lines_sink(struct skw_message_lines *l)
{
	return (struct skw_sink){ l->fed ? &fed_ops : &ops, l };
}
