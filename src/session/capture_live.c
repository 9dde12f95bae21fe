// SPDX-License-Identifier: BSD-2-Clause
#include "session/capture.h"

#include <errno.h>

#include "capture/capture.h"
#include "capture/show.h"
#include "loop/loop.h"
#include "session/outputs.h"
#include "session/show.h"
#include "sink/figures.h"
#include "util/cleanup.h"
#include "util/descriptors.h"

struct live {
	struct skw_capture *capture; /* owned */
	struct skw_outputs outputs;
};

static uint64_t dropped(void *ctx)
{
	struct skw_iface_stats sum;

	skw_capture_totals(ctx, &sum);
	return sum.dropped;
}

static void report(void *ctx, bool final)
{
	const struct live *l = ctx;
	struct skw_iface_stats sum;

	if (final)
		skw_outputs_print_count(&l->outputs);
	skw_capture_totals(l->capture, &sum);

	struct skw_figures figures = { .seen = sum.seen,
				       .rejected = sum.seen - sum.matched,
				       .captured = sum.captured,
				       .dropped = sum.dropped,
				       .truncated = sum.truncated };

	/* Before the end, packets in the rings are not left over: they will still be taken. */
	if (final) {
		figures.left_over = sum.captured - l->outputs.tee.packets;
		if (l->outputs.recorder)
			figures.not_written = skw_recorder_lost(l->outputs.recorder);
	}
	skw_figures_print(&figures);
}

int skw_session_capture_live(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct live l = { 0 };
	int ret = skw_descriptors_ensure(err);

	if (ret)
		return ret;
	if (skw_capture_new(&plan->capture, &l.capture))
		return skw_error_set(err, -ENOMEM, "out of memory");

	const struct skw_outputs_source source = { .kind = skw_capture_kind(l.capture),
						   .stats = skw_capture_iface_stats,
						   .dropped = dropped,
						   .ctx = l.capture };
	const struct skw_source packets = skw_capture_source(l.capture);
	struct skw_loop_plan loop = { .sources = &packets,
				      .sources_len = 1,
				      .tells_clock = true,
				      .report = report,
				      .ctx = &l };
	ret = skw_outputs_make(&l.outputs, plan, &source, err);

	if (!ret) {
		skw_outputs_plan(&l.outputs, &loop);
		ret = skw_loop_run(&loop, err);
	}
	skw_outputs_free(&l.outputs);
	skw_capture_free(l.capture);
	return ret;
}

int skw_session_capture_interfaces(struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_show_interfaces(&text, err);

	if (!ret)
		return skw_session_show_text(&text, err);
	skw_buf_free(&text);
	return ret;
}

int skw_session_capture_link_types(const struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_show_link_types(&plan->capture, &text, err);

	if (!ret)
		return skw_session_show_text(&text, err);
	skw_buf_free(&text);
	return ret;
}

int skw_session_capture_filter(const struct skw_session_plan *plan, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_cbpf_insn *insns = NULL;
	struct skw_cbpf program = { 0 };
	int ret = skw_show_compile(&plan->capture, &program, err);

	insns = program.insns;
	return ret ? ret : skw_session_show_program(plan, &program, err);
}
