// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/ask.h"
#include "keeper/rights.h"
#include "out/rotate.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define OUTPUT_FLAGS (O_WRONLY | O_CLOEXEC | O_NOCTTY)

/* How far the time of a new file may be from now, besides the length of its period. */
#define EARLY_S 2
#define LATE_S  600

enum { VERB_OPEN_FILE, VERB_FILE_DONE, VERBS };

/*
 * Opens a file for writing. A named pipe that nobody reads would hold the keeper up. So the open
 * does not wait, unless the pipe is the user's own and the output itself (`waits`): then its reader
 * may come later, as with any other program. A signal to the worker ends both meanwhile.
 */
static int open_for_writing(const char *name, uid_t user, bool waits)
{
	SKW_AUTO_FD int fd = open(name, OUTPUT_FLAGS | O_CREAT | O_NONBLOCK, 0666);
	struct stat st;

	if (fd < 0 && errno == ENXIO && waits && stat(name, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    st.st_uid == user)
		fd = open(name, OUTPUT_FLAGS);
	if (fd < 0)
		return -errno;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

/* The arguments of open_theirs(), by skw_rights_borrow(). */
struct theirs {
	const struct skw_verbs_files *ctx;
	const char *name;
};

static int open_theirs(void *arg)
{
	const struct theirs *t = arg;

	return open_for_writing(t->name, t->ctx->who->uid, !t->ctx->opened);
}

/*
 * Opens the file where `who` may not create files: root creates it, in the directory that was
 * opened before the first packet was read. A file that exists there must be one that root created
 * for this user before.
 */
static int open_for(const struct skw_verbs_files *ctx, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	SKW_AUTO_FD int fd = -1;
	struct stat st;

	if (ctx->dir_fd < 0)
		return ctx->dir_fd;
	fd = openat(ctx->dir_fd, base, OUTPUT_FLAGS | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
	if (fd >= 0)
		return fchown(fd, ctx->who->uid, ctx->who->gid) < 0 ? -errno : SKW_TAKE_FD(fd);
	if (errno != EEXIST)
		return -errno;
	/* The open of anything but a regular file must not wait, as that is refused below. */
	fd = openat(ctx->dir_fd, base, OUTPUT_FLAGS | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != ctx->who->uid || st.st_nlink != 1)
		return -EACCES;
	return SKW_TAKE_FD(fd);
}

static bool is_input(const struct skw_verbs_files *ctx, const struct stat *st)
{
	for (size_t i = 0; i < ctx->inputs_len; i++)
		if (st->st_dev == ctx->inputs[i].dev && st->st_ino == ctx->inputs[i].ino)
			return true;
	return false;
}

/* Does not truncate: the previous file may be the same, and must be complete first. */
static int open_output(const struct skw_verbs_files *ctx, const char *name, struct skw_error *err)
{
	SKW_AUTO_FD int fd = -1;
	struct stat st;

	if (ctx->who) {
		struct theirs theirs = { ctx, name };

		/* So a link in that user's directory can't make root overwrite another file. */
		fd = skw_rights_borrow(ctx->who, open_theirs, &theirs);
		if (fd == -EACCES)
			fd = open_for(ctx, name);
	} else {
		fd = open_for_writing(name, geteuid(), !ctx->opened);
	}
	if (fd == -ENXIO)
		return skw_error_set(err, fd,
				     "%s: it is a pipe that nobody reads; start its reader first",
				     name);
	if (fd < 0)
		return skw_error_set(err, fd, "%s: %s", name, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return skw_error_set(err, -errno, "%s: %s", name, strerror(errno));
	if (S_ISREG(st.st_mode) && is_input(ctx, &st))
		return skw_error_set(err, -EBUSY,
				     "%s: this is the file that -r reads: it would be lost", name);
	return SKW_TAKE_FD(fd);
}

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
	SKW_AUTO_FD int fd = open_output(ctx, name, &err);
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

	if (strcmp(ctx->plan->name, "-") == 0) {
		int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

		return fd < 0 ? skw_error_set(err, -errno, "standard output: %s", strerror(errno))
			      : fd;
	}
	return skw_keeper_ask_fd(k, &question, NULL, 0, err);
}

int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id)
{
	return skw_keeper_start(k, ctx->table.first + VERB_FILE_DONE, id, sizeof(*id));
}
