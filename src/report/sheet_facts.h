/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection in words. Texts are raw UTF-8, and names in them are strangers'. */
#ifndef SKW_REPORT_SHEET_FACTS_H
#define SKW_REPORT_SHEET_FACTS_H

#include <stdbool.h>

#include "report/sheet_connection.h"
#include "util/buf.h"

/* How it ended, or its state. Static. *bad: it is trouble. */
const char *skw_sheet_facts_end(const struct skw_sheet_connection *c, bool *bad);
/* The event as a phrase. */
void skw_sheet_facts_event(struct skw_buf *out, const struct skw_sheet_event *e);
/* The state before and behind it, where the kernel has told a change. */
bool skw_sheet_facts_states(const struct skw_sheet_event *e, uint8_t states[2]);
/* A class for the look of an event. Static. */
const char *skw_sheet_facts_event_kind(const struct skw_sheet_event *e);
/* Pairs of a label and a value, each with a zero at its end. */
void skw_sheet_facts_all(struct skw_buf *out, const struct skw_sheet_connection *c);
/* "nginx[913]"; nothing if the process is unknown. */
void skw_sheet_facts_owner(struct skw_buf *out, const struct skw_sheet_connection *c,
			   unsigned side);
/* The side that has sent more: the one whose data are worth a look first. */
unsigned skw_sheet_facts_side(const struct skw_sheet_connection *c);

#endif
