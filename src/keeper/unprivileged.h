/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process can still do once its privileges have gone, found by trying. */
#ifndef SKW_KEEPER_UNPRIVILEGED_H
#define SKW_KEEPER_UNPRIVILEGED_H

#include <stdbool.h>

/*
 * Whether the worker has to keep CAP_BPF, because `probe` answers -EPERM without it (kernels
 * before 5.19). A child tries. Says so on standard error if that is the case.
 */
bool skw_unprivileged_keeps_bpf(int (*probe)(void *ctx), void *ctx);

#endif
