/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of bypass, from the records of its programs. */
#ifndef SKW_ACT_BYPASS_EVENT_H
#define SKW_ACT_BYPASS_EVENT_H

#include <linux/types.h>
#include <stddef.h>

#include "act/tell.h"
#include "util/error.h"

/* Prints a record (abi/bypass.h). Returns 0, or -errno with err filled. */
int skw_bypass_event_tell(struct skw_act_tell *tell, const void *record, size_t len,
			  struct skw_error *err);

/* The words for an enum skw_bypass_reason. */
const char *skw_bypass_event_reason(unsigned reason);

#endif
