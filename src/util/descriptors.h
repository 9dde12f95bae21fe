/* SPDX-License-Identifier: BSD-2-Clause */
/* The number of files that this process may have open. */
#ifndef SKW_UTIL_DESCRIPTORS_H
#define SKW_UTIL_DESCRIPTORS_H

#include "util/error.h"

/*
 * Checks that there are enough descriptors for programs, rings and sockets, before the first of
 * them is made. Raises the limit as far as it may. Returns 0, or -EMFILE with err filled.
 */
int skw_descriptors_ensure(struct skw_error *err);

#endif
