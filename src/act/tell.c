// SPDX-License-Identifier: BSD-2-Clause
#include "act/tell.h"

#include "format/format_act.h"
#include "loop/loop.h"
#include "util/locale.h"

/* Lines are collected until the next pause, or until there are this many bytes of them. */
#define TEXT_BYTES 65536

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_act_tell *t = ctx;

	t->loop = loop;
	skw_lines_open(&t->out, loop);
	return skw_lines_let_leave(&t->out, err);
}

static int pause_lines(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_act_tell *t = ctx;

	(void)until_ns;
	return t->text.len || t->text.failed ? skw_lines_write(&t->out, &t->text, err) : 0;
}

static void hurry(void *ctx, unsigned ms)
{
	skw_lines_hurry(&((struct skw_act_tell *)ctx)->out, ms);
}

static int close_lines(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_act_tell *t = ctx;
	int ret = pause_lines(t, real_ns, err);

	skw_buf_free(&t->text);
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

struct skw_sink skw_act_tell_sink(struct skw_act_tell *t)
{
	return (struct skw_sink){ &ops, t };
}

int skw_act_tell(struct skw_act_tell *t, const struct skw_act_event *event, struct skw_error *err)
{
	const struct skw_format_env env = { .offset_ns = skw_loop_clock(t->loop)->offset_ns,
					    .host = t->host,
					    .utf8 = skw_locale_is_utf8() };

	if (skw_loop_is_over(t->loop))
		return 0;
	if (t->json)
		skw_format_act_json(&t->text, event, &env);
	else
		skw_format_act_line(&t->text, event, &env);
	if (++t->told == t->count)
		skw_loop_enough(t->loop);
	return t->text.len < TEXT_BYTES ? 0 : skw_lines_write(&t->out, &t->text, err);
}
