// SPDX-License-Identifier: BSD-2-Clause
#include "session/show.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "filter/disasm.h"
#include "filter/dump.h"
#include "filter/offline.h"
#include "filter/translate.h"
#include "replay/replay.h"
#include "util/cleanup.h"

bool skw_session_show_is_classic(const struct skw_session_plan *plan)
{
	return plan->dump == SKW_DUMP_C || plan->dump == SKW_DUMP_NUMBERS;
}

int skw_session_show_text(struct skw_buf *text, struct skw_error *err)
{
	int ret = text->failed ? skw_error_set(err, -ENOMEM, "out of memory") : 0;

	if (!ret)
		fwrite(text->data, 1, text->len, stdout);
	skw_buf_free(text);
	return ret;
}

static int show_ebpf(const struct skw_session_plan *plan, const struct skw_cbpf *cbpf,
		     struct skw_buf *text, struct skw_error *err)
{
	/* These numbers stand for the maps that a capture creates. */
	struct skw_filter_frame frame = {
		.counters_fd = 0, .next_fd = 0, .cpus = 1, .direction = plan->capture.direction
	};
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 0;
	int ret = skw_filter_translate(cbpf, &frame, &insns, &len);

	if (ret)
		return skw_error_set(err, ret,
				     "filter: it can't be translated and runs in user space: %s",
				     strerror(-ret));
	skw_disasm(insns, len, text);
	return 0;
}

int skw_session_show_program(const struct skw_session_plan *plan, const struct skw_cbpf *program,
			     struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = 0;

	switch (plan->dump) {
	case SKW_DUMP_NONE:
		break;
	case SKW_DUMP_TEXT:
		skw_dump_text(program, &text);
		break;
	case SKW_DUMP_C:
		skw_dump_c(program, &text);
		break;
	case SKW_DUMP_NUMBERS:
		skw_dump_numbers(program, &text);
		break;
	case SKW_DUMP_EBPF:
		ret = show_ebpf(plan, program, &text, err);
		break;
	}
	if (ret) {
		skw_buf_free(&text);
		return ret;
	}
	return skw_session_show_text(&text, err);
}

int skw_session_show_file(const struct skw_session_plan *plan, struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = plan->capture.filter,
						.no_optimize = plan->capture.no_optimize,
						.classic = skw_session_show_is_classic(plan),
						.snaplen = plan->capture.snaplen };
	struct skw_offline_filter *filter = NULL;
	int ret = skw_replay_compile(&replay, &filter, err);

	if (!ret)
		ret = skw_session_show_program(plan, skw_offline_filter_program(filter, 0), err);
	skw_offline_filter_free(filter);
	return ret;
}
