/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether and how socket filters may read packets in place: by the kernel's BTF. */
#ifndef SKW_KERN_SKB_ACCESS_H
#define SKW_KERN_SKB_ACCESS_H

#include "model/skb_access.h"

/*
 * 0, or -ENOENT where the kernel has no such functions (before 6.2, or without
 * BTF), or -errno. That it has them doesn't mean that a program with them
 * loads: that takes CAP_PERFMON and a compiler for this processor.
 */
int skw_skb_access_probe(struct skw_skb_access *out);

#endif
