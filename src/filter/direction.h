/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words `inbound` and `outbound` of libpcap's language, for packets whose direction is known
 * but is not in their bytes.
 */
#ifndef SKW_FILTER_DIRECTION_H
#define SKW_FILTER_DIRECTION_H

#include <stdbool.h>

#include "model/packet.h"
#include "util/buf.h"

/*
 * Appends the expression with a test that is always true or never true in place of each of the two
 * words, as it is for packets of this direction, and a NUL. Returns false if it has neither word;
 * then *out is incomplete.
 */
bool skw_direction_replace(const char *expr, enum skw_direction direction, struct skw_buf *out);

#endif
