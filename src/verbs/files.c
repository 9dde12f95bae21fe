// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper/ask.h"
#include "keeper/create.h"
#include "out/trigger_name.h"
#include "util/cleanup.h"
#include "util/clock.h"

enum { VERB_OPEN_FILE, VERB_FILE_DONE, VERB_OPEN_TRIGGER, VERBS };

/* Creates the file, for a trigger with a number in its name if that is taken. */
static int create(const struct skw_verbs_files *ctx, struct skw_file_list_entry *file,
		  struct skw_error *err)
{
	const struct skw_create_options how = { .who = ctx->who,
						.dir_fd = ctx->dir_fd,
						.inputs = ctx->inputs,
						.inputs_len = ctx->inputs_len,
						.waits = !ctx->list.opened };
	char name[PATH_MAX];
	int fd;

	/* A file that is there is of a run that was killed. */
	if (ctx->beside && unlinkat(ctx->dir_fd, ctx->beside, 0) < 0 && errno != ENOENT)
		return -errno;
	if (ctx->beside)
		return skw_create_new(&how, ctx->beside);
	do {
		int ret = skw_file_list_name(&ctx->list, file, name);

		if (ret)
			return ret;
		if (!ctx->list.plan->triggers_max)
			return skw_create_output(&how, name, err);
		fd = skw_create_new(&how, skw_trigger_name_base(name));
	} while (fd == -EEXIST && skw_file_list_next_copy(file));
	return fd < 0 ? skw_error_set(err, fd, "%s: %s", name, strerror(-fd)) : fd;
}

static int open_file(struct skw_verbs_files *ctx, struct skw_file_list_entry *file,
		     struct skw_keeper_reply *reply)
{
	struct skw_error err = { 0 };
	SKW_AUTO_FD int fd = create(ctx, file, &err);

	if (fd < 0)
		return skw_keeper_reply_error(reply, fd, &err);
	/* A file that replaces the last is the first of its name each time. */
	int ret = ctx->beside ? 0 : skw_file_list_add(&ctx->list, file);

	if (!ret)
		reply->fds[reply->n_fds++] = SKW_TAKE_FD(fd);
	return ret;
}

/* When a file may begin. Packets of a file have any time. */
static uint64_t now_s(const struct skw_verbs_files *ctx)
{
	return ctx->inputs_len ? SKW_FILE_LIST_ANY_TIME : skw_clock_real_ns() / SKW_NS_PER_S;
}

static int serve_open_file(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_file_list_entry file;
	int ret = len == sizeof(struct skw_file_id)
			  ? skw_file_list_next(&ctx->list, request, now_s(ctx), &file)
			  : -EINVAL;

	return ret ? ret : open_file(ctx, &file, reply);
}

static int serve_open_trigger(void *arg, const void *request, size_t len,
			      struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_file_list_entry file;
	int ret = len == sizeof(struct skw_file_trigger)
			  ? skw_file_list_next_trigger(&ctx->list, request, now_s(ctx), &file)
			  : -EINVAL;

	if (!ret)
		ret = open_file(ctx, &file, reply);
	if (ret)
		return ret;
	memcpy(reply->payload, &file.made, sizeof(file.made));
	reply->len = sizeof(file.made);
	return 0;
}

static int serve_file_done(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	struct skw_verbs_files *ctx = arg;
	struct skw_file_list_command command;
	struct skw_file_list_entry file;
	struct skw_error err = { 0 };
	int ret = len != sizeof(struct skw_file_id) ? -EINVAL
		  : ctx->beside ? skw_file_list_next(&ctx->list, request, now_s(ctx), &file)
				: skw_file_list_take_command(&ctx->list, request, &command);

	if (ret)
		return ret;
	if (ctx->beside)
		return renameat(ctx->dir_fd, ctx->beside, ctx->dir_fd,
				skw_trigger_name_base(ctx->list.plan->name)) < 0
			       ? -errno
			       : 0;
	ret = skw_keeper_run_command(reply, command.argv, command.env.list, ctx->who);
	if (!ret)
		return 0;
	skw_error_set(&err, ret, "%s %s: %s", command.option, command.argv[0], strerror(-ret));
	return skw_keeper_reply_error(reply, ret, &err);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_OPEN_FILE] = { "open file", serve_open_file },
	[VERB_OPEN_TRIGGER] = { "open file of a trigger", serve_open_trigger },
	[VERB_FILE_DONE] = { "run command", serve_file_done },
};

void skw_verbs_files_prepare(struct skw_verbs_files *ctx)
{
	ctx->dir_fd = skw_file_list_has_folder(&ctx->list) ? skw_create_folder(ctx->list.plan->name)
							   : -EACCES;
	ctx->table = SKW_KEEPER_TABLE(verbs, VERBS, ctx, &ctx->dir_fd, ctx->dir_fd >= 0,
				      skw_verbs_files_settle);
}

void skw_verbs_files_settle(void *arg)
{
	struct skw_verbs_files *ctx = arg;

	skw_cleanup_fd(&ctx->dir_fd);
	ctx->dir_fd = -1;
	skw_file_list_free(&ctx->list);
}

int skw_verbs_files_open(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id, struct skw_error *err)
{
	const struct skw_keeper_question question = { .verb = ctx->table.first + VERB_OPEN_FILE,
						      .request = id,
						      .len = sizeof(*id),
						      .what = ctx->list.plan->name };

	if (ctx->given_fd || strcmp(ctx->list.plan->name, "-") == 0) {
		int fd = fcntl(ctx->given_fd ? *ctx->given_fd : STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

		return fd < 0 ? skw_error_set(err, -errno, "%s: %s",
					      ctx->given_fd ? ctx->list.plan->name
							    : "standard output",
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
						      .what = ctx->list.plan->name };
	struct skw_file_list_entry file = { .trigger = *trigger };
	SKW_AUTO_FD int fd = skw_keeper_ask_fd(k, &question, &file.made, sizeof(file.made), err);

	if (fd < 0)
		return fd;
	int ret = skw_file_list_name(&ctx->list, &file, name);

	if (ret)
		return skw_error_set(err, ret, "%s: %s", ctx->list.plan->name, strerror(-ret));
	*id = (struct skw_file_id){ trigger->ts_ns / SKW_NS_PER_S, file.made.number };
	return SKW_TAKE_FD(fd);
}

int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id)
{
	return skw_keeper_start(k, ctx->table.first + VERB_FILE_DONE, id, sizeof(*id));
}
