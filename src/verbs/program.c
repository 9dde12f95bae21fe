// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/program.h"

#include <errno.h>

#include "keeper/handed.h"
#include "util/cleanup.h"

int skw_verbs_program_put(const struct skw_offline_filter *filter)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf bytes = SKW_BUF_INIT;

	skw_offline_filter_pack(filter, &bytes);
	return skw_handed_put(&bytes);
}

int skw_verbs_program_get(int fd, struct skw_offline_filter **out)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf bytes = SKW_BUF_INIT;
	int ret = skw_handed_get(fd, &bytes);

	return ret ? ret : skw_offline_filter_unpack(bytes.data, bytes.len, out);
}

static int serve_compile(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	const struct skw_verbs_program *ctx = arg;
	const struct skw_verbs_program_request *r = request;
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	if (len != sizeof(*r) || r->number >= ctx->len)
		return -EINVAL;

	const struct skw_offline_link link = { .dlt = r->dlt,
					       .snaplen = r->snaplen,
					       .swapped = r->swapped,
					       .directions = r->directions };
	int ret = skw_offline_filter_compile(ctx->list[r->number], &link,
					     skw_lists_how(ctx->no_optimize, false), &f, &err);
	if (ret)
		return skw_keeper_reply_error(reply, ret, &err);
	int fd = skw_verbs_program_put(f);
	skw_offline_filter_free(f);
	if (fd < 0)
		return fd;
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "compile a filter", serve_compile } };

void skw_verbs_program_prepare(struct skw_verbs_program *ctx)
{
	ctx->table = (struct skw_keeper_table){ .verbs = verbs, .n_verbs = 1, .ctx = ctx };
}
