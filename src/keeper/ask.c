// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/ask.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int skw_keeper_ask_fds(struct skw_keeper *k, const struct skw_keeper_question *question,
		       void *reply, size_t reply_len, int *fds, size_t *n, struct skw_error *err)
{
	char text[SKW_KEEPER_REPLY_MAX] = "";
	size_t text_len = sizeof(text);
	int ret = skw_keeper_call(k, question->verb, question->request, question->len, text,
				  &text_len, fds, n);

	if (!ret && text_len == reply_len) {
		if (reply_len)
			memcpy(reply, text, reply_len);
		return 0;
	}
	while (!ret && fds && *n)
		close(fds[--*n]);
	if (!ret)
		ret = -EPROTO;
	if (text[0] && ret != -EPROTO)
		return skw_error_set(err, ret, "%.*s", (int)text_len, text);
	return skw_error_set(err, ret, "%s: %s", question->what,
			     ret == -EPIPE ? skw_keeper_fate(k) : strerror(-ret));
}

int skw_keeper_call_fd(struct skw_keeper *k, size_t verb, const void *request, size_t len)
{
	int fd = -1;
	size_t n = 1;
	int ret = skw_keeper_call(k, verb, request, len, NULL, NULL, &fd, &n);

	if (ret)
		return ret;
	return n ? fd : -EPROTO;
}

int skw_keeper_ask(struct skw_keeper *k, const struct skw_keeper_question *question, void *reply,
		   size_t reply_len, int *fd, struct skw_error *err)
{
	int got = -1;
	size_t n = 1;
	int ret = skw_keeper_ask_fds(k, question, reply, reply_len, fd ? &got : NULL,
				     fd ? &n : NULL, err);

	if (!ret && fd)
		*fd = n ? got : -1;
	return ret;
}

int skw_keeper_ask_fd(struct skw_keeper *k, const struct skw_keeper_question *question, void *reply,
		      size_t reply_len, struct skw_error *err)
{
	int fd = -1;
	int ret = skw_keeper_ask(k, question, reply, reply_len, &fd, err);

	if (ret)
		return ret;
	return fd >= 0 ? fd
		       : skw_error_set(err, -EPROTO, "%s: %s", question->what, strerror(EPROTO));
}
