/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces that skwatch offers to Wireshark, in the sentences of the extcap protocol.
 * Source: Wireshark, doc/extcap.adoc.
 */
#ifndef SKW_CAPTURE_EXTCAP_H
#define SKW_CAPTURE_EXTCAP_H

#include <stdbool.h>

#include "model/capture_plan.h"
#include "util/buf.h"
#include "util/error.h"

/*
 * Appends a sentence for each interface. Interfaces with names that have no place in a sentence are
 * left out. Returns 0 or -errno with err filled.
 */
int skw_extcap_list(struct skw_buf *text, struct skw_error *err);

/*
 * Puts the interface that has this name in the list into the plan, which borrows from `name`.
 * Returns 0 or a usage error.
 */
int skw_extcap_choose(const char *name, struct skw_capture_plan *plan, struct skw_error *err);

/* Whether the interface with this name in the list has only packets of chosen processes. */
bool skw_extcap_is_by_owner(const char *name);

/*
 * Appends a value for the setting with this number for each process that has a socket of TCP or
 * UDP, and an empty one for none. Returns 0 or -errno with err filled.
 */
int skw_extcap_list_processes(unsigned setting, struct skw_buf *text, struct skw_error *err);

/* Appends a sentence about the link type of the plan's interface. Returns 0 or -errno. */
int skw_extcap_describe_link(const struct skw_capture_plan *plan, struct skw_buf *text,
			     struct skw_error *err);

#endif
