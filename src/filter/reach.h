/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which instructions of a classic program can be reached. The verifier refuses instructions that
 * can't be, but classic BPF allows them, so the translation leaves them out.
 */
#ifndef SKW_FILTER_REACH_H
#define SKW_FILTER_REACH_H

#include <stdbool.h>

#include "model/cbpf.h"

/* The program must be valid. The arrays have an element for each instruction, false before. */
void skw_reach_from_start(const struct skw_cbpf *prog, bool *reachable);

/* From each load of packet bytes that is reachable in `from`. */
void skw_reach_from_loads(const struct skw_cbpf *prog, const bool *from, bool *reachable);

/* Tells whether the program reads bytes of the packet, not only metadata. */
bool skw_reach_reads_bytes(const struct skw_cbpf *prog);

#endif
