/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists interfaces, link types and the compiled filter, without a capture. */
#ifndef SKW_CAPTURE_SHOW_H
#define SKW_CAPTURE_SHOW_H

#include <net/if.h>
#include <stdint.h>

#include "model/capture_plan.h"
#include "util/buf.h"
#include "util/error.h"
#include "model/cbpf.h"

/*
 * Each function appends lines in the format of tcpdump -D, -J or -L. Returns 0 or -errno with err
 * filled.
 */
int skw_show_interfaces(struct skw_buf *text, struct skw_error *err);
/* Shows those of the plan's interface, or of "any". */
int skw_show_time_stamp_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			      struct skw_error *err);
int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			struct skw_error *err);

/*
 * Finds the interface that the user means by the word `given`, which is a number: the one with this
 * name, or else the one with this number in the list. Its name is copied to `name`. Returns 0 or a
 * usage error.
 */
int skw_show_name_of(const char *given, uint64_t number, char name[IFNAMSIZ],
		     struct skw_error *err);

/*
 * Compiles the plan's filter for its interface. If the privileges for a live handle are missing, it
 * compiles for Ethernet without metadata. The caller frees `out` with
 * skw_classic_free(). Returns 0 or -errno.
 */
int skw_show_compile(const struct skw_capture_plan *plan, struct skw_cbpf *out,
		     struct skw_error *err);

#endif
