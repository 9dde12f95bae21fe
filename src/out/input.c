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

#include "out/ahead.h"
#include "out/decompress.h"
#include "util/cleanup.h"

/* The bytes that are read at a time, and the first size of the window on them. */
#define PIECE_BYTES (256u << 10)
/* A thread of its own does not pay for less than this, in the file. */
#define AHEAD_BYTES            (1 << 20)
#define AHEAD_COMPRESSED_BYTES (64 << 10)

struct input {
	struct skw_byte_stream stream; /* first */
	int fd;
	bool keep_fd;
	bool sniffed;
	bool eof;                   /* of what is in the file */
	int failed;                 /* errno of an earlier read, for good */
	off_t size;                 /* of a regular file, from where it is read; otherwise 0 */
	struct skw_input_wait wait; /* its function is NULL where no read takes long */
	/* The first bytes of the file. */
	uint8_t magic[SKW_DECOMPRESS_MAGIC_BYTES];
	/* Bytes of the file that were not used yet, in `magic` or `piece`. */
	const uint8_t *next;
	size_t left;
	struct skw_decompress *decompress;
	bool full;      /* the last bytes filled their room, so it may hold more of them */
	uint8_t *piece; /* owned; only to decompress */
	/* Owned: the window without a thread. */
	uint8_t *window;
	size_t room;
	struct skw_ahead *ahead; /* owned; NULL: there is no thread */
};

/* Reads what is there. *got is 0 at the end. Returns 0 or an errno. */
static int read_file(struct input *in, uint8_t *to, size_t size, size_t *got)
{
	for (;;) {
		int ret = in->wait.wait ? in->wait.wait(in->wait.ctx, in->fd) : 0;

		if (ret)
			return ret;
		ssize_t n = read(in->fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		in->eof = !n;
		*got = (size_t)n;
		return 0;
	}
}

static int read_plain(struct input *in, uint8_t *to, size_t size, size_t *got)
{
	if (!in->left)
		return in->eof ? 0 : read_file(in, to, size, got);
	*got = in->left < size ? in->left : size;
	memcpy(to, in->next, *got);
	in->next += *got;
	in->left -= *got;
	return 0;
}

/* Reads more compressed bytes after those that are left. Returns 0 or an errno. */
static int fill_piece(struct input *in)
{
	size_t got = 0;

	memmove(in->piece, in->next, in->left);
	in->next = in->piece;
	int ret = read_file(in, in->piece + in->left, PIECE_BYTES - in->left, &got);
	in->left += got;
	return ret;
}

static int read_compressed(struct input *in, uint8_t *to, size_t size, size_t *got)
{
	while (!*got) {
		/* A pipe may pause: bytes that are held here must not wait for the next ones. */
		int ret = in->left || in->eof || in->full ? 0 : fill_piece(in);

		if (ret)
			return ret;

		struct skw_decompress_io io = { in->next, in->left, to, size };
		ret = skw_decompress_run(in->decompress, &io);

		bool stuck = io.in_left == in->left && io.out_left == size;

		in->next = io.in;
		in->left = io.in_left;
		*got = size - io.out_left;
		in->full = !io.out_left;
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

/* The bytes as the caller gets them; in the thread, if there is one. A skw_ahead_read. */
static int produce(void *ctx, uint8_t *to, size_t size, size_t *got)
{
	struct input *in = ctx;

	if (in->failed)
		return in->failed;
	return in->decompress ? read_compressed(in, to, size, got) : read_plain(in, to, size, got);
}

/* Finds out the kind of compression. Returns 0 or an errno. */
static int sniff(struct input *in)
{
	in->next = in->magic;
	while (in->left < sizeof(in->magic) && !in->eof) {
		size_t got = 0;
		int ret = read_file(in, in->magic + in->left, sizeof(in->magic) - in->left, &got);

		if (ret)
			return ret;
		in->left += got;
	}
	enum skw_compression kind = skw_decompress_detect(in->magic, in->left);
	if (!kind)
		return 0;
	in->piece = malloc(PIECE_BYTES);
	return in->piece ? -skw_decompress_new(kind, &in->decompress) : ENOMEM;
}

/* The first look at the file. If no thread can be had, it is read without. Returns 0 or -errno. */
static int begin(struct input *in)
{
	int ret = sniff(in);
	bool large = in->size >= (in->decompress ? AHEAD_COMPRESSED_BYTES : AHEAD_BYTES);

	in->sniffed = true;
	if (!ret && large && !skw_ahead_new(produce, in, &in->ahead))
		return 0;
	if (!ret) {
		in->room = PIECE_BYTES;
		in->window = malloc(in->room);
		in->stream.at = in->window;
	}
	return ret ? -ret : in->window ? 0 : -ENOMEM;
}

/* Moves what is left to the front of the window, and makes it larger if it is full. */
static int make_room(struct input *in)
{
	if (in->stream.have == in->room) {
		uint8_t *larger = malloc(2 * in->room);

		if (!larger)
			return -ENOMEM;
		memcpy(larger, in->stream.at, in->stream.have);
		free(in->window);
		in->window = larger;
		in->room *= 2;
	} else {
		memmove(in->window, in->stream.at, in->stream.have);
	}
	in->stream.at = in->window;
	return 0;
}

static int input_more(struct skw_byte_stream *s)
{
	struct input *in = (struct input *)(void *)s;
	size_t got = 0;
	int ret = in->sniffed ? 0 : begin(in);

	if (!ret && in->ahead)
		return skw_ahead_next(in->ahead, &s->at, &s->have);
	if (!ret)
		ret = make_room(in);
	if (!ret)
		ret = -produce(in, in->window + s->have, in->room - s->have, &got);
	s->have += got;
	return ret ? ret : got > 0;
}

static void input_close(struct skw_byte_stream *s)
{
	struct input *in = (struct input *)(void *)s;

	skw_ahead_free(in->ahead);
	if (!in->keep_fd)
		close(in->fd);
	skw_decompress_free(in->decompress);
	free(in->piece);
	free(in->window);
	free(in);
}

/* The bytes of a regular file from where it is read; otherwise 0. */
static off_t bytes_to_read(int fd, const struct stat *st)
{
	off_t at = S_ISREG(st->st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;

	return at < 0 ? 0 : st->st_size - at;
}

bool skw_input_may_read_ahead(int fd)
{
	struct stat st;

	/* It may be compressed: its first bytes are read only later. */
	return fstat(fd, &st) == 0 && bytes_to_read(fd, &st) >= AHEAD_COMPRESSED_BYTES;
}

static int open_stream(int fd, bool keep_fd, const char *name, const struct skw_input_wait *wait,
		       struct skw_byte_stream **out, struct skw_error *err)
{
	static const struct skw_byte_stream_ops ops = { input_more, input_close };
	struct stat st;
	int ret = 0;

	if (fstat(fd, &st))
		ret = -errno;
	else if (S_ISDIR(st.st_mode))
		ret = -EISDIR;
	struct input *in = ret ? NULL : calloc(1, sizeof(*in));
	if (!in) {
		if (!ret)
			ret = -ENOMEM;
		if (!keep_fd)
			close(fd);
		return skw_error_set(err, ret, "%s: %s", name, strerror(-ret));
	}
	in->stream.ops = &ops;
	in->fd = fd;
	in->keep_fd = keep_fd;
	in->size = bytes_to_read(fd, &st);
	if (!S_ISREG(st.st_mode) && wait)
		in->wait = *wait;
	*out = &in->stream;
	return 0;
}

int skw_input_open_fd_waiting(int fd, const char *name, const struct skw_input_wait *wait,
			      struct skw_byte_stream **out, struct skw_error *err)
{
	return open_stream(fd, false, name, wait, out, err);
}

int skw_input_open_fd(int fd, const char *name, struct skw_byte_stream **out, struct skw_error *err)
{
	return open_stream(fd, false, name, NULL, out, err);
}

int skw_input_open_waiting(const char *path, const struct skw_input_wait *wait,
			   struct skw_byte_stream **out, struct skw_error *err)
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

int skw_input_open(const char *path, struct skw_byte_stream **out, struct skw_error *err)
{
	return skw_input_open_waiting(path, NULL, out, err);
}
