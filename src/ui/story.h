/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of a connection, the newest first. */
#ifndef SKW_UI_STORY_H
#define SKW_UI_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "table/table.h"
#include "ui/draw/page.h"

/* Formats a local time: "14:02:19.113" if `exact`, otherwise without the fraction. */
#define SKW_STORY_TIME 16
void skw_story_time(char out[SKW_STORY_TIME], uint64_t ts_ns, int64_t offset_ns, bool exact);

void skw_story_add(struct skw_page *p, const struct skw_table *table, uint64_t cookie,
		   int64_t offset_ns);

#endif
