/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capture can tell without capturing: interfaces, link types, the compiled filter. */
#ifndef SKW_CAPTURE_SHOW_H
#define SKW_CAPTURE_SHOW_H

#include "model/capture_plan.h"
#include "util/buf.h"
#include "util/error.h"
#include "verbs/filters.h"

/* Each appends lines as tcpdump -D and -L print them. 0 or -errno with err filled. */
int skw_show_interfaces(struct skw_buf *text, struct skw_error *err);
/* Of the plan's interface, or of the first that is up and Ethernet. */
int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			struct skw_error *err);

/*
 * The plan's filter for its interface; for Ethernet without metadata where privileges for a live
 * handle are missing. *out is the caller's. 0 or -errno.
 */
int skw_show_compile(const struct skw_capture_plan *plan, struct skw_compiled *out,
		     struct skw_error *err);

#endif
