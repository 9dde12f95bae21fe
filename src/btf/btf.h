/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads BTF, the description of the kernel's types, as far as the loading of programs needs it.
 * libbpf can do the same, but it reads all of the kernel's types again for each object that it
 * loads, and goes through all of them for each struct that a program names. The format is that of
 * Documentation/bpf/btf.rst and include/uapi/linux/btf.h.
 */
#ifndef SKW_BTF_BTF_H
#define SKW_BTF_BTF_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct skw_btf {
	const uint8_t *types; /* borrowed, as the strings are */
	const char *strings;  /* the last byte is a 0 */
	uint32_t strings_len;
	uint32_t *at; /* owned: the offset of each type, by its number; number 0 is unused */
	uint32_t len; /* the highest number and 1 */
};

/*
 * Reads the bytes, which must stay until skw_btf_free(). Returns 0, -EBADMSG if they are broken or
 * of a kind that is not known, or -ENOMEM.
 */
int skw_btf_read(struct skw_btf *b, const void *bytes, size_t len);
void skw_btf_free(struct skw_btf *b); /* safe on a zeroed one */

/* The number of the first type of this BTF_KIND_* and name, or 0. */
uint32_t skw_btf_find(const struct skw_btf *b, uint32_t kind, const char *name);

/*
 * Writes BTF that has only the structs of these names and what they are made of. Pointers in them
 * lead to void, and enumerations have no names of values. A name that no struct has is left out.
 * Returns 0 or -ENOMEM.
 */
int skw_btf_subset(const struct skw_btf *b, const char *const *names, size_t names_len,
		   struct skw_buf *out);

#endif
