// SPDX-License-Identifier: BSD-2-Clause
#include "sink/lines.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* Lines are collected until the next pause, or until there are this many bytes of them. */
#define TEXT_BYTES 65536

void skw_lines_open(struct skw_lines *l, struct skw_loop *loop)
{
	struct stat st;

	*l = (struct skw_lines){ .to = l->to, .loop = loop };
	l->stream = fstat(STDOUT_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Only errors are watched for, so it is called when there is no reader any more. */
static int on_reader_left(void *ctx, struct skw_error *err)
{
	struct skw_lines *l = ctx;

	(void)err;
	skw_loop_enough(l->loop);
	return 0;
}

int skw_lines_let_leave(struct skw_lines *l, struct skw_error *err)
{
	int ret;

	l->may_leave = true;
	if (!l->stream || l->to)
		return 0;
	ret = skw_loop_watch(l->loop, STDOUT_FILENO, 0, on_reader_left, l);
	/* Devices like /dev/null have no reader. */
	return ret && ret != -EPERM ? skw_error_set(err, ret, "standard output: %s", strerror(-ret))
				    : 0;
}

void skw_lines_hurry(struct skw_lines *l, unsigned ms)
{
	if (!l->give_up_ns)
		l->give_up_ns = skw_clock_monotonic_ns() + ms * SKW_NS_PER_MS;
}

/*
 * Waits until standard output takes something. Returns 0, -ETIMEDOUT when time is up, or another
 * -errno.
 */
static int wait_for_reader(struct skw_lines *l)
{
	for (;;) {
		int interrupt_fd = l->give_up_ns ? -1 : skw_loop_interrupt_fd(l->loop);
		struct pollfd p[] = { { .fd = STDOUT_FILENO, .events = POLLOUT },
				      { .fd = interrupt_fd, .events = POLLIN } };
		int timeout_ms = -1;

		if (l->give_up_ns) {
			uint64_t now_ns = skw_clock_monotonic_ns();

			if (now_ns >= l->give_up_ns)
				return -ETIMEDOUT;
			timeout_ms = (int)((l->give_up_ns - now_ns) / 1000000 + 1);
		}
		if (poll(p, SKW_ARRAY_SIZE(p), timeout_ms) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (p[0].revents)
			return 0;
		if (p[1].revents)
			skw_lines_hurry(l, skw_loop_linger_ms(l->loop));
	}
}

/*
 * Writes at most PIPE_BUF bytes, because a pipe that is ready takes so much without blocking.
 * Returns 0 or -errno.
 */
static int write_some(struct skw_lines *l, const struct skw_buf *text, size_t *at)
{
	size_t n = text->len - *at;

	if (l->stream) {
		int ret = wait_for_reader(l);

		if (ret)
			return ret;
		n = n < PIPE_BUF ? n : PIPE_BUF;
	}
	ssize_t put = write(STDOUT_FILENO, text->data + *at, n);
	if (put >= 0)
		*at += (size_t)put;
	return put < 0 && errno != EINTR && errno != EAGAIN ? -errno : 0;
}

bool skw_lines_add(const struct skw_lines *l, struct skw_buf *text)
{
	if (l->to)
		l->to->line(l->to->ctx, text);
	return text->failed || text->len >= (l->to ? l->to->most : TEXT_BYTES);
}

int skw_lines_make_room(const struct skw_lines *l, bool wait, struct skw_error *err)
{
	int ret;

	if (!l->to || l->to->has_room(l->to->ctx))
		return 1;
	if (!wait)
		return 0;
	ret = l->to->wait(l->to->ctx, err);
	return ret ? ret : 1;
}

static int give(const struct skw_lines *l, struct skw_buf *text, struct skw_error *err)
{
	int ret = l->to->take(l->to->ctx, text, err);

	skw_buf_reset(text);
	return ret;
}

int skw_lines_write(struct skw_lines *l, struct skw_buf *text, struct skw_error *err)
{
	size_t at = 0;
	int ret = 0;

	if (text->failed)
		return skw_error_set(err, -ENOMEM, "lines: out of memory");
	if (l->to)
		return give(l, text, err);
	while (!ret && at < text->len)
		ret = write_some(l, text, &at);
	skw_buf_reset(text);
	if (ret == -EPIPE && l->may_leave) {
		skw_loop_enough(l->loop);
		return 0;
	}
	if (ret == -ETIMEDOUT) {
		/* The death of the keeper is the cause then, and not the reader. */
		int dead = skw_loop_check_keeper(l->loop, err);

		return dead ? dead
			    : skw_error_set(err, ret, "standard output: nobody takes the lines");
	}
	return ret ? skw_error_set(err, ret, "standard output: %s", strerror(-ret)) : 0;
}
