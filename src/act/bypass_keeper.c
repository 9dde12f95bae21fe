// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass_keeper.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "util/cleanup.h"

static void stop(struct skw_bypass_keeper *k)
{
	if (!k->pinned)
		skw_kern_bypass_stop(k->kern);
	skw_kern_bypass_silence(k->kern);
}

static int serve_stop(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_bypass_keeper *k = ctx;
	uint32_t stays;

	(void)request;
	if (len)
		return -EINVAL;
	stop(k);
	stays = skw_kern_bypass_is_attached(k->kern);
	memcpy(reply->payload, &stays, sizeof(stays));
	reply->len = sizeof(stays);
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "stop bypassing", serve_stop } };

static void settle(void *ctx)
{
	struct skw_bypass_keeper *k = ctx;

	skw_kern_bypass_disarm(k->kern);
	skw_cleanup_fd(k->cgroup_fd);
	*k->cgroup_fd = -1;
}

static void orphaned(void *ctx)
{
	stop(ctx);
}

void skw_bypass_keeper_prepare(struct skw_bypass_keeper *k)
{
	skw_kern_bypass_fds(k->kern, k->fds);
	k->table = (struct skw_keeper_table){ .verbs = verbs,
					      .n_verbs = SKW_ARRAY_SIZE(verbs),
					      .ctx = k,
					      .keep_fds = k->fds,
					      .n_keep = SKW_ARRAY_SIZE(k->fds),
					      .settle = settle,
					      .orphaned = orphaned };
}

void skw_bypass_keeper_stop(const struct skw_bypass_keeper *k, struct skw_keeper *keeper,
			    bool *stays)
{
	uint32_t got = 0;
	size_t len = sizeof(got);
	int ret = skw_keeper_call(keeper, k->table.first, NULL, 0, &got, &len, NULL, NULL);

	/* A pin outlives a keeper that has died. */
	*stays = ret || len != sizeof(got) ? k->pinned : got;
}
