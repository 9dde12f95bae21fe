/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of output: numbered records whose bytes depend on their number, and a check that a file
 * consists of consecutive records.
 */
#ifndef SKW_TESTS_UNIT_RECORDS_H
#define SKW_TESTS_UNIT_RECORDS_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out/out.h"

#define RECORD_MAX 5000

/* A file without a name in the folder for temporary files. */
static inline int records_tmpfile(void)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];

	snprintf(name, sizeof(name), "%s/skw-test-XXXXXX", dir ? dir : "/tmp");
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

/* Opens the same file again. */
static inline int records_same(int fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_WRONLY | O_CLOEXEC);
}

/* Makes a record of 8 to RECORD_MAX bytes: its number, its length, a pattern. */
static inline uint32_t records_make(uint32_t number, uint8_t *to)
{
	uint32_t len = 8 + number * 2654435761u % (RECORD_MAX - 8);

	memcpy(to, &number, 4);
	memcpy(to + 4, &len, 4);
	memset(to + 8, (int)(number % 251), len - 8);
	return len;
}

/* Writes a record in two parts, like a header and a packet. 0 or -errno. */
static inline int records_write(struct skw_out *o, uint32_t number)
{
	uint8_t bytes[RECORD_MAX];
	uint32_t len = records_make(number, bytes);
	int r = skw_out_write(o, bytes, 8);

	if (!r)
		r = skw_out_write(o, bytes + 8, len - 8);
	return r ? r : skw_out_record_end(o);
}

/*
 * Returns the number of records in the stream, the first of which must be number `first`, or -1 if
 * a record is wrong. *rest is the number of bytes after the last complete record.
 */
static inline long records_check_stream(FILE *f, uint32_t first, size_t *rest)
{
	uint8_t want[RECORD_MAX], got[RECORD_MAX];

	for (uint32_t n = first;; n++) {
		uint32_t len = records_make(n, want);
		size_t have = fread(got, 1, len, f);

		if (memcmp(want, got, have) != 0)
			return -1;
		if (have < len) {
			*rest = have;
			return (long)(n - first);
		}
	}
}

/* Checks a whole regular file without moving its position. */
static inline long records_check(int fd, uint32_t first, size_t *rest)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	long n = records_check_stream(f, first, rest);
	fclose(f);
	return n;
}

static inline uint64_t records_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? UINT64_MAX : (uint64_t)st.st_size;
}

/* Makes an output with default options on `fd` and takes the ownership of `fd`. */
static inline struct skw_out *records_open(int fd, enum skw_compression compression, bool direct)
{
	const struct skw_out_options opt = { .compression = compression,
					     .direct = direct,
					     .notify_fd = -1 };
	struct skw_out *o = NULL;

	if (skw_out_new(&opt, &o) || skw_out_open(o, fd))
		return NULL;
	return o;
}

#endif
