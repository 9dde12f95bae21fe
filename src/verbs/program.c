// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/program.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/* More than libpcap makes of any expression that it can compile in a minute. */
#define BYTES_MAX (64u << 20)

int skw_verbs_program_put(const struct skw_offline_filter *filter)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf bytes = SKW_BUF_INIT;
	SKW_AUTO_FD int fd = memfd_create("skwatch filter", MFD_CLOEXEC);

	skw_offline_filter_pack(filter, &bytes);
	if (fd < 0 || bytes.failed)
		return -ENOMEM;
	if (write(fd, bytes.data, bytes.len) != (ssize_t)bytes.len)
		return -ENOMEM;
	return SKW_TAKE_FD(fd);
}

int skw_verbs_program_get(int fd, struct skw_offline_filter **out)
{
	SKW_AUTO_FD int program_fd = fd;
	SKW_AUTO_FREE uint8_t *bytes = NULL;
	struct stat st;

	if (fstat(program_fd, &st) < 0)
		return -errno;
	size_t len = (size_t)st.st_size;
	if (!len || len > BYTES_MAX)
		return -EPROTO;
	bytes = malloc(len);
	if (!bytes)
		return -ENOMEM;
	if (pread(program_fd, bytes, len, 0) != (ssize_t)len)
		return -EPROTO;
	return skw_offline_filter_unpack(bytes, len, out);
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
	int ret = skw_offline_filter_compile(ctx->list[r->number], &link, !ctx->no_optimize, &f,
					     &err);
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
