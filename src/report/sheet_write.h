/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the page of a sheet: one HTML file that needs nothing else. It depends on the sheet alone,
 * so that the same input gives the same page.
 */
#ifndef SKW_REPORT_SHEET_WRITE_H
#define SKW_REPORT_SHEET_WRITE_H

#include <stddef.h>

#include "report/sheet.h"
#include "report/sheet_packed.h"
#include "util/buf.h"

struct skw_sheet_write_options {
	const char *const *files; /* names of the input; strangers may have chosen them */
	size_t files_len;
	const char *trouble; /* why the input has ended early; NULL: it has not */
	skw_sheet_packed_deflate *deflate;
	size_t details_max; /* connections that have details */
};

/* 0 or -errno. */
int skw_sheet_write(const struct skw_sheet *s, const struct skw_sheet_write_options *opt,
		    struct skw_buf *out);

#endif
