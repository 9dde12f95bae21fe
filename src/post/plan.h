/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines are sent to, and how many may wait. */
#ifndef SKW_POST_PLAN_H
#define SKW_POST_PLAN_H

#include <stdint.h>

#include "post/target.h"

/* The strings are borrowed, and the target is owned by the maker of the plan. */
struct skw_post_plan {
	const char *to; /* NULL: nothing is sent */
	struct skw_post_target target;
	const char *spool; /* a folder; NULL: what waits is in memory */
	uint64_t spool_bytes, queue_bytes;
	/* A batch is sent when it has this size, or when its first line has waited for this time.
	 */
	uint64_t batch_bytes, batch_ns;
	uint64_t timeout_ns; /* for a server that does not answer */
};

#endif
