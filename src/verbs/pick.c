// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/pick.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "keeper/ask.h"
#include "keeper/create.h"
#include "keeper/privileges.h"
#include "util/cleanup.h"

enum { VERB_BEGIN, VERB_END, VERBS };

/* Files of the same second get numbers, up to this one. */
#define SAME_NAMES 99

static int end(struct skw_verbs_pick *ctx, int ret)
{
	skw_tapped_close(&ctx->tapped);
	ctx->capture.tap = NULL;
	ctx->capture.chosen = NULL;
	ctx->capture.dispatches = false;
	return ret;
}

/* Creates the file, and writes its name into `name`. Returns a descriptor or -errno. */
static int create(const struct skw_verbs_pick *ctx, const struct skw_pick *pick,
		  char name[SKW_PICK_NAME_SIZE])
{
	const struct skw_create_options how = { .dir_fd = ctx->folder_fd };
	const char *group = ctx->tapped.cgroup[0] ? ctx->tapped.cgroup : NULL;
	time_t now = time(NULL);
	char stamp[24] = "";
	struct tm tm;
	int fd = -EEXIST;

	if (localtime_r(&now, &tm))
		strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (unsigned again = 1; fd == -EEXIST && again <= SAME_NAMES; again++) {
		int ret = skw_pick_name(pick, stamp, group, again, name);

		if (ret)
			return ret;
		fd = skw_create_new(&how, name);
	}
	return fd;
}

static int answer(struct skw_verbs_pick *ctx, const struct skw_pick *pick,
		  struct skw_keeper_reply *reply, struct skw_error *err)
{
	struct skw_picked *out = (void *)reply->payload;
	int fd = ctx->reads ? -1 : create(ctx, pick, out->name);

	if (fd < 0 && !ctx->reads)
		return skw_error_set(err, fd, "%s: %s", out->name, strerror(-fd));
	if (!ctx->reads)
		reply->fds[reply->n_fds++] = fd;
	fd = skw_iface_watch();
	if (fd < 0)
		return skw_error_set(err, fd, "netlink: %s", strerror(-fd));
	reply->fds[reply->n_fds++] = fd;
	skw_tap_get_shape(ctx->tapped.tap, &out->shape);
	memcpy(out->filter, ctx->tapped.filter, sizeof(out->filter));
	reply->len = sizeof(*out);
	return skw_tap_share(ctx->tapped.tap, reply->fds, &reply->n_fds);
}

static int serve_begin(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_pick *ctx = arg;
	const struct skw_pick *pick = request;
	struct skw_error err = { 0 };

	_Static_assert(SKW_PICKED_FDS <= SKW_KEEPER_FDS_MAX, "the descriptors fit into a reply");
	if (len != sizeof(*pick) || ctx->tapped.tap)
		return -EINVAL;
	if (ctx->reads != (pick->kind >= SKW_PICK_ALL ? pick->kind : 0) ||
	    (!ctx->reads && ctx->folder_fd < 0))
		return -EINVAL;
	if (ctx->begun == SKW_VERBS_PICK_MAX)
		return -EDQUOT;
	int ret = skw_privileges_missing(SKW_USE_CAPTURE, &err);
	if (!ret)
		ret = skw_tapped_open(&ctx->tapped, pick, &err);
	/* This may leave a file also where it fails, so it counts before. */
	ctx->begun += !ret && !ctx->reads;
	if (!ret)
		ret = answer(ctx, pick, reply, &err);
	if (ret)
		return skw_keeper_reply_error(reply, end(ctx, ret), &err);
	ctx->capture.tap = ctx->tapped.tap;
	ctx->capture.chosen = ctx->tapped.chosen;
	ctx->capture.dispatches = true;
	return 0;
}

static int serve_end(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)request;
	(void)reply;
	return len ? -EINVAL : end(arg, 0);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_BEGIN] = { "capture what was picked", serve_begin },
	[VERB_END] = { "end that capture", serve_end },
};

static void settle(void *ctx)
{
	skw_cleanup_fd(&((struct skw_verbs_pick *)ctx)->folder_fd);
}

int skw_verbs_pick_prepare(struct skw_verbs_pick *ctx)
{
	/* The end may be asked for before a capture has begun. */
	ctx->tapped.dispatch = &ctx->capture.dispatch;
	ctx->table =
		SKW_KEEPER_TABLE(verbs, VERBS, ctx, &ctx->folder_fd, ctx->folder_fd >= 0, settle);
	return skw_verbs_capture_prepare(&ctx->capture);
}

int skw_verbs_pick_begin(const struct skw_verbs_pick *ctx, struct skw_keeper *k,
			 const struct skw_pick *pick, struct skw_picked *out,
			 int fds[SKW_PICKED_FDS], struct skw_error *err)
{
	const struct skw_keeper_question question = { .verb = ctx->table.first + VERB_BEGIN,
						      .request = pick,
						      .len = sizeof(*pick),
						      .what = "capture" };
	unsigned from = ctx->reads ? SKW_PICKED_NEWS : SKW_PICKED_FILE;
	size_t n = SKW_PICKED_FDS - from;

	fds[SKW_PICKED_FILE] = -1;
	return skw_keeper_ask_fds(k, &question, out, sizeof(*out), fds + from, &n, err);
}

int skw_verbs_pick_end(const struct skw_verbs_pick *ctx, struct skw_keeper *k)
{
	return skw_keeper_call(k, ctx->table.first + VERB_END, NULL, 0, NULL, NULL, NULL, NULL);
}
