/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's types, by which programs find the fields of its structs and what they are attached
 * to. They are read once for all objects of programs, in a twentieth of the time that libbpf takes
 * for each.
 */
#ifndef SKW_KERN_TYPES_H
#define SKW_KERN_TYPES_H

#include <stddef.h>

#include "btf/btf.h"

struct skw_types {
	struct skw_btf btf;
	void *bytes; /* mapped; MAP_FAILED: libbpf reads the types by itself */
	size_t len;
	char path[32];
	int fd; /* of the file at the path, or -1 */
};

/*
 * Reads them, and tells libbpf where programs of iterators, of functions and of tracepoints are
 * attached. It must stay until all objects have been loaded and their programs attached, and
 * only one can be open at a time. It can't fail: what it could not read is left to libbpf.
 */
void skw_types_open(struct skw_types *t);
void skw_types_close(struct skw_types *t);

/* The file for libbpf's btf_custom_path, or NULL. */
const char *skw_types_path(const struct skw_types *t);

#endif
