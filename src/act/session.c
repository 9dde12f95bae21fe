// SPDX-License-Identifier: BSD-2-Clause
#include "act/session.h"

#include <signal.h>
#include <unistd.h>

#include "loop/loop.h"
#include "loop/signals.h"
#include "sink/tee.h"
#include "util/say.h"

struct reports {
	const struct skw_act_plan *plan;
	bool final; /* the last one was made */
};

static void report(void *ctx, bool final)
{
	struct reports *r = ctx;

	r->final = r->final || final;
	if (r->plan->report)
		r->plan->report(r->plan->ctx, final);
}

static bool takes_signal(void *ctx, int signo, bool from_kernel)
{
	const struct skw_act_plan *plan = ((struct reports *)ctx)->plan;

	return plan->takes_signal(plan->ctx, signo, from_kernel);
}

void skw_act_hold_signals(void)
{
	sigset_t set;

	skw_signals_stop_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int skw_act_run(const struct skw_act_plan *plan, struct skw_error *err)
{
	const struct skw_act_options *options = plan->options;
	struct skw_tee tee = { 0 };
	const struct skw_sink sink = skw_tee_sink(&tee);
	struct reports reports = { .plan = plan };
	const struct skw_loop_plan loop = { .sources = &plan->source,
					    .sources_len = 1,
					    .sink = &sink,
					    .relay = plan->relay,
					    .writes_files = plan->recorder != NULL,
					    .no_sandbox = options->no_sandbox,
					    .duration_ns = options->duration_ns,
					    .takes_signal =
						    plan->takes_signal ? takes_signal : NULL,
					    .report = report,
					    .ctx = &reports };
	char host[65] = "";

	skw_tee_add(&tee, skw_act_tell_sink(plan->tell));
	if (plan->recorder)
		skw_tee_add(&tee, *plan->recorder);
	plan->tell->json = options->json;
	plan->tell->count = options->count;
	if (gethostname(host, sizeof(host) - 1) == 0 && host[0])
		plan->tell->host = host;
	if (options->pin)
		skw_act_hold_signals();
	int ret = skw_loop_run(&loop, err);

	plan->tell->host = NULL;
	if (ret && !reports.final && plan->pinned && *plan->pinned)
		skw_say("%s stays pinned; skwatch detach %s removes it", options->pin,
			options->pin);
	return ret;
}
