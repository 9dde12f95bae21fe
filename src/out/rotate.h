/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the files of a rotation, as tcpdump 4.99 makes them:
 *
 *   -G         the template goes through strftime(), with the local time at which
 *              the file begins
 *   -C         a number is appended, except for the first file: f, f1, f2, ...
 *   -C -W N    a number is always appended, with as many digits as N - 1 has:
 *              f00 ... f11. It starts again at 0 after N files (N = 1: no number)
 *   -G -W N    the capture ends after N files; no number is appended
 *   -C -G      both: the number starts again with each -G file
 *
 * There is one difference: a compression suffix stays at the end (f.pcap.zst,
 * f.pcap1.zst), because programs that read the file look at it.
 */
#ifndef SKW_OUT_ROTATE_H
#define SKW_OUT_ROTATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "model/file_plan.h"

struct skw_rotate {
	const char *template; /* borrowed */
	bool by_time;         /* -G */
	bool by_size;         /* -C */
	unsigned files;       /* -W, 0: no limit */
};

/* Expands strftime() fields with the local time of `when`. Results as skw_rotate_name(). */
int skw_rotate_time(const char *template, time_t when, char *out, size_t size);

/*
 * Makes the name of file number `count` (from 0, since -G last began a file) that
 * begins at `when`. Returns 0, -ENAMETOOLONG if it does not fit, or -EINVAL for a
 * time that has no calendar date. Exported for tests.
 */
int skw_rotate_name(const struct skw_rotate *r, time_t when, unsigned count, char *name,
		    size_t size);

/* Returns the number of the file after file `count`; with -W it starts again at 0. For tests. */
unsigned skw_rotate_next(const struct skw_rotate *r, unsigned count);

/* The same for the files of a plan. */
int skw_rotate_plan_name(const struct skw_file_plan *plan, const struct skw_file_id *id,
			 char name[PATH_MAX]);
/*
 * The number of the next file when a file is full (not when its time is over): -W starts again at
 * 0.
 */
uint64_t skw_rotate_plan_next(const struct skw_file_plan *plan, uint64_t number);

/* Tells whether -W ends the capture now that `files` files of -G are complete. */
bool skw_rotate_plan_over(const struct skw_file_plan *plan, uint64_t files);

#endif
