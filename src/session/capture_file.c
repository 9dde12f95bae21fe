// SPDX-License-Identifier: BSD-2-Clause
#include "session/capture.h"

#include <errno.h>

#include "loop/loop.h"
#include "replay/replay.h"
#include "session/outputs.h"

static void report(void *ctx, bool final)
{
	if (final)
		skw_outputs_print_count(ctx);
}

int skw_session_capture_file(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_outputs outputs = { 0 };
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = plan->capture.filter,
						.direction = plan->capture.direction,
						.no_optimize = plan->capture.no_optimize,
						.snaplen = plan->capture.snaplen,
						.blocks = (plan->lines || plan->summary) &&
							  !plan->recorded.off,
						.output = plan->file.name ? &outputs.files : NULL };
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");

	const struct skw_outputs_source source = { .kind = skw_replay_kind(r),
						   .iface = skw_replay_iface,
						   .ctx = r };
	struct skw_loop_plan loop = { .report = report, .ctx = &outputs };
	int ret = skw_outputs_make(&outputs, plan, &source, err);

	if (!ret) {
		const struct skw_source packets = skw_replay_source(r);

		skw_outputs_plan(&outputs, &packets, 1, &loop);
		ret = skw_loop_run(&loop, err);
	}
	skw_outputs_free(&outputs);
	skw_replay_free(r);
	return ret;
}
