// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/process.h"

#include <errno.h>
#include <string.h>

#include "kern/host/process.h"

static int serve_process(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_process process;
	int ret = len == sizeof(uint32_t) ? skw_process_read(*(const uint32_t *)request, &process)
					  : -EINVAL;

	(void)ctx;
	if (ret)
		return ret;
	_Static_assert(sizeof(process) <= SKW_KEEPER_REPLY_MAX, "a process fits into a reply");
	memcpy(reply->payload, &process, sizeof(process));
	reply->len = sizeof(process);
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "describe a process", serve_process } };
const struct skw_keeper_table skw_verbs_process_table = { .verbs = verbs, .n_verbs = 1 };

int skw_verbs_process_read(const struct skw_keeper_table *table, struct skw_keeper *k, uint32_t pid,
			   struct skw_process *out)
{
	size_t len = sizeof(*out);
	int ret = skw_keeper_call(k, table->first, &pid, sizeof(pid), out, &len, NULL, NULL);

	return !ret && len != sizeof(*out) ? -EPROTO : ret;
}
