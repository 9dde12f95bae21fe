// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/ask.h"
#include "util/cleanup.h"
#include "verbs/program.h"

enum { VERB_LEARN, VERB_FORGET, VERB_STOP, VERBS };

/* Each request is one number. */
static int read_number(const void *request, size_t len, uint32_t *number)
{
	if (len != sizeof(*number))
		return -EINVAL;
	memcpy(number, request, sizeof(*number));
	return 0;
}

static int serve_learn(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_capture *ctx = arg;
	struct skw_dispatched learned;
	struct skw_iface_info info;
	struct skw_error err = { 0 };
	uint32_t ifindex;
	int ret = ctx->dispatches ? read_number(request, len, &ifindex) : -EINVAL;

	if (!ret)
		ret = skw_iface_by_index(ifindex, &info);
	if (ret)
		return ret;
	ret = skw_dispatch_learn(&ctx->dispatch, &info, &learned, &err);
	if (ret)
		return skw_keeper_reply_error(reply, ret, &err);
	if (learned.user) {
		int fd = skw_verbs_program_put(ctx->dispatch.filters[learned.filter].user);

		if (fd < 0)
			return fd;
		reply->fds[reply->n_fds++] = fd;
	}
	memcpy(reply->payload, &learned, sizeof(learned));
	reply->len = sizeof(learned);
	return 0;
}

static int serve_forget(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_capture *ctx = arg;
	struct skw_iface_info info;
	uint32_t ifindex;
	int ret = read_number(request, len, &ifindex);

	(void)reply;
	if (ret)
		return ret;
	if (ctx->dispatches)
		return skw_dispatch_forget(&ctx->dispatch, ifindex);
	for (size_t i = 0; i < ctx->named_len; i++)
		if (ctx->named[i] == ifindex)
			return skw_iface_by_index(ifindex, &info) == -ENODEV ? 0 : -EEXIST;
	return -ENOENT;
}

static int serve_stop(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_capture *ctx = arg;

	(void)request;
	(void)reply;
	if (len || !ctx->tap)
		return -EINVAL;
	skw_tap_close_sockets(ctx->tap);
	skw_chosen_detach(ctx->chosen);
	return 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_LEARN] = { "learn an interface", serve_learn },
	[VERB_FORGET] = { "forget an interface", serve_forget },
	[VERB_STOP] = { "stop the capture", serve_stop },
};

int skw_verbs_capture_prepare(struct skw_verbs_capture *ctx)
{
	size_t n = 0;

	ctx->keep_fds = ctx->tap ? skw_tap_kept_fds(ctx->tap, SKW_CHOSEN_FDS_MAX, &n)
				 : calloc(1, sizeof(*ctx->keep_fds));
	if (!ctx->keep_fds)
		return -ENOMEM;
	n += skw_chosen_kept_fds(ctx->chosen, ctx->keep_fds + n);
	ctx->table =
		SKW_KEEPER_TABLE(verbs, VERBS, ctx, ctx->keep_fds, n, skw_verbs_capture_settle);
	return 0;
}

void skw_verbs_capture_settle(void *arg)
{
	struct skw_verbs_capture *ctx = arg;

	free(ctx->keep_fds);
	ctx->keep_fds = NULL;
	skw_dispatch_free(&ctx->dispatch);
	skw_chosen_disarm(ctx->chosen);
	if (ctx->tap)
		skw_tap_disarm(ctx->tap);
}

int skw_verbs_capture_learn(const struct skw_verbs_capture *ctx, struct skw_keeper *k,
			    uint32_t ifindex, struct skw_dispatched *out,
			    struct skw_offline_filter **user, struct skw_error *err)
{
	char what[32];
	const struct skw_keeper_question question = { .verb = ctx->table.first + VERB_LEARN,
						      .request = &ifindex,
						      .len = sizeof(ifindex),
						      .what = what };
	struct skw_offline_filter *filter = NULL;
	struct skw_dispatched learned;
	int fd = -1;

	snprintf(what, sizeof(what), "interface %u", ifindex);
	int ret = skw_keeper_ask(k, &question, &learned, sizeof(learned), &fd, err);
	if (ret)
		return ret;
	if (fd >= 0)
		ret = skw_verbs_program_get(fd, &filter);
	if (ret)
		return skw_error_set(err, ret, "%s: filter: %s", what, strerror(-ret));
	*out = learned;
	*user = filter;
	return 0;
}

int skw_verbs_capture_forget(const struct skw_verbs_capture *ctx, struct skw_keeper *k,
			     uint32_t ifindex)
{
	return skw_keeper_call(k, ctx->table.first + VERB_FORGET, &ifindex, sizeof(ifindex), NULL,
			       NULL, NULL, NULL);
}

int skw_verbs_capture_stop(const struct skw_verbs_capture *ctx, struct skw_keeper *k)
{
	return skw_keeper_call(k, ctx->table.first + VERB_STOP, NULL, 0, NULL, NULL, NULL, NULL);
}
