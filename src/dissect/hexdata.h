/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes of a packet that have no better form, inside its description. */
#ifndef SKW_DISSECT_HEXDATA_H
#define SKW_DISSECT_HEXDATA_H

#include "dissect/dissect.h"

/*
 * Up to n bytes of b, those that were captured, sixteen to a line as pairs in hexadecimal. Each
 * line starts with `indent` (which holds the newline) and the offset, as in "\n\t0x0000:  4500
 * 0034".
 */
void skw_dissect_hexdata(struct skw_dissect *d, struct skw_bytes b, uint32_t n, const char *indent);

#endif
