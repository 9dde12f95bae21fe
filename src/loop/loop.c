// SPDX-License-Identifier: BSD-2-Clause
/* The order of a session, from the first use of privileges to the end of the keeper. */
#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper/inherited.h"
#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "keeper/sandbox.h"
#include "loop/guard.h"
#include "loop/signals.h"
#include "loop/state.h"
#include "util/clock.h"
#include "util/say.h"

static int prepare(struct skw_loop *l, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];

		if (s->ops->prepare)
			ret = s->ops->prepare(s->ctx, err);
	}
	if (!ret && l->plan->sink->ops->prepare)
		ret = l->plan->sink->ops->prepare(l->plan->sink->ctx, err);
	return ret;
}

/*
 * Gives the privileges up. The user of -Z must be reached. The default user may not exist in a
 * container's user namespace, and then root keeps its number, but no capability.
 */
static int drop_privileges(const struct skw_loop *l, const struct skw_identity *other,
			   struct skw_error *err)
{
	struct skw_error refusal = { 0 };

	if (l->plan->who || geteuid() != 0)
		return skw_privileges_drop(l->plan->who, err);
	if (skw_privileges_drop(other, &refusal) == 0)
		return 0;
	int ret = skw_privileges_drop(NULL, err);
	if (!ret)
		skw_say("%s; it stays root without capabilities", refusal.text);
	return ret;
}

static bool has_threads(const struct skw_loop_plan *plan)
{
	bool has = plan->writes_files;

	for (size_t i = 0; i < plan->sources_len; i++) {
		const struct skw_source *s = &plan->sources[i];

		has |= s->ops->has_threads && s->ops->has_threads(s->ctx);
	}
	return has;
}

static int close_sandbox(const struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sandbox sandbox = { .threads = has_threads(l->plan),
					     .writes_files = l->plan->writes_files,
					     .terminal = l->plan->terminal,
					     .serves = l->plan->serves,
					     .folder_fd =
						     l->plan->folder_fd ? *l->plan->folder_fd : -1,
					     .relay = l->plan->relay };
	unsigned closed;

	if (!l->plan->no_sandbox)
		return skw_sandbox_close(&sandbox, &closed, err);
	skw_say("the sandbox is off (--no-sandbox): do this for debugging only");
	return 0;
}

/* Splits the process. Afterwards this process can only read what is already open. */
static int split(struct skw_loop *l, struct skw_error *err)
{
	struct skw_keeper_table *tables[SKW_LOOP_TABLES_MAX];
	struct skw_identity other = { 0 };
	size_t n = 0;

	/* A look-up may open descriptors, which are none of the worker's. */
	if (geteuid() == 0 && !l->plan->who)
		skw_identity_default(&other);
	for (size_t i = 0; i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		struct skw_keeper_table *table = s->ops->verbs ? s->ops->verbs(s->ctx) : NULL;

		if (table)
			tables[n++] = table;
	}
	for (size_t i = 0; i < l->plan->tables_len && n < SKW_LOOP_TABLES_MAX; i++)
		tables[n++] = l->plan->tables[i];
	int ret = n ? skw_keeper_split(tables, n, &l->keeper) : 0;
	if (ret)
		return skw_error_set(err, ret, "splitting in two processes: %s",
				     ret == -EPIPE ? skw_keeper_fate(NULL) : strerror(-ret));
	if (l->keeper)
		skw_guard_arm(skw_keeper_pid(l->keeper));
	skw_inherited_close();
	return drop_privileges(l, &other, err);
}

static int begin(struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;
	int ret = 0;

	for (size_t i = 0; !ret && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];

		if (s->ops->begin)
			ret = s->ops->begin(s->ctx, l, err);
	}
	return ret || !sink->ops->open ? ret : sink->ops->open(sink->ctx, l, err);
}

static int start(struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;
	int ret = sink->ops->start ? sink->ops->start(sink->ctx, err) : 0;

	for (size_t i = 0; !ret && i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];

		if (s->ops->start)
			ret = s->ops->start(s->ctx, err);
	}
	return ret;
}

/* Signals end the process until the outputs are open, because opening a file may block for ever. */
static int set_up(struct skw_loop *l, struct skw_error *err)
{
	int ret = prepare(l, err);

	if (!ret)
		ret = split(l, err);
	if (!ret)
		ret = skw_loop_open_fds(l, err);
	if (!ret)
		ret = close_sandbox(l, err);
	if (!ret)
		ret = begin(l, err);
	if (!ret)
		ret = skw_loop_catch_signals(l, err);
	return ret ? ret : start(l, err);
}

static void quiesce(const struct skw_loop *l)
{
	for (size_t i = 0; i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];

		if (s->ops->quiesce)
			s->ops->quiesce(s->ctx);
	}
}

static int close_sink(struct skw_loop *l, struct skw_error *err)
{
	const struct skw_sink *sink = l->plan->sink;

	return sink->ops->close ? sink->ops->close(sink->ctx, skw_clock_real_ns(), err) : 0;
}

/* If `ret` is a failure, pending records no longer go to the sink. */
static int end(struct skw_loop *l, int ret, struct skw_error *err)
{
	int ended = 0;

	/* From now on a second signal ends the process at once. */
	skw_signals_catch();
	quiesce(l);
	l->waits = true;
	int drained = ret || l->enough ? 0 : skw_loop_drain(l, UINT64_MAX, err);

	skw_loop_fail(l, ret ? ret : drained);
	for (size_t i = 0; i < l->plan->sources_len; i++) {
		const struct skw_source *s = &l->plan->sources[i];
		int read = s->ops->end ? s->ops->end(s->ctx, err) : 0;

		ended = ended ? ended : read;
	}
	int closed = close_sink(l, err);
	if (l->plan->report)
		l->plan->report(l->plan->ctx, true);
	skw_guard_disarm();
	/* The keeper ends when the -z commands have ended. */
	int kept = skw_keeper_finish(l->keeper);

	l->keeper = NULL;
	ret = l->failure ? l->failure : ended ? ended : closed;
	if (ret)
		return ret;
	if (kept && kept != -EPIPE)
		return skw_error_set(err, kept, "skwatch's privileged process has died: %s",
				     strerror(-kept));
	return kept ? skw_error_set(err, kept, "%s", skw_keeper_fate(NULL)) : 0;
}

int skw_loop_run(const struct skw_loop_plan *plan, struct skw_error *err)
{
	struct skw_loop l = { .plan = plan,
			      .epoll_fd = -1,
			      .interrupt_fd = -1,
			      .stop_fd = -1,
			      .signal_fd = -1,
			      .duration_fd = -1,
			      .clock_fd = -1 };

	skw_signals_default();
	int ret = set_up(&l, err);

	if (!ret) {
		ret = skw_loop_rounds(&l, err);
		ret = end(&l, ret, err);
	} else {
		skw_loop_fail(&l, ret);
		close_sink(&l, NULL);
		skw_guard_disarm();
		skw_keeper_abandon(l.keeper);
	}
	for (size_t i = 0; i < plan->sources_len; i++)
		if (plan->sources[i].ops->free)
			plan->sources[i].ops->free(plan->sources[i].ctx);
	skw_loop_close_fds(&l);
	return ret;
}
