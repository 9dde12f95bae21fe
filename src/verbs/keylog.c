// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/keylog.h"

#include <errno.h>

#include "keeper/ask.h"
#include "keeper/rights.h"

static int open_regular(void *arg)
{
	struct skw_verbs_keylog *ctx = arg;

	return skw_regular_open(ctx->name, &ctx->last);
}

static int serve_open(void *arg, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_verbs_keylog *ctx = arg;

	(void)request;
	if (len)
		return -EINVAL;
	int fd = ctx->who ? skw_rights_borrow(ctx->who, open_regular, ctx) : open_regular(ctx);
	if (fd < 0)
		return fd;
	reply->fds[reply->n_fds++] = fd;
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "open the key log", serve_open } };

void skw_verbs_keylog_prepare(struct skw_verbs_keylog *ctx)
{
	ctx->table = (struct skw_keeper_table){ .verbs = verbs, .n_verbs = 1, .ctx = ctx };
}

int skw_verbs_keylog_open(const struct skw_verbs_keylog *ctx, struct skw_keeper *k)
{
	return skw_keeper_call_fd(k, ctx->table.first, NULL, 0);
}
