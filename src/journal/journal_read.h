/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the entries that journal_make.h makes. The bytes may come from anybody: an entry is refused
 * unless each field that is known here has a value that it may have.
 */
#ifndef SKW_JOURNAL_JOURNAL_READ_H
#define SKW_JOURNAL_JOURNAL_READ_H

#include <stddef.h>
#include <stdint.h>

#include "journal/journal_fields.h"
#include "journal/journal_make.h"
#include "journal/journal_text.h"
#include "model/event.h"
#include "model/row.h"

enum skw_journal_kind {
	SKW_JOURNAL_NOTE,  /* real_ns and message */
	SKW_JOURNAL_EVENT, /* event, whose row is the entry's */
	SKW_JOURNAL_ROW,   /* row */
	SKW_JOURNAL_GONE,  /* the cookie of the row */
	SKW_JOURNAL_SWEEP, /* sweep */
};

/*
 * An entry has real times, also where the model has CLOCK_MONOTONIC: their offset is 0. It owns the
 * texts and owners that its row points to, so it must not move while they are used.
 */
struct skw_journal_entry {
	enum skw_journal_kind kind;
	uint64_t real_ns;                /* its place among the packets; 0: unknown */
	struct skw_journal_text message; /* borrowed from the bytes; it may have any characters */
	struct skw_event event;
	struct skw_row row;
	struct skw_journal_sweep sweep;

	/* Only for this room. */
	char local[64], remote[64];
	char netns_name[256];
	char cgroup[SKW_JOURNAL_PATH];
	char text[SKW_JOURNAL_WHERE]; /* of the event */
	char congestion[SKW_CA_LEN + 1];
	struct skw_remote far;
	uint32_t rtt_hist[SKW_RTT_BUCKETS];
	struct skw_row_datagrams datagrams;
	union {
		struct skw_owners set;
		uint8_t room[sizeof(struct skw_owners) +
			     SKW_JOURNAL_OWNERS * sizeof(struct skw_owner)];
	} owners;
};

/*
 * Returns 1 with *out filled, 0 for an entry that is not ours, or -EBADMSG. Fields that are not
 * known here are passed over.
 */
int skw_journal_read(const void *bytes, size_t len, struct skw_journal_entry *out);

#endif
