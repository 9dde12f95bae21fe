/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SKW_UTIL_RANDOM_H
#define SKW_UTIL_RANDOM_H

#include <stdint.h>

#include "util/error.h"

/* The key of a table that strangers fill. `what` names the table in the message. 0 or -errno. */
int skw_random_key(uint64_t key[2], const char *what, struct skw_error *err);

#endif
