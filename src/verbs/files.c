// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper/ask.h"
#include "keeper/create.h"
#include "out/trigger_name.h"
#include "util/cleanup.h"
#include "util/clock.h"

enum { VERB_OPEN_FILE, VERB_FILE_DONE, VERB_OPEN_TRIGGER, VERBS };

/* The most files with the same name, but for the number that is added. */
#define COPIES_MAX 9999

static struct skw_create_options how_to_create(const struct skw_verbs_files *ctx)
{
	return (struct skw_create_options){ .who = ctx->who,
					    .dir_fd = ctx->dir_fd,
					    .inputs = ctx->inputs,
					    .inputs_len = ctx->inputs_len,
					    .waits = !ctx->state.opened };
}

/* Notes a file that was opened. Its command runs later. */
static int note_opened(struct skw_verbs_files *ctx, const struct skw_undone_file *file)
{
	int ret = ctx->plan->command ? skw_undone_add(&ctx->undone, file) : 0;

	if (ret)
		return ret;
	ctx->state.last = file->id;
	ctx->state.opened++;
	return 0;
}

static struct skw_trigger_name trigger_name(const struct skw_verbs_files *ctx,
					    const struct skw_undone_file *file)
{
	return (struct skw_trigger_name){ .template = ctx->plan->name,
					  .trigger = &file->trigger,
					  .event = ctx->events[file->trigger.what],
					  .made = { file->id.number, file->copy } };
}

static int name_of(const struct skw_verbs_files *ctx, const struct skw_undone_file *file,
		   char name[PATH_MAX])
{
	if (!ctx->plan->triggers_max)
		return skw_rotate_plan_name(ctx->plan, &file->id, name);
	const struct skw_trigger_name n = trigger_name(ctx, file);

	return skw_trigger_name_make(&n, name);
}

static int serve_open_file(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_error err = { 0 };
	struct skw_undone_file file = { 0 };
	char name[PATH_MAX];

	if (len != sizeof(file.id) || ctx->plan->triggers_max)
		return -EINVAL;
	memcpy(&file.id, request, sizeof(file.id));
	ctx->state.reads_file = ctx->inputs_len > 0;
	if (!skw_rotate_is_next(ctx->plan, &ctx->state, &file.id,
				skw_clock_real_ns() / SKW_NS_PER_S))
		return -EINVAL;
	int ret = name_of(ctx, &file, name);
	if (ret)
		return ret;
	const struct skw_create_options how = how_to_create(ctx);
	SKW_AUTO_FD int fd = skw_create_output(&how, name, &err);
	if (fd < 0)
		return skw_keeper_reply_error(reply, fd, &err);
	ret = note_opened(ctx, &file);
	if (!ret)
		reply->fds[reply->n_fds++] = SKW_TAKE_FD(fd);
	return ret;
}

/* Creates a file for a trigger, with a number behind its name if that is taken. */
static int create_for_trigger(const struct skw_verbs_files *ctx, struct skw_undone_file *file,
			      char name[PATH_MAX])
{
	const struct skw_create_options how = how_to_create(ctx);
	int fd = -EEXIST;

	for (; fd == -EEXIST && file->copy <= COPIES_MAX; file->copy += file->copy ? 1 : 2) {
		int ret = name_of(ctx, file, name);

		if (ret)
			return ret;
		fd = skw_create_new(&how, skw_trigger_name_base(name));
		if (fd != -EEXIST)
			break;
	}
	return fd;
}

static int serve_open_trigger(void *arg, const void *request, size_t len,
			      struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_undone_file file = { .id.number = ctx->state.opened + 1 };
	struct skw_error err = { 0 };
	char name[PATH_MAX] = "";

	if (len != sizeof(file.trigger) || ctx->state.opened >= ctx->plan->triggers_max)
		return -EINVAL;
	memcpy(&file.trigger, request, sizeof(file.trigger));
	file.id.start_s = file.trigger.ts_ns / SKW_NS_PER_S;
	bool is_near = ctx->inputs_len ||
		       skw_rotate_is_near(file.id.start_s, skw_clock_real_ns() / SKW_NS_PER_S, 0);
	if (!is_near || file.trigger.what >= ctx->events_len)
		return -EINVAL;
	SKW_AUTO_FD int fd = create_for_trigger(ctx, &file, name);
	if (fd < 0) {
		skw_error_set(&err, fd, "%s: %s", name, strerror(-fd));
		return skw_keeper_reply_error(reply, fd, &err);
	}
	int ret = note_opened(ctx, &file);
	if (ret)
		return ret;
	const struct skw_file_trigger_made made = { file.id.number, file.copy };
	memcpy(reply->payload, &made, sizeof(made));
	reply->len = sizeof(made);
	reply->fds[reply->n_fds++] = SKW_TAKE_FD(fd);
	return 0;
}

/* Runs the command for a file, with its name as `name` says, and with what is known of it. */
static int run_command(struct skw_verbs_files *ctx, const struct skw_undone_file *file,
		       const char *name, struct skw_keeper_reply *reply)
{
	const char *argv[] = { ctx->plan->command, name, NULL };
	struct skw_trigger_name_environment env = { .list = { NULL } };
	const char *option = ctx->plan->command_option ? ctx->plan->command_option : "-z";

	if (ctx->plan->triggers_max) {
		const struct skw_trigger_name n = trigger_name(ctx, file);

		skw_trigger_name_tell(&n, name, &env);
	}
	int ret = skw_keeper_run_command(reply, argv, env.list, ctx->who);
	struct skw_error err = { 0 };

	if (!ret)
		return 0;
	skw_error_set(&err, ret, "%s %s: %s", option, argv[0], strerror(-ret));
	return skw_keeper_reply_error(reply, ret, &err);
}

static int serve_file_done(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	/* A name that begins with a dash would be an option of the command. */
	char name[2 + PATH_MAX] = "./";
	struct skw_undone_file file;
	struct skw_file_id id;

	if (len != sizeof(id))
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	if (!skw_undone_take(&ctx->undone, &id, &file))
		return -EINVAL;
	int ret = name_of(ctx, &file, name + 2);

	return ret ? ret : run_command(ctx, &file, name[2] == '-' ? name : name + 2, reply);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_OPEN_FILE] = { "open file", serve_open_file },
	[VERB_OPEN_TRIGGER] = { "open file of a trigger", serve_open_trigger },
	[VERB_FILE_DONE] = { "run command", serve_file_done },
};

/* Opens the output's directory, or returns -errno: -EACCES where its name changes with time. */
static int output_directory(const struct skw_file_plan *plan)
{
	size_t len = (size_t)(skw_trigger_name_base(plan->name) - plan->name);

	if (strcmp(plan->name, "-") == 0 || (plan->rotate_s && memchr(plan->name, '%', len)))
		return -EACCES;
	return skw_create_folder(plan->name);
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
	skw_undone_free(&ctx->undone);
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

int skw_verbs_files_open_trigger(const struct skw_verbs_files *ctx, struct skw_keeper *k,
				 const struct skw_file_trigger *trigger, struct skw_file_id *id,
				 char name[PATH_MAX], struct skw_error *err)
{
	const struct skw_keeper_question question = { .verb = ctx->table.first + VERB_OPEN_TRIGGER,
						      .request = trigger,
						      .len = sizeof(*trigger),
						      .what = ctx->plan->name };
	struct skw_trigger_name n = { .template = ctx->plan->name,
				      .trigger = trigger,
				      .event = ctx->events[trigger->what] };
	SKW_AUTO_FD int fd = skw_keeper_ask_fd(k, &question, &n.made, sizeof(n.made), err);
	int ret = fd < 0 ? fd : skw_trigger_name_make(&n, name);

	if (ret)
		return skw_error_set(err, ret, "%s: %s", ctx->plan->name, strerror(-ret));
	*id = (struct skw_file_id){ trigger->ts_ns / SKW_NS_PER_S, n.made.number };
	return SKW_TAKE_FD(fd);
}

int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id)
{
	return skw_keeper_start(k, ctx->table.first + VERB_FILE_DONE, id, sizeof(*id));
}
