/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists interfaces, link types and the compiled filter, without a capture. */
#ifndef SKW_CAPTURE_SHOW_H
#define SKW_CAPTURE_SHOW_H

#include "model/capture_plan.h"
#include "util/buf.h"
#include "util/error.h"
#include "model/cbpf.h"

/*
 * Each function appends lines in the format of tcpdump -D or -L. Returns 0 or -errno with err
 * filled.
 */
int skw_show_interfaces(struct skw_buf *text, struct skw_error *err);
/* Shows the plan's interface, or the first Ethernet interface that is up. */
int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			struct skw_error *err);

/*
 * Compiles the plan's filter for its interface. If the privileges for a live handle are missing, it
 * compiles for Ethernet without metadata. The caller frees out->insns. Returns 0 or -errno.
 */
int skw_show_compile(const struct skw_capture_plan *plan, struct skw_cbpf *out,
		     struct skw_error *err);

#endif
