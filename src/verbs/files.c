// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper/ask.h"
#include "keeper/create.h"
#include "out/rotate.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* How far the time of a new file may be from now, besides the length of its period. */
#define EARLY_S 2
#define LATE_S  600

enum { VERB_OPEN_FILE, VERB_FILE_DONE, VERBS };

/*
 * Whether a file of -G may begin at this time. It begins when its first packet comes, which may
 * have waited for a slow disk. The packets of a file that is read have any time. Time goes back
 * only where the clock was set back.
 */
static bool is_due(const struct skw_verbs_files *ctx, uint64_t start_s)
{
	uint64_t now_s = skw_clock_real_ns() / SKW_NS_PER_S;
	uint64_t late_s = ctx->plan->rotate_s + LATE_S;
	bool is_near = start_s <= now_s + EARLY_S && start_s + late_s >= now_s;

	/* Without -G all files have the time of the first. */
	if (!ctx->plan->rotate_s && ctx->opened)
		return start_s == ctx->last.start_s;
	if (ctx->inputs_len)
		return !ctx->opened || start_s >= ctx->last.start_s;
	if (!ctx->opened)
		return is_near;
	return start_s <= now_s + EARLY_S && (start_s >= ctx->last.start_s || is_near);
}

/* Whether `id` is the file after the last one. */
static bool is_next(const struct skw_verbs_files *ctx, const struct skw_file_id *id)
{
	const struct skw_file_plan *plan = ctx->plan;
	const struct skw_rotate rotate = skw_rotate_of_plan(plan);

	if (!is_due(ctx, id->start_s))
		return false;
	if (!ctx->opened)
		return id->number == 0;
	if (skw_rotate_over(&rotate, (unsigned)ctx->opened))
		return false;
	if (plan->rotate_s && id->start_s != ctx->last.start_s)
		return id->number == 0;
	return plan->rotate_bytes && id->number == skw_rotate_plan_next(plan, ctx->last.number);
}

/* Notes a file that was opened. Its command runs later. */
static int note_opened(struct skw_verbs_files *ctx, const struct skw_file_id *id)
{
	if (ctx->plan->command) {
		struct skw_file_id *undone =
			reallocarray(ctx->undone, ctx->undone_len + 1, sizeof(*undone));

		if (!undone)
			return -ENOMEM;
		ctx->undone = undone;
		undone[ctx->undone_len++] = *id;
	}
	ctx->last = *id;
	ctx->opened++;
	return 0;
}

static int serve_open_file(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_error err = { 0 };
	struct skw_file_id id;
	char name[PATH_MAX];

	if (len != sizeof(id))
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	if (!is_next(ctx, &id))
		return -EINVAL;
	int ret = skw_rotate_plan_name(ctx->plan, &id, name);
	if (ret)
		return ret;
	const struct skw_create_options how = { .who = ctx->who,
						.dir_fd = ctx->dir_fd,
						.inputs = ctx->inputs,
						.inputs_len = ctx->inputs_len,
						.waits = !ctx->opened };
	SKW_AUTO_FD int fd = skw_create_output(&how, name, &err);
	if (fd < 0)
		return skw_keeper_reply_error(reply, fd, &err);
	ret = note_opened(ctx, &id);
	if (!ret)
		reply->fds[reply->n_fds++] = SKW_TAKE_FD(fd);
	return ret;
}

/* Takes the file out of those whose command has not run. False: it is none of them. */
static bool take_undone(struct skw_verbs_files *ctx, const struct skw_file_id *id)
{
	for (size_t i = 0; i < ctx->undone_len; i++) {
		if (ctx->undone[i].start_s != id->start_s || ctx->undone[i].number != id->number)
			continue;
		ctx->undone_len--;
		memmove(ctx->undone + i, ctx->undone + i + 1,
			(ctx->undone_len - i) * sizeof(*ctx->undone));
		return true;
	}
	return false;
}

static int serve_file_done(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	/* A name that begins with a dash would be an option of the command. */
	char name[2 + PATH_MAX] = "./";
	struct skw_file_id id;

	if (len != sizeof(id))
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	if (!take_undone(ctx, &id))
		return -EINVAL;
	int ret = skw_rotate_plan_name(ctx->plan, &id, name + 2);
	if (ret)
		return ret;
	const char *argv[] = { ctx->plan->command, name[2] == '-' ? name : name + 2, NULL };

	ret = skw_keeper_run_command(reply, argv, ctx->who);
	if (ret) {
		struct skw_error err = { 0 };

		skw_error_set(&err, ret, "-z %s: %s", argv[0], strerror(-ret));
		return skw_keeper_reply_error(reply, ret, &err);
	}
	return 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_OPEN_FILE] = { "open file", serve_open_file },
	[VERB_FILE_DONE] = { "run command", serve_file_done },
};

/* Opens the output's directory, or returns -errno: -EACCES where its name changes with time. */
static int output_directory(const struct skw_file_plan *plan)
{
	const char *slash = strrchr(plan->name, '/');
	size_t len = slash ? (size_t)(slash - plan->name) + 1 : 0;
	SKW_AUTO_FREE char *dir = slash ? strndup(plan->name, len) : strdup(".");

	if (strcmp(plan->name, "-") == 0 || (dir && plan->rotate_s && strchr(dir, '%')))
		return -EACCES;
	int fd = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	return fd < 0 ? -errno : fd;
}

static void settle(void *ctx)
{
	skw_verbs_files_settle(ctx);
}

void skw_verbs_files_prepare(struct skw_verbs_files *ctx)
{
	ctx->dir_fd = output_directory(ctx->plan);
	ctx->table = (struct skw_keeper_table){ .verbs = verbs,
						.n_verbs = VERBS,
						.ctx = ctx,
						.keep_fds = &ctx->dir_fd,
						.n_keep = ctx->dir_fd >= 0,
						.settle = settle };
}

void skw_verbs_files_settle(struct skw_verbs_files *ctx)
{
	skw_cleanup_fd(&ctx->dir_fd);
	ctx->dir_fd = -1;
	free(ctx->undone);
	ctx->undone = NULL;
}

int skw_verbs_files_open(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id, struct skw_error *err)
{
	const struct skw_keeper_question question = { .verb = ctx->table.first + VERB_OPEN_FILE,
						      .request = id,
						      .len = sizeof(*id),
						      .what = ctx->plan->name };

	if (ctx->given_fd || strcmp(ctx->plan->name, "-") == 0) {
		int fd = fcntl(ctx->given_fd ? *ctx->given_fd : STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

		return fd < 0 ? skw_error_set(err, -errno, "%s: %s",
					      ctx->given_fd ? ctx->plan->name : "standard output",
					      strerror(errno))
			      : fd;
	}
	return skw_keeper_ask_fd(k, &question, NULL, 0, err);
}

int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id)
{
	return skw_keeper_start(k, ctx->table.first + VERB_FILE_DONE, id, sizeof(*id));
}
