// SPDX-License-Identifier: BSD-2-Clause
#include "util/descriptors.h"

#include <errno.h>
#include <sys/resource.h>

/* 16 rings, their maps and programs, iterators, timers, and the wire to the other process. */
#define NEEDED 64
/* A command that is started later gets the limit, too, and may not be able to use larger numbers.
 */
#define USUAL 1024

int skw_descriptors_ensure(struct skw_error *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= NEEDED)
		return 0;
	if (limit.rlim_max >= NEEDED) {
		limit.rlim_cur = limit.rlim_max < USUAL ? limit.rlim_max : USUAL;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
			return 0;
	}
	return skw_error_set(err, -EMFILE,
			     "%llu files may be open at once, and %d are needed: raise the limit "
			     "(ulimit -n)",
			     (unsigned long long)limit.rlim_max, NEEDED);
}
