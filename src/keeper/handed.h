/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that are too many for a message go by a descriptor of memory. */
#ifndef SKW_KEEPER_HANDED_H
#define SKW_KEEPER_HANDED_H

#include "util/buf.h"

/* Returns a descriptor from which the bytes can be read, or -errno. The caller owns it. */
int skw_handed_put(const struct skw_buf *bytes);
/* Takes the descriptor in any case. Appends the bytes to `out`. Returns 0 or -errno. */
int skw_handed_get(int fd, struct skw_buf *out);

#endif
