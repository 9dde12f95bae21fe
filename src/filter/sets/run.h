/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs classic programs with tests in sets in user space. */
#ifndef SKW_FILTER_SETS_RUN_H
#define SKW_FILTER_SETS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/sets/set_index.h"

/*
 * Runs a program of libpcap, as libpcap itself does, on the caplen bytes of a packet that had
 * `len`. `indexes` has one for each set. Returns whether the packet matches.
 */
bool skw_sets_run(const struct skw_cbpf *p, const struct skw_set_index *indexes,
		  const uint8_t *data, uint32_t caplen, uint32_t len);

#endif
