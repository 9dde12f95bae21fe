/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of the kernel as a sheet counts and keeps them. */
#ifndef SKW_REPORT_SHEET_EVENT_H
#define SKW_REPORT_SHEET_EVENT_H

#include "report/sheet.h"

/* The counter that the event adds to. SKW_SHEET_COUNTERS: none. */
enum skw_sheet_counter skw_sheet_event_counter(const struct skw_event *e);
/* Its `side` is 0. */
struct skw_sheet_event skw_sheet_event_of(const struct skw_event *e);

#endif
