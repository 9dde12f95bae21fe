// SPDX-License-Identifier: BSD-2-Clause
#include "session/tap/tap.h"

#include <errno.h>

#include "abi/packet.h"
#include "capture/capture.h"
#include "util/say.h"

int skw_session_tap_make(struct skw_session_tap *t, struct skw_keeper_table *tables[SKW_TAP_TABLES],
			 struct skw_error *err)
{
	t->verbs.folder_fd = -1;
	t->verbs.reads = t->kind;
	int ret = skw_verbs_pick_prepare(&t->verbs);

	tables[0] = &t->verbs.capture.table;
	tables[1] = &t->verbs.table;
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

void skw_session_tap_tell(struct skw_session_tap *t, const char *why)
{
	if (t->failed)
		t->failed(t->ctx, why);
	else
		skw_say("%s end here: %s", t->what, why);
}

/* Nothing of the tap is used any more, and the keeper has nothing of it either. */
static void forget(struct skw_session_tap *t)
{
	struct skw_iface_stats sum;

	if (t->capture) {
		skw_capture_totals(t->capture, &sum);
		t->captured += sum.captured;
		t->lost += sum.dropped;
	}
	skw_capture_free(t->capture);
	t->capture = NULL;
	t->ends = false;
}

void skw_session_tap_free(struct skw_session_tap *t)
{
	forget(t);
	skw_verbs_capture_settle(&t->verbs.capture);
}

int skw_session_tap_begin(struct skw_session_tap *t, struct skw_loop *loop, struct skw_error *err)
{
	const struct skw_pick pick = { .kind = t->kind };
	int fds[SKW_PICKED_FDS];

	t->ends = false;
	if (t->capture)
		return 0;
	t->loop = loop;
	int ret =
		skw_verbs_pick_begin(&t->verbs, skw_loop_keeper(loop), &pick, &t->picked, fds, err);

	if (ret)
		return ret;
	t->plan = (struct skw_capture_plan){
		.filter = t->picked.filter, .dlt = -1, .snaplen = SKW_SNAPLEN_MAX, .quiet = true
	};
	ret = skw_capture_handed(&t->plan, &t->verbs, &t->picked, fds, loop, &t->capture, err);
	if (ret) {
		skw_verbs_pick_end(&t->verbs, skw_loop_keeper(loop));
		return ret;
	}
	t->source = skw_capture_source(t->capture);
	return 0;
}

void skw_session_tap_end(struct skw_session_tap *t)
{
	t->ends = t->capture != NULL;
}

bool skw_session_tap_packets(struct skw_session_tap *t, const struct skw_packet *run, size_t n)
{
	for (size_t i = 0; t->taking && i < t->consumers_len; i++)
		t->consumers[i].packets(t->consumers[i].ctx, run, n);
	return t->taking;
}

void skw_session_tap_pause(struct skw_session_tap *t)
{
	if (!t->ends)
		return;
	/* Not where the user asked for it: the loop may have events for what is freed here. Packets
	 * that are still in the rings are not wanted any more. */
	t->source.ops->quiesce(t->source.ctx);
	skw_verbs_pick_end(&t->verbs, skw_loop_keeper(t->loop));
	forget(t);
}

void skw_session_tap_figures(const struct skw_session_tap *t, uint64_t *captured, uint64_t *lost)
{
	struct skw_iface_stats sum = { 0 };

	if (t->capture)
		skw_capture_totals(t->capture, &sum);
	*captured = t->captured + sum.captured;
	*lost = t->lost + sum.dropped;
}

/* ---- the source: that of the capture, while there is one ---- */

/* A tap that fails is none of the session's failures. */
static int check(struct skw_session_tap *t, int ret, const struct skw_error *trouble)
{
	if (ret && !t->ends) {
		t->ends = true;
		skw_session_tap_tell(t, trouble->text);
	}
	return 0;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct skw_session_tap *t = ctx;
	struct skw_error trouble = { 0 };

	(void)err;
	if (!t->capture || t->ends)
		return 0;
	return check(t, t->source.ops->look(t->source.ctx, now_ns, &trouble), &trouble);
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	const struct skw_session_tap *t = ctx;

	*ts_ns = UINT64_MAX;
	return t->capture && !t->ends && t->source.ops->peek(t->source.ctx, ts_ns);
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_session_tap *t = ctx;
	struct skw_error trouble = { 0 };

	(void)err;
	if (!t->capture || t->ends)
		return 0;
	t->taking = true;
	int ret = t->source.ops->take(t->source.ctx, until_ns, &trouble);

	t->taking = false;
	return check(t, ret, &trouble);
}

static int step(void *ctx, struct skw_error *err)
{
	struct skw_session_tap *t = ctx;

	return t->capture && !t->ends ? t->source.ops->step(t->source.ctx, err) : 0;
}

static int rest(void *ctx)
{
	const struct skw_session_tap *t = ctx;

	return !t->capture ? -1 : t->ends ? 0 : t->source.ops->rest(t->source.ctx);
}

static void quiesce(void *ctx)
{
	const struct skw_session_tap *t = ctx;

	if (t->capture)
		t->source.ops->quiesce(t->source.ctx);
}

static const struct skw_source_ops ops = {
	.look = look,
	.peek = peek,
	.take = take,
	.step = step,
	.rest = rest,
	.quiesce = quiesce,
};

struct skw_source skw_session_tap_source(struct skw_session_tap *t)
{
	return (struct skw_source){ &ops, t };
}
