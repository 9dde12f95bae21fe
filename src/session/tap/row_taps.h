/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages and names for the rows of a watch, each from packets of a tap of its own. */
#ifndef SKW_SESSION_TAP_ROW_TAPS_H
#define SKW_SESSION_TAP_ROW_TAPS_H

#include "session/tap/row_messages.h"
#include "session/tap/row_names.h"

#define SKW_ROW_TAPS        2
#define SKW_ROW_TAPS_TABLES (SKW_ROW_TAPS * SKW_TAP_TABLES)

struct skw_row_taps {
	struct skw_row_messages messages;
	struct skw_row_names names;
	struct skw_keeper_table *tables[SKW_ROW_TAPS_TABLES];
};

/* A zeroed *t. `failed` as in its parts. 0 or -ENOMEM with err filled. */
int skw_row_taps_make(struct skw_row_taps *t, void (*failed)(void *ctx, const char *why), void *ctx,
		      struct skw_error *err);
void skw_row_taps_free(struct skw_row_taps *t);
/* Borrowed; it may be made later than the rest, but before the loop runs. */
void skw_row_taps_set_watch(struct skw_row_taps *t, struct skw_watch *watch);
void skw_row_taps_sources(struct skw_row_taps *t, struct skw_source out[SKW_ROW_TAPS]);

/* Parts of the sink, as in its parts. */
void skw_row_taps_open(struct skw_row_taps *t, struct skw_loop *loop);
bool skw_row_taps_packets(struct skw_row_taps *t, const struct skw_packet *run, size_t n);
void skw_row_taps_pause(struct skw_row_taps *t, uint64_t until_ns);
/* Before the rows are shown. */
void skw_row_taps_tick(struct skw_row_taps *t);
void skw_row_taps_report(struct skw_row_taps *t);

#endif
