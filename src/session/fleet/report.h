/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch report`: files are read, and become a page. */
#ifndef SKW_SESSION_FLEET_REPORT_H
#define SKW_SESSION_FLEET_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* The caller owns all that this points to. */
struct skw_session_report_plan {
	const char *const *files; /* to read, at least one; "-" is standard input */
	size_t files_len;
	const char *output; /* "-" is standard output */
	const char *filter; /* an expression in libpcap's language; never NULL */
	uint64_t details;   /* connections with details; 0: the usual number */
	uint64_t max_bytes; /* of memory; 0: the usual limit */
	bool no_sandbox;
};

int skw_session_report(const struct skw_session_report_plan *plan, struct skw_error *err);

#endif
