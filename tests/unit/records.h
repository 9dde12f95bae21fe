/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the tests of output: numbered records whose bytes follow from their
 * number, and a check that a file is made of them, one after the other.
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

/* A file without a name, in the folder for temporary files. */
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

/* The same file, opened another time. */
static inline int records_same(int fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_WRONLY | O_CLOEXEC);
}

/* Of 8 to RECORD_MAX bytes: its number, its length, a pattern. */
static inline uint32_t records_make(uint32_t number, uint8_t *to)
{
	uint32_t len = 8 + number * 2654435761u % (RECORD_MAX - 8);

	memcpy(to, &number, 4);
	memcpy(to + 4, &len, 4);
	memset(to + 8, (int)(number % 251), len - 8);
	return len;
}

/* In two writes, as a header and a packet come. 0 or -errno. */
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
 * How many records the stream holds, the first being number `first`; -1 if one
 * is wrong. What follows the last whole one is counted in *rest.
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

/* The same for all of a regular file, whose position stays where it is. */
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

/* An output of plain options, opened on `fd`, which is taken. */
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
