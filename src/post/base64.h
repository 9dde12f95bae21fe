/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SKW_POST_BASE64_H
#define SKW_POST_BASE64_H

#include "util/buf.h"

/* Appends the bytes in base 64 (RFC 4648, section 4), with padding. */
void skw_post_base64(struct skw_buf *out, const uint8_t *bytes, size_t len);

#endif
