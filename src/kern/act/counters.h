/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters that each CPU has for itself. A set of them is a struct with members of 64 bits only. */
#ifndef SKW_KERN_ACT_COUNTERS_H
#define SKW_KERN_ACT_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/* Adds to `sum`, which has `size` bytes, the sets in memory that programs write meanwhile. */
void skw_counters_add(const void *sets, size_t count, void *sum, size_t size);

/* Sums up the sets of a map of a type per CPU. Returns 0 or -errno. */
int skw_counters_read(int map_fd, uint32_t key, void *sum, size_t size);

#endif
