/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens a regular file for reading, in a folder that may belong to anybody. */
#ifndef SKW_KEEPER_REGULAR_H
#define SKW_KEEPER_REGULAR_H

#include <sys/types.h>

struct skw_regular_id {
	dev_t dev;
	ino_t ino;
};

/*
 * Returns a descriptor that the caller owns, and notes the file in *last. -EALREADY: it is still
 * the file in *last. -EMEDIUMTYPE: it is no regular file. Or another -errno.
 */
int skw_regular_open(const char *name, struct skw_regular_id *last);

#endif
