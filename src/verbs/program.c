// SPDX-License-Identifier: BSD-2-Clause
#include "verbs/program.h"

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/cbpf.h"
#include "util/cleanup.h"

/* More than libpcap makes of any expression that it can compile in a minute. */
#define BYTES_MAX (64u << 20)

static int write_all(int fd, const void *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = write(fd, (const char *)bytes + at, len - at);

		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	return 0;
}

int skw_verbs_program_put(const struct skw_offline_filter *filter)
{
	const struct skw_cbpf *program = skw_offline_filter_program(filter);
	SKW_AUTO_FD int fd = memfd_create("skwatch filter", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	int ret = write_all(fd, program->insns, program->len * sizeof(*program->insns));

	return ret ? ret : SKW_TAKE_FD(fd);
}

int skw_verbs_program_get(int fd, struct skw_offline_filter **out)
{
	SKW_AUTO_FD int program_fd = fd;
	SKW_AUTO_FREE struct skw_cbpf_insn *insns = NULL;
	struct stat st;

	if (fstat(program_fd, &st) < 0)
		return -errno;
	size_t len = (size_t)st.st_size;
	if (!len || len > BYTES_MAX || len % sizeof(*insns))
		return -EPROTO;
	insns = malloc(len);
	if (!insns)
		return -ENOMEM;
	for (size_t at = 0; at < len;) {
		ssize_t n = pread(program_fd, (char *)insns + at, len - at, (off_t)at);

		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		at += (size_t)n;
	}
	return skw_offline_filter_take(SKW_TAKE_PTR(insns), len / sizeof(*insns), out);
}
