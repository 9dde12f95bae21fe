/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads of a packet's metadata, which classic BPF addresses with offsets from SKF_AD_OFF on.
 * Source: bpf_convert_filter() in net/core/filter.c of Linux.
 */
#ifndef SKW_FILTER_ANCILLARY_H
#define SKW_FILTER_ANCILLARY_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/emit.h"

/* Whether the offset is one of metadata, and not of bytes. */
bool skw_ancillary_is(uint32_t k);
/* Whether the kernel knows it. */
bool skw_ancillary_is_valid(uint32_t k);

/* Loads a valid one into SKW_REG_A. Returns 0, or -EOPNOTSUPP if a socket filter can't see it. */
int skw_ancillary_load(struct skw_emitter *e, uint32_t k);

#endif
