/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints compiled filters as text, like tcpdump -d, -dd and -ddd. Only the first can show sets: a
 * program for the others must have none.
 */
#ifndef SKW_FILTER_DUMP_H
#define SKW_FILTER_DUMP_H

#include "model/cbpf.h"
#include "util/buf.h"

/* Each function appends its lines. If memory runs out, out->failed is set. */
void skw_dump_text(const struct skw_cbpf *prog, struct skw_buf *out);    /* -d: for people */
void skw_dump_c(const struct skw_cbpf *prog, struct skw_buf *out);       /* -dd: for a C program */
void skw_dump_numbers(const struct skw_cbpf *prog, struct skw_buf *out); /* -ddd: with the length */

#endif
