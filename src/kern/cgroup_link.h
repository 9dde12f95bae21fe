/* SPDX-License-Identifier: BSD-2-Clause */
/* Attaches a program to a cgroup, beside those of others. */
#ifndef SKW_KERN_CGROUP_LINK_H
#define SKW_KERN_CGROUP_LINK_H

#include "util/error.h"

struct bpf_link;
struct bpf_program;

/*
 * Attaches `program` to the cgroup whose folder is `cgroup_fd`; messages name it `path`. It is
 * refused as a usage error where skw_exclusive_check() finds a program of others. *link is the
 * caller's.
 */
int skw_cgroup_link_make(const struct bpf_program *program, int cgroup_fd, const char *path,
			 struct bpf_link **link, struct skw_error *err);

#endif
