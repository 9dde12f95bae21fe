// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/process.h"

#include <errno.h>
#include <string.h>

#include "kern/process.h"

_Static_assert(sizeof(struct skw_process) <= SKW_KEEPER_REPLY_MAX, "a process fits into a reply");

static int serve_process(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_process process;
	uint32_t pid;

	(void)ctx;
	if (len != sizeof(pid))
		return -EINVAL;
	memcpy(&pid, request, sizeof(pid));
	int ret = skw_process_read(pid, &process);

	if (ret)
		return ret;
	memcpy(reply->payload, &process, sizeof(process));
	reply->len = sizeof(process);
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "describe a process", serve_process } };

void skw_verbs_process_prepare(struct skw_verbs_process *ctx)
{
	ctx->table = (struct skw_keeper_table){ .verbs = verbs, .n_verbs = 1, .ctx = ctx };
}

int skw_verbs_process_read(const struct skw_verbs_process *ctx, struct skw_keeper *k, uint32_t pid,
			   struct skw_process *out)
{
	size_t len = sizeof(*out);
	int ret = skw_keeper_call(k, ctx->table.first, &pid, sizeof(pid), out, &len, NULL, NULL);

	return !ret && len != sizeof(*out) ? -EPROTO : ret;
}
