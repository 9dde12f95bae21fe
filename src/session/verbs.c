// SPDX-License-Identifier: BSD-2-Clause
#include "session/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/iface.h"
#include "out/rotate.h"
#include "session/any.h"
#include "util/cleanup.h"

enum verb { VERB_OPEN_FILE, VERB_FILE_DONE, VERB_MAKE_FILTER, VERBS };

static struct skw_rotate rotation(const struct skw_capture_plan *plan)
{
	return (struct skw_rotate){ .template = plan->write_file,
				    .by_time = plan->rotate_s != 0,
				    .by_size = plan->rotate_bytes != 0,
				    .files = plan->files_max };
}

uint64_t skw_verbs_next_number(const struct skw_capture_plan *plan, uint64_t number)
{
	struct skw_rotate rotate = rotation(plan);

	return skw_rotate_next(&rotate, (unsigned)number);
}

int skw_verbs_file_name(const struct skw_capture_plan *plan, const struct skw_file_id *id,
			char name[PATH_MAX])
{
	struct skw_rotate rotate = rotation(plan);

	return skw_rotate_name(&rotate, (time_t)id->start_s, (unsigned)id->number, name, PATH_MAX);
}

static int open_output(const struct skw_verbs_context *ctx, const char *name)
{
	struct stat st;
	/* One who only opens a pipe to see it must not wait for its reader: the open itself does.
	 */
	SKW_AUTO_FD int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode)) {
		if (ftruncate(fd, 0) < 0 ||
		    (ctx->who && fchown(fd, ctx->who->uid, ctx->who->gid) < 0))
			return -errno;
	}
	return SKW_TAKE_FD(fd);
}

/* The request of both verbs that are about a file. */
static int file_name_of(const struct skw_verbs_context *ctx, const void *request, size_t len,
			char name[PATH_MAX])
{
	struct skw_file_id id;

	if (len != sizeof(id) || !ctx->plan->write_file)
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	return skw_verbs_file_name(ctx->plan, &id, name);
}

static int serve_open_file(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	const struct skw_verbs_context *ctx = arg;
	char name[PATH_MAX];
	int ret = file_name_of(ctx, request, len, name);

	if (ret)
		return ret;
	int fd = open_output(ctx, name);
	if (fd < 0)
		return fd;
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static int serve_file_done(void *arg, const void *request, size_t len,
			   struct skw_keeper_reply *reply)
{
	const struct skw_verbs_context *ctx = arg;
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

static int serve_make_filter(void *arg, const void *request, size_t len,
			     struct skw_keeper_reply *reply)
{
	const struct skw_verbs_context *ctx = arg;
	struct skw_made_filter made;
	struct skw_iface_info info;
	struct skw_error err = { 0 };
	uint32_t ifindex;

	if (len != sizeof(ifindex) || ctx->counters_fd < 0)
		return -EINVAL;
	memcpy(&ifindex, request, sizeof(ifindex));
	int ret = skw_iface_by_index(ifindex, &info);
	if (ret)
		return ret;
	int fd = skw_any_make_filter(ctx->plan, &info, ctx->counters_fd, ctx->next_fd, ctx->access,
				     &made, &err);
	if (fd < 0)
		return skw_keeper_reply_error(reply, fd, &err);
	memcpy(reply->payload, &made, sizeof(made));
	reply->len = sizeof(made);
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_OPEN_FILE] = { "open file", serve_open_file },
	[VERB_FILE_DONE] = { "run command", serve_file_done },
	[VERB_MAKE_FILTER] = { "make filter", serve_make_filter },
};

int skw_verbs_split(struct skw_verbs_context *ctx, struct skw_keeper **out, struct skw_error *err)
{
	int keep[2];
	size_t n = 0;

	if (ctx->counters_fd >= 0) {
		keep[n++] = ctx->counters_fd;
		keep[n++] = ctx->next_fd;
	}
	int ret = skw_keeper_split(verbs, VERBS, ctx, keep, n, out);
	return ret ? skw_error_set(err, ret, "keeper: %s", strerror(-ret)) : 0;
}

int skw_verbs_open_file(struct skw_keeper *k, const struct skw_capture_plan *plan,
			const struct skw_file_id *id, struct skw_error *err)
{
	char name[PATH_MAX] = "";
	int fd = -1;
	size_t n = 1;
	int ret;

	if (strcmp(plan->write_file, "-") == 0) {
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		return fd < 0 ? skw_error_set(err, -errno, "standard output: %s", strerror(errno))
			      : fd;
	}
	ret = skw_verbs_file_name(plan, id, name);
	if (!ret)
		ret = skw_keeper_call(k, VERB_OPEN_FILE, id, sizeof(*id), NULL, NULL, &fd, &n);
	if (!ret && n != 1)
		ret = -EPROTO;
	if (ret)
		return skw_error_set(err, ret, "%s: %s", name[0] ? name : plan->write_file,
				     strerror(-ret));
	return fd;
}

int skw_verbs_file_done(struct skw_keeper *k, const struct skw_file_id *id)
{
	return skw_keeper_start(k, VERB_FILE_DONE, id, sizeof(*id));
}

int skw_verbs_make_filter(struct skw_keeper *k, uint32_t ifindex, struct skw_made_filter *made,
			  struct skw_error *err)
{
	char reply[SKW_KEEPER_REPLY_MAX];
	size_t len = sizeof(reply), n = 1;
	int fd = -1;
	int ret = skw_keeper_call(k, VERB_MAKE_FILTER, &ifindex, sizeof(ifindex), reply, &len, &fd,
				  &n);

	if (!ret && (len != sizeof(*made) || n != 1))
		ret = -EPROTO;
	if (ret) {
		if (n == 1)
			skw_cleanup_fd(&fd);
		return skw_error_set(err, ret, "interface %u: %.*s", ifindex,
				     len ? (int)len : (int)strlen(strerror(-ret)),
				     len ? reply : strerror(-ret));
	}
	memcpy(made, reply, sizeof(*made));
	return fd;
}
