/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints bytes of a packet in the forms of -x, -X and -A. Each line starts with its newline. */
#ifndef SKW_DISSECT_HEXDUMP_H
#define SKW_DISSECT_HEXDUMP_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

void skw_hexdump_hex(struct skw_buf *out, const uint8_t *p, size_t n);
void skw_hexdump_hex_ascii(struct skw_buf *out, const uint8_t *p, size_t n);
void skw_hexdump_ascii(struct skw_buf *out, const uint8_t *p, size_t n);

#endif
