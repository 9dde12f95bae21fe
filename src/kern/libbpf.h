/* SPDX-License-Identifier: BSD-2-Clause */
/* libbpf is made ready here, and tells the number of CPUs. */
#ifndef SKW_KERN_LIBBPF_H
#define SKW_KERN_LIBBPF_H

#include "util/error.h"

/*
 * Makes libbpf ready: it prints nothing by itself from now on, and the number of possible CPUs is
 * known. Must be called before libbpf is used for anything else. Returns 0, or -errno with err
 * filled.
 */
int skw_libbpf_init(struct skw_error *err);

/* The number of possible CPUs: a CPU's number is below it. */
unsigned skw_libbpf_cpus(void);

#endif
