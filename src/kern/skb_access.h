/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds out, from the kernel's BTF, whether and how socket filters can read packets in place. */
#ifndef SKW_KERN_SKB_ACCESS_H
#define SKW_KERN_SKB_ACCESS_H

#include "model/skb_access.h"

/*
 * Returns 0, -ENOENT if the kernel does not have the functions (before 6.2, or without
 * BTF), or another -errno. A program that uses the functions may still fail to load: it
 * needs CAP_PERFMON and a JIT compiler for this processor.
 */
int skw_skb_access_probe(struct skw_skb_access *out);

#endif
