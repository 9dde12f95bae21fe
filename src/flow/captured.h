/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections that had a packet lately, by their addresses and ports. The memory is fixed, so
 * of very many the oldest are forgotten.
 */
#ifndef SKW_FLOW_CAPTURED_H
#define SKW_FLOW_CAPTURED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "model/tuple.h"

struct skw_captured;

struct skw_captured *skw_captured_new(void);    /* NULL: memory is short */
void skw_captured_free(struct skw_captured *c); /* NULL is allowed */

void skw_captured_packets(struct skw_captured *c, const struct skw_packet *run, size_t n);
/* `connection` is a skw_connection_hash(), here and below. */
void skw_captured_connection(struct skw_captured *c, uint64_t connection);
bool skw_captured_has(struct skw_captured *c, const struct skw_tuple *tuple);
bool skw_captured_has_connection(struct skw_captured *c, uint64_t connection);

#endif
