/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the files of a rotation, as tcpdump 4.99 makes them:
 *
 *   -G         the template goes through strftime(), with the file's begin in
 *              local time
 *   -C         a number is appended, none for the first file: f, f1, f2, ...
 *   -C -W N    the number is always there, as wide as N - 1 needs: f00 ... f11,
 *              and starts again at 0 after N files (N = 1: no number)
 *   -G -W N    the capture ends after N files; no number
 *   -C -G      both: the number starts again with each -G file
 *
 * One difference: a compression suffix stays at the end, because readers go by
 * it (f.pcap.zst, f.pcap1.zst).
 */
#ifndef SKW_OUT_ROTATE_H
#define SKW_OUT_ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct skw_rotate {
	const char *template; /* borrowed */
	bool by_time;         /* -G */
	bool by_size;         /* -C */
	unsigned files;       /* -W, 0: no limit */
};

/*
 * The name of file number `count` (from 0, since the last -G turn) that begins
 * at `when`. 0, -ENAMETOOLONG if it does not fit, -EINVAL for a time that has
 * no calendar date.
 */
int skw_rotate_name(const struct skw_rotate *r, time_t when, unsigned count, char *name,
		    size_t size);

/* The count after `count` when a file is full: wraps with -W. */
unsigned skw_rotate_next(const struct skw_rotate *r, unsigned count);

/* Whether -W ends the capture once `files` files of -G are complete. */
bool skw_rotate_over(const struct skw_rotate *r, unsigned files);

#endif
