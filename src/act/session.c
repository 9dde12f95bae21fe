// SPDX-License-Identifier: BSD-2-Clause
#include "act/session.h"

#include <unistd.h>

#include "loop/loop.h"
#include "sink/tee.h"

int skw_act_run(const struct skw_act_plan *plan, struct skw_error *err)
{
	const struct skw_act_options *options = plan->options;
	struct skw_tee tee = { 0 };
	const struct skw_sink sink = skw_tee_sink(&tee);
	const struct skw_loop_plan loop = { .sources = &plan->source,
					    .sources_len = 1,
					    .sink = &sink,
					    .relay = plan->relay,
					    .threads = plan->recorder != NULL,
					    .no_sandbox = options->no_sandbox,
					    .duration_ns = options->duration_ns,
					    .takes_signal = plan->takes_signal,
					    .report = plan->report,
					    .ctx = plan->ctx };
	char host[65] = "";

	skw_tee_add(&tee, skw_act_tell_sink(plan->tell));
	if (plan->recorder)
		skw_tee_add(&tee, *plan->recorder);
	plan->tell->json = options->json;
	plan->tell->count = options->count;
	if (gethostname(host, sizeof(host) - 1) == 0 && host[0])
		plan->tell->host = host;
	int ret = skw_loop_run(&loop, err);

	plan->tell->host = NULL;
	return ret;
}
