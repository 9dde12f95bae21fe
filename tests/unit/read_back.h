/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that a test has written, read again. */
#ifndef TESTS_UNIT_READ_BACK_H
#define TESTS_UNIT_READ_BACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "out/input.h"
#include "pcap/reader.h"

static inline bool read_back_open(const char *path, struct skw_reader **out)
{
	struct skw_byte_stream *in;

	return !skw_input_open(path, &in, NULL) && !skw_reader_open(in, path, out, NULL);
}

/*
 * The number of packets of a file, which must be whole; -1: there is no such file. The times of the
 * first `n` go to times_ns.
 */
static inline int read_back_count(const char *path, uint64_t *times_ns, int n)
{
	struct skw_reader *r;
	struct skw_packet p;
	int got = 0, ret;

	if (!read_back_open(path, &r))
		return -1;
	for (; (ret = skw_reader_next(r, &p, NULL)) > 0; got++)
		if (got < n)
			times_ns[got] = p.ts_ns;
	assert_int_equal(ret, 0);
	skw_reader_close(r);
	return got;
}

#endif
