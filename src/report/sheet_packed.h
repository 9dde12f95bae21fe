/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Details of connections for the page's script: JSON, which is deflated and becomes base64. Numbers
 * of a series are differences, four of each point: to the begin of the point before, its length, to
 * the lowest value before, and the height. Times are in the connection's own unit, in microseconds.
 */
#ifndef SKW_REPORT_SHEET_PACKED_H
#define SKW_REPORT_SHEET_PACKED_H

#include <stddef.h>
#include <stdint.h>

#include "report/sheet_connection.h"
#include "util/buf.h"

/* The number of connections that are packed together. */
#define SKW_SHEET_PACKED_TOGETHER 16

/*
 * Deflates bytes in zlib's form (RFC 1950), appended to `out`. 0 or -errno. NULL where there is no
 * zlib: base64 alone then.
 */
typedef int skw_sheet_packed_deflate(const uint8_t *bytes, size_t n, struct skw_buf *out);

/* An array of up to SKW_SHEET_PACKED_TOGETHER connections with `points` each. 0 or -ENOMEM. */
int skw_sheet_packed_json(struct skw_buf *out, const struct skw_sheet_connection *const *list,
			  size_t n, uint32_t points);
/* An element with the bytes, which is no script. It has `attributes`. 0 or -errno. */
int skw_sheet_packed_element(struct skw_buf *out, const char *attributes,
			     const struct skw_buf *json, skw_sheet_packed_deflate *deflate);

#endif
