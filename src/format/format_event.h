/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of an event's line. They append to a buffer. Internal to this room. */
#ifndef SKW_FORMAT_FORMAT_EVENT_H
#define SKW_FORMAT_FORMAT_EVENT_H

#include "format/format.h"

/* Local time of day, and a blank. */
void skw_format_event_clock(struct skw_buf *out, uint64_t real_ns);
/* Local time, type, owner and tuple, up to where the details begin. */
void skw_format_event_head(struct skw_buf *out, uint64_t ts_ns, const char *type,
			   const struct skw_row *row, const struct skw_format_env *env);
/* The end of the line, without the padding of its last column. */
void skw_format_event_end(struct skw_buf *out);

#endif
