/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests what a process can still do without its privileges. */
#ifndef SKW_KEEPER_UNPRIVILEGED_H
#define SKW_KEEPER_UNPRIVILEGED_H

#include <stdbool.h>

/*
 * Whether the worker has to keep CAP_BPF, because `probe` returns -EPERM without it (kernels before
 * 5.19). A child process tries it. If CAP_BPF is kept, a message on standard error says so.
 */
bool skw_unprivileged_keeps_bpf(int (*probe)(void *ctx), void *ctx);

#endif
