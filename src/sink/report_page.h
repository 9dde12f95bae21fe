/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink that fills a sheet (report/sheet.h) with packets, with the entries of a recording, and
 * with the messages that it makes of packets. At the end it writes the page into a file.
 */
#ifndef SKW_SINK_REPORT_PAGE_H
#define SKW_SINK_REPORT_PAGE_H

#include "journal/journal_read.h"
#include "loop/sink.h"
#include "message/messages.h"
#include "out/out.h"
#include "report/sheet.h"
#include "report/sheet_write.h"
#include "sink/comment_owners.h"
#include "verbs/files.h"

/* Interfaces beyond these are rare: each of their statistics counts as of another capture. */
#define SKW_REPORT_PAGE_IFACES 256

/* The last statistics of an interface, in packets since its capture began. */
struct skw_report_page_stat {
	uint64_t seen, lost;
};

struct skw_report_page {
	/* The caller sets these and keeps them until the sink is closed. */
	struct skw_sheet_options sheet_options;
	struct skw_messages_options message_options; /* but not `take` */
	struct skw_sheet_write_options write;        /* but not `trouble` */
	const struct skw_verbs_files *files;         /* the output */

	struct skw_sheet *sheet;          /* owned */
	struct skw_messages *messages;    /* owned */
	struct skw_journal_entry *entry;  /* owned */
	struct skw_out *out;              /* owned */
	struct skw_comment_owners owners; /* of the packet that is being taken */
	struct skw_loop *loop;            /* borrowed */
	struct skw_report_page_stat stats[SKW_REPORT_PAGE_IFACES];
	bool hurried;
	unsigned hurry_ms;
	/* Figures, when the page was written. */
	uint64_t refused; /* damaged entries of the journal */
	size_t bytes;     /* of the page; 0: none was written */
};

struct skw_sink skw_report_page_sink(struct skw_report_page *p);

#endif
