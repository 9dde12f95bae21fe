// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/handed.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define BYTES_MAX (64u << 20)

int skw_handed_put(const struct skw_buf *bytes)
{
	SKW_AUTO_FD int fd = memfd_create("skwatch", MFD_CLOEXEC);

	if (bytes->failed)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < bytes->len;) {
		ssize_t n = write(fd, bytes->data + at, bytes->len - at);

		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	return SKW_TAKE_FD(fd);
}

int skw_handed_get(int fd, struct skw_buf *out)
{
	SKW_AUTO_FD int taken = fd;
	uint8_t piece[4096];
	struct stat st;
	off_t at = 0;

	if (fstat(taken, &st) < 0)
		return -errno;
	if (st.st_size > BYTES_MAX)
		return -EPROTO;
	while (at < st.st_size) {
		ssize_t n = pread(taken, piece, sizeof(piece), at);

		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		skw_buf_add(out, piece, (size_t)n);
		at += n;
	}
	return out->failed ? -ENOMEM : 0;
}
