/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of fields in journal entries, shared by what makes and what reads them. */
#ifndef SKW_JOURNAL_JOURNAL_FIELDS_H
#define SKW_JOURNAL_JOURNAL_FIELDS_H

/* Fields of systemd (systemd.journal-fields(7)), and what identifies our entries. */
#define SKW_JOURNAL_TIME     "__REALTIME_TIMESTAMP"
#define SKW_JOURNAL_PRIORITY "PRIORITY"
#define SKW_JOURNAL_WRITER   "SYSLOG_IDENTIFIER"
#define SKW_JOURNAL_US       "skwatch"
#define SKW_JOURNAL_MESSAGE  "MESSAGE"
#define SKW_JOURNAL_PID      "_PID"
#define SKW_JOURNAL_COMM     "_COMM"

/* Our fields have this prefix and their names in capitals. */
#define SKW_JOURNAL_PREFIX "SKWATCH_"

/* In an event, the prefix of those of its row that have the name of another field. */
#define SKW_JOURNAL_FIGURES "figures_"

/* Beside the fields of rows and events. */
#define SKW_JOURNAL_TYPE        "type"
#define SKW_JOURNAL_TS          "ts"
#define SKW_JOURNAL_OWNERS_LEFT "owners_left"
#define SKW_JOURNAL_INTERVAL    "interval_us"
#define SKW_JOURNAL_ROWS        "rows"
#define SKW_JOURNAL_CHANGED     "changed"
#define SKW_JOURNAL_LEFT        "left"
#define SKW_JOURNAL_EVENTS      "events"
#define SKW_JOURNAL_EVENTS_LOST "events_lost"
#define SKW_JOURNAL_NAMESPACES  "namespaces"

/* Types beside those of events. */
#define SKW_JOURNAL_TYPE_ROW   "row"
#define SKW_JOURNAL_TYPE_GONE  "gone"
#define SKW_JOURNAL_TYPE_SWEEP "sweep"

/* The most owners that an entry has, and the most bytes of a cgroup's path. */
#define SKW_JOURNAL_OWNERS 64
#define SKW_JOURNAL_PATH   4096
/* The room for an expression: a longer one is cut. */
#define SKW_JOURNAL_WHERE 512

#endif
