/* SPDX-License-Identifier: BSD-2-Clause */
/* Classic programs with their sets: copies, and their form as bytes. */
#ifndef SKW_FILTER_SETS_CLASSIC_H
#define SKW_FILTER_SETS_CLASSIC_H

#include <stdint.h>
#include <sys/types.h>

#include "model/cbpf.h"
#include "util/buf.h"

/* Frees what the struct owns and leaves it empty. Safe on a zeroed struct. */
void skw_classic_free(struct skw_cbpf *p);

/* Returns 0, or -ENOMEM and leaves `out` alone. */
int skw_classic_copy(const struct skw_cbpf *p, struct skw_cbpf *out);

/* Appends the program as bytes, for another process of this host. */
void skw_classic_pack(const struct skw_cbpf *p, struct skw_buf *out);
/* Takes a program off the front of the bytes. Returns its size there, -EINVAL or -ENOMEM. */
ssize_t skw_classic_unpack(const uint8_t *bytes, size_t len, struct skw_cbpf *out);

#endif
