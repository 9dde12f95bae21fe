// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/ask.h"
#include "util/cleanup.h"

enum { VERB_NAMESPACES, VERB_ITER, VERB_CHANGE, VERBS };

struct iter_request {
	uint32_t netns;
	uint32_t which; /* enum skw_conn_iter */
	uint64_t steady_ns;
};

/* The number of namespaces that fit into one reply behind the total. */
#define PAGE ((SKW_KEEPER_REPLY_MAX - sizeof(uint32_t)) / sizeof(struct skw_verbs_netns))

/* The request for the first page makes a new list. Further pages are of the same list. */
static int serve_namespaces(void *arg, const void *request, size_t len,
			    struct skw_keeper_reply *reply)
{
	struct skw_verbs_watch *ctx = arg;
	uint32_t from, total;

	if (len != sizeof(from))
		return -EINVAL;
	memcpy(&from, request, sizeof(from));
	if (from == 0 && ctx->scan) {
		int ret = skw_netns_scan(&ctx->list);

		if (ret)
			return ret;
	}
	total = (uint32_t)ctx->list.len;
	if (from > total)
		return -EINVAL;
	memcpy(reply->payload, &total, sizeof(total));
	reply->len = sizeof(total);
	for (size_t i = from; i < total && i - from < PAGE; i++) {
		struct skw_verbs_netns one = { .inode = ctx->list.all[i].inode };

		memcpy(one.name, ctx->list.all[i].name, sizeof(one.name));
		memcpy(reply->payload + reply->len, &one, sizeof(one));
		reply->len += sizeof(one);
	}
	return 0;
}

static int open_iter(void *arg)
{
	const struct skw_verbs_watch *ctx = arg;

	return skw_conn_iter_run(ctx->conn, ctx->which);
}

/* Returns a descriptor or -errno, -ENXIO if the namespace is not in the list. */
static int open_inside(struct skw_verbs_watch *ctx, const struct iter_request *asked)
{
	if (asked->netns == ctx->home || asked->which == SKW_ITER_HOLDERS)
		return open_iter(ctx);
	for (size_t i = 0; i < ctx->list.len; i++)
		if (ctx->list.all[i].inode == asked->netns)
			return skw_netns_inside(&ctx->list.all[i], open_iter, ctx);
	return -ENXIO;
}

static int serve_iter(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_watch *ctx = arg;
	struct iter_request asked;

	if (len != sizeof(asked))
		return -EINVAL;
	memcpy(&asked, request, sizeof(asked));
	if (asked.which >= SKW_ITERS)
		return -EINVAL;
	ctx->which = (enum skw_conn_iter)asked.which;
	skw_conn_steady_since(ctx->conn, asked.steady_ns);
	int fd = open_inside(ctx, &asked);
	/* The process whose path led to the namespace may have exited. Another may be in it. */
	if (fd == -ENOENT && ctx->scan && skw_netns_scan(&ctx->list) == 0)
		fd = open_inside(ctx, &asked);
	if (fd < 0)
		return fd == -ENXIO ? -ENOENT : fd;
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static int serve_change(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_conn *conn = ((struct skw_verbs_watch *)arg)->conn;
	uint32_t change = UINT32_MAX;

	(void)reply;
	if (len == sizeof(change))
		memcpy(&change, request, sizeof(change));
	if (change > SKW_WATCH_STOPS)
		return -EINVAL;
	if (change == SKW_WATCH_STOPS)
		skw_conn_detach(conn);
	return change == SKW_WATCH_STOPS ? 0 : skw_conn_count_udp(conn, change, NULL);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_NAMESPACES] = { "find network namespaces", serve_namespaces },
	[VERB_ITER] = { "start an iterator", serve_iter },
	[VERB_CHANGE] = { "stop the watch, or count", serve_change },
};

int skw_verbs_watch_prepare(struct skw_verbs_watch *ctx)
{
	size_t n = 0;
	SKW_AUTO_FREE int *conn_fds = skw_conn_kept_fds(ctx->conn, &n);

	ctx->keep_fds = conn_fds ? calloc(n + ctx->list.len, sizeof(*ctx->keep_fds)) : NULL;
	if (!ctx->keep_fds)
		return -ENOMEM;
	memcpy(ctx->keep_fds, conn_fds, n * sizeof(*conn_fds));
	for (size_t i = 0; i < ctx->list.len; i++)
		if (ctx->list.all[i].fd >= 0)
			ctx->keep_fds[n++] = ctx->list.all[i].fd;
	ctx->table = SKW_KEEPER_TABLE(verbs, VERBS, ctx, ctx->keep_fds, n, skw_verbs_watch_settle);
	return 0;
}

void skw_verbs_watch_settle(void *arg)
{
	struct skw_verbs_watch *ctx = arg;

	skw_netns_list_free(&ctx->list);
	free(ctx->keep_fds);
	ctx->keep_fds = NULL;
	if (ctx->conn)
		skw_conn_disarm(ctx->conn);
}

int skw_verbs_watch_find(const struct skw_verbs_watch *ctx, struct skw_keeper *k,
			 struct skw_verbs_netns **out, size_t *len)
{
	SKW_AUTO_FREE struct skw_verbs_netns *all = NULL;
	uint8_t reply[SKW_KEEPER_REPLY_MAX];
	uint32_t have = 0, total = 0;

	do {
		size_t got = sizeof(reply);
		int ret = skw_keeper_call(k, ctx->table.first + VERB_NAMESPACES, &have,
					  sizeof(have), reply, &got, NULL, NULL);

		if (ret)
			return ret;
		if (got < sizeof(total))
			return -EPROTO;
		memcpy(&total, reply, sizeof(total));
		size_t n = (got - sizeof(total)) / sizeof(*all);
		if (n == 0)
			break;
		struct skw_verbs_netns *more = reallocarray(all, have + n, sizeof(*all));
		if (!more)
			return -ENOMEM;
		all = more;
		memcpy(all + have, reply + sizeof(total), n * sizeof(*all));
		have += (uint32_t)n;
	} while (have < total);
	*out = SKW_TAKE_PTR(all);
	*len = have;
	return 0;
}

int skw_verbs_watch_iter(const struct skw_verbs_watch *ctx, struct skw_keeper *k, uint32_t netns,
			 enum skw_conn_iter which, uint64_t steady_ns)
{
	const struct iter_request request = { netns, which, steady_ns };

	return skw_keeper_call_fd(k, ctx->table.first + VERB_ITER, &request, sizeof(request));
}

int skw_verbs_watch_change(const struct skw_verbs_watch *ctx, struct skw_keeper *k, uint32_t change)
{
	return skw_keeper_call(k, ctx->table.first + VERB_CHANGE, &change, sizeof(change), NULL,
			       NULL, NULL, NULL);
}
