// SPDX-License-Identifier: BSD-2-Clause
#include "util/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int skw_random_key(uint64_t key[2], const char *what, struct skw_error *err)
{
	if (getrandom(key, 2 * sizeof(*key), 0) == (ssize_t)(2 * sizeof(*key)))
		return 0;
	return skw_error_set(err, -errno, "random numbers for %s: %s", what, strerror(errno));
}
