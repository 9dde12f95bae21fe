/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes made small in memory, in zlib's form (RFC 1950). */
#ifndef SKW_OUT_DEFLATE_H
#define SKW_OUT_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* Whether this build has it. */
bool skw_deflate_supported(void);

/* Appends the bytes to `out`, as small as it goes. 0, -ENOMEM, or -ENOTSUP. */
int skw_deflate(const uint8_t *bytes, size_t n, struct skw_buf *out);

#endif
