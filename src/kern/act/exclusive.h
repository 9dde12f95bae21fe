/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of others that are attached to a cgroup so that nobody else can attach one. */
#ifndef SKW_KERN_ACT_EXCLUSIVE_H
#define SKW_KERN_ACT_EXCLUSIVE_H

#include <stdbool.h>

#define SKW_EXCLUSIVE_TEXT 4200

/*
 * Looks for one that is attached to the cgroup at `path`, or to one above it, for this type of
 * attachment (enum bpf_attach_type). Returns whether there is one; `out` then names the cgroup and
 * the program.
 */
bool skw_exclusive_find(const char *path, int type, char out[SKW_EXCLUSIVE_TEXT]);

#endif
