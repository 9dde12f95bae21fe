// SPDX-License-Identifier: BSD-2-Clause
#include "session/fleet/report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "flow/payload/payloads.h"
#include "loop/loop.h"
#include "message/known/recognisers.h"
#include "model/file_plan.h"
#include "out/deflate.h"
#include "replay/replay.h"
#include "sink/report_page.h"
#include "util/random.h"
#include "util/say.h"
#include "verbs/files.h"

/* Half of the memory is for details, the rest for connections and what is not read yet. */
#define MAX_BYTES   (128ULL << 20)
#define DETAILS_MAX 1000
/* The page lists more connections than it has details of. */
#define ROWS_PER_DETAIL 2

static void report(void *ctx, bool final)
{
	const struct skw_report_page *p = ctx;

	if (!final || !p->bytes)
		return;
	if (p->refused)
		skw_say("%" PRIu64 " damaged journal entr%s left out", p->refused,
			p->refused == 1 ? "y was" : "ies were");
}

/* The names that are shown on the page. */
static int run(const struct skw_session_report_plan *plan, struct skw_report_page *page,
	       struct skw_verbs_files *files, struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->files,
						.files_len = plan->files_len,
						.filter = plan->filter,
						.snaplen = UINT32_MAX,
						.blocks = true,
						.output = files };
	const struct skw_sink sink = skw_report_page_sink(page);
	struct skw_keeper_table *const tables[] = { &files->table };
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .tables = tables,
					    .tables_len = 1,
					    .writes_files = true,
					    .no_sandbox = plan->no_sandbox,
					    .report = report,
					    .ctx = page };
	int ret = skw_loop_run(&loop, err);

	skw_replay_free(r);
	return ret;
}

int skw_session_report(const struct skw_session_report_plan *plan, struct skw_error *err)
{
	const struct skw_file_plan output = { .name = plan->output };
	const uint64_t max_bytes = plan->max_bytes ? plan->max_bytes : MAX_BYTES;
	const size_t details = plan->details ? (size_t)plan->details : DETAILS_MAX;
	struct skw_verbs_files files = { .list.plan = &output, .dir_fd = -EACCES };
	struct skw_report_page page = {
		.sheet_options = { .conversations_bytes = (size_t)max_bytes / 4,
				   .details_bytes = (size_t)max_bytes / 2,
				   .rows_max = ROWS_PER_DETAIL * details },
		.message_options = { .max_bytes = (size_t)max_bytes / 4,
				     .recognisers = skw_recognisers,
				     .wanted = UINT64_MAX },
		.write = { .files = plan->files,
			   .files_len = plan->files_len,
			   .deflate = skw_deflate_supported() ? skw_deflate : NULL,
			   .details_max = details },
		.files = &files,
	};
	int ret = skw_random_key(page.sheet_options.key, "report", err);

	if (ret)
		return ret;
	memcpy(page.message_options.key, page.sheet_options.key, sizeof(page.message_options.key));
	skw_verbs_files_prepare(&files);
	ret = run(plan, &page, &files, err);
	skw_verbs_files_settle(&files);
	return ret;
}
