// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/terminal.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum { VERB_STOP_JOB, VERB_SAVE, VERBS };

static void say_farewell(void *arg)
{
	skw_farewell_say(&((const struct skw_verbs_terminal *)arg)->farewell);
}

static int serve_stop_job(void *arg, const void *request, size_t len,
			  struct skw_keeper_reply *reply)
{
	(void)arg;
	(void)request;
	(void)reply;
	if (len)
		return -EINVAL;
	/*
	 * The whole job, as the terminal would do it, so that the shell, or any other process that
	 * waits for the job, sees it stop. The worker may not signal processes of other users.
	 */
	return kill(0, SIGTSTP) < 0 ? -errno : 0;
}

static int serve_save(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	const struct skw_verbs_terminal *ctx = arg;

	(void)reply;
	return ctx->save(ctx->ctx, request, len);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_STOP_JOB] = { "stop the job", serve_stop_job },
	[VERB_SAVE] = { "save the settings", serve_save },
};

void skw_verbs_terminal_prepare(struct skw_verbs_terminal *ctx)
{
	ctx->table = (struct skw_keeper_table){
		.verbs = verbs, .n_verbs = VERBS, .ctx = ctx, .orphaned = say_farewell
	};
}

void skw_verbs_terminal_note(struct skw_verbs_terminal *ctx)
{
	ctx->farewell.has_made = tcgetattr(STDOUT_FILENO, &ctx->farewell.made) == 0;
}

void skw_verbs_terminal_stop_job(const struct skw_verbs_terminal *ctx, struct skw_keeper *k)
{
	skw_keeper_call(k, ctx->table.first + VERB_STOP_JOB, NULL, 0, NULL, NULL, NULL, NULL);
}

int skw_verbs_terminal_save(const struct skw_verbs_terminal *ctx, struct skw_keeper *k,
			    const void *settings, size_t len)
{
	return skw_keeper_call(k, ctx->table.first + VERB_SAVE, settings, len, NULL, NULL, NULL,
			       NULL);
}
