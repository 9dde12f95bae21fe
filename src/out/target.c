// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/target.h"

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
#define ALLOCATE_BYTES (4 << 20)

/* The default is 64 KiB. With a larger pipe, reader and writer wake each other less often. */
#define PIPE_BYTES (1 << 20)

/*
 * A write to a pipe must not block, because the reader may never read again. But
 * O_NONBLOCK can't be set, because other processes may have the pipe, too. So the
 * length is limited: an empty pipe takes its whole size, and a pipe that poll()
 * calls writable takes a page.
 */
static ssize_t pipe_write(const struct skw_target *s, const uint8_t *bytes, size_t n)
{
	size_t most = PIPE_BUF;
	int queued;

	if (!ioctl(s->fd, FIONREAD, &queued) && !queued)
		most = s->pipe_bytes;
	return write(s->fd, bytes, n < most ? n : most);
}

static ssize_t stream_write(const struct skw_target *s, const uint8_t *bytes, size_t n)
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
	return s->kind == SKW_TARGET_SOCKET ? send(s->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL)
					    : pipe_write(s, bytes, n);
}

static ssize_t write_some(const struct skw_target *s, const uint8_t *bytes, size_t n)
{
	switch (s->kind) {
	case SKW_TARGET_REGULAR:
		return s->shared ? write(s->fd, bytes, n) : pwrite(s->fd, bytes, n, s->offset);
	case SKW_TARGET_PIPE:
	case SKW_TARGET_SOCKET:
		return stream_write(s, bytes, n);
	case SKW_TARGET_OTHER:
		break;
	}
	return write(s->fd, bytes, n);
}

static int write_all(struct skw_target *s, const uint8_t *bytes, size_t n)
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

static int look_at(struct skw_target *s, bool direct)
{
	struct stat st;
	int flags = fcntl(s->fd, F_GETFL);

	if (flags < 0 || fstat(s->fd, &st) < 0)
		return -errno;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		s->kind = SKW_TARGET_REGULAR;
		/* Not before now: the name may be that of the file that was just completed. */
		if (!s->shared && ftruncate(s->fd, 0) < 0)
			return -errno;
		s->offset = !s->shared           ? 0
			    : (flags & O_APPEND) ? st.st_size
						 : lseek(s->fd, 0, SEEK_CUR);
		s->direct = s->allocate = direct && !s->shared && !(flags & O_APPEND);
		break;
	case S_IFIFO:
		s->kind = SKW_TARGET_PIPE;
		/* Only where the limits allow it. */
		fcntl(s->fd, F_SETPIPE_SZ, PIPE_BYTES);
		int size = fcntl(s->fd, F_GETPIPE_SZ);
		s->pipe_bytes = size > 0 ? (size_t)size : PIPE_BUF;
		break;
	case S_IFSOCK:
		s->kind = SKW_TARGET_SOCKET;
		break;
	default:
		s->kind = SKW_TARGET_OTHER;
	}
	return 0;
}

int skw_target_open(struct skw_target *s, int fd, const struct skw_target_options *opt)
{
	*s = (struct skw_target){ .fd = fd, .shared = opt->shared, .give_up_fd = opt->give_up_fd };
	int ret = look_at(s, opt->direct && !opt->compression);

	s->begin = s->allocated = s->safe = s->offset;
	if (!ret && opt->compression)
		ret = skw_compress_new(opt->compression, compressed, s, &s->compress);
	if (ret)
		skw_target_abandon(s);
	return ret;
}

/*
 * Allocates space behind the file's end. Errors are ignored: the write itself
 * reports a full disk, and not every file system can allocate.
 */
static void allocate(struct skw_target *s, size_t n)
{
	off_t end = s->offset + (off_t)n;

	if (!s->allocate || end <= s->allocated)
		return;
	off_t from = s->allocated > s->offset ? s->allocated : s->offset;
	if (end - from < ALLOCATE_BYTES)
		end = from + ALLOCATE_BYTES;
	if (fallocate(s->fd, FALLOC_FL_KEEP_SIZE, from, end - from))
		s->allocate = false;
	/* A call that failed may have allocated a part, which is given back at the close. */
	s->allocated = end;
}

/*
 * Sets O_DIRECT for the duration of the write. The flag belongs to the open file
 * description, so other processes that share the description would see it. That
 * is why shared files are never written directly. Opening the file a second time
 * would need permissions that this process may no longer have.
 */
static ssize_t direct_write(struct skw_target *s, const uint8_t *bytes, size_t n)
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

static int write_direct(struct skw_target *s, const uint8_t *bytes, size_t n)
{
	allocate(s, n);
	while (n >= SKW_TARGET_ALIGN && !(s->offset % SKW_TARGET_ALIGN)) {
		ssize_t put = direct_write(s, bytes, n - n % SKW_TARGET_ALIGN);

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

int skw_target_write(struct skw_target *s, const uint8_t *bytes, size_t n, bool direct)
{
	if (s->compress)
		return skw_compress_write(s->compress, bytes, n);

	size_t off = (size_t)s->offset % SKW_TARGET_ALIGN;
	if (!direct || !s->direct || (uintptr_t)bytes % SKW_TARGET_ALIGN != off)
		return write_all(s, bytes, n);

	size_t head = off ? SKW_TARGET_ALIGN - off : 0;
	if (head > n)
		head = n;
	int ret = write_all(s, bytes, head);
	return ret ? ret : write_direct(s, bytes + head, n - head);
}

int skw_target_flush(struct skw_target *s)
{
	int ret = s->compress ? skw_compress_flush(s->compress) : 0;

	if (!ret)
		s->safe = s->offset;
	return ret;
}

void skw_target_cut(struct skw_target *s, uint64_t n)
{
	off_t end = s->compress ? s->safe : s->begin + (off_t)n;

	/* Nothing can be done about a failure here: the first error is the one to tell. */
	if (s->fd < 0 || s->kind != SKW_TARGET_REGULAR || ftruncate(s->fd, end))
		return;
	s->offset = s->allocated = end;
	if (s->shared)
		lseek(s->fd, end, SEEK_SET);
}

static int release(struct skw_target *s)
{
	int ret = 0;

	if (s->fd >= 0 && !s->shared && close(s->fd) && errno != EINTR)
		ret = -errno;
	s->fd = -1;
	skw_compress_free(s->compress);
	s->compress = NULL;
	return ret;
}

int skw_target_close(struct skw_target *s)
{
	int ret = s->compress ? skw_compress_end(s->compress) : 0;

	if (ret)
		skw_target_cut(s, 0);
	/* Cutting a file to the length it has gives back what is allocated behind its end. */
	if (s->allocated > s->offset && ftruncate(s->fd, s->offset) && !ret)
		ret = -errno;
	int closed = release(s);
	return ret ? ret : closed;
}

void skw_target_abandon(struct skw_target *s)
{
	release(s);
}
