// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/rights.h"
#include "util/cleanup.h"

/*
 * The folder may belong to anybody. So nothing is opened before it is known to be a regular file:
 * the open of a pipe waits, and that of a device may do something. A link is not followed, as it
 * could lead to the key log of somebody else.
 */
static int open_regular(void *arg)
{
	struct skw_verbs_keylog *ctx = arg;
	SKW_AUTO_FD int path = open(ctx->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char link[32];
	struct stat st;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	if (st.st_dev == ctx->dev && st.st_ino == ctx->ino)
		return -EALREADY;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	int fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ctx->dev = st.st_dev;
	ctx->ino = st.st_ino;
	return fd;
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
	int fd = -1;
	size_t n = 1;
	int ret = skw_keeper_call(k, ctx->table.first, NULL, 0, NULL, NULL, &fd, &n);

	return ret ? ret : n == 1 ? fd : -EPROTO;
}
