// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages/messages_live.h"

#include <errno.h>
#include <inttypes.h>

#include "capture/capture.h"
#include "loop/loop.h"
#include "session/messages/messages_report.h"
#include "session/owners.h"
#include "sink/tee.h"
#include "util/say.h"

struct live_messages {
	struct skw_session_plan plan; /* as far as the join needs one */
	struct skw_capture *capture;  /* owned */
	struct skw_owners_session owners;
	struct skw_tee tee; /* gives packets their owners */
	struct skw_message_lines *lines;
};

static void report(void *ctx, bool final)
{
	const struct live_messages *l = ctx;
	struct skw_iface_stats sum;

	(void) final;
	skw_messages_report(l->lines);
	skw_capture_totals(l->capture, &sum);
	skw_say("%" PRIu64 " packets captured, %" PRIu64 " lost because a ring was full",
		sum.captured, sum.dropped);
}

static int run_loop(struct live_messages *l, const struct skw_messages_plan *plan,
		    struct skw_error *err)
{
	struct skw_source sources[2] = { skw_capture_source(l->capture) };
	const struct skw_sink sink = skw_tee_sink(&l->tee);
	struct skw_loop_plan loop = { .sources = sources,
				      .sources_len = 1,
				      .sink = &sink,
				      .no_sandbox = plan->no_sandbox,
				      .duration_ns = plan->duration_ns,
				      .report = report,
				      .ctx = l };
	int ret = skw_owners_session_make(&l->owners, &l->plan, &l->tee, NULL, err);

	l->owners.is_pressed = skw_capture_is_pressed;
	l->owners.pressed = l->capture;
	/* Without the right to see processes, messages have no owners, and that is said. */
	l->owners.wanted = false;
	if (l->owners.watch)
		sources[loop.sources_len++] = skw_owners_session_source(&l->owners);
	loop.folder_fd = skw_owners_session_folder(&l->owners);
	if (!ret)
		ret = skw_loop_run(&loop, err);
	skw_owners_session_free(&l->owners);
	return ret;
}

int skw_messages_live(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		      struct skw_error *err)
{
	struct live_messages l = { .plan = { .capture = plan->capture,
					     .owner = !plan->no_owner,
					     .no_owner = plan->no_owner },
				   .lines = lines };
	int ret;

	lines->live = true;
	skw_tee_add(&l.tee, skw_message_lines_sink(lines));
	if (!plan->no_owner)
		l.plan.capture.young_ms = SKW_OWNERS_SESSION_LEAD_MS / 2;
	if (skw_capture_new(&l.plan.capture, &l.capture))
		return skw_error_set(err, -ENOMEM, "out of memory");
	ret = run_loop(&l, plan, err);
	skw_capture_free(l.capture);
	return ret;
}
