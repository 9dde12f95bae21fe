// SPDX-License-Identifier: BSD-2-Clause
#include "util/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "util/cleanup.h"

int skw_limits_descriptors(unsigned n, struct skw_error *err)
{
	/* The kernel gives out the lowest number that is free. */
	SKW_AUTO_FD int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct rlimit limit;

	if (lowest < 0)
		return skw_error_set(err, -errno, "/dev/null: %s", strerror(errno));
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return skw_error_set(err, -errno, "limits: %s", strerror(errno));
	rlim_t needed = (rlim_t)lowest + n;
	if (limit.rlim_cur >= needed)
		return 0;
	limit.rlim_cur = needed;
	if (limit.rlim_max >= needed && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	return skw_error_set(err, -EMFILE,
			     "this process may open %llu files, and needs %llu: raise the limit "
			     "(ulimit -n %llu, or LimitNOFILE= of a systemd unit)",
			     (unsigned long long)limit.rlim_max, (unsigned long long)needed,
			     needed > 1024 ? (unsigned long long)needed : 1024);
}
