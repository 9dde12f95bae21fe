// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out/compress.h"
#include "util/cleanup.h"

/*
 * Space is allocated ahead of direct writes, so that not every write extends the
 * file's map of blocks. Each time it is as much as the file already has, within
 * these bounds.
 */
#define ALLOCATE_MIN (16 << 20)
#define ALLOCATE_MAX (64 << 20)

/* The default is 64 KiB. With a larger pipe, reader and writer wake each other less often. */
#define PIPE_BYTES (1 << 20)

/*
 * A write to a pipe must not block, because the reader may never read again. But
 * O_NONBLOCK can't be set, because other processes may have the pipe, too. So the
 * length is limited: an empty pipe takes its whole size, and a pipe that poll()
 * calls writable takes a page.
 */
static ssize_t pipe_write(const struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	size_t most = PIPE_BUF;
	int queued;

	if (!ioctl(s->fd, FIONREAD, &queued) && !queued)
		most = s->pipe_bytes;
	return write(s->fd, bytes, n < most ? n : most);
}

static ssize_t stream_write(const struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	struct pollfd p[] = {
		{ .fd = s->fd, .events = POLLOUT },
		{ .fd = s->give_up_fd, .events = POLLIN },
	};

	if (poll(p, SKW_ARRAY_SIZE(p), -1) < 0)
		return -1;
	if (p[1].revents) {
		errno = ETIMEDOUT;
		return -1;
	}
	return s->kind == SKW_SINK_SOCKET ? send(s->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL)
					  : pipe_write(s, bytes, n);
}

static ssize_t write_some(const struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	switch (s->kind) {
	case SKW_SINK_REGULAR:
		return s->shared ? write(s->fd, bytes, n) : pwrite(s->fd, bytes, n, s->offset);
	case SKW_SINK_PIPE:
	case SKW_SINK_SOCKET:
		return stream_write(s, bytes, n);
	case SKW_SINK_OTHER:
		break;
	}
	return write(s->fd, bytes, n);
}

static int write_all(struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	while (n) {
		ssize_t put = write_some(s, bytes, n);

		if (put < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (put < 0)
			return -errno;
		if (!put)
			return -EIO;
		s->offset += put;
		bytes += put;
		n -= (size_t)put;
	}
	return 0;
}

static int compressed(void *arg, const uint8_t *bytes, size_t n)
{
	return write_all(arg, bytes, n);
}

static int look_at(struct skw_sink *s, bool direct)
{
	struct stat st;
	int flags = fcntl(s->fd, F_GETFL);

	if (flags < 0 || fstat(s->fd, &st) < 0)
		return -errno;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		s->kind = SKW_SINK_REGULAR;
		/*
		 * O_TRUNC at open() would be too early: a rotation may use the name of a file
		 * that the thread had not completed then.
		 */
		if (!s->shared && ftruncate(s->fd, 0) < 0)
			return -errno;
		s->offset = !s->shared           ? 0
			    : (flags & O_APPEND) ? st.st_size
						 : lseek(s->fd, 0, SEEK_CUR);
		s->direct = s->allocate = direct && !s->shared && !(flags & O_APPEND);
		break;
	case S_IFIFO:
		s->kind = SKW_SINK_PIPE;
		/* This fails if it exceeds the user's limit; then the old size is fine. */
		fcntl(s->fd, F_SETPIPE_SZ, PIPE_BYTES);
		int size = fcntl(s->fd, F_GETPIPE_SZ);
		s->pipe_bytes = size > 0 ? (size_t)size : PIPE_BUF;
		break;
	case S_IFSOCK:
		s->kind = SKW_SINK_SOCKET;
		break;
	default:
		s->kind = SKW_SINK_OTHER;
	}
	return 0;
}

int skw_sink_open(struct skw_sink *s, int fd, const struct skw_sink_options *opt)
{
	*s = (struct skw_sink){ .fd = fd, .shared = opt->shared, .give_up_fd = opt->give_up_fd };
	int r = look_at(s, opt->direct && !opt->compression);

	s->begin = s->allocated = s->safe = s->offset;
	if (!r && opt->compression)
		r = skw_compress_new(opt->compression, compressed, s, &s->compress);
	if (r)
		skw_sink_abandon(s);
	return r;
}

/*
 * Allocates space behind the file's end. Errors are ignored: the write itself
 * reports a full disk, and not every file system can allocate.
 */
static void allocate(struct skw_sink *s, size_t n)
{
	off_t end = s->offset + (off_t)n;

	if (!s->allocate || end <= s->allocated)
		return;
	off_t from = s->allocated > s->offset ? s->allocated : s->offset;
	off_t more = s->offset < ALLOCATE_MIN   ? ALLOCATE_MIN
		     : s->offset > ALLOCATE_MAX ? ALLOCATE_MAX
						: s->offset;
	if (fallocate(s->fd, FALLOC_FL_KEEP_SIZE, from, more))
		s->allocate = false;
	/* A call that failed may have allocated a part, which skw_sink_close() must give back. */
	s->allocated = from + more;
}

/*
 * Sets O_DIRECT for the duration of the write. The flag belongs to the open file
 * description, so other processes that share the description would see it. That
 * is why shared files are never written directly. Opening the file a second time
 * would need permissions that this process may no longer have.
 */
static ssize_t direct_write(struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	int flags = fcntl(s->fd, F_GETFL);

	if (flags < 0 || fcntl(s->fd, F_SETFL, flags | O_DIRECT) < 0)
		return -1;
	ssize_t put = pwrite(s->fd, bytes, n, s->offset);
	int saved = errno;
	fcntl(s->fd, F_SETFL, flags);
	errno = saved;
	return put;
}

static int write_direct(struct skw_sink *s, const uint8_t *bytes, size_t n)
{
	allocate(s, n);
	while (n >= SKW_SINK_ALIGN && !(s->offset % SKW_SINK_ALIGN)) {
		ssize_t put = direct_write(s, bytes, n - n % SKW_SINK_ALIGN);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			/* The usual write that follows reports the error, if it is a real one. */
			s->direct = put < 0 && errno == ENOSPC;
			break;
		}
		s->offset += put;
		bytes += put;
		n -= (size_t)put;
	}
	return write_all(s, bytes, n);
}

int skw_sink_write(struct skw_sink *s, const uint8_t *bytes, size_t n, bool direct)
{
	if (s->compress)
		return skw_compress_write(s->compress, bytes, n);

	size_t off = (size_t)s->offset % SKW_SINK_ALIGN;
	if (!direct || !s->direct || (uintptr_t)bytes % SKW_SINK_ALIGN != off)
		return write_all(s, bytes, n);

	size_t head = off ? SKW_SINK_ALIGN - off : 0;
	if (head > n)
		head = n;
	int r = write_all(s, bytes, head);
	return r ? r : write_direct(s, bytes + head, n - head);
}

int skw_sink_flush(struct skw_sink *s)
{
	int r = s->compress ? skw_compress_flush(s->compress) : 0;

	if (!r)
		s->safe = s->offset;
	return r;
}

void skw_sink_cut(struct skw_sink *s, uint64_t n)
{
	off_t end = s->compress ? s->safe : s->begin + (off_t)n;

	/* A failure to cut the file is ignored, because the first error is the one to report. */
	if (s->fd < 0 || s->kind != SKW_SINK_REGULAR || ftruncate(s->fd, end))
		return;
	s->offset = s->allocated = end;
	if (s->shared)
		lseek(s->fd, end, SEEK_SET);
}

static int release(struct skw_sink *s)
{
	int r = 0;

	if (s->fd >= 0 && !s->shared && close(s->fd) && errno != EINTR)
		r = -errno;
	s->fd = -1;
	skw_compress_free(s->compress);
	s->compress = NULL;
	return r;
}

int skw_sink_close(struct skw_sink *s)
{
	int r = s->compress ? skw_compress_end(s->compress) : 0;

	if (r)
		skw_sink_cut(s, 0);
	/* ftruncate() to the file's own length gives back the space allocated behind its end. */
	if (s->allocated > s->offset && ftruncate(s->fd, s->offset) && !r)
		r = -errno;
	int closed = release(s);
	return r ? r : closed;
}

void skw_sink_abandon(struct skw_sink *s)
{
	release(s);
}
