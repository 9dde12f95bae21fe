/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter expression, and the name of the file, for a connection or group that was picked. */
#ifndef SKW_FILTER_PICK_H
#define SKW_FILTER_PICK_H

#include "model/pick.h"

#define SKW_PICK_FILTER_SIZE 800
#define SKW_PICK_NAME_SIZE   160

/*
 * Writes an expression in libpcap's language; it is empty if the owner decides. Checks all numbers:
 * the pick may come from an attacker. Returns 0 or -EINVAL.
 */
int skw_pick_filter(const struct skw_pick *pick, char out[SKW_PICK_FILTER_SIZE]);

/*
 * Writes "skwatch-STAMP-WHAT.pcapng" without a character that a file system or a shell could
 * misunderstand. `group` is the name of a cgroup; NULL: it is no cgroup. With `again` over 1, the
 * name ends with that number. Returns 0 or -EINVAL.
 */
int skw_pick_name(const struct skw_pick *pick, const char *stamp, const char *group, unsigned again,
		  char out[SKW_PICK_NAME_SIZE]);

#endif
