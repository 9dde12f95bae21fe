// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/files.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out/rotate.h"
#include "util/cleanup.h"
#include "verbs/ask.h"

#define OUTPUT_FLAGS (O_WRONLY | O_CLOEXEC | O_NOCTTY)

enum { VERB_OPEN_FILE, VERB_FILE_DONE, VERBS };

static struct skw_rotate rotation(const struct skw_file_plan *plan)
{
	return (struct skw_rotate){ .template = plan->name,
				    .by_time = plan->rotate_s != 0,
				    .by_size = plan->rotate_bytes != 0,
				    .files = plan->files_max };
}

uint64_t skw_verbs_files_next(const struct skw_file_plan *plan, uint64_t number)
{
	struct skw_rotate rotate = rotation(plan);

	return skw_rotate_next(&rotate, (unsigned)number);
}

int skw_verbs_files_name(const struct skw_file_plan *plan, const struct skw_file_id *id,
			 char name[PATH_MAX])
{
	struct skw_rotate rotate = rotation(plan);

	return skw_rotate_name(&rotate, (time_t)id->start_s, (unsigned)id->number, name, PATH_MAX);
}

/*
 * Opens the file with the rights of `who`, so that a link in that user's directory can't make root
 * overwrite another file. Returns a descriptor or -errno.
 */
static int open_as(const struct skw_identity *who, const char *name)
{
	SKW_AUTO_FREE gid_t *before = NULL, *groups = NULL;
	int before_len = getgroups(0, NULL);
	int len = 0;

	getgrouplist(who->name, who->gid, NULL, &len);
	before = calloc((size_t)before_len + 1, sizeof(*before));
	groups = calloc((size_t)len + 1, sizeof(*groups));
	if (!before || !groups || getgroups(before_len, before) < 0)
		return -ENOMEM;
	if (getgrouplist(who->name, who->gid, groups, &len) < 0 ||
	    setgroups((size_t)len, groups) < 0)
		return -EPERM;
	gid_t gid = (gid_t)setfsgid(who->gid);
	uid_t uid = (uid_t)setfsuid(who->uid);
	int fd = (uid_t)setfsuid((uid_t)-1) == who->uid ? open(name, OUTPUT_FLAGS | O_CREAT, 0666)
							: (errno = EPERM, -1);
	int ret = fd < 0 ? -errno : fd;

	setfsuid(uid);
	setfsgid(gid);
	if (setgroups((size_t)before_len, before) < 0 && fd >= 0) {
		close(fd);
		return -EPERM;
	}
	return ret;
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
		return -EACCES;
	fd = openat(ctx->dir_fd, base, OUTPUT_FLAGS | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
	if (fd >= 0)
		return fchown(fd, ctx->who->uid, ctx->who->gid) < 0 ? -errno : SKW_TAKE_FD(fd);
	if (errno != EEXIST)
		return -errno;
	fd = openat(ctx->dir_fd, base, OUTPUT_FLAGS | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != ctx->who->uid || st.st_nlink != 1)
		return -EACCES;
	return SKW_TAKE_FD(fd);
}

/* Does not truncate: the previous file may be the same, and must be complete first. */
static int open_output(const struct skw_verbs_files *ctx, const char *name, struct skw_error *err)
{
	SKW_AUTO_FD int fd = -1;
	struct stat st;

	if (ctx->who) {
		fd = open_as(ctx->who, name);
		if (fd == -EACCES)
			fd = open_for(ctx, name);
	} else {
		fd = open(name, OUTPUT_FLAGS | O_CREAT, 0666);
		fd = fd < 0 ? -errno : fd;
	}
	if (fd < 0)
		return skw_error_set(err, fd, "%s: %s", name, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return skw_error_set(err, -errno, "%s: %s", name, strerror(errno));
	if (ctx->reads && S_ISREG(st.st_mode) && st.st_dev == ctx->in_dev &&
	    st.st_ino == ctx->in_ino)
		return skw_error_set(err, -EBUSY,
				     "%s: this is the file that -r reads: it would be lost", name);
	return SKW_TAKE_FD(fd);
}

/* The request of both verbs is a file's id. */
static int file_name_of(const struct skw_verbs_files *ctx, const void *request, size_t len,
			char name[PATH_MAX])
{
	struct skw_file_id id;

	if (len != sizeof(id))
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	return skw_verbs_files_name(ctx->plan, &id, name);
}

static int serve_open_file(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	const struct skw_verbs_files *ctx = arg;
	struct skw_error err = { 0 };
	char name[PATH_MAX];
	int ret = file_name_of(ctx, request, len, name);

	if (ret)
		return ret;
	int fd = open_output(ctx, name, &err);
	if (fd < 0)
		return skw_keeper_reply_error(reply, fd, &err);
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static int serve_file_done(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	const struct skw_verbs_files *ctx = arg;
	char name[PATH_MAX];
	int ret = file_name_of(ctx, request, len, name);
	const char *argv[] = { ctx->plan->command, name, NULL };

	if (ret || !ctx->plan->command)
		return ret;
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

/* Opens the directory of the output. Returns -1 where its name changes with time. */
static int output_directory(const struct skw_file_plan *plan)
{
	const char *slash = strrchr(plan->name, '/');
	SKW_AUTO_FREE char *dir = NULL;

	if (strcmp(plan->name, "-") == 0)
		return -1;
	dir = slash ? strndup(plan->name, (size_t)(slash - plan->name) + 1) : strdup(".");
	if (!dir || (plan->rotate_s && strchr(dir, '%')))
		return -1;
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
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
}

int skw_verbs_files_open(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id, struct skw_error *err)
{
	const struct skw_verbs_question question = { .verb = ctx->table.first + VERB_OPEN_FILE,
						     .request = id,
						     .len = sizeof(*id),
						     .what = ctx->plan->name };

	if (strcmp(ctx->plan->name, "-") == 0) {
		int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

		return fd < 0 ? skw_error_set(err, -errno, "standard output: %s", strerror(errno))
			      : fd;
	}
	return skw_verbs_ask_fd(k, &question, NULL, 0, err);
}

int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id)
{
	return skw_keeper_start(k, ctx->table.first + VERB_FILE_DONE, id, sizeof(*id));
}
