/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's types, by which programs find the fields of its structs. */
#ifndef SKW_KERN_TYPES_H
#define SKW_KERN_TYPES_H

/*
 * The file for libbpf's btf_custom_path. If a program names a struct that this kernel lacks, libbpf
 * also looks for it in the kernel's modules. It fails with -EPERM if it can't list them, which
 * needs CAP_SYS_ADMIN. Then this returns the file with the types of the kernel itself, and with
 * that libbpf looks nowhere else. Otherwise returns NULL.
 */
const char *skw_types_path(void);

#endif
