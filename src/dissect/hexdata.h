/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints bytes of a packet that can't be described better. */
#ifndef SKW_DISSECT_HEXDATA_H
#define SKW_DISSECT_HEXDATA_H

#include "dissect/dissect.h"

/*
 * Prints the captured ones of the first n bytes of b as pairs in hexadecimal, sixteen bytes in a
 * line. Each line starts with `indent`, which contains the newline, and the offset, as in
 * "\n\t0x0000:  4500 0034".
 */
void skw_dissect_hexdata(struct skw_dissect *d, struct skw_bytes b, uint32_t n, const char *indent);

#endif
