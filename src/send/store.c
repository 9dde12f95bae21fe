// SPDX-License-Identifier: BSD-2-Clause
#include "send/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/say.h"

/* ---- memory ---- */

static int read_memory(void *ctx, uint64_t at, void *to, size_t len)
{
	memcpy(to, ((const struct skw_send_store *)ctx)->bytes + at, len);
	return 0;
}

static int write_memory(void *ctx, uint64_t at, const void *from, size_t len)
{
	memcpy(((struct skw_send_store *)ctx)->bytes + at, from, len);
	return 0;
}

/* The kernel gives memory when it is written first, so a queue that stays short costs little. */
static int open_memory(struct skw_send_store *s, const struct skw_post_plan *plan,
		       struct skw_post_ring *ring, struct skw_error *err)
{
	const struct skw_post_store place = { read_memory, write_memory, s };

	s->size = SKW_POST_RING_HEADS + plan->queue_bytes;
	s->bytes = calloc(1, s->size);
	if (!s->bytes)
		return skw_error_set(err, -ENOMEM, "--queue: out of memory");
	return skw_post_ring_format(ring, &place, plan->queue_bytes);
}

/* ---- a file ---- */

static int read_file(void *ctx, uint64_t at, void *to, size_t len)
{
	uint8_t *p = to;

	while (len) {
		ssize_t n = pread(((const struct skw_send_store *)ctx)->fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		/* Somebody has made the file shorter. */
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_file(void *ctx, uint64_t at, const void *from, size_t len)
{
	const uint8_t *p = from;

	while (len) {
		ssize_t n = pwrite(((const struct skw_send_store *)ctx)->fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* In a folder where others may write, the file may be theirs, or a link to another. */
static int check_file(int fd, struct stat *st)
{
	if (fstat(fd, st) < 0)
		return -errno;
	if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() || st->st_nlink != 1 ||
	    st->st_mode & (S_IRWXG | S_IRWXO))
		return -EACCES;
	return 0;
}

/* All blocks are taken at once, so that the disk can't be full later. */
static int take_disk(struct skw_send_store *s, uint64_t bytes)
{
	int ret;

	if (ftruncate(s->fd, 0) < 0)
		return -errno;
	ret = posix_fallocate(s->fd, 0, (off_t)bytes);
	if (ret && ftruncate(s->fd, 0) < 0)
		return -errno;
	s->size = bytes;
	return -ret;
}

static int make_ring(struct skw_send_store *s, const struct skw_post_store *place,
		     const struct skw_post_plan *plan, struct skw_post_ring *ring)
{
	int ret = take_disk(s, SKW_POST_RING_HEADS + plan->spool_bytes);

	skw_post_ring_free(ring);
	return ret ? ret : skw_post_ring_format(ring, place, plan->spool_bytes);
}

static int find_ring(struct skw_send_store *s, const struct skw_post_plan *plan, const char *name,
		     struct skw_post_ring *ring, struct skw_error *err)
{
	const struct skw_post_store place = { read_file, write_file, s };
	int ret = skw_post_ring_open(ring, &place, s->size);
	bool resized = !ret && ring->size != plan->spool_bytes / 16 * 16;

	if (ret == -EMEDIUMTYPE)
		return skw_error_set(err, ret, "%s: it is no spool of skwatch; name another folder",
				     name);
	if (ret == -EBADMSG) {
		skw_say("%s: it is damaged, and begins anew", name);
		s->damaged = true;
	}
	if (resized && ring->lines) {
		skw_say("%s: it keeps its size of %" PRIu64 " bytes until all in it is sent and "
			"skwatch starts again",
			name, ring->size);
		resized = false;
	}
	if (ret == -ENODATA || ret == -EBADMSG || resized)
		ret = make_ring(s, &place, plan, ring);
	return ret ? skw_error_set(err, ret, "%s: %s", name, strerror(-ret)) : 0;
}

static int open_file(struct skw_send_store *s, const struct skw_post_plan *plan, const char *what,
		     struct skw_post_ring *ring, struct skw_error *err)
{
	SKW_AUTO_FD int dir = open(plan->spool, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char base[32], name[PATH_MAX];
	struct stat st;
	int ret;

	snprintf(base, sizeof(base), "%s.spool", what);
	snprintf(name, sizeof(name), "%s/%s", plan->spool, base);
	if (dir < 0)
		return skw_error_set(err, -errno, "--spool %s: %s", plan->spool, strerror(errno));
	s->fd = openat(dir, base, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		       0600);
	if (s->fd < 0)
		return skw_error_set(err, -errno, "%s: %s", name, strerror(errno));
	ret = check_file(s->fd, &st);
	if (ret)
		return skw_error_set(err, ret, "%s: %s", name,
				     ret == -EACCES ? "it is no file of this user alone"
						    : strerror(-ret));
	if (flock(s->fd, LOCK_EX | LOCK_NB) < 0)
		return skw_error_set(err, -errno, "%s: %s", name,
				     errno == EWOULDBLOCK
					     ? "another skwatch uses it; give each its own folder"
					     : strerror(errno));
	s->size = (uint64_t)st.st_size;
	return find_ring(s, plan, name, ring, err);
}

int skw_send_store_open(struct skw_send_store *s, const struct skw_post_plan *plan,
			const char *what, struct skw_post_ring *ring, struct skw_error *err)
{
	*s = (struct skw_send_store){ .fd = -1 };
	return plan->spool ? open_file(s, plan, what, ring, err) : open_memory(s, plan, ring, err);
}

void skw_send_store_close(struct skw_send_store *s)
{
	skw_cleanup_fd(&s->fd);
	s->fd = -1;
	free(s->bytes);
	s->bytes = NULL;
}
