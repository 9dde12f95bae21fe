/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of others that are attached to a cgroup and don't run beside ours. */
#ifndef SKW_KERN_EXCLUSIVE_H
#define SKW_KERN_EXCLUSIVE_H

#include "util/error.h"

/*
 * Looks for one that is attached to the cgroup at `path`, or to one above it, for this type of
 * attachment (enum bpf_attach_type). To be called before attaching: the kernel refuses us where
 * that program was attached without a flag. Where it was attached above with BPF_F_ALLOW_OVERRIDE,
 * the kernel lets us in, and stops running it (compute_effective_progs() in kernel/bpf/cgroup.c).
 * Returns 0 if there is none, or a usage error that names the cgroup and the program.
 */
int skw_exclusive_check(const char *path, int type, struct skw_error *err);

#endif
