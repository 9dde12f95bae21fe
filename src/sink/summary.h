/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that puts connections together from packets, and prints a table of them at the end. */
#ifndef SKW_SINK_SUMMARY_H
#define SKW_SINK_SUMMARY_H

#include "flow/conversations.h"
#include "format/format_summary.h"
#include "format/format_summary_choice.h"
#include "journal/journal_read.h"
#include "loop/sink.h"
#include "sink/lines.h"
#include "util/buf.h"

struct skw_summary {
	/* The caller sets these and keeps them until the sink is closed. */
	const struct skw_format_summary_choice *choice;
	struct skw_conversations_options options;

	struct skw_conversations *conversations; /* owned */
	struct skw_journal_entry *entry;         /* owned; NULL: no block has come */
	struct skw_format_summary_widths widths;
	struct skw_buf text;
	struct skw_lines out;
	bool hurried;
	unsigned hurry_ms;
};

/* Takes the figures and owners of all rows. Returns 0 or -errno with err filled. */
int skw_summary_tell(void *summary, const struct skw_table *table, struct skw_error *err);

struct skw_sink skw_summary_sink(struct skw_summary *s);

#endif
