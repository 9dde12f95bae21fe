/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of system calls that the worker may make. */
#ifndef SKW_KEEPER_SYSCALLS_H
#define SKW_KEEPER_SYSCALLS_H

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SKW_SYSCALLS_USABLE 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SKW_SYSCALLS_USABLE 0
#endif
#ifndef SKW_SYSCALLS_USABLE
#define SKW_SYSCALLS_USABLE 1
#endif

struct skw_sandbox;

/*
 * From now on, all other system calls fail with EPERM, in this thread and in those that it starts.
 * They fail and do not kill, because a C library that uses a new call has another way for older
 * kernels. Returns 0 or -errno.
 */
int skw_syscalls_allow_only(const struct skw_sandbox *s);

#endif
