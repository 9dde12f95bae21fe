/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields that a line of JSON needs when many hosts send lines to the same receiver. */
#ifndef SKW_POST_STAMP_H
#define SKW_POST_STAMP_H

#include <stdint.h>

#include "util/buf.h"

struct skw_post_stamp {
	const char *host; /* NULL: the line has it already */
	const char *boot_id;
	const char *run; /* an id of this start of the program, whose numbers begin at 1 */
};

/* Adds the fields to the object whose line ends the buffer. */
void skw_post_stamp(struct skw_buf *out, const struct skw_post_stamp *stamp, uint64_t seq);

#endif
