// SPDX-License-Identifier: BSD-2-Clause
#include "replay/fit_filter.h"

#include <errno.h>
#include <string.h>

#include "keeper/ask.h"

int skw_fit_filter_compile(const struct skw_verbs_program *ctx, struct skw_keeper *k, size_t number,
			   const struct skw_offline_link *link, struct skw_offline_filter **out,
			   struct skw_error *err)
{
	const struct skw_verbs_program_request request = { .number = (uint32_t)number,
							   .dlt = link->dlt,
							   .snaplen = link->snaplen,
							   .swapped = link->swapped,
							   .directions = link->directions };
	const struct skw_keeper_question question = { .verb = ctx->table.first,
						      .request = &request,
						      .len = sizeof(request),
						      .what = "filter" };
	struct skw_error why = { 0 };

	if (!k)
		return skw_offline_filter_compile(ctx->list[number], link,
						  skw_lists_how(ctx->no_optimize, false), out, err);
	int fd = skw_keeper_ask_fd(k, &question, NULL, 0, &why);
	if (fd == -EINVAL)
		return skw_error_usage(err, "%s", why.text);
	if (fd < 0)
		return skw_error_set(err, fd, "%s", why.text);
	int ret = skw_verbs_program_get(fd, out);

	return ret ? skw_error_set(err, ret, "filter: %s", strerror(-ret)) : 0;
}
