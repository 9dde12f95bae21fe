// SPDX-License-Identifier: BSD-2-Clause
/* Input files. Reading any bytes must end, and a failure must set an error. */
#include "config.h"

#include "out/input.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define OUTPUT_MAX (4 << 20) /* a small input can decompress to gigabytes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_error err = { 0 };
	uint8_t bytes[4096];
	size_t total = 0, n;
	struct skw_byte_stream *in;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	if (write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	if (skw_input_open_fd(fd, "fuzz", &in, &err))
		return 0;
	FILE *f = skw_byte_stream_file(in);
	if (!f)
		abort();
	errno = 0;
	do {
		n = fread(bytes, 1, sizeof(bytes), f);
		total += n;
	} while (n == sizeof(bytes) && total < OUTPUT_MAX);
	if (ferror(f) && errno != EBADMSG && errno != ENODATA && errno != ENOTSUP)
		abort();
	fclose(f);
	return 0;
}
