/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of this process. */
#ifndef SKW_UTIL_LIMITS_H
#define SKW_UTIL_LIMITS_H

#include "util/error.h"

/*
 * Makes sure that this process can open n more descriptors, and raises its own limit if that is
 * needed. Some parts of a set-up are left out silently when they fail, so the limit is looked at
 * before. Returns 0, or -EMFILE with a text that tells the limit and what to do.
 */
int skw_limits_descriptors(unsigned n, struct skw_error *err);

#endif
