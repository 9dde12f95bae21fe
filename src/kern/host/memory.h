/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that is free for this process. */
#ifndef SKW_KERN_HOST_MEMORY_H
#define SKW_KERN_HOST_MEMORY_H

#include <stdint.h>

/*
 * The bytes that the machine can give without swapping, or that the limits of this process's memory
 * cgroups leave, if that is less. UINT64_MAX if nothing tells.
 */
uint64_t skw_memory_free_bytes(void);

/*
 * The memory that this process's memory cgroup and those above it allow. All ones: there is no
 * limit. The caller passes two places.
 */
void skw_memory_of_cgroup(uint64_t *limit_bytes, uint64_t *free_bytes);

#endif
