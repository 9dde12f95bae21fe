/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a hash that
 * strangers, who do not know the key, can't make collide.
 */
#ifndef SKW_FLOW_KEYED_HASH_H
#define SKW_FLOW_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t skw_keyed_hash(const uint64_t key[2], const void *bytes, size_t len);

#endif
