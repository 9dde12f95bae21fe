// SPDX-License-Identifier: BSD-2-Clause
#include "session/top.h"

#include <errno.h>
#include <inttypes.h>

#include "loop/loop.h"
#include "replay/replay.h"
#include "sink/recording.h"
#include "util/say.h"

static void report(void *ctx, bool final)
{
	const struct skw_recording *r = ctx;

	if (!final)
		return;
	if (!r->sweeps)
		skw_say("nothing to show: there is no sweep in the file (capture records them into "
			"a "
			"pcapng file, unless --no-events or --rows-every 0 is given)");
	if (r->refused)
		skw_say("%" PRIu64 " damaged journal entr%s left out", r->refused,
			r->refused == 1 ? "y was" : "ies were");
}

int skw_session_top_file_rows(const struct skw_top_plan *plan, struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = "",
						.snaplen = UINT32_MAX,
						.blocks = true };
	struct skw_rows rows = { .view_options = plan->view,
				 .format = plan->format,
				 .iterations = plan->iterations };
	struct skw_recording recording = { .inner = skw_rows_sink(&rows),
					   .closed_ns = plan->watch.closed_ns,
					   .speed = plan->speed,
					   .timer_fd = -1 };
	const struct skw_sink sink = skw_recording_sink(&recording);
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .no_sandbox = plan->watch.no_sandbox,
					    .report = report,
					    .ctx = &recording };
	int ret = skw_loop_run(&loop, err);

	skw_replay_free(r);
	return ret;
}
