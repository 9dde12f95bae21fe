/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of others that are attached to a cgroup so that nobody else can attach one. */
#ifndef SKW_KERN_ACT_EXCLUSIVE_H
#define SKW_KERN_ACT_EXCLUSIVE_H

#include "util/error.h"

/*
 * Looks for one that is attached to the cgroup at `path`, or to one above it, for this type of
 * attachment (enum bpf_attach_type). Returns 0 if there is none, or a usage error that names the
 * cgroup and the program.
 */
int skw_exclusive_check(const char *path, int type, struct skw_error *err);

#endif
