/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ClientHello out of CRYPTO frames, which come in any order, more than once and in any number
 * of pieces. A zeroed struct is empty.
 */
#ifndef SKW_QUIC_HELLO_H
#define SKW_QUIC_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"

struct skw_quic_hello_room;

struct skw_quic_hello {
	struct skw_quic_hello_room *room; /* owned; NULL until something came */
	uint32_t len;                     /* bytes without a gap */
};

/* 0 or -ENOMEM. Bytes behind the room's end are left out. */
int skw_quic_hello_add(struct skw_quic_hello *h, uint64_t offset, struct skw_bytes b);
/* The hello without its header, borrowed, when it is complete or fills the room. */
bool skw_quic_hello_is_whole(const struct skw_quic_hello *h, struct skw_bytes *hello);
size_t skw_quic_hello_memory(const struct skw_quic_hello *h);
/* Frees what is held and leaves it empty. */
void skw_quic_hello_free(struct skw_quic_hello *h);

#endif
