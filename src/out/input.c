// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out/decompress.h"
#include "util/cleanup.h"

#define PIECE_BYTES (256 << 10)

/* The cookie of the stream, see fopencookie(3). */
struct input {
	int fd;
	bool keep_fd;
	bool sniffed;
	bool eof;
	int failed;                 /* errno of an earlier read, for good */
	struct skw_input_wait wait; /* its function is NULL where no read takes long */
	struct skw_decompress *decompress;
	const uint8_t *next; /* first byte of the piece that is not used yet */
	size_t left;         /* number of bytes from `next` on */
	uint8_t piece[PIECE_BYTES];
};

/* Reads more bytes after those that are left. Sets in->eof at the end. Returns 0 or an errno. */
static int fill(struct input *in)
{
	memmove(in->piece, in->next, in->left);
	in->next = in->piece;
	for (;;) {
		int ret = in->wait.wait ? in->wait.wait(in->wait.ctx, in->fd) : 0;

		if (ret)
			return ret;
		ssize_t n = read(in->fd, in->piece + in->left, sizeof(in->piece) - in->left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		in->eof = !n;
		in->left += (size_t)n;
		return 0;
	}
}

static int sniff(struct input *in)
{
	while (in->left < SKW_DECOMPRESS_MAGIC_BYTES && !in->eof) {
		int ret = fill(in);

		if (ret)
			return ret;
	}
	in->sniffed = true;
	enum skw_compression kind = skw_decompress_detect(in->next, in->left);
	return kind ? -skw_decompress_new(kind, &in->decompress) : 0;
}

static int read_plain(struct input *in, char *buf, size_t size, size_t *got)
{
	if (!in->left) {
		int ret = fill(in);

		if (ret)
			return ret;
	}
	*got = in->left < size ? in->left : size;
	memcpy(buf, in->next, *got);
	in->next += *got;
	in->left -= *got;
	return 0;
}

static int read_compressed(struct input *in, char *buf, size_t size, size_t *got)
{
	while (!*got) {
		int ret = in->left || in->eof ? 0 : fill(in);

		if (ret)
			return ret;

		struct skw_decompress_io io = { in->next, in->left, (uint8_t *)buf, size };
		ret = skw_decompress_run(in->decompress, &io);

		bool stuck = io.in_left == in->left && io.out_left == size;

		in->next = io.in;
		in->left = io.in_left;
		*got = size - io.out_left;
		/* The bytes that could be decompressed are returned before the error. */
		if (ret && *got)
			in->failed = -ret;
		else if (ret)
			return -ret;
		/* There are input and room, but no progress. Without this check we would loop. */
		if (stuck && in->left)
			return EBADMSG;
		if (stuck && in->eof)
			return skw_decompress_at_end(in->decompress) ? 0 : ENODATA;
	}
	return 0;
}

static ssize_t input_read(void *cookie, char *buf, size_t size)
{
	struct input *in = cookie;
	size_t got = 0;
	int ret = in->failed;

	if (!ret && !in->sniffed)
		ret = sniff(in);
	if (!ret && size)
		ret = in->decompress ? read_compressed(in, buf, size, &got)
				     : read_plain(in, buf, size, &got);
	if (ret) {
		in->failed = ret;
		errno = ret;
		return -1;
	}
	return (ssize_t)got;
}

static int input_close(void *cookie)
{
	struct input *in = cookie;
	int ret = in->keep_fd ? 0 : close(in->fd);

	skw_decompress_free(in->decompress);
	free(in);
	return ret;
}

static int open_stream(int fd, bool keep_fd, const char *name, const struct skw_input_wait *wait,
		       FILE **out, struct skw_error *err)
{
	const cookie_io_functions_t io = { .read = input_read, .close = input_close };
	struct stat st;
	int ret = 0;

	if (fstat(fd, &st))
		ret = -errno;
	else if (S_ISDIR(st.st_mode))
		ret = -EISDIR;
	struct input *in = ret ? NULL : malloc(sizeof(*in));
	FILE *f = NULL;
	if (in) {
		memset(in, 0, offsetof(struct input, piece));
		in->fd = fd;
		in->keep_fd = keep_fd;
		if (wait && !S_ISREG(st.st_mode))
			in->wait = *wait;
		in->next = in->piece;
		f = fopencookie(in, "r", io);
	}
	if (!f) {
		if (!ret)
			ret = -ENOMEM;
		free(in);
		if (!keep_fd)
			close(fd);
		return skw_error_set(err, ret, "%s: %s", name, strerror(-ret));
	}
	*out = f;
	return 0;
}

int skw_input_open_fd_waiting(int fd, const char *name, const struct skw_input_wait *wait,
			      FILE **out, struct skw_error *err)
{
	return open_stream(fd, false, name, wait, out, err);
}

int skw_input_open_fd(int fd, const char *name, FILE **out, struct skw_error *err)
{
	return open_stream(fd, false, name, NULL, out, err);
}

int skw_input_open_waiting(const char *path, const struct skw_input_wait *wait, FILE **out,
			   struct skw_error *err)
{
	if (!strcmp(path, "-"))
		return open_stream(STDIN_FILENO, true, "standard input", wait, out, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int ret = -errno;

		return skw_error_set(err, ret, "%s: %s", path, strerror(-ret));
	}
	return open_stream(fd, false, path, wait, out, err);
}

int skw_input_open(const char *path, FILE **out, struct skw_error *err)
{
	return skw_input_open_waiting(path, NULL, out, err);
}
