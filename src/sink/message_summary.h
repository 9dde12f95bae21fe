/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of messages instead of lines: counts them, and makes their table at the end. */
#ifndef SKW_SINK_MESSAGE_SUMMARY_H
#define SKW_SINK_MESSAGE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format_message_group.h"
#include "message/groups.h"
#include "sink/lines.h"

#define SKW_MESSAGE_SUMMARY_GROUPS 1000

struct skw_message_summary {
	/* The caller sets these. */
	struct skw_format_message_group_order order;
	size_t max; /* groups */
	bool json, csv;

	struct skw_message_groups *groups; /* owned */
	/* The time that packets come from; 0: there was none. */
	uint64_t first_ns, last_ns;
	uint64_t others; /* messages that found no group, when the table was made */
};

/* `key` as for skw_message_groups_new(). 0, or -errno with err filled. */
int skw_message_summary_open(struct skw_message_summary *s, const uint64_t key[2],
			     struct skw_error *err);
/* There is a packet of this time, or real time has come to it. */
void skw_message_summary_pass(struct skw_message_summary *s, uint64_t ns);
/* 0, or -errno with err filled. */
int skw_message_summary_add(struct skw_message_summary *s, const struct skw_message *m,
			    struct skw_error *err);
/* Appends the table. 0, or -errno with err filled. */
int skw_message_summary_table(struct skw_message_summary *s, struct skw_buf *out,
			      struct skw_error *err);
/*
 * The groups as they are now, which the caller frees, and their number; their rates are those since
 * the last look, which was `recent_ns` ago (0: unknown). NULL: memory is short.
 */
struct skw_message_group *skw_message_summary_look(struct skw_message_summary *s,
						   uint64_t recent_ns, size_t *len);
void skw_message_summary_close(struct skw_message_summary *s);

#endif
